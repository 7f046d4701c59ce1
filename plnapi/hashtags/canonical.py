"""One form for every hashtag. Pure: no database, no network.

What networks accept differs, so the rules are the narrowest of them: letters, marks, decimal digits and `_`, with at
least one letter (Mastodon `app/models/tag.rb`, HASHTAG_NAME_RE), and at most 64 characters (Bluesky, lexicon
`app.bsky.richtext.facet#tag`, `maxGraphemes`; the others allow more). Scripts that are drawn alike are not mixed
(Unicode UTS 39, section 5.2, the moderately restrictive profile).
"""

import unicodedata
from dataclasses import dataclass

from plnapi.errors import N_, Invalid

LONGEST = 64
_ASIAN = frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
# Their capitals are drawn like Latin ones: alone they are fine, beside another script they are a disguise.
_LOOK_ALIKE = frozenset({"CYRILLIC", "GREEK", "COPTIC", "CHEROKEE", "ARMENIAN"})
_LATIN_FORM = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",  # noqa: RUF001 - Cyrillic and Greek letters drawn like Latin ones
    "ABESIJKMHOPCTYXaeopcyxijsABEZHIKMNOPTYXo",
)


@dataclass(frozen=True, slots=True)
class Hashtag:
    """`key` is compared and stored; `display` keeps the case as typed. Neither has a `#`."""

    key: str
    display: str


def canonical(text: str) -> Hashtag:
    """The hashtag that somebody typed, with or without `#`.

    Raises Invalid (`hashtag_empty`, `hashtag_character`, `hashtag_no_letter`, `hashtag_too_long`, `hashtag_scripts`),
    its sentence with the reason and, where there is one, a hashtag to use instead (`params["suggestion"]`).
    """
    display = _clean(text)
    code = _fault(display)
    if code:
        raise _refusal(code, display)
    return Hashtag(_fold(display), display)


def key_of(text: str) -> str:
    """The key of a tag found in the wild, "" when it can be none. Lenient: a blog's category `Open Education` means
    `#OpenEducation`."""
    key = _fold("".join(c for c in _clean(text) if _is_allowed(c)))
    return key if len(key) <= LONGEST and any(map(_is_letter, key)) else ""


def _clean(text: str) -> str:
    """NFKC, without what cannot be seen (category Cf: zero-width, bidi), white space around and `#` before it."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", visible).strip().lstrip("#").strip()


def _fold(text: str) -> str:
    """Case-folded and NFKC; folding can undo the normal form and the other way round, so until it is stable."""
    while (folded := unicodedata.normalize("NFKC", text.casefold())) != text:
        text = folded
    return text


def _fault(display: str) -> str:
    """The code of what is wrong, "" for nothing."""
    if not display:
        return "hashtag_empty"
    if not all(map(_is_allowed, display)) or unicodedata.category(display[0])[0] == "M":
        return "hashtag_character"
    if not any(map(_is_letter, display)):
        return "hashtag_no_letter"
    if max(len(display), len(_fold(display))) > LONGEST:
        return "hashtag_too_long"
    return "hashtag_scripts" if _is_mixed(display) else ""


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] == "L"


def _is_allowed(char: str) -> bool:
    return char == "_" or unicodedata.category(char) == "Nd" or unicodedata.category(char)[0] in "LM"


def _is_mixed(text: str) -> bool:
    scripts = {script for c in text if _is_letter(c) and (script := _script(c))}
    if len(scripts) < 2 or scripts <= _ASIAN:
        return False
    return len(scripts - {"LATIN"}) > 1 or bool(scripts & _LOOK_ALIKE)


def _script(char: str) -> str:
    """The script by the first word of the character's name; "" for letters that belong to none."""
    word = unicodedata.name(char, "").replace("-", " ").partition(" ")[0]
    return {"IDEOGRAPHIC": "CJK", "HALFWIDTH": "KATAKANA", "MODIFIER": ""}.get(word, word)


_REASONS = {
    "hashtag_empty": N_("Write a hashtag such as #SUB101."),
    "hashtag_character": N_("Networks end a hashtag at “%(character)s”: it holds only letters, digits and _."),
    "hashtag_no_letter": N_("Networks do not link a hashtag without a letter."),
    "hashtag_too_long": N_("Longer than 64 characters: not every network links it."),
    "hashtag_scripts": N_(
        "Letters of different scripts that look alike are mixed, so nobody could type this hashtag again."
    ),
}
_TRY = N_("%(reason)s Try #%(suggestion)s.")


def _refusal(code: str, display: str) -> Invalid:
    character = next((c for c in display if not _is_allowed(c)), display[:1])
    reason = _REASONS[code] % {"character": character if character.isprintable() else "?"}
    suggestion = _suggestion(code, display)
    if not suggestion:
        return Invalid.field("/tag", reason.replace("%", "%%"), code=code, suggestion="")
    return Invalid.field("/tag", _TRY, code=code, reason=reason, suggestion=suggestion)


def _suggestion(code: str, display: str) -> str:
    """A hashtag near to what was typed that would be accepted, else ""."""
    text = _joined(display)
    if text and not any(map(_is_letter, text)):
        text = f"course{text}"
    if code == "hashtag_scripts" or _is_mixed(text):
        text = text.translate(_LATIN_FORM)
    while len(_fold(text)) > LONGEST:
        text = text[: min(LONGEST, len(text) - 1)]
    return "" if _fault(text) else text


def _joined(display: str) -> str:
    """The words without what stands between them; several words begin with capitals, so that they can be read out."""
    words = "".join(c if _is_allowed(c) else " " for c in display).split()
    if sum(_is_letter(word[0]) for word in words) > 1:
        words = [word[0].upper() + word[1:] for word in words]
    return _clean("".join(words)).lstrip("".join(c for c in display if unicodedata.category(c)[0] == "M"))
