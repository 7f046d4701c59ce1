"""What has to be read again but must not lie open in the database or in a backup of it."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class CannotOpen(Exception):
    """The sealed text is not of this key: SECRET_KEY was changed, or somebody changed the text."""


class Sealer:
    """Seals texts for one purpose, with a key derived from the installation's secret (HKDF, RFC 5869; Fernet).

    What one purpose sealed, another cannot open.
    """

    def __init__(self, secret_key: str, purpose: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=f"plnapi {purpose}".encode()).derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def seal(self, text: str) -> str:
        """An ASCII text that says nothing without the key; another one each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed. Raises CannotOpen."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen from error
