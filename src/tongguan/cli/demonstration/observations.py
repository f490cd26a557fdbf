"""What the people of the demonstration saw happen; kept by many threads, read at the end."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from tongguan.core.decisions import Decision
from tongguan.core.reasons import ReasonCode


@dataclass(slots=True)
class Observations:
    """Counts by day; a lock guards every change."""

    asked: Counter[date] = field(default_factory=Counter)
    """Persons who wanted to leave on a day."""
    refused: Counter[tuple[date, ReasonCode]] = field(default_factory=Counter)
    """Wishes for a day that were refused, by reason."""
    bound: dict[str, set[date]] = field(default_factory=dict)
    """Days on which a quota refused somebody a place."""
    cut_off: Counter[ReasonCode] = field(default_factory=Counter)
    """Reasons that the gate gave which was cut off, and so are in no database."""
    acknowledged: dict[str, set[UUID]] = field(default_factory=dict)
    """Ids of what was answered as done, by the table that keeps it."""
    asked_again: int = 0
    """Calls that were made once more with the same id."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, day: date, persons: int) -> None:
        """A party wants to leave on a day."""
        with self._lock:
            self.asked[day] += persons

    def refuse(self, day: date, code: ReasonCode, facts: Mapping[str, str]) -> None:
        """A wish for a day was refused; a full quota is noted for every day it covers."""
        with self._lock:
            self.refused[day, code] += 1
            if code is ReasonCode.QUOTA_FULL:
                self.bound.setdefault(facts["quota"], set()).add(_bound_day(day, facts))

    def decide_cut_off(self, decision: Decision) -> None:
        """A gate that is cut off decided."""
        with self._lock:
            self.cut_off.update(decision.codes)

    def acknowledge(self, table: str, identifier: UUID) -> None:
        """A service answered that something is done, and so it must be there at the end."""
        with self._lock:
            self.acknowledged.setdefault(table, set()).add(identifier)

    def ask_again(self) -> None:
        """A call was made once more with the same id."""
        with self._lock:
            self.asked_again += 1


def _bound_day(wished: date, facts: Mapping[str, str]) -> date:
    """The day asked for, when the window holds it; else the window's own first day.

    A window of the way home covers another day than the one on which the party leaves.
    """
    starts = date.fromisoformat(facts["window_start"])
    ends = starts + timedelta(days=int(facts["window_days"]))
    return wished if starts <= wished < ends else starts
