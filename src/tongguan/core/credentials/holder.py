"""Who a code belongs to, without saying it: a tag of the document number under a shared key.

Both authorities derive the same holder key from their published agreement keys, for one scheme
and one month, so that a health code of one side and a pass of the other carry the same tag and
neither side ever sends a document number. An enrolled gate is given the keys of the months it
works in and nothing they were derived from. A plain hash would not do: all Hong Kong identity
card numbers can be tried in seconds.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tongguan.core.credentials.keys import AgreementKey, KeySet, KeyState, KeyUse, PublicKey
from tongguan.core.identifiers import AuthorityId, SchemeId
from tongguan.core.people import DocumentType

HOLDER_TAG_BYTES = 12
HOLDER_KEY_BYTES = 32
_PERIOD = re.compile(r"(?a:20\d\d-(0[1-9]|1[0-2]))")
_LABEL = b"tongguan holder tag 1"
_WITH_COUNT = re.compile(r"([HM][0-9]{8})[0-9]{2}")
"""A Home Return Permit's number of before 2013: a letter and eight digits that stay for life, then
how often the card was replaced. Of the other types none has such a count.
http://lhoil.com/law/law_view.asp?id=324224 (Ministry of Public Security, 10 March 2010)"""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class HolderKey:
    """The key of a scheme's holder tags in one month; never shows itself."""

    scheme_id: SchemeId
    period: str
    secret: bytes

    def __post_init__(self) -> None:
        """ValueError for a secret of another length or a period that is no month."""
        if len(self.secret) != HOLDER_KEY_BYTES or not is_holder_period(self.period):
            raise ValueError("not a holder key")

    def __repr__(self) -> str:
        return f"HolderKey(scheme_id={self.scheme_id!r}, period={self.period!r}, secret=HIDDEN)"


def holder_period(service_day: date) -> str:
    """The month a service day belongs to, such as ``2021-12``."""
    return f"{service_day:%Y-%m}"


def is_holder_period(text: str) -> bool:
    """Whether the text names a month of this century."""
    return _PERIOD.fullmatch(text) is not None


def agreement_key_of(keys: KeySet, authority: AuthorityId, period: str) -> PublicKey | None:
    """The authority's agreement key for a month: of those in use in it (in UTC), the oldest.

    A key that comes later in the month therefore changes no tag of that month. A retired key
    still counts for the months before its end, a prepared or revoked one for none.
    """
    start = datetime.fromisoformat(f"{period}-01").replace(tzinfo=UTC)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    candidates = [
        key
        for key in keys.keys
        if key.authority == authority
        and key.use is KeyUse.AGREEMENT
        and key.state in (KeyState.ACTIVE, KeyState.RETIRED)
        and key.not_before < end
        and key.not_after > start
    ]
    return min(candidates, key=lambda key: (key.not_before, key.key_id), default=None)


def holder_key(
    own: AgreementKey, other: PublicKey, *, scheme_id: SchemeId, period: str
) -> HolderKey:
    """The holder key that both authorities arrive at: ECDH on P-256, then HKDF-SHA256."""
    info = b"\0".join([_LABEL, scheme_id.encode(), period.encode()])
    hkdf = HKDF(algorithm=hashes.SHA256(), length=HOLDER_KEY_BYTES, salt=None, info=info)
    secret = hkdf.derive(own.shared_secret(other))
    return HolderKey(scheme_id=scheme_id, period=period, secret=secret)


def normalised_document_number(number: str) -> str:
    """Letters and digits alone, full-width ones made plain, in upper case.

    ``A123456(7)``, ``a123456 7`` and ``A1234567`` are one number. May be empty.
    """
    if number.isascii() and number.isalnum():
        return number.upper()
    return "".join(c for c in unicodedata.normalize("NFKC", number).upper() if c.isalnum())


def lasting_number(document_type: str, number: str) -> str:
    """The number by which the holder of a document is known, however and on whichever card.

    Normalised, and without the count of replacements that older Home Return Permits end with:
    ``H12345678`` and ``H1234567801`` are one person. Whatever knows a person by number asks here.
    """
    normalised = normalised_document_number(number)
    if document_type != DocumentType.HOME_RETURN_PERMIT:
        return normalised
    counted = _WITH_COUNT.fullmatch(normalised)
    return normalised if counted is None else counted[1]


def holder_tag(
    key: HolderKey, *, document_type: str, document_number: str, issuing_country: str
) -> bytes:
    """The twelve bytes that stand for a document in the codes of this month.

    ValueError when no letter or digit remains of a field: such a tag would fit many people.
    """
    return tag_of(key, document_text(document_type, document_number, issuing_country))


def document_text(document_type: str, document_number: str, issuing_country: str) -> bytes:
    """What a tag is made of, the same under every key.

    ValueError when no letter or digit remains of a field: such a tag would fit many people.
    """
    fields = [
        normalised_document_number(document_type),
        normalised_document_number(issuing_country),
        lasting_number(document_type, document_number),
    ]
    if "" in fields:
        raise ValueError("a document needs a type, a country and a number")
    return "\0".join(fields).encode()


def tag_of(key: HolderKey, text: bytes) -> bytes:
    """The tag of a document, by what ``document_text`` gives for it."""
    return hmac.digest(key.secret, text, hashlib.sha256)[:HOLDER_TAG_BYTES]
