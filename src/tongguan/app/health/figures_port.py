"""What the public count of adverse acts asks of the database: numbers by month, never a row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tongguan.core.evidence.records import Route


@dataclass(frozen=True, kw_only=True, slots=True)
class ActCount:
    """Adverse acts of one month and route."""

    month: date
    """Its first day."""
    route: Route
    acts: int
    held: int
    reviewed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseCount:
    """Cases by the months in which they were opened, were decided, and ran out."""

    month: date
    opened: int
    decided_in_time: int
    relieved: int
    """Their clock ran out in this month and nobody had decided."""


class HealthFigureStore(Protocol):
    """Counts, with months as the zone has them; months of nothing are absent."""

    def acts(self, since: datetime, *, zone: str) -> tuple[ActCount, ...]:
        """Each act once, also where officers answer for one of the clock's since they found it in
        order."""

    def cases(self, since: datetime, *, until: datetime, zone: str) -> tuple[CaseCount, ...]: ...

    def cases_open(self) -> int: ...

    def alarms(self, since: datetime, *, zone: str) -> tuple[tuple[date, int], ...]:
        """Months and how many alarms were raised in them."""

    def alarms_open(self) -> int: ...

    def places_listed(self, since: datetime, *, zone: str) -> tuple[tuple[date, int], ...]:
        """Months and how many places of high risk were listed in them, those taken back too."""

    def claims_refused(self, since: datetime, *, zone: str) -> tuple[tuple[date, int], ...]:
        """Months and how many claims of a number officers refused in them."""
