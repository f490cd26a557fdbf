"""Forms of the ways across: slots, and when and how places may be taken."""

from typing import Final

from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import Choice, Day, Flag, TimeOfDay, Whole
from tongguan.core.scheme.language.sources import INTERVAL
from tongguan.core.scheme.language.words import DIRECTION_NAME, NAME, PARTY_NAME, many, maybe
from tongguan.core.scheme.model import (
    AnnexBounds,
    Booking,
    BookingHours,
    Deadline,
    Direction,
    Lateness,
    Leg,
    PartyRule,
    Release,
    ReleaseDaily,
    ReleaseOnce,
    ReleaseWeekly,
    Slot,
    Weekday,
    WeekTime,
)

_MINUTES_MAX: Final = 44_640
_HOLD_MINUTES_MAX: Final = 60
"""A hold keeps others out: it is for finishing a form, not for thinking it over."""
_NO_SHOW_HOURS_MAX: Final = 744

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

DEADLINE: Final = Form(
    name="deadline",
    of=Deadline,
    says="A moment before a crossing: `minutes_before` its slot, or `days_before` with `at`.",
    keys=(
        Key(
            key="minutes_before",
            kind=maybe(Whole(minimum=0, maximum=_MINUTES_MAX)),
            default=None,
            says="Minutes before the slot starts.",
        ),
        Key(
            key="days_before",
            kind=maybe(Whole(minimum=0, maximum=366)),
            default=None,
            says="Calendar days before the service day; 0 is the day itself.",
        ),
        Key(
            key="at",
            kind=maybe(TimeOfDay()),
            default=None,
            says="The time on that day; stands with `days_before`.",
        ),
    ),
)

WEEK_TIME: Final = Form(
    name="week_time",
    of=WeekTime,
    says="A weekday and a time on it.",
    keys=(
        Key(key="weekday", kind=Choice(of=Weekday), says="The day of the week."),
        Key(key="at", kind=TimeOfDay(), says="The time."),
    ),
)

_FIRST: Final = Key(
    key="first",
    kind=maybe(Day()),
    default=None,
    says="The first day on which it releases; null from the beginning.",
)
_LAST: Final = Key(
    key="last",
    kind=maybe(Day()),
    default=None,
    says="The last day on which it releases; null until the end.",
)

RELEASE_ONCE: Final = Form(
    name="release_once",
    of=ReleaseOnce,
    says="On one day, all at once.",
    keys=(
        Key(key="on", kind=Day(), says="The day of the release."),
        Key(key="at", kind=TimeOfDay(), says="The time on it."),
        Key(key="days", kind=Node(form=INTERVAL), says="The service days that come up."),
    ),
)

RELEASE_WEEKLY: Final = Form(
    name="release_weekly",
    of=ReleaseWeekly,
    says="Each week at a weekday and time: the places of a whole quota week.",
    keys=(
        Key(key="weekday", kind=Choice(of=Weekday), says="The day of the release."),
        Key(key="at", kind=TimeOfDay(), says="The time on it."),
        Key(
            key="weeks_ahead",
            kind=Whole(minimum=0, maximum=52),
            says="1 is the quota week after the one in which it releases.",
        ),
        Key(
            key="closes",
            kind=maybe(Node(form=WEEK_TIME)),
            default=None,
            says="When the window shuts again, next after the release; null: it stays open.",
        ),
        _FIRST,
        _LAST,
    ),
)

RELEASE_DAILY: Final = Form(
    name="release_daily",
    of=ReleaseDaily,
    says="Each day at a time: the places of the day so many days ahead.",
    keys=(
        Key(
            key="days_ahead",
            kind=Whole(minimum=0, maximum=366),
            says="Whole days before the service day.",
        ),
        Key(key="at", kind=TimeOfDay(), says="The time on the day of the release."),
        _FIRST,
        _LAST,
    ),
)

RELEASE: Final = Form(
    name="release",
    of=Release,
    says="One way in which places come up for booking: exactly one of the three.",
    keys=(
        Key(
            key="once",
            kind=maybe(Node(form=RELEASE_ONCE)),
            default=None,
            says="On one day, all at once.",
        ),
        Key(
            key="weekly",
            kind=maybe(Node(form=RELEASE_WEEKLY)),
            default=None,
            says="Week by week.",
        ),
        Key(
            key="daily",
            kind=maybe(Node(form=RELEASE_DAILY)),
            default=None,
            says="Day by day.",
        ),
    ),
)

