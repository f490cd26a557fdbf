"""Reserves: kept until they are released, in the order stated, and nothing wasted afterwards.

The properties compare the choices with a row of seats: each has a label saying for whom it is
kept, and each person sits down on the first free seat that they may have.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.places import reckoning_of, scheme_of
from tests.builders.quotas import EVE_NOON, reserve, sponsor
from tests.builders.schemes import OUT, category, control_point, entry, quota
from tongguan.core.identifiers import (
    CategoryId,
    ControlPointId,
    PersonKey,
    SlotId,
    SponsorId,
)
from tongguan.core.quota.demand import demand_of, windows_before
from tongguan.core.quota.seating import added, seat
from tongguan.core.quota.windows import OPEN_PART, Crossing, UnstatedQuotaError
from tongguan.core.scheme.model import EACH, CarryOver, Deadline, OrderOfUse, QuotaPer

MONDAY = date(2021, 12, 13)
NOW = datetime(2021, 12, 1, tzinfo=UTC)
CATEGORIES = ("business", "family")
PORTS = ("SZB", "LMC")
SPONSORS = ("chamber", "union")
CAP = quota("day", per=QuotaPer.DAY, limit=10, direction=OUT)
BUSINESS = reserve("kept", 4, direction=OUT, category="business")


def pilot(*quotas, **changes):
    blocks = {
        "categories": tuple(category(each) for each in CATEGORIES),
        "entry": entry(*(control_point(each) for each in PORTS)),
        "sponsors": tuple(sponsor(each) for each in SPONSORS),
        "ends": None,
    }
    return scheme_of(*quotas, **blocks | changes)


def crossing(kind="family", day=MONDAY, port="SZB", of=None, person=b"one"):
    return Crossing(
        direction=OUT,
        category=CategoryId(kind),
        control_point=ControlPointId(port),
        slot=SlotId("day"),
        day=day,
        person=PersonKey(person),
        sponsor=None if of is None else SponsorId(of),
    )


def parts(text, one, now=NOW):
    """The parts of the one choice of a crossing, in order, with their limits."""
    (choice,) = demand_of(reckoning_of(text, now), [one]).choices
    assert {part.part_of for part in choice.windows} == {choice.cap.key}
    return [(_name(part), part.limit) for part in choice.windows]


def _name(part):
    return "open" if ("part", "open") in part.dimensions else part.quota


def test_cap__without_reserves__leaves_no_choice():
    demand = demand_of(reckoning_of(pilot(CAP)), [crossing()])
    assert demand.choices == ()
    assert [window.part_of for window, _ in demand.windows] == [None]


@pytest.mark.parametrize(
    ("order", "kind", "expected"),
    [
        (OrderOfUse.RESERVE_FIRST, "business", [("kept", 4), ("open", 6)]),
        (OrderOfUse.OPEN_FIRST, "business", [("open", 6), ("kept", 4)]),
        (OrderOfUse.RESERVE_FIRST, "family", [("open", 6)]),
        (OrderOfUse.OPEN_FIRST, "family", [("open", 6)]),
    ],
)
def test_reserve__is_used__in_the_order_stated(order, kind, expected):
    kept = reserve("kept", 4, order=order, direction=OUT, category="business")
    assert parts(pilot(CAP, kept), crossing(kind)) == expected


@pytest.mark.parametrize(
    ("released", "opens"),
    [
        (EVE_NOON, datetime(2021, 12, 12, 4, 0, tzinfo=UTC)),
        (Deadline(minutes_before=90), datetime(2021, 12, 13, 0, 30, tzinfo=UTC)),
        (Deadline(days_before=0, at=time(0)), datetime(2021, 12, 12, 16, 0, tzinfo=UTC)),
    ],
)
def test_reserve__opens_to_all__at_its_release_and_not_before(released, opens):
    kept = reserve("kept", 4, released=released, direction=OUT, category="business")
    text = pilot(CAP, kept)
    early, later = opens - timedelta(seconds=1), crossing(day=MONDAY + timedelta(days=1))
    assert parts(text, crossing(), early) == [("open", 6)]
    assert parts(text, crossing(), opens) == [("open", 6), ("kept", 4)]
    assert parts(text, later, opens) == [("open", 6)]
    assert parts(text, crossing("business"), opens) == [("kept", 4), ("open", 6)]


def test_reserve__without_a_release__is_kept_for_ever():
    assert parts(pilot(CAP, BUSINESS), crossing(), datetime(2022, 1, 1, tzinfo=UTC)) == [
        ("open", 6)
    ]


def test_reserve__for_each_sponsor__keeps_as_much_for_every_one_listed():
    kept = reserve("lists", 3, direction=OUT, sponsor=EACH)
    text = pilot(CAP, kept)
    assert parts(text, crossing(of="chamber")) == [("lists", 3), ("open", 4)]
    assert parts(text, crossing()) == [("open", 4)]
    assert parts(text, crossing(of="stranger")) == [("open", 4)]


def test_reserve__of_each_port__is_kept_in_the_cap_of_all():
    kept = reserve("ports", 3, direction=OUT, category="business", control_point=EACH)
    assert parts(pilot(CAP, kept), crossing("business", port="LMC")) == [("ports", 3), ("open", 4)]


def test_reserve__of_one_port__is_not_kept_in_the_cap_of_another():
    cap = quota("day", per=QuotaPer.DAY, limit=10, direction=OUT, control_point=EACH)
    kept = reserve("kept", 4, direction=OUT, category="business", control_point="SZB")
    text = pilot(cap, kept)
    assert parts(text, crossing()) == [("open", 6)]
    assert demand_of(reckoning_of(text), [crossing(port="LMC")]).choices == ()


def test_reserve__of_a_week__is_released_day_by_day():
    cap = quota("week", per=QuotaPer.WEEK, limit=70, direction=OUT)
    kept = reserve(
        "kept",
        4,
        inside="week",
        per=QuotaPer.WEEK,
        released=EVE_NOON,
        direction=OUT,
        category="business",
    )
    eve = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
    tomorrow, later = (crossing(day=MONDAY + timedelta(days=days)) for days in (1, 2))
    assert parts(pilot(cap, kept), tomorrow, eve) == [("open", 66), ("kept", 4)]
    assert parts(pilot(cap, kept), later, eve) == [("open", 66)]


def test_reserves__of_two_quotas__give_two_choices():
    week = quota("week", per=QuotaPer.WEEK, limit=50, direction=OUT)
    kept_week = reserve(
        "kept-week", 9, inside="week", per=QuotaPer.WEEK, direction=OUT, category="business"
    )
    demand = demand_of(reckoning_of(pilot(CAP, BUSINESS, week, kept_week)), [crossing()])
    assert {(each.cap.quota, each.windows[0].limit) for each in demand.choices} == {
        ("day", 6),
        ("week", 41),
    }


def test_reserves__beyond_their_cap__leave_nothing_open():
    kept = reserve("kept", 14, direction=OUT, category="business")
    assert parts(pilot(CAP, kept), crossing()) == [("open", 0)]


def test_open_part__follows__what_the_cap_was_handed():
    text = pilot(replace(CAP, carry_over=CarryOver.ADD_UNUSED), BUSINESS)
    late = datetime(2021, 12, 12, 16, 0, tzinfo=UTC)
    (before,) = windows_before(reckoning_of(text, late), [crossing()])
    reckoning = reckoning_of(text, late, taken_before={before.key: 7})
    (choice,) = demand_of(reckoning, [crossing()]).choices
    assert (choice.cap.limit, choice.windows[0].limit) == (13, 9)


@pytest.mark.parametrize(
    "wrong",
    [
        reserve("kept", 4, order=None, direction=OUT, category="business"),
        reserve("kept", None, direction=OUT, category="business"),
        reserve("kept", 4, direction=OUT, category=None),
        reserve("kept", 4, direction=OUT, person=EACH),
        reserve("kept", 4, per=QuotaPer.WEEK, direction=OUT, category="business"),
    ],
    ids=["order", "limit", "category", "each person", "wider"],
)
def test_reserve__raises__when_it_is_not_stated_within_its_cap(wrong):
    with pytest.raises(UnstatedQuotaError):
        demand_of(reckoning_of(pilot(CAP, wrong)), [crossing()])


def test_reserve__goes_through_a_day__as_the_language_page_tells_it():
    """Thirty of a hundred kept for families, released at noon two days before."""
    cap = quota("day", per=QuotaPer.DAY, limit=100, direction=OUT)
    noon = Deadline(days_before=2, at=time(12))
    kept = reserve("kept", 30, released=noon, direction=OUT, category="family")
    text, taken, told = pilot(cap, kept), {}, []
    release = datetime(2021, 12, 11, 4, 0, tzinfo=UTC)
    steps = [
        (60, "business", NOW),
        (20, "family", NOW),
        (15, "business", NOW),
        (10, "business", NOW),
        (4, "family", NOW),
        (6, "business", release),
    ]
    for number, (persons, kind, now) in enumerate(steps):
        people = [crossing(kind, person=bytes([number, each])) for each in range(persons)]
        counted = seat(demand_of(reckoning_of(text, now), people), taken)
        taken = taken if counted is None else added(taken, counted)
        sums = {"open" if OPEN_PART in key[4] else key[2]: each for key, each in taken.items()}
        told.append((sums.get("kept", 0), sums["open"], sums["day"]))
    assert told == [
        (0, 60, 60),
        (20, 60, 80),
        (20, 60, 80),
        (20, 70, 90),
        (24, 70, 94),
        (30, 70, 100),
    ]


counted_values = {"category": CATEGORIES, "control_point": PORTS, "sponsor": SPONSORS}


@st.composite
def reserves(draw, cap):
    kept = []
    for number in range(draw(st.integers(1, 3))):
        names = draw(st.sets(st.sampled_from(sorted(counted_values)), min_size=1, max_size=2))
        counts = {name: draw(st.sampled_from((*counted_values[name], EACH))) for name in names}
        kept.append(
            reserve(
                f"kept-{number}",
                draw(st.integers(0, 2)),
                inside=cap.id,
                per=cap.per,
                order=draw(st.sampled_from(OrderOfUse)),
                released=draw(st.sampled_from((None, EVE_NOON, Deadline(minutes_before=60)))),
                direction=OUT,
                **counts,
            )
        )
    return tuple(kept)


@st.composite
def texts(draw):
    per = draw(st.sampled_from(QuotaPer))
    cap = quota("cap", per=per, limit=draw(st.integers(0, 14)), direction=OUT)
    return cap, draw(reserves(cap))


asked = st.lists(
    st.tuples(
        st.sampled_from(CATEGORIES),
        st.sampled_from(PORTS),
        st.sampled_from((*SPONSORS, None)),
        st.integers(0, 2),  # days after Monday
        st.integers(1, 3),  # persons
        st.integers(0, 30),  # hours since the party before
    ),
    max_size=20,
)


class Seats:
    """The seats of a week's cap or of each day's, and who may sit on which."""

    def __init__(self, cap, kept):
        self.cap, self.kept, self.rows = cap, kept, {}

    def row(self, day):
        """The seats that a crossing of the day is among: the labels of the free ones."""
        key = day if self.cap.per is QuotaPer.DAY else "week"
        if key not in self.rows:
            labels = [
                (each.id, values)
                for each in self.kept
                for values in product(*(self._values(each, name) for name in self._names(each)))
                for _ in range(each.limit)
            ]
            opened = max(0, self.cap.limit - len(labels))
            self.rows[key] = {"seats": [*labels, *["open"] * opened], "left": self.cap.limit}
        return self.rows[key]

    def take(self, one, persons, now):
        row = self.row(one.day)
        free = list(row["seats"])
        for _ in range(persons):
            label = next((each for each in self._wishes(one, free, now) if each in free), None)
            if label is None:
                return False
            free.remove(label)
        if row["left"] < persons:
            return False
        row["seats"], row["left"] = free, row["left"] - persons
        return True

    def _names(self, kept):
        return sorted(set(kept.counts) - {"direction"})

    def _values(self, kept, name):
        return counted_values[name] if kept.counts[name] == EACH else (kept.counts[name],)

    def _wishes(self, one, free, now):
        first, then, others = [], [], []
        for each in self.kept:
            values = tuple(one.value(name) for name in self._names(each))
            own = (each.id, values)
            is_kept_for = all(
                value is not None and each.counts[name] in (EACH, value)
                for name, value in zip(self._names(each), values, strict=True)
            )
            if is_kept_for:
                (first if each.reserve.order_of_use is OrderOfUse.RESERVE_FIRST else then).append(
                    own
                )
            labels = sorted({label for label in free if label != "open" and label[0] == each.id})
            others.extend(
                label
                for label in labels
                if not (is_kept_for and label == own) and self._is_released(each, one.day, now)
            )
        return [*first, "open", *then, *others]

    def _is_released(self, kept, day, now):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
        instants = {
            None: None,
            EVE_NOON: midnight - timedelta(hours=12),
            Deadline(minutes_before=60): midnight + timedelta(hours=9),
        }
        instant = instants[kept.reserve.released]
        return instant is not None and now >= instant


@settings(max_examples=150, deadline=None)
@given(texts(), asked)
def test_choices__seat_the_same_parties__as_a_row_of_seats(text, parties):
    cap, kept = text
    scheme, seats = pilot(cap, *kept), Seats(cap, kept)
    taken, now = {}, datetime(2021, 12, 10, tzinfo=UTC)
    for number, (kind, port, of, after, persons, hours) in enumerate(parties):
        now += timedelta(hours=hours)
        day = MONDAY + timedelta(days=after)
        people = [
            crossing(kind, day, port, of, person=bytes([number, each])) for each in range(persons)
        ]
        counted = seat(demand_of(reckoning_of(scheme, now), people), taken)
        assert (counted is not None) == seats.take(people[0], persons, now)
        taken = taken if counted is None else added(taken, counted)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 8),
    st.integers(0, 8),
    st.sampled_from(OrderOfUse),
    st.lists(st.tuples(st.booleans(), st.integers(1, 3), st.booleans()), max_size=20),
)
def test_reserve__guarantees__both_sides_at_every_moment(limit, size, order, parties):
    """Said of the numbers alone; parties are asked before the release, then some after it."""
    kept = min(limit, size)
    cap = replace(CAP, limit=limit)
    whole = reserve(
        "kept", kept, order=order, released=EVE_NOON, direction=OUT, category="business"
    )
    scheme, taken, inside, outside = pilot(cap, whole), {}, 0, 0
    for number, (is_inside, persons, is_late) in enumerate(
        sorted(parties, key=lambda each: each[2])
    ):
        now = datetime(2021, 12, 12, 4, tzinfo=UTC) - timedelta(seconds=not is_late)
        kind = "business" if is_inside else "family"
        people = [crossing(kind, person=bytes([number, each])) for each in range(persons)]
        counted = seat(demand_of(reckoning_of(scheme, now), people), taken)
        if counted is not None:
            taken = added(taken, counted)
            inside, outside = inside + persons * is_inside, outside + persons * (not is_inside)
        assert inside + outside <= limit
        if not is_late:
            assert outside <= limit - kept
            assert counted is not None or not is_inside or inside + persons > kept
        else:
            assert (counted is None) == (inside + outside + persons * (counted is None) > limit)
