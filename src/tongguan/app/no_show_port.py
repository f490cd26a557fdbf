"""Who never set out, as far as is known here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tongguan.core.booking.no_shows import SlotWaitedFor
from tongguan.core.identifiers import ApplicationId, JourneyId, PhaseId, SchemeId, VersionDigest


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotOfText:
    """A slot waited for long enough, under the text whose journeys it is for."""

    scheme: SchemeId
    version: VersionDigest
    phase: PhaseId
    waited_for: SlotWaitedFor


@dataclass(frozen=True, kw_only=True, slots=True)
class NoShow:
    """Persons of a booked journey who hold a place home and never crossed by their pass out."""

    journey: JourneyId
    application: ApplicationId
    person_numbers: tuple[int, ...]


class NoShowStore(Protocol):
    """Places and crossings together; read only.

    Nobody is found by a slot, on a day at a control point, of whose people too few have crossed at
    gates that report here.
    """

    def find(
        self,
        slots: Sequence[SlotOfText],
        *,
        out_from: date,
        home_from: date,
        told_percent_min: int,
        limit: int,
    ) -> tuple[NoShow, ...]:
        """Those whose slot out is one of these, and both ways on these days or later."""

    def of_journey(
        self,
        slots: Sequence[SlotOfText],
        journey: JourneyId,
        *,
        out_from: date,
        told_percent_min: int,
    ) -> NoShow | None:
        """The same of one journey, whatever the day of its way home."""
