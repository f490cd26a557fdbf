"""The numeric QR codes of a SMART Health Card: two digits for each character of the card.

A card that is too long for one code stands in several, ``shc:/1/3/…`` to ``shc:/3/3/…``, read in
any order (specification of SMART Health Cards, "Encoding QRs").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tongguan.core.certificates.verdict import CertificateFault, CertificateKind, Refused

PREFIX: Final = "shc:/"
CODES_MAX: Final = 99
CODE_CHARACTERS_MAX: Final = 7089 + len("shc:/99/99/")
"""What the largest QR code holds in numeric mode, and what stands before it."""
_CODE = re.compile(r"shc:/(?:([1-9][0-9]?)/([1-9][0-9]?)/)?([0-9]+)")
_FIRST_CHARACTER: Final = 45
_LAST_CHARACTER: Final = 122
_CHARACTERS: Final = bytes(range(_FIRST_CHARACTER, _LAST_CHARACTER + 1))
_TENS_OF_DIGIT: Final = bytes.maketrans(b"0123456789", bytes(range(0, 100, 10)))
_ONES_OF_DIGIT: Final = bytes.maketrans(
    b"0123456789", bytes(range(_FIRST_CHARACTER, _FIRST_CHARACTER + 10))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Code:
    number: int
    count: int
    digits: str = field(repr=False)


def read_codes(texts: Sequence[str]) -> str | Refused:
    """The characters that the codes of one card hold together; linear in their length."""
    if len(texts) > CODES_MAX:
        return _refused(CertificateFault.TOO_LONG, f"more than {CODES_MAX} codes")
    codes: list[_Code] = []
    for text in texts:
        code = _read_code(text)
        if isinstance(code, Refused):
            return code
        codes.append(code)
    codes.sort(key=lambda code: code.number)
    whole = [(number, len(codes)) for number in range(1, len(codes) + 1)]
    if not codes or [(code.number, code.count) for code in codes] != whole:
        return _refused(CertificateFault.CHUNK_MISSING, "not each code of one card once")
    parts: list[str] = []
    for code in codes:
        part = _characters(code.digits)
        if isinstance(part, Refused):
            return part
        parts.append(part)
    return "".join(parts)


def _read_code(text: str) -> _Code | Refused:
    if len(text) > CODE_CHARACTERS_MAX:
        return _refused(
            CertificateFault.TOO_LONG, f"a code of more than {CODE_CHARACTERS_MAX} characters"
        )
    if not text.startswith(PREFIX):
        return _refused(CertificateFault.CHUNK_MISSING, f"a code that does not begin with {PREFIX}")
    match = _CODE.fullmatch(text)
    if match is None:
        return _refused(CertificateFault.UNREADABLE_NUMERIC, "not a code of digits")
    return _Code(number=int(match[1] or 1), count=int(match[2] or 1), digits=match[3])


def _characters(digits: str) -> str | Refused:
    if len(digits) % 2:
        return _refused(CertificateFault.UNREADABLE_NUMERIC, "one digit too many")
    tens = int.from_bytes(digits[0::2].encode("ascii").translate(_TENS_OF_DIGIT))
    ones = int.from_bytes(digits[1::2].encode("ascii").translate(_ONES_OF_DIGIT))
    # Two digits are less than a byte: one sum adds them all, and nothing is carried.
    characters = (tens + ones).to_bytes(len(digits) // 2)
    if characters.translate(None, delete=_CHARACTERS):
        return _refused(CertificateFault.UNREADABLE_NUMERIC, "two digits that are no character")
    return characters.decode("ascii")


def _refused(code: CertificateFault, detail: str) -> Refused:
    return Refused(code=code, detail=detail, kind=CertificateKind.SMART_HEALTH_CARD)
