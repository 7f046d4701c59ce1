"""The form that takes an access token of an account. It asks the account's server, so it runs outside of a transaction."""

from uuid import UUID

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.accounts import identities, tokens
from plnapi.accounts.oauth_server import Talk
from plnapi.accounts.schemas import AccessTokenIn
from plnapi.db import unit_of_work
from plnapi.errors import N_, Invalid, PlnapiError
from plnapi.web.app import current_app
from plnapi.web.guards import outside_a_transaction, signed_in
from plnapi.web.limits import caller, limiter
from plnapi.web.pages import read_form
from plnapi.web.principal import principal

blp = Blueprint("token_pages", __name__)
_UNREADABLE = N_("This is no access token: it is one long word of letters, digits and signs. Copy it again, whole.")


@blp.post("/me/identities/<uuid:identity_id>/token")
@limiter.limit("20 per 10 minutes", key_func=caller)
@outside_a_transaction
@signed_in()
def give(identity_id: UUID) -> ResponseReturnValue:
    """Keep the token when the account's server says that it is the account's own. It is never shown again."""
    try:
        handle = _given(identity_id)
    except PlnapiError as error:
        flash(gettext(error.message, **error.params), "bad")
        return redirect(f"/me?give={identity_id}", 303)  # with the form open
    flash(gettext("%(handle)s is yours, its server said so. The token is kept sealed.", handle=handle), "good")
    return redirect("/me", 303)


def _given(identity_id: UUID) -> str:
    """The handle of the account. Raises what services raise, Invalid for what is no token."""
    form, person_id = read_form(AccessTokenIn()), principal().person_id
    if not form.valid:
        raise Invalid(_UNREADABLE)
    token: str = form.data["token"]
    with unit_of_work(write=False):
        identity = identities.get(person_id, identity_id)
        network, subject = identity.network, tokens.subject_of(identity, token)
    with Talk(current_app().settings) as talk:
        owner = tokens.whose(talk, network, subject)
    with unit_of_work():
        return tokens.keep(person_id, identity_id, owner, token).handle
