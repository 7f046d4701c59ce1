"""From what a person types to the HTML that Mastodon serves: paragraphs, hashtags, mentions and links.

Shapes as in recorded answers of Mastodon 4.6.4.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from markupsafe import escape

from demo.practice.records import Account

_ENTITY = re.compile(
    r"(?P<url>https?://[^\s<>\"']*[^\s<>\"'.,;:!?)])"
    r"|(?<![=/)\w&])#(?P<tag>\w*[^\W\d_]\w*)"
    r"|(?<![=/\w])@(?P<user>[A-Za-z0-9_]+)(?:@(?P<host>[\w.-]*\w(?::\d+)?))?"
)

FindAccount = Callable[[str], Account | None]


def render(text: str, base_url: str, find: FindAccount, *, rel_me: bool = False) -> str:
    """The HTML of a post, note or field value. `find` answers an account for a username, or None."""
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip()) if part]
    inline = [_inline(part, base_url, find, rel_me).replace("\n", "<br />") for part in paragraphs]
    return inline[0] if rel_me and inline else "".join(f"<p>{part}</p>" for part in inline)


def hashtags(text: str) -> tuple[str, ...]:
    """The tags of a text in the form the API names them: lower case, without '#', each once."""
    return tuple(dict.fromkeys(match["tag"].lower() for match in _ENTITY.finditer(text) if match["tag"]))


def mentioned(text: str, base_url: str, find: FindAccount) -> tuple[Account, ...]:
    """The accounts of this server that a text mentions, each once."""
    found = (_account(match, base_url, find) for match in _ENTITY.finditer(text) if match["user"])
    return tuple({account.id: account for account in found if account}.values())


def _inline(text: str, base_url: str, find: FindAccount, rel_me: bool) -> str:
    return "".join(_pieces(text, base_url, find, rel_me))


def _pieces(text: str, base_url: str, find: FindAccount, rel_me: bool) -> Iterator[str]:
    end = 0
    for match in _ENTITY.finditer(text):
        yield str(escape(text[end : match.start()]))
        yield _entity(match, base_url, find, rel_me)
        end = match.end()
    yield str(escape(text[end:]))


def _entity(match: re.Match[str], base_url: str, find: FindAccount, rel_me: bool) -> str:
    if match["url"]:
        return _link(match["url"], rel_me)
    if match["tag"]:
        tag = escape(match["tag"])
        return f'<a href="{base_url}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
    account = _account(match, base_url, find)
    return _mention(account, base_url) if account else str(escape(match[0]))


def _link(url: str, rel_me: bool) -> str:
    scheme, rest = url.split("://", 1)
    rel = "nofollow noopener noreferrer me" if rel_me else "nofollow noopener noreferrer"
    shown = f'<span class="invisible">{scheme}://</span><span class="">{escape(rest)}</span>'
    return f'<a href="{escape(url)}" target="_blank" rel="{rel}" translate="no">{shown}</a>'


def _mention(account: Account, base_url: str) -> str:
    name = account.username
    anchor = f'<a href="{base_url}/@{name}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{anchor}</span>'


def _account(match: re.Match[str], base_url: str, find: FindAccount) -> Account | None:
    elsewhere = match["host"] and match["host"].lower() != urlsplit(base_url).netloc
    return None if elsewhere else find(match["user"])
