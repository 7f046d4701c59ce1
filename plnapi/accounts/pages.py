"""Signing in and out, and the page about oneself."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_limiter.util import get_remote_address

from plnapi import platforms
from plnapi.accounts import grants, identities, service, sign_in
from plnapi.accounts.schemas import IdentityIn, MeIn, PasswordIn, SignInIn, TokenIn
from plnapi.errors import PlnapiError
from plnapi.web.app import current_app
from plnapi.web.guards import public, signed_in
from plnapi.web.limits import limiter
from plnapi.web.pages import Form, read_form, safe_path
from plnapi.web.principal import SCOPES, principal

blp = Blueprint("accounts_pages", __name__, template_folder="templates")
Page = ResponseReturnValue


def _tried() -> str:
    """Failed tries are counted per address and account, so that nobody can lock somebody else out."""
    return f"{get_remote_address()} {request.form.get('email', '').casefold()}"


@blp.get("/sign-in")
@public
def sign_in_form() -> Page:
    """The form."""
    return render_template("accounts/sign_in.html", form=Form(), next=safe_path(request.args.get("next")))


@blp.post("/sign-in")
@limiter.limit("10 per 10 minutes", key_func=_tried, deduct_when=lambda response: response.status_code == 422)
@public
def sign_in_submitted() -> Page:
    """Begin a session and go where the person wanted to go."""
    form, target = read_form(SignInIn()), safe_path(request.args.get("next"))
    if form.valid:
        try:
            sign_in.begin(service.authenticate(**form.data), current_app().settings.session_days)
            return redirect(target, 303)
        except PlnapiError as error:
            form.refuse(error)
    form.values.pop("password", None)
    return render_template("accounts/sign_in.html", form=form, next=target), 422


@blp.post("/sign-out")
@public
def sign_out() -> Page:
    """End the session."""
    sign_in.end()
    flash(gettext("You are signed out."), "good")
    return redirect("/sign-in", 303)


@blp.get("/sign-in/<secret>")
@public
def one_time_link(secret: str) -> Page:
    """Say what the link does. Opening it changes nothing: mail programs open links by themselves."""
    return _link_page(secret, Form())


@blp.post("/sign-in/<secret>")
@limiter.limit("30 per 10 minutes", key_func=get_remote_address)
@public
def one_time_link_submitted(secret: str) -> Page:
    """Use the link up."""
    form = read_form(PasswordIn())
    form.values.pop("password", None)
    try:
        person = service.use_link(secret, form.data.get("password"))
    except PlnapiError as error:
        if not error.errors:
            raise
        form.values["password"] = ""
        form.refuse(error)
        return _link_page(secret, form), 422
    sign_in.begin(person, current_app().settings.session_days)
    return redirect("/", 303)


@blp.get("/me")
@signed_in()
def me() -> Page:
    """Name, accounts on networks, tokens, sessions."""
    return _me()


@blp.post("/me")
@signed_in()
def rename() -> Page:
    """Change the name."""
    form = read_form(MeIn())
    if not form.valid:
        return _me(name_form=form), 422
    service.rename(service.get_person(principal().person_id), form.data["name"])
    return _done(gettext("Your name is changed."))


@blp.post("/me/identities")
@signed_in()
def link_identity() -> Page:
    """Begin to link an account."""
    form = read_form(IdentityIn())
    if form.valid:
        try:
            identities.link(principal().person_id, form.data["address"], form.data.get("network"))
            return _done(gettext("Put the code on your page; we look for it in the next minutes."))
        except PlnapiError as error:
            form.refuse(error)
    return _me(identity_form=form), 422


@blp.post("/me/identities/<uuid:identity_id>/check")
@signed_in()
def check_identity(identity_id: UUID) -> Page:
    """Look for the code again."""
    identities.renew(identities.get(principal().person_id, identity_id))
    return _done(gettext("We look again in a moment. Reload this page to see."))


@blp.post("/me/identities/<uuid:identity_id>/unlink")
@signed_in()
def unlink_identity(identity_id: UUID) -> Page:
    """Forget an account."""
    identities.unlink(identities.get(principal().person_id, identity_id))
    return _done(gettext("The account is unlinked, and what we knew of it is forgotten."))


@blp.post("/me/identities/<uuid:identity_id>/moved")
@signed_in()
def accept_move(identity_id: UUID) -> Page:
    """It is right that the account moved."""
    identities.accept_move(identities.get(principal().person_id, identity_id))
    return _done(gettext("Thank you. We go on with the account where it is."))


@blp.post("/me/identities/<uuid:identity_id>/permission/end")
@signed_in()
def take_back(identity_id: UUID) -> Page:
    """Forget the token of an account."""
    grants.take_back(identities.get(principal().person_id, identity_id))
    return _done(gettext("The permission is forgotten here, and we tell the server."))


@blp.post("/me/tokens")
@signed_in()
def make_token() -> Page:
    """Make a token and show its secret, once: the answer is the page itself, so that no redirect has to carry it."""
    form = read_form(TokenIn())
    if not form.valid:
        return _me(token_form=form), 422
    _token, secret = service.make_token(service.get_person(principal().person_id), **form.data)
    return _me(secret=secret)


@blp.post("/me/tokens/<uuid:token_id>/revoke")
@signed_in()
def revoke_token(token_id: UUID) -> Page:
    """Revoke a token."""
    service.revoke_token(principal().person_id, token_id)
    return _done(gettext("The token does not work any more."))


@blp.post("/me/sessions/end")
@signed_in()
def end_sessions() -> Page:
    """Sign out everywhere else."""
    who = principal()
    service.end_sessions(who.person_id, but=who.credential_id)
    return _done(gettext("You are signed out everywhere else."))


def _me(**forms: Any) -> str:
    person_id = principal().person_id
    shown: dict[str, Any] = {name: Form() for name in ("name_form", "identity_form", "token_form")}
    return render_template(
        "accounts/me.html",
        person=service.get_person(person_id),
        identities=identities.of_person(person_id),
        permissions=grants.of_person(person_id),
        tokens=service.tokens_of(person_id),
        networks=platforms.PLATFORMS,
        problems=identities.PROBLEMS,
        proofs=identities.PROOFS,
        ways=identities.WAYS,
        scopes=SCOPES,
        **{**shown, "secret": None, **forms},
    )


def _link_page(secret: str, form: Form) -> str:
    link = service.find_link(secret)
    return render_template("accounts/link.html", link=link, person=service.get_person(link.person_id), form=form)


def _done(message: str) -> Page:
    flash(message, "good")
    return redirect("/me", 303)
