"""Real servers on loopback, started by the scripts beside this file, and people on them who act over their own APIs.

A peer says how plnapi reaches it (`settings`) and makes people; a person's methods are what its network lets people do.
Nothing of plnapi is used here: what these servers say and how they say it is theirs.
"""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

SCRIPTS = Path(__file__).parent / "servers"
SECONDS = 20  # of one request to a peer


class Person(Protocol):
    """Somebody on a peer. `handle` is what they type into plnapi; posts are known by what `post` returned."""

    handle: str

    def introduce(self, text: str) -> None: ...
    def post(self, text: str, tag: str) -> str: ...
    def reply(self, to: str, text: str, tag: str) -> str: ...
    def delete(self, post: str) -> None: ...


class Peer(Protocol):
    """A server. `can`: what else its people can do, of `follow`, `boost`, `like`, `comment`. `settles`: seconds until what
    somebody does is shown."""

    network: str
    can: frozenset[str]
    settles: float
    settings: dict[str, Any]

    def people(self) -> tuple[Person, Person]: ...


_numbers = count(101)


def next_tag() -> str:
    """A hashtag of its own for each test: what people posted before does not count."""
    return f"SUB{next(_numbers)}"


@contextmanager
def running(script: str, *before: str) -> Iterator[None]:
    """The server of this script, installed, started, and stopped at the end."""
    try:
        for command in ("install", *before, "start"):
            subprocess.run(["bash", SCRIPTS / script, command], check=True, timeout=900)  # our own
        yield
    finally:
        subprocess.run(["bash", SCRIPTS / script, "stop"], check=False, timeout=60)  # our own


def ask(method: str, url: str, body: Any = None, *, authorization: str = "", form: bool = False) -> Any:
    """The JSON answer to a request whose body is JSON, or a form; None when it is empty.

    Raises AssertionError with what was said."""
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Type": kind, "Accept": "application/json"}
    if authorization:
        headers["Authorization"] = authorization
    data = None if body is None else (urlencode(body) if form else json.dumps(body)).encode()
    request = Request(url, data, headers, method=method)
    try:
        with urlopen(request, timeout=SECONDS) as response:
            said = response.read()
    except HTTPError as error:
        raise AssertionError(f"{method} {url}: {error.code} {error.read()[:300]!r}") from error
    return json.loads(said) if said else None


# ---- the Mastodon API


@dataclass
class Tooter:
    """Somebody on a server of the Mastodon API, by an access token. Posts are known by their id."""

    base: str
    token: str
    id: str = ""
    handle: str = ""

    def __post_init__(self) -> None:
        me = self._ask("GET", "/accounts/verify_credentials")
        self.id, self.handle = me["id"], f"@{me['username']}@{me['url'].split('/')[2]}"

    def introduce(self, text: str) -> None:
        self._ask("PATCH", "/accounts/update_credentials", {"note": text})

    def post(self, text: str, tag: str) -> str:
        said: str = self._ask("POST", "/statuses", {"status": f"{text} #{tag}"})["id"]
        return said

    def reply(self, to: str, text: str, tag: str) -> str:
        whom = self._ask("GET", f"/statuses/{to}")["account"]["acct"]
        answer = {"status": f"@{whom} {text} #{tag}", "in_reply_to_id": to}
        said: str = self._ask("POST", "/statuses", answer)["id"]
        return said

    def delete(self, post: str) -> None:
        self._ask("DELETE", f"/statuses/{post}")

    def follow(self, other: "Tooter") -> None:
        self._ask("POST", f"/accounts/{other.id}/follow")

    def unfollow(self, other: "Tooter") -> None:
        self._ask("POST", f"/accounts/{other.id}/unfollow")

    def boost(self, post: str) -> None:
        self._ask("POST", f"/statuses/{post}/reblog")

    def like(self, post: str) -> None:
        self._ask("POST", f"/statuses/{post}/favourite")

    def hide_lists(self, hidden: bool) -> None:
        self._ask("PATCH", "/accounts/update_credentials", {"hide_collections": "true" if hidden else "false"})

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return ask(method, f"{self.base}/api/v1{path}", body, authorization=f"Bearer {self.token}", form=True)


@dataclass
class MastodonMock:
    """A stateful server of the Mastodon API, made by others."""

    network = "mastodon"
    can = frozenset({"follow", "boost", "like"})
    settles = 0.0
    base = "http://localhost:9501"
    settings: dict[str, Any] = field(default_factory=lambda: {"loopback_peers": ("localhost:9501",)})

    def people(self) -> tuple[Tooter, Tooter]:
        """Two people of its demo, who have not met."""
        ada, grace = (Tooter(self.base, token) for token in ("ada_token", "grace_token"))
        for one, other in ((ada, grace), (grace, ada)):
            one.unfollow(other)
            one.hide_lists(False)
        return ada, grace


# ---- the AT Protocol


