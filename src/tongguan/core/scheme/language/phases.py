"""Forms of a phase and of its clauses on directions, booking, health and the way home."""

from typing import Any, Final

from tongguan.core.scheme.language.clauses import AREA, CATEGORY, ENTRY, PARTICIPATION, QUOTA
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, Node, basis_as_data, basis_of
from tongguan.core.scheme.language.scalars import Choice, Day, Flag, TimeOfDay, Whole
from tongguan.core.scheme.language.sources import INTERVAL
from tongguan.core.scheme.language.words import (
    DIRECTION_NAME,
    DOCUMENTS,
    NAME,
    PARTY_NAME,
    TEXT,
    many,
    maybe,
)
from tongguan.core.scheme.model import (
    Booking,
    Credentials,
    Direction,
    Exemption,
    Health,
    HealthCodeRequirement,
    Leg,
    Phase,
    Return,
    RightOfEntry,
    Slot,
    Weekday,
)

SLOT: Final = Form(
    name="slot",
    of=Slot,
    says="A time of day to cross; it belongs to the day on which it starts.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="starts", kind=TimeOfDay(), says="Its first minute."),
        Key(
            key="ends",
            kind=TimeOfDay(),
            says="The minute after its last; at or before the start it lies on the next day.",
        ),
    ),
)

BOOKING: Final = Form(
    name="booking",
    of=Booking,
    clause=True,
    says="When and how places may be taken.",
    keys=(
        Key(
            key="opens_days_before",
            kind=Whole(minimum=0, maximum=366),
            says="Whole days before the service day, from its midnight.",
        ),
        Key(
            key="closes_minutes_before",
            kind=Whole(minimum=0, maximum=44_640),
            says="Minutes before the slot starts.",
        ),
        Key(
            key="cancel_until_minutes_before",
            kind=Whole(minimum=0, maximum=44_640),
            says="Minutes before the slot starts until which a place may be given back.",
        ),
        Key(
            key="party_size_max",
            kind=Whole(minimum=1, maximum=100),
            says="Persons in one party, the head included.",
        ),
        Key(
            key="live_journeys_per_person_max",
            kind=Whole(minimum=1, maximum=100),
            says="Journeys that one person may hold at a time.",
        ),
    ),
)

DIRECTION: Final = Form(
    name="direction",
    of=Direction,
    clause=True,
    says="One way across: the calendar and slots on which there are places.",
    keys=(
        Key(key="id", kind=DIRECTION_NAME, says="Its name: the two parties in order."),
        Key(key="origin", kind=PARTY_NAME, says="The party that one leaves."),
        Key(key="destination", kind=PARTY_NAME, says="The party that one enters."),
        Key(key="leg", kind=Choice(of=Leg), says="Whether travellers go out or home by it."),
        Key(
            key="weekdays",
            kind=maybe(ListOf(of=Choice(of=Weekday), minimum=1, once=True)),
            says="Days of the week with places; null if not stated.",
        ),
        Key(
            key="closed_days",
            kind=ListOf(of=Day(), once=True),
            default=(),
            says="Days without places all the same.",
        ),
        Key(
            key="slots",
            kind=maybe(many(SLOT, minimum=1)),
            says="Times of day with places; null if not stated.",
        ),
        Key(
            key="booking",
            kind=maybe(Node(form=BOOKING)),
            says="When and how places may be taken; null if not stated.",
        ),
    ),
)

HEALTH_CODE: Final = Form(
    name="health_code",
    of=HealthCodeRequirement,
    clause=True,
    says="A green code of one authority, to be shown on the directions named.",
    keys=(
        Key(key="issuer", kind=PARTY_NAME, says="The party that issues the code."),
        Key(
            key="directions",
            kind=ListOf(of=DIRECTION_NAME, minimum=1, once=True),
            says="Where it must be shown.",
        ),
    ),
)


def _build_health(_: Form, values: dict[str, Any]) -> object:
    codes = values["codes"]
    return Health(
        codes=() if codes is None else codes,
        codes_stated=codes is not None,
        care=values["care"],
        basis=basis_of(values),
    )


