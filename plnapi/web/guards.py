"""Who may call a view. Every view carries exactly one mark; a test walks through all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

from plnapi.errors import N_, Forbidden
from plnapi.web.principal import principal

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Guard:
    """The mark. `roles` are the institution's roles, or a course's where `within` is `course`; empty: anybody signed in."""

    within: Literal["public", "institution", "course"]
    roles: frozenset[str] = frozenset()
    scope: str | None = None


def guard_of(view: Callable[..., Any]) -> Guard | None:
    """The mark of a view, None when somebody forgot it."""
    return getattr(view, "__guard__", None)


def public(view: View) -> View:
    """Anybody may call this, known or not."""
    return mark(view, Guard("public"))


def signed_in(*, scope: str = "me") -> Callable[[View], View]:
    """Anybody who is signed in, with `scope` when they came by a token. The view finds them by `principal()`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            check_scope(scope)
            return view(*args, **kwargs)

        return mark(guarded, Guard("institution", scope=scope))  # type: ignore[return-value]

    return decorate


def administrator(view: View) -> View:
    """Only an administrator of the institution."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not principal().is_admin:
            raise Forbidden(N_("Only an administrator of the institution may do this."))
        return view(*args, **kwargs)

    return mark(guarded, Guard("institution", frozenset({"admin"}), "admin"))  # type: ignore[return-value]


def outside_a_transaction(view: View) -> View:
    """The view talks to other servers: it gets no unit of work, and opens short ones of its own around its talks.

    Who asks is looked up before it begins. What it needs of a row it takes as plain values, inside of a unit. Not for the
    API: there is no Idempotency-Key here. See docs/decisions/0011.
    """
    view.__outside__ = True  # type: ignore[attr-defined]
    return view


def is_outside(view: Callable[..., Any] | None) -> bool:
    """Whether a view carries that mark."""
    return getattr(view, "__outside__", False)


def check_scope(scope: str) -> None:
    """Raises NotSignedIn, or Forbidden when the token was not given this scope."""
    if not principal().may(scope):
        raise Forbidden(N_("This token does not carry the scope “%(scope)s”."), code="scope_missing", scope=scope)


def mark(view: View, guard: Guard) -> View:
    """Put the mark on a view and write it into the operation's published description."""
    view.__guard__ = guard  # type: ignore[attr-defined]
    apidoc = dict(getattr(view, "_apidoc", {}))
    apidoc["manual_doc"] = {**apidoc.get("manual_doc", {}), **_published(guard)}
    view._apidoc = apidoc  # type: ignore[attr-defined]
    return view


def _published(guard: Guard) -> Mapping[str, Any]:
    if guard.within == "public":
        return {"security": []}
    roles = sorted(guard.roles) or ["signed-in"]
    return {"x-within": guard.within, "x-roles": roles, "x-scope": guard.scope}
