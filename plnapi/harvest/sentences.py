"""How much a look saw, in words that promise no more than was seen."""

from flask_babel import gettext

from plnapi.errors import N_

NEVER = N_("We have not looked yet.")
SENTENCES = {
    ("posts", "complete"): N_("We saw all posts that are public."),
    ("posts", "partial"): N_("We saw a part of the posts; a missing one may only not have been seen yet."),
    ("posts", "hidden"): N_("We were shown no posts; that does not mean that there are none."),
    ("posts", "failed"): N_("We could not read the posts. What was seen before still counts."),
    ("follows", "complete"): N_("We saw the whole list of followed accounts."),
    ("follows", "partial"): N_("We saw a part of the list of followed accounts; a missing one may be in the rest."),
    ("follows", "hidden"): N_("We were not shown who is followed; that does not mean that nobody is."),
    ("follows", "failed"): N_("We could not read who is followed. What was seen before still counts."),
    ("reactions", "complete"): N_("We saw all boosts and likes."),
    ("reactions", "partial"): N_("We saw a part of the boosts and likes; a missing one may be in the rest."),
    ("reactions", "hidden"): N_("We were not shown boosts and likes; that does not mean that there are none."),
    ("reactions", "failed"): N_("We could not read boosts and likes. What was seen before still counts."),
    ("received", "complete"): N_("We saw what everybody who agreed did there."),
    ("received", "partial"): N_("We saw a part of what others did there; a missing act may be in the rest."),
    ("received", "hidden"): N_("We were not shown what others did there; that does not mean that nobody did anything."),
    ("received", "failed"): N_("We could not read what others did there. What was seen before still counts."),
    ("proof", "complete"): N_("We read the profile and looked for the code and for links."),
    ("proof", "partial"): N_("We read a part of what the profile shows and looked for the code and for links there."),
    ("proof", "hidden"): N_("The profile is shown only to people who are signed in there, so we cannot see a proof."),
    ("proof", "failed"): N_("We could not read the profile, so we cannot see whether a proof is there."),
    ("profile", "complete"): N_("We read the profile."),
    ("profile", "partial"): N_("We read a part of what the profile shows."),
    ("profile", "hidden"): N_("The profile is shown only to people who are signed in there."),
    ("profile", "failed"): N_("We could not read the profile."),
}


def tell(look: str, coverage: str | None, detail: str) -> str:
    """The sentence of a state, with the detail that the network's adapter gave. `profile` is `proof` without a code."""
    sentence = gettext(SENTENCES[look, coverage] if coverage else NEVER)
    return f"{sentence} {gettext(detail)}" if coverage and detail else str(sentence)
