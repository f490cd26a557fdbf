"""Who travels: documents, how sure their identity is, and the party they travel in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Assurance(StrEnum):
    """How sure an identity is, from least to most; a scheme says which step needs which."""

    ASSERTED = "asserted"
    """The person typed it."""
    DOCUMENT_READ = "document_read"
    """Read from the document, check digits right."""
    VERIFIED = "verified"
    """Seen by an officer or vouched for by an identity provider."""

    def reaches(self, required: "Assurance") -> bool:
        """Whether this level is at least the required one."""
        order = list(Assurance)
        return order.index(self) >= order.index(required)


class DocumentType(StrEnum):
    """Identity documents that a scheme may name."""

    EXIT_ENTRY_PERMIT = "exit_entry_permit"
    """Exit-entry Permit for Travelling to and from Hong Kong and Macao (Mainland residents)."""
    HKID = "hkid"
    HOME_RETURN_PERMIT = "home_return_permit"
    """Mainland Travel Permit for Hong Kong and Macao Residents."""
    MAINLAND_ID = "mainland_id"
    PASSPORT = "passport"


ISSUERS: Mapping[DocumentType, str] = MappingProxyType(
    {
        DocumentType.EXIT_ENTRY_PERMIT: "CHN",
        DocumentType.HKID: "HKG",
        DocumentType.HOME_RETURN_PERMIT: "CHN",
        DocumentType.MAINLAND_ID: "CHN",
    }
)
"""Who issues each type of document; a type that several issue is absent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """An identity document; its number is personal data and hidden when printed.

    Where a type has one issuer, that is the issuer whatever was written: nobody is two persons for
    having written another.
    """

    type: DocumentType
    number: str
    issuer: str
    """Country or region of issue, ISO 3166-1 alpha-3 (``HKG``, ``CHN``)."""

    def __post_init__(self) -> None:
        """Settle the issuer."""
        object.__setattr__(self, "issuer", ISSUERS.get(self.type, self.issuer.upper()))

    def __repr__(self) -> str:
        return f"Document(type={self.type.value!r}, number=HIDDEN)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One traveller as applied for; printed without name and number."""

    name: str
    document: Document
    assurance: Assurance
    born: date | None = None
    """Asked for only where the scheme has a rule on age."""

    def __repr__(self) -> str:
        return (
            f"Person(name=HIDDEN, document={self.document!r}, assurance={self.assurance.value!r})"
        )


def age_on(born: date, day: date) -> int:
    """Whole years on a day; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
