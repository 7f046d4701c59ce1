"""The student's own word, or a link that a person reviews. No public account is needed, and the credit is the same."""

from collections.abc import Iterator, Sequence

from onboarding.checks.base import (
    ODD,
    Act,
    Check,
    Config,
    Context,
    Evidence,
    Judgement,
    Look,
    Needs,
    Note,
    Param,
    Problem,
    Said,
)
from plnapi.errors import N_


class Attest(Check):
    """`config`: `by` (`word` or `link`), and a `prompt` that is shown with the form."""

    kind = "attest"
    title = N_("Own word or a link")
    help = N_("The student says that it is done, or gives a link that an instructor reviews. Needs no public account.")
    icon = "check"
    params: tuple[Param, ...] = (
        Param(
            "by",
            "choice",
            N_("What the student gives"),
            required=True,
            default="link",
            choices=(("word", N_("Their word")), ("link", N_("A link, reviewed by you"))),
        ),
        Param("prompt", "text", N_("What to write or link to"), N_("Shown above the student's form.")),
    )

    def needs(self, config: Config) -> Needs:
        """Nothing of any network."""
        return Needs()

    def problems(self, config: Config, context: Context) -> Iterator[Problem]:
        """There is nothing in a course that could make it impossible."""
        return iter(())

    def takes(self, config: Config) -> str:
        """A word, or a link."""
        return str(config.get("by") or "link")

    def judge(
        self, config: Config, facts: Sequence[Act], looks: Sequence[Look], decisions: Sequence[Said], context: Context
    ) -> Judgement:
        """By word: verified as soon as it is given. By link: waiting until a person approves or returns it."""
        return _by_word(decisions) if config["by"] == "word" else _by_link(decisions)


def _by_word(decisions: Sequence[Said]) -> Judgement:
    given = max((said for said in decisions if said.kind == "word"), key=lambda said: said.made_at, default=None)
    if given is None:
        return Judgement("not_yet", explanation=(Note("word_missing"), Note("next_give_word")))
    evidence = Evidence("Word", "", given.made_at, given.made_at)
    return Judgement("verified", "declared", (evidence,), (Note("word_given"),), given.made_at)


def _by_link(decisions: Sequence[Said]) -> Judgement:
    """Links and the answers to them are a chain: each is about the one before it."""
    links = sorted((said for said in decisions if said.kind == "link"), key=lambda said: (said.made_at, said.id))
    if not links:
        return Judgement("not_yet", explanation=(Note("link_missing"), Note("next_give_link")))
    answers = {said.about_id: said for said in decisions if said.about_id is not None}
    for link in links:
        answer = answers.get(link.id)
        if answer and answer.kind == "approved":
            evidence = (_link(link), Evidence("Approve", "", answer.made_at, answer.made_at))
            return Judgement("verified", "person", evidence, (_comment("link_approved", answer),), link.made_at)
    last = answers.get(links[-1].id)
    if last is None:
        odd = (Note(code) for mark, code in ODD.items() if links[-1].data.get(mark))
        notes = (Note("link_waits"), *odd, Note("next_wait_review"))
        return Judgement("waiting", "linked", (_link(links[-1]),), notes)
    return Judgement("not_yet", explanation=(_comment("link_returned", last), Note("next_give_link_again")))


def _link(said: Said) -> Evidence:
    return Evidence("Link", said.url, said.made_at, said.made_at, "link")


def _comment(code: str, answer: Said) -> Note:
    return Note(code, {"comment": answer.comment})


ATTEST = Attest()
