"""Somebody in her browser, and a server where she may sign in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from plnapi.accounts import grants, identities
from plnapi.accounts.models import Identity, Person
from plnapi.db import Base
from plnapi.web.app import App
from tests import make
from tests.client import BrowserClient
from tests.conftest import Unit
from tests.oauthd import Oauthd


@dataclass
class Scene:
    """Ada in her browser, and a server where she may have an account."""

    app: App
    server: Oauthd
    unit: Unit
    ada: Person
    mine: BrowserClient

    def begin(self, typed: str = "", *, keep: str = "no") -> str:
        """The link on the page that answers the form."""
        form = {"server": typed or self.server.pair, "keep": keep}
        page = self.mine.submit("/me/oauth", form, page="/me")
        assert page.status_code == 200, page.text
        return page.text.partition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")

    def refused(self, typed: str = "") -> str:
        """What she reads when it cannot begin."""
        assert self.mine.submit("/me/oauth", {"server": typed or self.server.pair}, page="/me").status_code == 303
        return self.said()

    def said(self) -> str:
        """The message on her page."""
        return self.mine.get("/me").text.partition('class="flash')[2].partition("</p>")[0]

    def come_back(self, back: str) -> str:
        """Follow the redirect of the server; what she reads then."""
        parts = urlsplit(back)
        answer = self.mine.get(f"{parts.path}?{parts.query}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.location) == (303, "/me"), answer.text
        return self.said()

    def sign_in(self, typed: str = "", *, keep: str = "no", name: str = "ada") -> str:
        """All of it."""
        return self.come_back(self.server.consent(self.begin(typed, keep=keep), name))

    def rows(self, *models: type[Base]) -> int:
        """How many there are."""
        with self.unit() as session:
            return sum(len(session.scalars(select(model)).all()) for model in models)

    @property
    def linked(self) -> list[Identity]:
        """Her identities."""
        with self.unit():
            return list(identities.of_person(self.ada.id))

    @property
    def token(self) -> str:
        """Hers, as a look gets it."""
        with self.unit():
            return next(iter(grants.token_of([one.id for one in identities.of_person(self.ada.id)]).values()), "")


@pytest.fixture
def server() -> Iterator[Oauthd]:
    with Oauthd() as started:
        yield started


@pytest.fixture
def scene(app: App, server: Oauthd, unit: Unit, browser: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr(app, "settings", replace(app.settings, loopback_peers=(server.pair,)))
    with unit():
        ada = make.person("Ada")
    return Scene(app, server, unit, ada, browser(ada))
