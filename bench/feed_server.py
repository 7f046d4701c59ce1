"""Serves a folder over loopback, each file with an ETag: `python -m bench.feed_server FOLDER`. Prints its port."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Feeds(BaseHTTPRequestHandler):
    """Each file under its name; 304 to who has it already, 404 for what is not there."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        """RFC 9110, 13.1.2."""
        name = self.path.rsplit("/", 1)[-1]
        known, is_there = self.headers.get("If-None-Match") == f'"{name}"', (self.folder / name).is_file()
        body = b"" if known or not is_there else (self.folder / name).read_bytes()
        self.send_response(404 if not is_there else 304 if known else 200)
        self.send_header("ETag", f'"{name}"')
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


if __name__ == "__main__":
    Feeds.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    print(server.server_address[1], flush=True)
    server.serve_forever()
