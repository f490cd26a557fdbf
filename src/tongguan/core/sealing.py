"""Field encryption: each value is sealed for the one place it is kept in."""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_FORM = b"\x01"


class SealBrokenError(ValueError):
    """A sealed value was changed, moved to another place, or sealed under another key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SealingKey:
    """AES-256-GCM under one key; the place (table, column, row) is authenticated with the value."""

    key: bytes = field(repr=False)

    def seal(self, value: bytes, *, place: str, nonce: bytes) -> bytes:
        """Form byte, nonce, ciphertext and tag; the nonce is twelve fresh random bytes."""
        return _FORM + nonce + AESGCM(self.key).encrypt(nonce, value, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """The value; ``SealBrokenError`` unless it was sealed for this place under this key."""
        if sealed[:1] != _FORM:
            raise SealBrokenError("not a sealed value")
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(self.key).decrypt(nonce, ciphertext, place.encode())
        except (InvalidTag, ValueError) as broken:
            raise SealBrokenError("the seal is broken") from broken
