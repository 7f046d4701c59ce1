"""The judgement of what somebody published; `post`, `reply` and `blog` differ only in which acts count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from onboarding.checks import counting
from onboarding.checks.base import Act, Config, Context, Evidence, Judgement, Look, Needs, Note, Problem
from onboarding.checks.coverage import too_few


@dataclass(frozen=True, slots=True)
class Words:
    """The codes of what is said, and parameters that all of them take."""

    done: str
    missing: str
    action: str
    params: Mapping[str, Any] = field(default_factory=dict)


class Published:
    """A check of posts with a hashtag. A kind says which of them count."""

    def needs(self, config: Config) -> Needs:
        """Public posts."""
        return Needs(frozenset({"posts"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """A course without hashtags, a hashtag that is not the course's (nobody would look for it), impossible counts."""
        yield from _tag_problems(config, context)
        yield from counting.problems(config, context)


def _tag_problems(config: Config, context: Context) -> Iterator[Problem]:
    named = config.get("hashtag")
    if not context.hashtags:
        yield Problem("hashtag" if named else "", "no_hashtag")
    elif named and named not in context.hashtags:
        close = get_close_matches(named, context.hashtags, 1, cutoff=0.4) or sorted(context.hashtags)
        yield Problem("hashtag", "unknown_hashtag", {"hashtag": named, "suggestion": context.hashtags[close[0]]})


def tagged(facts: Sequence[Act], config: Config, context: Context) -> list[Act]:
    """What was published with the hashtag that the config names, or any of the course's."""
    keys = _keys(config, context)
    return [act for act in facts if act.verb == "Create" and act.tags & keys]


def tags_of(config: Config, context: Context) -> list[str]:
    """The same hashtags as people write them."""
    return sorted(context.hashtags.get(key, key) for key in _keys(config, context))


def _keys(config: Config, context: Context) -> frozenset[str]:
    named = config.get("hashtag")
    return frozenset({named} if named else context.hashtags)


def counted(acts: Sequence[Act], looks: Sequence[Look], config: Config, context: Context, words: Words) -> Judgement:
    """Verified when the acts suffice by the rules of `counting`, else what that means by how much could be seen."""
    found, weekly = counting.tally(acts, config, context), config.get("every") == "week"
    counts = {"have": found.have, "wanted": found.wanted}
    if weekly:
        counts["count"] = config["count"]
    if found.done_at:
        evidence = tuple(Evidence.of(act) for act in found.hits)
        note = Note("weeks_done" if weekly else words.done, counts)
        return Judgement("verified", "machine", evidence, (note,), found.done_at)
    missing = Note("weeks_missing" if weekly else words.missing, {**counts, **words.params})
    rules = list(found.rules)
    if found.days:
        rules.insert(0, Note("days_missing", dict(zip(("have", "wanted"), found.days, strict=True))))
    return too_few("posts", looks, context, missing, Note(words.action, dict(words.params)), rules)
