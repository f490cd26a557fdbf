"""Who takes part in the demonstration: made-up parties that follow from a seed alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final
from uuid import UUID, uuid5

from tongguan.cli.demonstration.stories import PARTIES_MIN, SHARES, Story
from tongguan.core.identifiers import CategoryId, DivisionCode
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.core.scheme.model import AllocationMethod, Category, Phase

_CATEGORY_SHARES: Final = {"business": 0.44, "family": 0.37, "compassionate": 0.12, "funeral": 0.07}
_FIRST_WEEK_SHARE: Final = 0.85
"""Of the business parties: all of them want the first week, for a quota to bind."""
_PEAK_SHARE: Final = 0.75
"""Of all others: they want the winter solstice with the family."""
PEAK_DAY: Final = 8
"""Counted from the first day, a Monday: the Tuesday of the second week."""
_SIZES: Final = (1, 1, 1, 2, 2, 3, 4)
_SURNAMES: Final = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾"
_GIVEN: Final = ("家明", "嘉欣", "志強", "美玲", "俊傑", "詠詩", "國榮", "慧敏", "子軒", "淑儀")
_PLACES: Final = ("440300", "440100", "441900", "440600", "442000")
_OUTSIDE: Final = DivisionCode("310000")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """When a party wants to cross: days counted from the first, slots from the earliest."""

    out_day: int
    out_slot: int
    home_day: int
    home_slot: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """People who travel together, what they want, and what befalls them."""

    number: int
    application: UUID
    category: CategoryId
    people: tuple[Person, ...]
    evidence: dict[str, str] = field(repr=False)
    itinerary: tuple[DivisionCode, ...]
    applies_on: int
    """Day counted from the first."""
    wish: Wish
    story: Story

    def fresh_id(self, *what: object) -> UUID:
        """An id that follows from the party and what it is for: asked again, it is the same."""
        return uuid5(self.application, ":".join(map(str, what)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What a population needs to know of the scheme it plays under."""

    phase: Phase
    first_day: date
    days: int
    slots: int
    horizon_days: int
    """How many days ahead places can be taken."""

    def day(self, number: int) -> date:
        """The calendar day of a day's number."""
        return self.first_day + timedelta(days=number)


_SERIES: Final = 1000


def make_population(frame: Frame, *, applicants: int, seed: int) -> tuple[Party, ...]:
    """Parties of so many people in all, in the order of their number; the same for a seed."""
    # Another first day is another demonstration, with other people and other requests.
    random = Random(f"{seed} {frame.first_day}")  # noqa: S311 - a population, not a secret
    series = f"H{random.randrange(10_000) % _SERIES:03d}"
    sizes = list(_sizes(random, applicants))
    stories = _stories(random, sizes)
    firsts = accumulate(sizes, initial=0)
    parties = [
        _party(random, frame, number, story, _people(random, series, range(first, first + size)))
        for number, (first, size, story) in enumerate(zip(firsts, sizes, stories, strict=False))
    ]
    return tuple(_some_found_positive(parties, frame))


def _some_found_positive(parties: Iterable[Party], frame: Frame) -> Iterator[Party]:
    """The same, but a laboratory finds a few positive of those whom nothing else befalls.

    They want quiet days, so that they get their places; nobody else draws anything other for it.
    """
    found = 0
    for party in parties:
        is_quiet = 0 < party.wish.out_day < frame.days - 1 and party.wish.out_day not in _BUSY_DAYS
        if (
            found < PARTIES_MIN
            and party.story is Story.ORDINARY
            and party.category != "business"
            and is_quiet
        ):
            found += 1
            yield replace(party, story=Story.POSITIVE_TEST)
        else:
            yield party


def _sizes(random: Random, applicants: int) -> Iterator[int]:
    left = applicants
    while left > 0:
        size = min(random.choice(_SIZES), left)
        left -= size
        yield size


def _stories(random: Random, sizes: list[int]) -> list[Story]:
    """A story for each party, every one of them told by some party where there are enough."""
    wanted = [
        story
        for story in Story
        if story not in (Story.ORDINARY, Story.POSITIVE_TEST)
        for _ in range(max(PARTIES_MIN, round(SHARES.get(story, 0) * len(sizes))))
    ]
    stories = (wanted + [Story.ORDINARY] * len(sizes))[: len(sizes)]
    random.shuffle(stories)
    # A pass or code of somebody else in the party takes a party of two.
    for number, story in enumerate(stories):
        if story in _NEED_COMPANY and sizes[number] == 1:
            other = next(
                (n for n, s in enumerate(sizes) if s > 1 and stories[n] not in SPECIAL), -1
            )
            if other >= 0:
                stories[number], stories[other] = stories[other], stories[number]
    return stories


_NEED_COMPANY: Final = frozenset({Story.OTHERS_CODE, Story.OTHERS_PASS})
SPECIAL: Final = frozenset(Story) - {Story.ORDINARY, Story.CANCELS, Story.NOT_TURNING_UP}
"""Stories that are told at a gate: they take quiet days, so that the party gets its place."""


