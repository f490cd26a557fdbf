"""Forms of quotas: what they count, what is kept for whom, what one window hands on."""

from typing import Final

from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf
from tongguan.core.scheme.language.directions import DEADLINE
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import Characters, Choice, Day, Whole
from tongguan.core.scheme.language.words import NAME, TEXT, many, maybe
from tongguan.core.scheme.model import (
    CarryOver,
    LimitException,
    OrderOfUse,
    PartialWeeks,
    Quota,
    QuotaKind,
    QuotaPer,
    Reserve,
    Weekday,
)

_PERSONS_MAX: Final = 10_000_000

LIMIT_EXCEPTION: Final = Form(
    name="limit_exception",
    of=LimitException,
    clause=True,
    says="Another limit for some windows of a quota, such as an uplift for a port on four days.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(
            key="where",
            kind=MapOf(
                of=Characters(pattern=r"[A-Za-z0-9][A-Za-z0-9-]*", hint='"SZB"', maximum=40),
                key=r"direction|category|control_point|slot|sponsor",
                key_hint="control_point",
            ),
            default={},
            says="Values of dimensions that the quota counts with each; all windows where empty.",
        ),
        Key(
            key="first",
            kind=maybe(Day()),
            default=None,
            says="The first service day; null from the beginning.",
        ),
        Key(
            key="last",
            kind=maybe(Day()),
            default=None,
            says="The last service day; null until the end.",
        ),
        Key(
            key="weekdays",
            kind=maybe(ListOf(of=Choice(of=Weekday), minimum=1, once=True)),
            default=None,
            says="Days of the week; null for every day.",
        ),
        Key(
            key="limit",
            kind=maybe(Whole(minimum=0, maximum=_PERSONS_MAX)),
            says="Persons in one window; null if not stated, never unlimited.",
        ),
    ),
)

RESERVE: Final = Form(
    name="reserve",
    of=Reserve,
    says="What a reserve is kept from, in which order it is used, and when the rest opens to all.",
    keys=(
        Key(key="inside", kind=NAME, says="The cap whose places it keeps."),
        Key(
            key="order_of_use",
            kind=maybe(Choice(of=OrderOfUse)),
            says="Which places those for whom they are kept take first; null if not stated.",
        ),
        Key(
            key="released",
            kind=maybe(Node(form=DEADLINE)),
            default=None,
            says="When what is unused opens to all, before each service day; null is never.",
        ),
    ),
)

QUOTA: Final = Form(
    name="quota",
    of=Quota,
    clause=True,
    says="A limit on persons in every window that its counts pick out.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(
            key="kind",
            kind=maybe(Choice(of=QuotaKind)),
            says="What the number means; null if not stated.",
        ),
        Key(key="per", kind=Choice(of=QuotaPer), says="How long a window is, by service day."),
        Key(
            key="limit",
            kind=maybe(Whole(minimum=0, maximum=_PERSONS_MAX)),
            says="Persons in one window; null if not stated, never unlimited.",
        ),
        Key(
            key="counts",
            kind=Counts(),
            says="Which crossings it counts: a value, each (a window for every value), or null "
            "where nobody has stated it; a dimension that is absent is not distinguished.",
        ),
        Key(
            key="limits",
            kind=many(LIMIT_EXCEPTION),
            default=(),
            says="Other limits for some of its windows; the last one that matches holds.",
        ),
        Key(
            key="reserve",
            kind=maybe(Node(form=RESERVE)),
            default=None,
            says="For a reserve, and for nothing else: what it is kept from and how it is used.",
        ),
        Key(
            key="carry_over",
            kind=Choice(of=CarryOver),
            default=CarryOver.NONE.value,
            says="What a window that is over hands to the next one.",
        ),
        Key(
            key="partial_weeks",
            kind=maybe(Choice(of=PartialWeeks)),
            default=None,
            says="What a weekly limit is in a week of which the phase holds only some days; "
            "null if not stated, and then it is the whole limit.",
        ),
    ),
)
