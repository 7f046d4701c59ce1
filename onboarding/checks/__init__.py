"""The kinds of branches that there are. A kind is one file here and one line in this list."""

from collections.abc import Mapping
from types import MappingProxyType

from onboarding.checks.attest import ATTEST
from onboarding.checks.base import Check
from onboarding.checks.follow import FOLLOW
from onboarding.checks.join_group import JOIN_GROUP
from onboarding.checks.post import POST

ALL: tuple[Check, ...] = (
    FOLLOW,
    POST,
    JOIN_GROUP,
    ATTEST,
)

CHECKS: Mapping[str, Check] = MappingProxyType({check.kind: check for check in ALL})

__all__ = ["ALL", "CHECKS", "Check"]
