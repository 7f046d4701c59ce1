"""An authorization server on loopback that is as strict as a real one, and speaks as Mastodon does.

    with Oauthd() as server:
        server.pair, server.origin           # 127.0.0.2:PORT, for PLN_LOOPBACK_PEERS; http://127.0.0.2:PORT
        back = server.consent(url, "ada")    # a person there says yes to the page at `url`: where they are sent back
        server.grants                        # token → (account, scopes) that work

It refuses unknown clients, other redirect URIs, scopes that were not registered, codes used twice, and verifiers that do
not fit. `faults` maps a path to what is answered there instead: (status, content type, body).
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

SUPPORTED = ("profile", "read", "read:accounts", "read:follows", "read:statuses", "read:favourites", "write")
Answer = tuple[int, str, bytes]


class Oauthd:
    """See above. `metadata`: whether it describes itself (RFC 8414); `account`: what it says of whom it signed in."""

    def __init__(self, host: str = "127.0.0.2", *, metadata: bool = True) -> None:
        self.clients: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.grants: dict[str, tuple[str, str]] = {}
        self.faults: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.slow = 0.0
        self.metadata = metadata
        self.more: dict[str, Any] = {}  # of the metadata
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

    def consent(self, url: str, name: str) -> str:
        """Somebody named `name` is signed in there and says yes. Raises AssertionError for what a real server refuses."""
        assert url.startswith(f"{self.origin}/oauth/authorize?"), url
        asked = dict(parse_qsl(urlsplit(url).query))
        client = self.clients[asked["client_id"]]
        assert asked["response_type"] == "code" and asked["redirect_uri"] == client["redirect_uris"]
        assert set(asked["scope"].split()) <= set(client["scopes"].split()), "a scope that was not registered"
        assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
        assert len(asked["state"]) >= 32
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "name": name}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def account(self, name: str) -> dict[str, Any]:
        """As `verify_credentials` describes it."""
        place = {"uri": f"{self.origin}/users/{name}", "url": f"{self.origin}/@{name}"}
        return {"id": "17", "username": name, "acct": name, "display_name": name.title(), "note": "<p>Hello", **place}

    # ---- what it answers

    def answer(self, method: str, path: str, form: dict[str, str], token: str) -> Answer:
        """The answer to one request."""
        self.asked.append(f"{method} {path}")
        time.sleep(self.slow)
        if path in self.faults:
            return self.faults[path]
        routes: dict[tuple[str, str], Callable[[], tuple[int, Any]]] = {
            ("GET", "/.well-known/oauth-authorization-server"): self._metadata,
            ("GET", "/.well-known/webfinger"): lambda: (404, {}),
            ("POST", "/api/v1/apps"): lambda: self._register(form),
            ("POST", "/oauth/token"): lambda: self._token(form),
            ("POST", "/oauth/revoke"): lambda: self._revoke(form),
            ("GET", "/api/v1/accounts/verify_credentials"): lambda: self._whose(token),
        }
        status, body = routes.get((method, path), lambda: (404, {"error": "Not found"}))()
        return status, "application/json; charset=utf-8", json.dumps(body).encode()

    def _metadata(self) -> tuple[int, Any]:
        if not self.metadata:
            return 404, {"error": "Not found"}
        ends = {f"{name}_endpoint": f"{self.origin}/oauth/{path}" for name, path in _ENDS.items()}
        return 200, {"issuer": f"{self.origin}/", "scopes_supported": SUPPORTED, **ends, **self.more}

    def _register(self, form: dict[str, str]) -> tuple[int, Any]:
        if not form.get("client_name") or not set(form["scopes"].split()) <= set(SUPPORTED):
            return 422, {"error": "Validation failed"}
        made = {"client_id": secrets.token_urlsafe(16), "client_secret": secrets.token_urlsafe(32)}
        self.clients[made["client_id"]] = {**form, **made}
        return 200, made

    def _is_client(self, form: dict[str, str]) -> bool:
        client = self.clients.get(form.get("client_id", ""))
        return client is not None and client["client_secret"] == form.get("client_secret")

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        if not self._is_client(form):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["client_id"] != form["client_id"] or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        token = f"canary{secrets.token_hex(16)}"
        self.grants[token] = (asked["name"], asked["scope"])
        return 200, {"access_token": token, "token_type": "Bearer", "scope": asked["scope"], "created_at": 1}

    def _revoke(self, form: dict[str, str]) -> tuple[int, Any]:
        if not self._is_client(form):
            return 403, {"error": "unauthorized_client"}
        self.grants.pop(form["token"], None)
        return 200, {}

    def _whose(self, token: str) -> tuple[int, Any]:
        if token not in self.grants:
            return 401, {"error": "The access token is invalid"}
        name, scopes = self.grants[token]
        allowed = {"profile", "read:accounts", "read"} & set(scopes.split())
        return (200, self.account(name)) if allowed else (403, {"error": "outside the authorized scopes"})

    def _handler(fake) -> type[BaseHTTPRequestHandler]:  # `self` is the request's
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                token = self.headers.get("authorization", "").removeprefix("Bearer ")
                status, kind, answer = fake.answer(self.command, urlsplit(self.path).path, form, token)
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("location", answer.decode())
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                with suppress(OSError):  # who asked may have had enough
                    self.wfile.write(answer)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads it."""

        return Handler


_ENDS = {"authorization": "authorize", "token": "token", "revocation": "revoke"}
