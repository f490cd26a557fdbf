"""Signed trust lists and statements of recognition, append-only, as the bytes that were signed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tongguan.core.identifiers import AuthorityId


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTrustList:
    """A trust list of an authority."""

    authority: AuthorityId
    version: int
    digest: str
    signed: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRecognition:
    """A recognition, a countersignature or a withdrawal, by one authority."""

    authority: AuthorityId
    """Who signed it."""
    signed: bytes
    received_at: datetime


class RecognitionStore(Protocol):
    """Trust lists, recognitions, and statements of facts already taken in."""

    def add_list(self, trust_list: StoredTrustList) -> bool:
        """Keep a list; ``False`` when its authority has one of this number already."""

    def lists(self) -> tuple[StoredTrustList, ...]:
        """All, in the order received."""

    def add(self, recognition: StoredRecognition) -> bool: ...

    def all(self) -> tuple[StoredRecognition, ...]: ...

    def use_statement(self, statement: bytes, at: datetime, delete_after: date) -> bool:
        """Note that a statement of facts was taken in; ``False`` when it was before."""
