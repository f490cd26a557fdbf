"""Who travels: documents, how sure their identity is, and the party they travel in."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """An identity document; its number is personal data and hidden when printed."""

    type: DocumentType
    number: str
    issuer: str
    """Country or region of issue, ISO 3166-1 alpha-3 (``HKG``, ``CHN``)."""

    def __repr__(self) -> str:
        return f"Document(type={self.type.value!r}, number=HIDDEN)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One traveller as applied for; printed without name and number."""

    name: str
    document: Document
    assurance: Assurance

    def __repr__(self) -> str:
        return (
            f"Person(name=HIDDEN, document={self.document!r}, assurance={self.assurance.value!r})"
        )