@dataclass
class Skyfarer:
    """Somebody with an account on a PDS. Posts are known by their at-URI."""

    pds: str
    name: str
    did: str = ""
    handle: str = ""
    _token: str = field(default="", repr=False)
    _follows: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        handle = f"{self.name}.test"
        account = {"handle": handle, "email": f"{self.name}@example.test", "password": f"password of {self.name}"}
        made = ask("POST", f"{self.pds}/xrpc/com.atproto.server.createAccount", account)
        self.did, self.handle, self._token = made["did"], made["handle"], made["accessJwt"]

    def introduce(self, text: str) -> None:
        profile = {"$type": "app.bsky.actor.profile", "description": text}
        wanted = {"repo": self.did, "collection": "app.bsky.actor.profile", "rkey": "self", "record": profile}
        self._call("com.atproto.repo.putRecord", wanted)

    def post(self, text: str, tag: str, **more: Any) -> str:
        return self._create("app.bsky.feed.post", {**tagged(f"{text} #{tag}", tag), **more})["uri"]

    def reply(self, to: str, text: str, tag: str) -> str:
        parent = self._reference(to)
        return self.post(text, tag, reply={"root": parent, "parent": parent})

    def delete(self, post: str) -> None:
        _, _, repo, collection, key = post.split("/")
        self._call("com.atproto.repo.deleteRecord", {"repo": repo, "collection": collection, "rkey": key})

    def follow(self, other: "Skyfarer") -> None:
        self._follows[other.did] = self._create("app.bsky.graph.follow", {"subject": other.did})["uri"]

    def unfollow(self, other: "Skyfarer") -> None:
        self.delete(self._follows.pop(other.did))

    def boost(self, post: str) -> None:
        self._create("app.bsky.feed.repost", {"subject": self._reference(post)})

    def like(self, post: str) -> None:
        self._create("app.bsky.feed.like", {"subject": self._reference(post)})

    def _create(self, collection: str, record: dict[str, Any]) -> Any:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        made = {"$type": collection, "createdAt": at, **record}
        return self._call("com.atproto.repo.createRecord", {"repo": self.did, "collection": collection, "record": made})

    def _reference(self, uri: str) -> dict[str, str]:
        _, _, repo, collection, key = uri.split("/")
        asked = f"repo={quote(repo)}&collection={collection}&rkey={key}"
        found = ask("GET", f"{self.pds}/xrpc/com.atproto.repo.getRecord?{asked}")
        return {"uri": found["uri"], "cid": found["cid"]}

    def _call(self, method: str, body: Any) -> Any:
        return ask("POST", f"{self.pds}/xrpc/{method}", body, authorization=f"Bearer {self._token}")


def tagged(text: str, tag: str) -> dict[str, Any]:
    """A post's text whose `#tag` is a facet, by UTF-8 offsets (app.bsky.richtext.facet)."""
    start = text.encode().index(f"#{tag}".encode())
    place = {"byteStart": start, "byteEnd": start + len(tag.encode()) + 1}
    feature = {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
    return {"text": text, "facets": [{"index": place, "features": [feature]}]}


@dataclass
class Bluesky:
    """The real PDS, directory and AppView."""

    network = "bluesky"
    can = frozenset({"follow", "boost", "like"})
    settles = 2.0  # the index follows the servers of its people
    pds = "http://localhost:2583"
    settings: dict[str, Any] = field(
        default_factory=lambda: {
            "loopback_peers": ("localhost:2582", "localhost:2583", "localhost:2584"),
            "stand_ins": (
                "https://public.api.bsky.app=http://localhost:2584",
                "https://plc.directory=http://localhost:2582",
            ),
        }
    )

    def people(self) -> tuple[Skyfarer, Skyfarer]:
        """Two accounts made for this run."""
        mark = f"{time.time_ns() // 1_000_000 % 10_000_000_000:x}"
        return Skyfarer(self.pds, f"ada{mark}"), Skyfarer(self.pds, f"grace{mark}")


# ---- WordPress


@dataclass
class Author:
    """Somebody who writes on a WordPress, by an application password. Posts are known by their id."""

    base: str
    name: str
    id: int
    password: str = field(repr=False)

    @property
    def handle(self) -> str:
        return f"{self.base}/author/{self.name}/"

    def introduce(self, text: str) -> None:
        self._publish("About me", text)

    def post(self, text: str, tag: str) -> str:
        return self._publish(text, f"<p>{text}</p>", tags=[self._tag(tag)])

    def reply(self, to: str, text: str, tag: str) -> str:
        return self.comment(to, f"{text} #{tag}")

    def comment(self, to: str, text: str) -> str:
        said = self._ask("POST", "/comments", {"post": int(to), "content": text})
        return str(said["id"])

    def delete(self, post: str) -> None:
        self._ask("DELETE", f"/posts/{post}?force=true")

    def _publish(self, title: str, content: str, **more: Any) -> str:
        made = {"title": title, "content": content, "status": "publish", **more}
        return str(self._ask("POST", "/posts", made)["id"])

    def _tag(self, name: str) -> int:
        """Authors may use tags, an editor makes them: SUB101 to SUB150 when the blog was made."""
        found = self._ask("GET", f"/tags?slug={name.lower()}")
        if not found:
            raise AssertionError(f"the blog has no tag {name}")
        number: int = found[0]["id"]
        return number

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        secret = base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        return ask(method, f"{self.base}/wp-json/wp/v2{path}", body, authorization=f"Basic {secret}")


@dataclass
class WordPress:
    """A WordPress with pretty permalinks."""

    network = "blog"
    can = frozenset({"comment"})
    settles = 0.0
    base = "http://127.0.0.1:9201"
    settings: dict[str, Any] = field(default_factory=lambda: {"loopback_peers": ("127.0.0.1:9201",)})

    def people(self) -> tuple[Author, Author]:
        """alice and bob, with the application passwords that `init` wrote down: name, number, password."""
        lines = Path("/var/tmp/plnapi-wordpress/users").read_text(encoding="utf-8").splitlines()
        written = {name: (int(number), secret) for name, number, secret in (line.split(" ", 2) for line in lines)}
        alice, bob = (Author(self.base, name, *written[name]) for name in ("alice", "bob"))
        return alice, bob
