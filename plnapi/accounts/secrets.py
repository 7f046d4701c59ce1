"""Secrets that are shown once and kept as hashes, and passwords."""

import hashlib
import secrets
import threading
import zlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's profile for argon2id: 19 MiB, two passes, one lane. The semaphore bounds what a flood of sign-ins costs.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_hashing = threading.BoundedSemaphore(2)
_NOBODY = _hasher.hash("nobody has this password")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


def digest(secret: str) -> str:
    """SHA-256 in hex. Enough for secrets that are random and long; passwords go through argon2."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """An API token: `pln_`, 256 random bits, and a checksum by which scanners of leaked secrets know it for one."""
    body = new_secret()
    return f"pln_{body}{_checksum(body)}"


def looks_like_token(token: str) -> bool:
    """Whether the prefix and the checksum fit; spares a look into the database for anything else."""
    body = token.removeprefix("pln_")
    return body != token and _checksum(body[:-8]) == body[-8:]


def new_code() -> str:
    """A code to write on a page: `pln-xxxx-xxxx`. It proves by where it stands, so it need not be secret."""
    letters = "".join(secrets.choice(_READABLE) for _ in range(8))
    return f"pln-{letters[:4]}-{letters[4:]}"


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters inside."""
    with _hashing:
        return _hasher.hash(password)


def password_fits(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. Takes the same time when there is no hash: nobody learns who has an account."""
    with _hashing:
        try:
            return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
