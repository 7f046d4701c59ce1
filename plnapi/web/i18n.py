"""Words and times as the reader reads them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, get_locale, gettext
from markupsafe import Markup, escape

from plnapi.errors import Message

LANGUAGES = ("en",)
DAY = "d MMM yyyy"  # one way to write a day, with or without a time of the day
babel = Babel()


def language() -> str:
    """The best of our languages for this request; the first one on the command line."""
    if not has_request_context():
        return LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def told(sentence: str) -> str:
    """A sentence of a room in the reader's language; it may have been filled in already."""
    if isinstance(sentence, Message):
        return str(gettext(sentence.template, **sentence.params))
    return str(gettext(sentence))


def when(moment: datetime | None, zone: str = "UTC") -> Markup:
    """A moment in `zone`, the zone named, with UTC in the `datetime` attribute; empty for None."""
    if moment is None:
        return Markup("")
    local = moment.astimezone(ZoneInfo(zone))
    words = format_datetime(local, f"{DAY}, HH:mm", rebase=False)
    return Markup('<time datetime="{}">{} {}</time>').format(
        moment.isoformat(timespec="seconds"), words, escape(local.tzname() or zone)
    )


def day(value: date) -> Markup:
    """A day without a time, as `when` writes it; ISO 8601 in the `datetime` attribute."""
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), format_date(value, DAY, rebase=False))


def init_app(app: Flask) -> None:
    """Give templates `_()`, `get_locale()` and the filters `when` and `day`."""
    babel.init_app(app, locale_selector=language)
    app.add_template_global(get_locale)
    app.add_template_filter(when)
    app.add_template_filter(day)