def _party(
    random: Random, frame: Frame, number: int, story: Story, people: tuple[Person, ...]
) -> Party:
    category = _category(random, frame.phase, story)
    wish = _wish(random, frame, category.id, story)
    lead = random.randrange(0, max(1, frame.horizon_days - (wish.home_day - wish.out_day)))
    earliest = 1 if story is Story.CODE_OF_YESTERDAY else 0
    return Party(
        number=number,
        application=UUID(int=random.getrandbits(128), version=4),
        category=category.id,
        people=people,
        evidence=_evidence(category, story),
        itinerary=_itinerary(random, story),
        applies_on=max(0, wish.out_day - max(lead, earliest)),
        wish=wish,
        story=story,
    )


def _category(random: Random, phase: Phase, story: Story) -> Category:
    if story is Story.EVIDENCE_TOO_WEAK:
        choices = [each for each in phase.categories if each.allocation is AllocationMethod.CASE]
    elif story in SPECIAL:
        choices = [each for each in phase.categories if each.id != "business"]
    else:
        choices = list(phase.categories)
    weights = [_CATEGORY_SHARES.get(each.id, 0.05) for each in choices]
    return random.choices(choices, weights)[0]


def _wish(random: Random, frame: Frame, category: str, story: Story) -> Wish:
    out = _out_day(random, frame, category, story)
    stay_max = min(3, frame.days - 1 - out)
    # Who comes a day late still has to be home within the days that are played.
    spare = 1 if story in (Story.DAY_LATE, Story.DAY_LATE_HOME) else 0
    # Who falls ill on the way home does so on another day than on the way out.
    stay_min = 1 if story is Story.ILL_ON_THE_WAY_HOME else 0
    stay = random.randint(stay_min, max(stay_min, stay_max - spare))
    last = frame.slots - 1
    out_slot = random.randint(0, last)
    if story is Story.TOO_EARLY:
        out_slot = max(1, out_slot)
    elif story is Story.LATE:
        out_slot = min(last - 1, out_slot)
    elif story is Story.FIRST_AT_THE_GATE:
        out_slot = 0
    elif story is Story.MEETS_THE_SUSPENSION:
        out_slot = min(SUSPENDED_SLOT, last)
    out_slot = max(0, min(out_slot, last - 1) if stay == 0 else out_slot)
    home_slot = random.randint(min(last, out_slot + 1) if stay == 0 else 0, last)
    return Wish(out_day=out, out_slot=out_slot, home_day=out + stay, home_slot=home_slot)


def _out_day(random: Random, frame: Frame, category: str, story: Story) -> int:
    last = frame.days - 1
    if story is Story.FIRST_AT_THE_GATE:
        return 0
    if story is Story.GATE_CUT_OFF:
        return min(CUT_OFF_DAY, last)
    if story is Story.MEETS_THE_SUSPENSION:
        return min(SUSPENSION_DAY, last)
    if story in SPECIAL:
        quiet = [day for day in range(1, last) if day not in (PEAK_DAY, SUSPENSION_DAY)]
        return random.choice(quiet or [0])
    if category == "business" and random.random() < _FIRST_WEEK_SHARE:
        return random.randint(0, min(4, last))
    if category != "business" and random.random() < _PEAK_SHARE:
        return min(PEAK_DAY, last)
    return random.randint(0, last)


CUT_OFF_DAY: Final = 3
"""The gate that is cut off has known nothing new since the day before the day before."""
SUSPENSION_DAY: Final = 5
_BUSY_DAYS: Final = frozenset({PEAK_DAY, SUSPENSION_DAY})
SUSPENDED_SLOT: Final = 1
"""Crossing is suspended for this slot of that day."""


def _people(random: Random, series: str, numbers: Iterable[int]) -> tuple[Person, ...]:
    return tuple(
        Person(
            name=random.choice(_SURNAMES) + random.choice(_GIVEN),
            document=Document(
                type=DocumentType.HOME_RETURN_PERMIT,
                # On cards that are no longer issued the last two digits counted the replacements;
                # nobody's was replaced 99 times.
                number=f"{series}{number:05d}99",
                issuer="CHN",
            ),
            assurance=Assurance.ASSERTED,
        )
        for number in numbers
    )


def _evidence(category: Category, story: Story) -> dict[str, str]:
    if story is Story.EVIDENCE_FORGOTTEN:
        return {}
    weak = story is Story.EVIDENCE_TOO_WEAK
    words = WEAK_EVIDENCE if weak else "made-up document of the demonstration"
    return {each.id: words for each in category.evidence or ()}


WEAK_EVIDENCE: Final = "nothing but my word"
"""What the officer of the demonstration does not accept."""


def _itinerary(random: Random, story: Story) -> tuple[DivisionCode, ...]:
    places = random.sample(_PLACES, random.randint(1, 2))
    within = tuple(DivisionCode(place) for place in places)
    return (*within, _OUTSIDE) if story is Story.LEAVES_THE_RANGE else within
