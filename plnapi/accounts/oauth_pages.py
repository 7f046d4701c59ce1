"""The pages of signing in on one's own server. They talk to it, so they run outside of a transaction."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from plnapi.accounts import oauth, oauth_server
from plnapi.accounts.oauth import Return
from plnapi.accounts.oauth_server import Client, OAuthFailed, Server, Signed, Talk
from plnapi.accounts.schemas import ServerIn
from plnapi.db import unit_of_work
from plnapi.errors import N_, Invalid, PlnapiError
from plnapi.platforms import addresses
from plnapi.web.app import current_app
from plnapi.web.guards import outside_a_transaction, signed_in
from plnapi.web.limits import caller, limiter
from plnapi.web.pages import read_form
from plnapi.web.principal import principal

blp = Blueprint("oauth_pages", __name__, template_folder="templates")
Page = ResponseReturnValue
# What a person reads for a scope that is asked for.
SCOPES = {
    "profile": N_("your name and address there, to see that the account is yours"),
    "read:accounts": N_("your profile"),
    "read:follows": N_("whom you follow, and who follows you"),
    "read:statuses": N_("your posts"),
    "read:favourites": N_("your favourites"),
    "read": N_("everything that you can read there: this server does not let us ask for less"),
}


@blp.post("/me/oauth")
@limiter.limit("20 per 10 minutes", key_func=caller)
@outside_a_transaction
@signed_in()
def begin() -> Page:
    """Say what will be asked for on the person's server, with a link that leads there."""
    form = read_form(ServerIn())
    named = oauth_server.read_server(form.data.get("server", "")) if form.valid else None
    if named is None:
        return _back(Invalid(N_("Give the name of your server, such as example.social, or your handle there.")))
    keeps = form.data["keep"] == "yes"
    try:
        with Talk(current_app().settings) as talk:
            server = oauth_server.discover(talk, oauth_server.origin_of(talk, *named))
            client = _client(talk, server)
    except OAuthFailed as error:
        return _back(error)
    return _way_there(server, client, named[0], keeps=keeps)


@blp.get(oauth.CALLBACK)
@limiter.limit("20 per 10 minutes", key_func=caller)
@outside_a_transaction
@signed_in()
def callback() -> Page:
    """The person comes back from their server: the account is theirs when it says so."""
    given, who = request.args, principal()
    with unit_of_work():
        back = oauth.come_back(
            who.person_id, who.credential_id, given.get("state", ""), given.get("iss"), _redirect_uri()
        )
    if isinstance(back, Invalid):
        return _back(back)
    if "code" not in given:
        return _back(Invalid(_refusal(given.get("error", ""))))
    try:
        signed = _signed(back, given["code"])
        return _linked(back, signed)
    except PlnapiError as error:
        return _back(error)


def _client(talk: Talk, server: Server) -> Client:
    """plnapi as this server knows it: from an earlier time, else registered."""
    scopes, settings = oauth.all_scopes(server), current_app().settings
    with unit_of_work(write=False):
        known = oauth.client_of(server.origin, _redirect_uri(), scopes)
    if known is not None:
        return known
    made = oauth_server.register(talk, server, settings.site_name, settings.base_url, _redirect_uri(), scopes)
    with unit_of_work():
        oauth.keep_client(server.origin, _redirect_uri(), scopes, made)
    return made


def _way_there(server: Server, client: Client, handle: str, *, keeps: bool) -> Page:
    who = principal()
    with unit_of_work():
        state, challenge = oauth.leave(who.person_id, who.credential_id, server, handle, keeps=keeps)
    scopes = oauth.scopes_for(server, keeps=keeps)
    url = oauth_server.authorize_url(server, client, _redirect_uri(), scopes, state, challenge)
    host = addresses.authority_of(server.origin)
    asked = [SCOPES[scope] for scope in scopes.split()]
    return render_template("accounts/oauth.html", url=url, host=host, asked=asked, keeps=keeps)


def _signed(back: Return, code: str) -> Signed:
    with Talk(current_app().settings) as talk:
        signed = oauth_server.exchange(talk, back.server, back.client, _redirect_uri(), code, back.verifier)
        try:
            return oauth_server.whose(talk, back.server, signed)
        except OAuthFailed:
            _drop(back, signed)
            raise


def _linked(back: Return, signed: Signed) -> Page:
    assert signed.account is not None
    try:
        with unit_of_work():
            oauth.link(principal().person_id, back, signed)
    except PlnapiError:
        _drop(back, signed)
        raise
    flash(gettext("%(handle)s is yours: your server said so.", handle=signed.account.handle), "good")
    return redirect("/me", 303)


def _drop(back: Return, signed: Signed) -> None:
    with unit_of_work():
        oauth.drop(back, signed)


def _redirect_uri() -> str:
    return current_app().settings.base_url + oauth.CALLBACK


def _refusal(error: str) -> str:
    if error == "access_denied":
        return N_("You said no on your server, so nothing was linked. You can still prove the account with a code.")
    return N_(
        "Your server did not let you sign in, so nothing was linked. You can still prove the account with a code."
    )


def _back(error: PlnapiError) -> Page:
    flash(gettext(error.message, **error.params), "bad")
    return redirect("/me", 303)