def _take_health(form: Form, health: Health) -> dict[str, object]:
    codes, care = form.keys
    return {
        "codes": codes.kind.write(health.codes if health.codes_stated else None),
        "care": care.kind.write(health.care),
    } | basis_as_data(health.basis)


HEALTH: Final = Form(
    name="health",
    of=Health,
    clause=True,
    says="What the gate asks of a traveller's health, judged at the time of the gate.",
    keys=(
        Key(
            key="codes",
            kind=maybe(many(HEALTH_CODE)),
            says="Codes that must be green; an empty list asks for none, null is not stated.",
        ),
        Key(
            key="care",
            kind=maybe(TEXT),
            says="Where a person is referred to who may not be denied but is not green.",
        ),
    ),
    build=_build_health,
    take=_take_health,
)

RETURN: Final = Form(
    name="return",
    of=Return,
    clause=True,
    says="The way home; what is not stated is never a ground to refuse.",
    keys=(
        Key(
            key="place_required",
            kind=maybe(Flag()),
            says="Whether the home leg must be booked together with the way out.",
        ),
        Key(
            key="stay_days_max",
            kind=maybe(Whole(minimum=1, maximum=366)),
            says="Calendar days, the day of entry counted as one.",
        ),
        Key(
            key="same_control_point",
            kind=maybe(Flag()),
            says="Whether one must come home where one went out.",
        ),
    ),
)

RIGHT_OF_ENTRY: Final = Form(
    name="right_of_entry",
    of=RightOfEntry,
    clause=True,
    says="Who may always enter a side, and is never denied there.",
    keys=(
        Key(key="party", kind=PARTY_NAME, says="The side."),
        Key(key="document_types", kind=DOCUMENTS, says="Documents whose holders have the right."),
    ),
)

EXEMPTION: Final = Form(
    name="exemption",
    of=Exemption,
    clause=True,
    says="Who needs no health code on the directions named.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(key="document_types", kind=DOCUMENTS, says="Documents whose holders are exempt."),
        Key(
            key="directions",
            kind=ListOf(of=DIRECTION_NAME, minimum=1, once=True),
            says="Where they are exempt.",
        ),
    ),
)

CREDENTIALS: Final = Form(
    name="credentials",
    of=Credentials,
    clause=True,
    says="How old what a gate knows may be before it must refer to an officer.",
    keys=(
        Key(
            key="status_list_age_minutes_max",
            kind=Whole(minimum=1, maximum=44_640),
            says="The greatest age of a status list, in minutes.",
        ),
    ),
)

PHASE: Final = Form(
    name="phase",
    of=Phase,
    clause=True,
    says="A complete, dated block of the version; it begins by signed act, never by the calendar.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(
            key="not_before",
            kind=maybe(Node(form=INTERVAL)),
            says="The earliest it may begin, as an interval; null if not stated.",
        ),
        Key(
            key="hoped_for",
            kind=maybe(Node(form=INTERVAL)),
            says="When it is hoped to begin: a target, no bound; null if nobody named one.",
        ),
        Key(key="ends", kind=maybe(Day()), says="Its last service day; null if not stated."),
        Key(key="entry", kind=maybe(Node(form=ENTRY)), says="Where crossing is possible."),
        Key(key="participation", kind=maybe(Node(form=PARTICIPATION)), says="Who takes part."),
        Key(key="area", kind=maybe(Node(form=AREA)), says="Where one may move about."),
        Key(key="categories", kind=many(CATEGORY), says="Grounds to cross."),
        Key(key="quotas", kind=many(QUOTA), says="Limits; every one that matches binds."),
        Key(key="directions", kind=many(DIRECTION), says="The ways across."),
        Key(key="health", kind=maybe(Node(form=HEALTH)), says="What the gate asks of health."),
        Key(
            key="return",
            attribute="return_",
            kind=maybe(Node(form=RETURN)),
            says="What is laid down about the way home.",
        ),
        Key(key="rights_of_entry", kind=many(RIGHT_OF_ENTRY), says="Who is never denied where."),
        Key(key="exemptions", kind=many(EXEMPTION), default=(), says="Who needs no health code."),
        Key(
            key="credentials",
            kind=maybe(Node(form=CREDENTIALS)),
            says="How old a gate's knowledge may be.",
        ),
    ),
)
