"""What is on record: every text adopted, and everything that was signed about one."""

from dataclasses import dataclass
from typing import Protocol

from tongguan.core.identifiers import VersionDigest


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Record:
    """Texts, acts, annexes and figures, each in the order received, as the bytes that were signed.

    One value for as long as nothing is added, equal to no other: what follows from it alone may be
    kept under it.
    """

    digests: tuple[VersionDigest, ...]
    """Of the texts."""
    acts: tuple[bytes, ...]
    annexes: tuple[tuple[VersionDigest, bytes], ...]
    """Each with the text it is an annex to."""
    figures: tuple[bytes, ...]


class RecordStore(Protocol):
    """The record of an authority, which only grows."""

    def read(self) -> Record:
        """All of it at this moment, with what this transaction has added."""
