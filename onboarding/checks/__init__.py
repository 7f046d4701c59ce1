"""The kinds of branches that there are. A kind is one file here and one line in this list."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from onboarding.checks.all_of import KIND as ALL_OF
from onboarding.checks.all_of import AllOf
from onboarding.checks.assess import ASSESS
from onboarding.checks.attest import ATTEST
from onboarding.checks.base import Check
from onboarding.checks.blog import BLOG
from onboarding.checks.choose_network import CHOOSE_NETWORK
from onboarding.checks.comment import COMMENT
from onboarding.checks.create import CREATE
from onboarding.checks.find_group import FIND_GROUP
from onboarding.checks.find_hashtag import FIND_HASHTAG
from onboarding.checks.follow import FOLLOW
from onboarding.checks.join_group import JOIN_GROUP
from onboarding.checks.link_account import LINK_ACCOUNT
from onboarding.checks.map_network import MAP
from onboarding.checks.post import POST
from onboarding.checks.public_account import PUBLIC_ACCOUNT
from onboarding.checks.react import REACT
from onboarding.checks.read_resource import READ_RESOURCE
from onboarding.checks.reflect import REFLECT
from onboarding.checks.reply import REPLY
from onboarding.checks.share_accounts import SHARE_ACCOUNTS
from onboarding.checks.start_blog import START_BLOG
from onboarding.checks.study_account import STUDY_ACCOUNT
from onboarding.checks.subscribe import SUBSCRIBE
from onboarding.checks.take_part import TAKE_PART

SIMPLE: tuple[Check, ...] = (
    CHOOSE_NETWORK,
    STUDY_ACCOUNT,
    LINK_ACCOUNT,
    PUBLIC_ACCOUNT,
    SHARE_ACCOUNTS,
    FOLLOW,
    POST,
    REPLY,
    REACT,
    FIND_HASHTAG,
    FIND_GROUP,
    JOIN_GROUP,
    TAKE_PART,
    CREATE,
    START_BLOG,
    BLOG,
    COMMENT,
    SUBSCRIBE,
    READ_RESOURCE,
    REFLECT,
    MAP,
    ASSESS,
    ATTEST,
)
ALL: tuple[Check, ...] = (*SIMPLE, AllOf({check.kind: check for check in SIMPLE}))

CHECKS: Mapping[str, Check] = MappingProxyType({check.kind: check for check in ALL})


def flat(branches: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The branches, with the parts of an all-of in its place."""
    for branch in branches:
        yield from branch["config"]["of"] if branch["kind"] == ALL_OF else (branch,)


__all__ = ["ALL", "ALL_OF", "CHECKS", "SIMPLE", "Check", "flat"]
