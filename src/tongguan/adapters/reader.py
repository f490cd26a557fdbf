"""A reader: the language one is answered in, and by whom; days, names and values said to them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tongguan.adapters.words import texts, words
from tongguan.core.area.divisions import nearest_division
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    SlotId,
    SponsorId,
)
from tongguan.core.scheme.model import ControlPoint, Phase, Slot, Version
from tongguan.core.scheme.slots import find_slot
from tongguan.core.texts import Language

ZONE = ZoneInfo("Asia/Hong_Kong")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Whom something is said to."""

    language: Language
    authority: AuthorityId | None = None
    """Who answers: a control point is called first as this authority calls it."""

    def words(self, key: str, **facts: object) -> str:
        """The words under a key."""
        said = {name: str(fact) for name, fact in facts.items()}
        return words(key, self.language, **said)

    def label(self, key: str, **facts: object) -> str:
        """Words that something follows on the same line: Latin script puts a space between."""
        said_first = self.words(key, **facts)
        return f"{said_first} " if self.language is Language.EN else said_first

    def day(self, value: date | datetime | None) -> str:
        """A calendar day in full: year, month, day, day of the week."""
        if value is None:
            return self.words("pages.not_stated")
        on = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
        return self.words(
            "pages.format.day",
            year=on.year,
            month=self.words(f"pages.months.{on.month}"),
            day=on.day,
            weekday=self.words(f"pages.weekdays.{on.isoweekday()}"),
        )

    def clock(self, value: time | datetime | None) -> str:
        """A time of day, 24 hours, in the scheme's zone."""
        if value is None:
            return self.words("pages.not_stated")
        at = value.astimezone(ZONE).time() if isinstance(value, datetime) else value
        return f"{at:%H:%M}"

    def instant(self, value: datetime | None) -> str:
        """A day and a time of day, in the scheme's zone."""
        if value is None:
            return self.words("pages.not_stated")
        return self.words("pages.format.instant", day=self.day(value), time=self.clock(value))

    def division(self, code: str) -> str:
        """The name of an administrative division."""
        found = nearest_division(code)
        return code if found is None else found.name.in_language(self.language)

    def specimen(self, name: str) -> str:
        """A kind of specimen, as written where the program has no words for it."""
        key = f"rules.specimen.{name}"
        return self.words(key) if key in texts() else name

    def listed(self, value: str, name_of: Callable[[str], str]) -> str:
        """Several values that stand in one fact, each by its name."""
        return self.joined(name_of(each.strip()) for each in value.split(","))

    def joined(self, values: Iterable[str]) -> str:
        """Values in a row, with the sign that the language puts between them."""
        return self.label("pages.format.between").join(values)

    def party_name(self, version: Version, party: AuthorityId) -> str:
        """The name of a party."""
        found = next((each for each in version.parties if each.id == party), None)
        return str(party) if found is None else found.name.in_language(self.language)

    def direction_name(self, version: Version, direction: DirectionId) -> str:
        """From where to where."""
        origin, _, destination = direction.partition("-")
        return self.words(
            "pages.direction",
            origin=self.party_name(version, AuthorityId(origin)),
            destination=self.party_name(version, AuthorityId(destination)),
        )

    def point_name(self, phase: Phase, point: ControlPointId) -> str:
        """The name of a control point, as the authority that answers calls it."""
        points = (phase.entry.control_points if phase.entry else None) or ()
        found = next((each for each in points if each.id == point), None)
        return str(point) if found is None else self.control_point_name(found)

    def control_point_name(self, point: ControlPoint) -> str:
        """What the authority calls a control point, and the other side's name where it differs."""
        own = self.authority
        names = [point.names[own]] if own is not None and own in point.names else []
        names += [name for party, name in point.names.items() if party != own]
        said = [name.in_language(self.language) for name in names]
        if len(said) > 1 and said[1] != said[0]:
            return self.words("pages.other_name", name=said[0], other=said[1])
        return said[0]

    def category_name(self, phase: Phase, category: CategoryId) -> str:
        """What a category is called."""
        found = next((each for each in phase.categories if each.id == category), None)
        return str(category) if found is None else found.name.in_language(self.language)

    def sponsor_name(self, phase: Phase, sponsor: SponsorId) -> str:
        """What a sponsor is called."""
        found = next((each for each in phase.sponsors if each.id == sponsor), None)
        return str(sponsor) if found is None else found.name.in_language(self.language)

    def times(self, slot: Slot) -> str:
        """From when to when a slot lasts, and that it ends on the next day where it does."""
        if slot.ends == time(0):
            return f"{slot.starts:%H:%M}–24:00"
        said = f"{slot.starts:%H:%M}–{slot.ends:%H:%M}"
        return self.words("rules.next_day", times=said) if slot.ends <= slot.starts else said

    def slot_times(self, phase: Phase, direction: DirectionId, slot: SlotId) -> str:
        """From when to when the slot of this name lasts on a direction."""
        found = find_slot(phase, direction, slot)
        return str(slot) if found is None else self.times(found.slot)

    def slot_of_any(self, phase: Phase, slot: SlotId) -> str:
        """The times of a slot, on the first direction that has one of the name."""
        named = (self.slot_times(phase, each.id, slot) for each in phase.directions)
        return next((name for name in named if name != slot), slot)
