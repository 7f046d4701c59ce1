"""Join codes: short enough to read aloud, long enough not to be guessed."""

import secrets

# No vowels (no words by accident) and nothing that looks like something else: 0O, 1IL, 2Z, 5S, 8B, UV are left out.
# 21 ** 8 is 3.8e10 codes; at the site's rate limit a guess at one of 1,000 open courses takes decades.
ALPHABET = "CDFGHJKMNPQRTWXY34679"
LENGTH = 8


def new_code() -> str:
    """A random code in the form that is stored."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(text: str) -> str:
    """What somebody typed, in the form that is stored: upper case, without spaces and hyphens; "" for no code at all."""
    code = "".join(text.split()).replace("-", "").upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def readable(code: str) -> str:
    """The form for people: two groups of four."""
    return f"{code[:4]}-{code[4:]}"
