"""Keyed digests by which an authority finds what it keeps encrypted, and derives its slips.

Everything here is an HMAC-SHA256 under one root key, separated by purpose; without that key the
digests say nothing, not even about a guessed document number.
"""

import base64
import hmac
import re
from dataclasses import dataclass, field

from tongguan.core.credentials.holder import lasting_number
from tongguan.core.credentials.mac import MacKey
from tongguan.core.credentials.ticket import TicketKey
from tongguan.core.identifiers import ApplicationId, AuthorityId, PersonKey, RegistrationId
from tongguan.core.people import Document

_SECRET_BYTES = 10
_REFERENCE_BYTES = 7
_MISREAD = str.maketrans("018", "OIB")
_NOT_IN_SLIP = re.compile(r"[^0-9A-Z]")
_APPLICATION = "TG"
_REGISTRATION = "HC"
"""How references begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What somebody notes down: where what they sent is kept, and the secret that opens it."""

    reference: str
    secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexKeys:
    """An authority's root key for indexes; 32 bytes, never shown."""

    root: bytes = field(repr=False)
    _begun: MacKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_begun", MacKey(self.root, b"tongguan/"))

    def person(self, document: Document) -> PersonKey:
        """The index of a person by document: the same however the number was spaced, and on
        whichever of their cards it stands.
        """
        number = lasting_number(document.type, document.number)
        parts = "\x1f".join((document.type.value, document.issuer, number))
        return PersonKey(self._digest(b"person", parts.encode())[:16])

    def request(self, request: bytes) -> bytes:
        """What is kept of a request, to tell the same one from another under its id."""
        return self._digest(b"request", request)

    def certificate(self, identity: bytes) -> bytes:
        """What is kept of a certificate that somebody brought, to know it again."""
        return self._digest(b"certificate", identity)

    def reference_target(self, reference: str) -> str:
        """What findings that name one reference of an order have in common, as a target."""
        return f"reference:{self._digest(b'target', reference.encode())[:16].hex()}"

    def token(self, token: str) -> bytes:
        """What is kept of a gate's token."""
        return self._digest(b"token", token.encode())

    def tickets(self, authority: AuthorityId) -> TicketKey:
        """The key under which the authority gives tickets of its intake."""
        return TicketKey(authority=authority, key=self._digest(b"ticket", authority.encode()))

    def slip(self, application: ApplicationId) -> Slip:
        """Reference (``TG-XXXX-XXXX-XXXX``) and secret of an application; derived, never stored."""
        return self._slip(_APPLICATION, b"", application)

    def opens(self, application: ApplicationId, secret: str) -> bool:
        """Whether the secret is the application's, compared in constant time."""
        return _is_secret_of(self.slip(application), secret)

    def registration_slip(self, registration: RegistrationId, turn: int = 0) -> Slip:
        """Reference (``HC-XXXX-XXXX-XXXX``) and secret of a registration; derived, never stored.

        Of purposes of their own: the slip of an application under the same id opens no
        registration, nor the other way about. ``turn``: how often the secret was renewed.
        """
        return self._slip(_REGISTRATION, b"registration ", registration, turn)

    def opens_registration(self, registration: RegistrationId, secret: str, turn: int = 0) -> bool:
        """Whether the secret is the registration's of that turn, compared in constant time."""
        return _is_secret_of(self.registration_slip(registration, turn), secret)

    def _slip(self, prefix: str, purpose: bytes, of: str, turn: int = 0) -> Slip:
        reference = _letters(self._digest(purpose + b"reference", of.encode())[:_REFERENCE_BYTES])
        opened_by = f"{of} {turn}" if turn else of
        secret = _letters(self._digest(purpose + b"secret", opened_by.encode())[:_SECRET_BYTES])
        return Slip(reference=f"{prefix}-{_grouped(reference)}", secret=_grouped(secret))

    def _digest(self, purpose: bytes, message: bytes) -> bytes:
        return self._begun.digest(purpose + b"\x00" + message)


def normalised_reference(text: str) -> str:
    """A reference as typed, in the form it is kept: upper case, hyphens set anew."""
    plain = _plain(text)
    prefix = plain[:2]
    return f"{prefix}-{_grouped(plain[2:])}" if prefix in (_APPLICATION, _REGISTRATION) else plain


def _is_secret_of(slip: Slip, secret: str) -> bool:
    return hmac.compare_digest(_plain(secret).encode(), _plain(slip.secret).encode())


def _letters(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=")


def _grouped(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _plain(text: str) -> str:
    """Letters and digits alone; no slip holds 0, 1 or 8, so they were meant as O, I and B."""
    return _NOT_IN_SLIP.sub("", text.upper()).translate(_MISREAD)
