"""One difference between two versions: where it stands, what was and what is, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tongguan.core.identifiers import ClaimId
from tongguan.core.scheme.language.reader import Kind


class ChangeKind(StrEnum):
    """How a place of the text differs."""

    CHANGED = "changed"
    STATED = "stated"
    """Nobody had stated it; now somebody does."""
    UNSTATED = "unstated"
    ADDED = "added"
    """An item of a list."""
    REMOVED = "removed"
    ORDERED = "ordered"
    """The same items in another order."""
    GROUNDS = "grounds"
    """What the clause says stays; what it rests on differs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A mapping on the way down to a change: its form, and its plain data before and after."""

    form: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def data(self) -> Mapping[str, Any]:
        """The plain data as it is now, or as it was where it is gone."""
        return self.after if self.after is not None else self.before or {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """What the new text gives as the reason for a change."""

    claims: tuple[ClaimId, ...]
    """Cited now and not before; where there are none, those that the clause rests on anyway."""
    assumed: tuple[Mapping[str, str], ...]
    """The reasons for which the new value, or parts of it, are assumed; each by language."""
    set_aside: tuple[tuple[ClaimId, Mapping[str, str]], ...]
    """Rival claims that are set aside now and were not before, each with the reason."""
    is_new: bool
    """Whether the claims came with the change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference."""

    kind: ChangeKind
    path: str
    """Names from the top, such as ``phases/pilot/quotas/all-day/limit``."""
    trail: tuple[Step, ...]
    """From the version down to the mapping whose key differs."""
    form: str
    """The form of that mapping."""
    key: str
    """The key that differs; for an item of a list the list's."""
    value_kind: Kind
    """What may stand there; for an item of a list the item's."""
    before: Any
    """Plain data; ``None`` where nothing was stated or there was no such item."""
    after: Any
    why: Why
