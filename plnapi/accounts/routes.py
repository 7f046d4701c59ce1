"""The API about oneself, and about people for administrators."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from plnapi.accounts import identities, service
from plnapi.accounts.models import ApiToken, Identity, Person
from plnapi.accounts.schemas import (
    IdentityIn,
    IdentityOut,
    InvitationOut,
    MeIn,
    NewTokenOut,
    PersonIn,
    PersonOut,
    TokenIn,
    TokenOut,
)
from plnapi.db import db
from plnapi.web.api import Blueprint
from plnapi.web.app import current_app
from plnapi.web.guards import administrator, check_scope, signed_in
from plnapi.web.paging import PageIn, page_schema, paged
from plnapi.web.principal import principal

blp = Blueprint("accounts", __name__, description="People, their tokens and their accounts on networks")
PersonPage = page_schema(PersonOut)


@blp.get("/me")
@signed_in()
@blp.response(200, PersonOut)
def read_me() -> Person:
    """Who you are"""
    return service.get_person(principal().person_id)


@blp.patch("/me")
@signed_in()
@blp.arguments(MeIn)
@blp.response(200, PersonOut)
def change_me(body: dict[str, Any]) -> Person:
    """Change your name"""
    person = service.get_person(principal().person_id)
    service.rename(person, body["name"])
    return person


@blp.get("/me/tokens")
@signed_in()
@blp.response(200, TokenOut(many=True))
def read_tokens() -> Any:
    """Your tokens"""
    return service.tokens_of(principal().person_id)


@blp.post("/me/tokens")
@signed_in()
@blp.arguments(TokenIn)
@blp.response(201, NewTokenOut)
def make_token(body: dict[str, Any]) -> dict[str, Any]:
    """Make a token

    The secret is in this answer and nowhere else. A token cannot make another one that may do more than itself.
    """
    for scope in body["scopes"]:
        check_scope(scope)
    token, secret = service.make_token(service.get_person(principal().person_id), **body)
    return {**_columns(token), "secret": secret}


@blp.delete("/me/tokens/<uuid:token_id>")
@signed_in()
@blp.response(204)
def revoke_token(token_id: UUID) -> None:
    """Revoke a token"""
    service.revoke_token(principal().person_id, token_id)


@blp.delete("/me/sessions")
@signed_in()
@blp.response(204)
def end_sessions() -> None:
    """Sign out everywhere else"""
    who = principal()
    service.end_sessions(who.person_id, but=who.credential_id if who.via == "session" else None)


@blp.get("/me/identities")
@signed_in()
@blp.response(200, IdentityOut(many=True))
def read_identities() -> Any:
    """Your accounts on networks"""
    return identities.of_person(principal().person_id)


@blp.post("/me/identities")
@signed_in()
@blp.arguments(IdentityIn)
@blp.response(201, IdentityOut)
def link_identity(body: dict[str, Any]) -> Identity:
    """Link an account

    Put the `code` of the answer on the account's public page (profile text, a field, a post, the page of a blog);
    we look for it in the next minutes.
    """
    return identities.link(principal().person_id, body["address"], body.get("network"))


@blp.get("/me/identities/<uuid:identity_id>")
@signed_in()
@blp.response(200, IdentityOut)
def read_identity(identity_id: UUID) -> Identity:
    """One of your accounts"""
    return identities.get(principal().person_id, identity_id)


@blp.post("/me/identities/<uuid:identity_id>/check")
@signed_in()
@blp.response(202, IdentityOut)
def check_identity(identity_id: UUID) -> Identity:
    """Look for the code again soon

    Makes another code when the old one is too old.
    """
    identity = identities.get(principal().person_id, identity_id)
    identities.renew(identity)
    return identity


@blp.delete("/me/identities/<uuid:identity_id>")
@signed_in()
@blp.response(204)
def unlink_identity(identity_id: UUID) -> None:
    """Unlink an account

    What we know of it is forgotten at once; credit that was earned stays.
    """
    identities.unlink(identities.get(principal().person_id, identity_id))


@blp.get("/people")
@administrator
@blp.arguments(PageIn, location="query")
@blp.response(200, PersonPage)
def read_people(args: dict[str, Any]) -> Any:
    """Everybody at this institution"""
    page = paged(select(Person), [Person.id], args, lambda s: db.session.scalars(s).all())
    return page.body(), 200, page.links()


@blp.post("/people")
@administrator
@blp.arguments(PersonIn)
@blp.response(201, PersonOut)
def add_person(body: dict[str, Any]) -> Person:
    """Add somebody

    They have no password yet: make an invitation for them.
    """
    return service.add_person(**body)


@blp.post("/people/<uuid:person_id>/invitation")
@administrator
@blp.response(201, InvitationOut)
def invite(person_id: UUID) -> dict[str, Any]:
    """Make an invitation

    A link by which this person sets a password, once. An earlier one ends. Hand it over on a way that you trust.
    """
    path = service.invite(service.get_person(person_id))
    return {"url": current_app().settings.base_url + path, "expires_in_hours": service.INVITATION_HOURS}


def _columns(token: ApiToken) -> dict[str, Any]:
    return {column.key: getattr(token, column.key) for column in ApiToken.__table__.columns}
