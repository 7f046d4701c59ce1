"""A homeserver of Matrix on loopback, as far as plnapi talks to one (Client-Server API v1.11).

    with Matrixd() as server:
        server.pair, server.user("ada")       # 127.0.0.2:PORT; @ada:127.0.0.2:PORT
        token = server.sign_in("bot")         # a session of its own; the token is a canary
        room = server.open_room("plants")     # its ID; the alias is #plants:127.0.0.2:PORT
        server.join(room, "ada"); server.say(room, "ada", "Hello #SUB101")

Rooms are shown to members with a token only. `faults` maps a path to what is answered there instead: (status, body).
`heard` is every request: method, path and the token that came with it.
"""

import json
import secrets
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import unquote, urlsplit

Answer = tuple[int, Any]
API = "/_matrix/client/v3/"
WHOAMI = f"{API}account/whoami"
LOGOUT = f"{API}logout"
WELL_KNOWN = "/.well-known/matrix/client"
NOT_FOUND = 404, {"errcode": "M_NOT_FOUND", "error": "Not found"}
UNKNOWN_TOKEN = 401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Unrecognised access token"}
FORBIDDEN = 403, {"errcode": "M_FORBIDDEN", "error": "You are not in this room"}


class Matrixd:
    """See above."""

    def __init__(self, host: str = "127.0.0.2") -> None:
        self.names: dict[str, str] = {}
        self.sessions: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.aliases: dict[str, str] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.faults: dict[str, Answer] = {}
        self.heard: list[tuple[str, str, str]] = []
        self.slow = 0.0
        self._server = ThreadingHTTPServer((host, 0), self._handler())
        self._server.daemon_threads = True
        self.pair = f"{host}:{self._server.server_port}"
        self.origin = f"http://{self.pair}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def user(self, name: str) -> str:
        """The user ID."""
        return f"@{name}:{self.pair}"

    def sign_in(self, name: str) -> str:
        """Another session; its token."""
        token = f"canary{secrets.token_hex(16)}"
        self.sessions[token] = self.user(name)
        return token

    def open_room(self, alias: str, *names: str) -> str:
        """A room with these members; its ID."""
        room = f"!{secrets.token_hex(6)}:{self.pair}"
        self.aliases[f"#{alias}:{self.pair}"] = room
        self.members[room], self.events[room] = [self.user(name) for name in names], []
        return room

    def join(self, room: str, name: str) -> None:
        """Be a member."""
        self.members[room].append(self.user(name))

    def say(self, room: str, name: str, text: str) -> str:
        """Write a message; its event's ID."""
        event = f"${secrets.token_hex(8)}"
        content = {"msgtype": "m.text", "body": text}
        at = int(time.time() * 1000)
        said = {"event_id": event, "type": "m.room.message", "sender": self.user(name), "content": content}
        self.events[room].insert(0, said | {"origin_server_ts": at})
        return event

    def take_back(self, room: str, event: str) -> None:
        """Redact a message."""
        (said,) = (one for one in self.events[room] if one["event_id"] == event)
        said |= {"content": {}, "unsigned": {"redacted_because": {"type": "m.room.redaction"}}}
        redaction = {"event_id": f"${secrets.token_hex(8)}", "type": "m.room.redaction", "sender": said["sender"]}
        self.events[room].insert(0, redaction | {"redacts": event, "content": {"redacts": event}})

    # ---- what it answers

    def answer(self, method: str, path: str, token: str) -> Answer:
        """The answer to one request."""
        self.heard.append((method, path, token))
        time.sleep(self.slow)
        if path in self.faults:
            return self.faults[path]
        if (method, path) == ("GET", WELL_KNOWN):
            return 200, {"m.homeserver": {"base_url": f"{self.origin}/"}}
        parts = [unquote(part) for part in path.removeprefix(API).split("/")] if path.startswith(API) else []
        match method, parts:
            case "GET", ["profile", user]:
                return (200, {"displayname": self.names[user]}) if user in self.names else NOT_FOUND
            case "GET", ["directory", "room", alias]:
                return (200, {"room_id": self.aliases[alias]}) if alias in self.aliases else NOT_FOUND
        if parts and token not in self.sessions:
            return UNKNOWN_TOKEN
        return self._to_member(method, parts, token)

    def _to_member(self, method: str, parts: list[str], token: str) -> Answer:
        user = self.sessions.get(token, "")
        match method, parts:
            case "GET", ["account", "whoami"]:
                return 200, {"user_id": user, "device_id": "HOUSE", "is_guest": False}
            case "POST", ["logout"]:
                del self.sessions[token]
                return 200, {}
            case "GET", ["joined_rooms"]:
                return 200, {"joined_rooms": [room for room, names in self.members.items() if user in names]}
            case "GET", ["rooms", room, *rest]:
                return self._of_room(room, rest) if user in self.members.get(room, ()) else FORBIDDEN
        return NOT_FOUND

    def _of_room(self, room: str, rest: list[str]) -> Answer:
        match rest:
            case ["joined_members"]:
                return 200, {"joined": {user: {"display_name": user} for user in self.members[room]}}
            case ["state", "m.room.canonical_alias"]:
                return 200, {"alias": next(alias for alias, at in self.aliases.items() if at == room)}
            case ["messages"]:
                return 200, {"start": "t", "chunk": self.events[room]}
        return NOT_FOUND

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                token = self.headers.get("authorization", "").removeprefix("Bearer ")
                status, said = fake.answer(self.command, urlsplit(self.path).path, token)
                body = json.dumps(said).encode()
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("location", said)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # who asked may have had enough
                    self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        return Handler
