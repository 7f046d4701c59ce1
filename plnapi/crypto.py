"""What has to be read again but must not lie open in the database or in a backup of it."""

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class CannotOpen(Exception):
    """The sealed text is of none of the keys: SECRET_KEY was changed, or somebody changed the text."""


class Sealer:
    """Seals texts for one purpose, with a key derived from the installation's secret (HKDF, RFC 5869; Fernet).

    What one purpose sealed, another cannot open. `former` secrets still open, and seal nothing any more.
    """

    def __init__(self, secret_key: str, purpose: str, former: Iterable[str] = ()) -> None:
        self._current = _fernet(secret_key, purpose)
        self._all = MultiFernet([self._current, *(_fernet(key, purpose) for key in former)])

    def seal(self, text: str) -> str:
        """An ASCII text that says nothing without the key; another one each time."""
        return self._current.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed. Raises CannotOpen."""
        try:
            return self._all.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen from error

    def is_current(self, sealed: str) -> bool:
        """Whether the current secret sealed it."""
        try:
            self._current.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def sealer(purpose: str) -> Sealer:
    """For this purpose, with the secrets of the app of this context; columns name theirs in `info["sealed"]`."""
    return Sealer(str(current_app.secret_key), purpose, current_app.config["SECRET_KEY_FALLBACKS"] or ())


def _fernet(secret_key: str, purpose: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"plnapi {purpose}".encode()).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
