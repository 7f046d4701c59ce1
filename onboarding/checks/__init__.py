"""The kinds of branches that there are. A kind is one file here and one line in this list."""

from collections.abc import Mapping
from types import MappingProxyType

from onboarding.checks.attest import ATTEST
from onboarding.checks.base import Check
from onboarding.checks.blog import BLOG
from onboarding.checks.follow import FOLLOW
from onboarding.checks.join_group import JOIN_GROUP
from onboarding.checks.link_account import LINK_ACCOUNT
from onboarding.checks.post import POST
from onboarding.checks.reply import REPLY

ALL: tuple[Check, ...] = (
    FOLLOW,
    POST,
    REPLY,
    BLOG,
    JOIN_GROUP,
    LINK_ACCOUNT,
    ATTEST,
)

CHECKS: Mapping[str, Check] = MappingProxyType({check.kind: check for check in ALL})

__all__ = ["ALL", "CHECKS", "Check"]
