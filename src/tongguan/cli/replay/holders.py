"""The people of a replay: when each applies, books, goes out and comes home."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from tongguan.cli.replay.series import Lived
from tongguan.core.identifiers import CategoryId, ControlPointId, SlotId
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.core.scheme.model import Leg

_IDS = UUID("6f0c4f0e-2f0b-5d0e-9a53-0c5a5a7d2021")
"""A namespace for ids, so that a replay names the same people each time."""


class Plan(StrEnum):
    """How a journey lies to the next change of the text."""

    ACROSS = "across"
    """Out before it, home after it."""
    BEHIND = "behind"
    """Booked before it, out after it."""
    LATE = "late"
    """Granted before it, booked after it."""


@dataclass(slots=True, kw_only=True)
class Holder:
    """One person, and what became of them."""

    number: int
    lived: int
    """The version under which they applied, by its place in the series."""
    category: CategoryId
    plan: Plan
    control_point: ControlPointId
    slot: SlotId
    books_on: date
    out_on: date
    home_on: date
    granted: bool = False
    booked: bool = False
    out: bool = False
    home: bool = False
    told: int = 0
    """Notices that they were given."""
    refusals: list[str] = field(default_factory=list)
    """Reasons at the desk, in booking or at a gate, by their codes."""

    @property
    def person(self) -> Person:
        """The traveller, with a Home Return Permit."""
        document = Document(
            type=DocumentType.HOME_RETURN_PERMIT, number=f"H{self.number:08d}", issuer="CHN"
        )
        name = f"REPLAY {self.number:03d}"
        return Person(name=name, document=document, assurance=Assurance.ASSERTED)

    @property
    def stranded(self) -> bool:
        """Whether they went out and did not come home: what must never happen."""
        return self.out and not self.home

    @property
    def unaccounted(self) -> bool:
        """Whether they were granted and neither crossed nor were told why not."""
        return self.granted and not self.out and not self.told and not self.refusals

    def id_of(self, what: str) -> UUID:
        """An id of this person's own for an application, a journey or a crossing."""
        return uuid5(_IDS, f"{self.number} {what}")


def people_of(series: Sequence[Lived]) -> tuple[Holder, ...]:
    """For each version, and each ground that it has, one person of every plan."""
    return tuple(_people(series))


def _people(series: Sequence[Lived]) -> Iterator[Holder]:
    number = 0
    for index, each in enumerate(series):
        change = series[index + 1].day if index + 1 < len(series) else None
        change = change or each.day + timedelta(days=2)
        points = each.text.entry.control_points if each.text.entry else None
        slots = next(d.slots for d in each.text.directions if d.leg is Leg.OUT)
        for category in each.text.categories:
            for plan in Plan:
                number += 1
                out = change + timedelta(days=-1 if plan is Plan.ACROSS else 1)
                home = change + timedelta(days=1 if plan is Plan.ACROSS else 3)
                yield Holder(
                    number=number,
                    lived=index,
                    category=category.id,
                    plan=plan,
                    control_point=(points or ())[number % len(points or ())].id,
                    slot=(slots or ())[number % len(slots or ())].id,
                    books_on=change if plan is Plan.LATE else each.day,
                    out_on=out,
                    home_on=home,
                )
