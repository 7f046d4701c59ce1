"""A link as evidence: somebody reads it, plnapi does not."""

from collections.abc import Mapping
from typing import Any

from plnapi.errors import N_
from plnapi.platforms import addresses
from plnapi.platforms.types import Address, Capabilities, Look, Steps, Subject


class Link:
    """The adapter that looks at nothing. Its addresses are only read when a link is asked for, see `registry`."""

    name = "link"
    title = "A link as evidence"
    capabilities = Capabilities(
        looks=frozenset(),
        verbs={},
        proofs=(),
        why_not=N_("No program can tell what a link shows; a person looks at it."),
        good_link=N_("The address of the thing itself, which the reviewer can open without an account of yours."),
    )

    def read_address(self, text: str) -> Address | None:
        """Any http or https address; the handle is the address itself."""
        url = addresses.read_url(text)
        return Address(self.name, url, url, url) if url else None

    def address_keys(self, text: str) -> frozenset[str]:
        """One key: the normalised address."""
        url = addresses.read_url(text)
        return frozenset({url} if url else ())

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """Raises KeyError: there is no look at a link."""
        raise KeyError(what)


LINK = Link()
