"""The judgement of what somebody published; `post`, `reply` and `blog` differ only in which acts count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from onboarding.checks import counting
from onboarding.checks.base import Act, Check, Config, Context, Evidence, Judgement, Look, Needs, Note, Problem
from onboarding.checks.coverage import too_few


@dataclass(frozen=True, slots=True)
class Words:
    """The codes of what is said, and parameters that all of them take; `rules` say which acts a kind left out."""

    done: str
    missing: str
    action: str
    params: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Note, ...] = ()


class Published(Check):
    """A check of posts with a hashtag. A kind says which of them count."""

    def needs(self, config: Config) -> Needs:
        """A network that shows posts."""
        return Needs(verbs=frozenset({"Create"}), public_account=True)

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """A course without hashtags, a hashtag that is not the course's (nobody would look for it), impossible counts."""
        yield from tag_problems(config, context)
        yield from counting.problems(config, context)


def tag_problems(config: Config, context: Context) -> Iterator[Problem]:
    """No hashtag at all, or one that is not the course's."""
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


def counted(
    acts: Sequence[Act],
    looks: Sequence[Look],
    config: Config,
    context: Context,
    words: Words,
    verbs: Sequence[str] = ("Create",),
) -> Judgement:
    """Verified when the acts suffice by the rules of `counting`, else what that means by how much could be seen."""
    found = counting.tally(acts, config, context)
    done = enough(found, config, words)
    if done is not None:
        return done
    missing, rules = lacking(found, config, words)
    return too_few(verbs, looks, context, missing, Note(words.action, dict(words.params)), rules)


def enough(found: counting.Tally, config: Config, words: Words) -> Judgement | None:
    """The judgement when the acts suffice."""
    if found.done_at is None:
        return None
    evidence = tuple(Evidence.of(act) for act in found.hits)
    note = Note("weeks_done" if config.get("every") == "week" else words.done, _counts(found, config))
    return Judgement("verified", "machine", evidence, (note,), found.done_at)


def lacking(found: counting.Tally, config: Config, words: Words) -> tuple[Note, list[Note]]:
    """What is missing, and which rules left something out."""
    weekly = config.get("every") == "week"
    missing = Note("weeks_missing" if weekly else words.missing, {**_counts(found, config), **words.params})
    parts = (("days_missing", found.days), ("people_missing", found.people))
    rules = [Note(code, {"have": pair[0], "wanted": pair[1]}) for code, pair in parts if pair]
    return missing, [*rules, *words.rules, *found.rules]


def _counts(found: counting.Tally, config: Config) -> dict[str, Any]:
    counts = {"have": found.have, "wanted": found.wanted}
    return {**counts, "count": config["count"]} if config.get("every") == "week" else counts
