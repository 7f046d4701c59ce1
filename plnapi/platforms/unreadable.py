"""Networks that cannot be read: each with why, and which link is good evidence. They are known by their host names.

A student gives a link there and a person reviews it. Sources: developers.facebook.com, changelog of Graph API 19.0;
docs.x.com, pricing, and developer.x.com, "Follows lookup"; learn.microsoft.com/linkedin/compliance/integrations/groups;
developers.google.com/youtube, `subscriptions.list`; Reddit's Responsible Builder Policy; docs.discord.com, "Gateway
intents"; developers.facebook.com/docs/threads; core.telegram.org/bots, "Privacy mode". Of Instagram and TikTok no terms
were read that let a program look at strangers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from plnapi.errors import N_
from plnapi.platforms import addresses
from plnapi.platforms.types import Address, Capabilities, Look, Steps, Subject

# A feed can be read wherever it lies, so its address is a blog's: YouTube's channels and Reddit's communities have one.
# Names below a network's host that are the network itself: its views for devices, languages and media. Others are
# sites of their own; the companies keep blogs there, such as engineering.fb.com.
_VIEWS = re.compile(r"(?:(?:www|web|m|mobile|touch|old|new|np|vm|vt|music|[a-z]{2}(?:-[a-z]{2})?)\.)?")
_FEED_PATH = re.compile(r"\.(?:rss|atom|xml)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A network that nothing is looked at on. A link belongs to it by one of `hosts`, or by a view of one."""

    name: str
    title: str
    hosts: tuple[str, ...]
    capabilities: Capabilities

    def read_address(self, text: str) -> Address | None:
        """An http or https address on one of the hosts that is no feed's; the handle is the address itself."""
        url, host = _read(text)
        if not any(host.endswith(own) and _VIEWS.fullmatch(host.removesuffix(own)) for own in self.hosts):
            return None
        return None if _FEED_PATH.search(urlsplit(url).path) else Address(self.name, url, url, url)

    def address_keys(self, text: str) -> frozenset[str]:
        """One key, as that of a site."""
        address = self.read_address(text)
        return frozenset({addresses.site_key(address.url)} if address else ())

    def look(self, what: Look, subject: Subject, cursor: Mapping[str, Any]) -> Steps:
        """Raises KeyError: there is no look here."""
        raise KeyError(what)


@lru_cache(maxsize=256)  # every network here is asked about the same text, one after the other
def _read(text: str) -> tuple[str, str]:
    """The normalised URL and its host name; both empty for what is no URL."""
    url = addresses.read_url(text) or ""
    return url, urlsplit(url).hostname or ""


def _nothing(why: str, good_link: str) -> Capabilities:
    return Capabilities(frozenset(), {}, proofs=(), why_not=why, good_link=good_link)


UNREADABLE: tuple[Unreadable, ...] = (
    Unreadable(
        "x",
        "X (Twitter)",
        ("x.com", "twitter.com", "t.co"),
        _nothing(
            N_("X lets programs read posts only for pay, and who follows whom only under a contract."),
            N_("The address of the post itself, with its number, from an account that is not protected."),
        ),
    ),
    Unreadable(
        "facebook",
        "Facebook groups and profiles",
        ("facebook.com", "fb.com", "fb.me", "fb.watch"),
        _nothing(
            N_("Facebook closed its groups to other programs in 2024, and shows profiles to none."),
            N_("The address of the post or comment itself, public or in a group of which the reviewer is a member."),
        ),
    ),
    Unreadable(
        "linkedin",
        "LinkedIn",
        ("linkedin.com", "lnkd.in"),
        _nothing(
            N_("LinkedIn lets only partners that it approved read what people do there."),
            N_("The address of the post or article itself, visible to anyone."),
        ),
    ),
    Unreadable(
        "instagram",
        "Instagram",
        ("instagram.com", "instagr.am"),
        _nothing(
            N_("We know of no permitted way to read accounts, posts or follows on Instagram."),
            N_("The address of the post itself, from a public account."),
        ),
    ),
    Unreadable(
        "youtube",
        "YouTube",
        ("youtube.com", "youtu.be"),
        _nothing(
            N_("YouTube shows subscriptions and comments only to programs with a key from Google; we have none."),
            N_("The address of the video, or of the comment itself; a channel's own feed can be linked as a blog."),
        ),
    ),
    Unreadable(
        "reddit",
        "Reddit",
        ("reddit.com", "redd.it"),
        _nothing(
            N_("Reddit approves every program before it may read; we have no such approval."),
            N_("The address of the post or comment itself (“permalink”), in a public community."),
        ),
    ),
    Unreadable(
        "tiktok",
        "TikTok",
        ("tiktok.com",),
        _nothing(
            N_("We know of no permitted way to read accounts, videos or follows on TikTok."),
            N_("The address of the video itself, from a public account."),
        ),
    ),
    Unreadable(
        "discord",
        "Discord",
        ("discord.com", "discord.gg", "discordapp.com"),
        _nothing(
            N_("Discord shows servers and messages only to a bot that was invited there; we have none."),
            N_("The link to the message itself, on a server of which the reviewer is a member."),
        ),
    ),
    Unreadable(
        "threads",
        "Threads",
        ("threads.com", "threads.net"),
        _nothing(
            N_(
                "Threads lets programs read posts and profiles only after Meta has approved them; we have no such approval."
            ),
            N_("The address of the post itself, from a public profile."),
        ),
    ),
    Unreadable(
        "telegram",
        "Telegram",
        ("t.me", "telegram.me"),
        _nothing(
            N_("Telegram shows groups and channels only to a bot that was let in there; we have none."),
            N_("The link to the message itself, in a public channel or a group of which the reviewer is a member."),
        ),
    ),
)
