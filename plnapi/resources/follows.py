"""A list as the file that Mastodon imports, so that its people and groups are followed in one go.

The columns are those of Mastodon's own export (docs.joinmastodon.org, user/moving, "Importing followed accounts").
Bluesky imports no follows.
"""

import csv
import io
from collections.abc import Iterable

from plnapi.platforms import PLATFORMS
from plnapi.resources.models import ResourceItem

COLUMNS = ("Account address", "Show boosts", "Notify on new posts", "Languages")
NETWORK = "mastodon"


def export_follows(items: Iterable[ResourceItem]) -> str:
    """CSV with a line for each account on the list that a server of Mastodon's kind can follow, in the list's order.

    What stands on other networks is left out. Addresses are read by the adapter, so none can begin a formula.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for handle in dict.fromkeys(map(_handle, items)):
        if handle:
            rows.writerow((handle, "true", "false", ""))
    return text.getvalue()


def _handle(item: ResourceItem) -> str:
    """`ada@example.social`; empty for what is no such account."""
    address = PLATFORMS[NETWORK].read_address(item.address) if item.network == NETWORK else None
    handle = address.handle.lstrip("@!") if address else ""
    return handle if "@" in handle else ""