BOOKING_HOURS: Final = Form(
    name="booking_hours",
    of=BookingHours,
    says="Times of day within which places may be taken.",
    keys=(
        Key(key="opens", kind=TimeOfDay(), says="The first minute."),
        Key(
            key="closes",
            kind=TimeOfDay(),
            says='The minute after the last; "00:00" is the end of the day.',
        ),
    ),
)

PARTY_RULE: Final = Form(
    name="party_rule",
    of=PartyRule,
    says="Who may travel together under one application.",
    keys=(
        Key(
            key="size_max",
            kind=Whole(minimum=1, maximum=100),
            says="Persons in one party, the head included.",
        ),
        Key(
            key="head_age_min",
            kind=maybe(Whole(minimum=0, maximum=150)),
            default=None,
            says="Years of the first person on the day of the crossing; null if not stated.",
        ),
        Key(
            key="together",
            kind=maybe(Flag()),
            default=None,
            says="Whether all must cross together; null if not stated, and then nobody has to.",
        ),
    ),
)

ANNEX_BOUNDS: Final = Form(
    name="annex_bounds",
    of=AnnexBounds,
    clause=True,
    says="Within what the authority that keeps these places may lay down their booking alone.",
    keys=(
        Key(
            key="days_ahead_min",
            kind=maybe(Whole(minimum=0, maximum=366)),
            says="An annex offers at least so many days ahead; null: it may not change this.",
        ),
        Key(
            key="days_ahead_max",
            kind=maybe(Whole(minimum=0, maximum=366)),
            says="An annex offers no place further ahead; null: it may not change this.",
        ),
        Key(
            key="open_minutes_a_day_min",
            kind=maybe(Whole(minimum=1, maximum=1440)),
            says="An annex's booking hours are at least so long; null: it may not change them.",
        ),
    ),
)

LATENESS: Final = Form(
    name="lateness",
    of=Lateness,
    clause=True,
    says="How late one may come without an officer having to decide.",
    keys=(
        Key(
            key="grace_minutes",
            kind=Whole(minimum=0, maximum=1440),
            says="Minutes after the end of the slot.",
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
            key="releases",
            kind=many(RELEASE, minimum=1),
            says="When places come up; a day may be booked as soon as one of them opens it.",
        ),
        Key(
            key="hours",
            kind=maybe(Node(form=BOOKING_HOURS)),
            default=None,
            says="Times of day within which places may be taken; null is round the clock.",
        ),
        Key(key="closes", kind=Node(form=DEADLINE), says="The last moment to take a place."),
        Key(
            key="cancel_until",
            kind=Node(form=DEADLINE),
            says="The last moment to give one back.",
        ),
        Key(key="party", kind=Node(form=PARTY_RULE), says="Who may travel together."),
        Key(
            key="live_journeys_per_person_max",
            kind=Whole(minimum=1, maximum=100),
            says="Journeys that one person may hold at a time.",
        ),
        Key(
            key="annex",
            kind=maybe(Node(form=ANNEX_BOUNDS)),
            default=None,
            says="What an annex may change; null: nothing.",
        ),
        Key(
            key="hold_minutes",
            kind=maybe(Whole(minimum=1, maximum=_HOLD_MINUTES_MAX)),
            default=None,
            says="Minutes for which places are held until they are confirmed; null: none are held.",
        ),
        Key(
            key="no_show_hours",
            kind=maybe(Whole(minimum=1, maximum=_NO_SHOW_HOURS_MAX)),
            default=None,
            says="Hours after a slot out until the place home of who never came is given back;"
            " null: it is kept.",
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
        Key(
            key="booking_authority",
            kind=maybe(PARTY_NAME),
            default=None,
            says="The party that keeps the places of this direction; null: the version's own.",
        ),
        Key(
            key="lateness",
            kind=maybe(Node(form=LATENESS)),
            default=None,
            says="How late one may come; null if not stated, and then an officer decides.",
        ),
    ),
)
