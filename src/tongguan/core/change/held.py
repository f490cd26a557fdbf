"""What people hold when the text changes: journeys, their legs, and what counted them before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tongguan.core.booking.legs import LegWanted
from tongguan.core.identifiers import JourneyId
from tongguan.core.quota.windows import Crossing, WindowKey
from tongguan.core.scheme.model import Leg


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldLeg:
    """A party's places on one leg."""

    leg: Leg
    wanted: LegWanted
    crossings: tuple[Crossing, ...]
    """One for each person."""
    starts: datetime
    """When its slot begins, by the text under which it was booked."""
    is_rewritten: bool = True
    """Whether it lies in the weeks that the transition rewrites; what is over stays as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldJourney:
    """A party's live journey."""

    id: JourneyId
    legs: tuple[HeldLeg, ...]
    gone_out: bool
    """Whether anyone of the party is known to have crossed on the way out."""
    counted: Mapping[WindowKey, int]
    """Persons in each window that counted them before, in the weeks that are rewritten."""

    @property
    def out(self) -> HeldLeg | None:
        """The way out."""
        return next((each for each in self.legs if each.leg is Leg.OUT), None)

    @property
    def home(self) -> HeldLeg | None:
        """The way home."""
        return next((each for each in self.legs if each.leg is Leg.HOME), None)

    def may_be_across(self, now: datetime) -> bool:
        """Whether someone of the party may be on the other side of the border by now.

        A crossing may be recorded where this authority has not heard of it yet, so a way out that
        has begun is enough; who holds a way home alone has lost the other place home.
        """
        return self.gone_out or self.out is None or self.out.starts <= now


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowBefore:
    """A window as the ledger had it under the text before."""

    capacity: int
    honoured: int
