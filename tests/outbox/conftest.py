import pytest

from tests.outbox.kit import Outside


@pytest.fixture
def outside(app, monkeypatch):
    """`outside("a", "b")`: the only teller, named `test`, with these targets."""

    def made(*targets, **more):
        outside = Outside(*targets, **more)
        monkeypatch.setitem(app.extensions, "plnapi.outbox", {"test": outside.teller()})
        return outside

    return made
