"""Forms of change: figures, criteria, breakers, and what becomes of those who hold something."""

from typing import Final

from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import Choice, Flag, Whole
from tongguan.core.scheme.language.words import (
    CONTROL_POINT_CODE,
    DIRECTION_NAME,
    NAME,
    PARTY_NAME,
    TEXT,
    maybe,
)
from tongguan.core.scheme.model import (
    Breaker,
    Criterion,
    GrantRule,
    Holders,
    Measure,
    Metric,
    MetricUnit,
    Remedy,
    Statistic,
)

METRIC: Final = Form(
    name="metric",
    of=Metric,
    clause=True,
    says="A figure that authorities sign each day.",
    keys=(
        Key(key="id", kind=NAME, says="Its name, which measures use."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(key="unit", kind=Choice(of=MetricUnit), says="What it is a number of."),
        Key(
            key="reported_by",
            kind=ListOf(of=PARTY_NAME, minimum=1, once=True),
            says="The parties that sign it each day.",
        ),
    ),
)

_BOUND: Final = maybe(Whole(minimum=0, maximum=10_000_000))

MEASURE: Final = Form(
    name="measure",
    of=Measure,
    says="A statement on figures, asked of each authority that reports them: `at_most` or "
    "`at_least`.",
    keys=(
        Key(key="metric", kind=NAME, says="The figure."),
        Key(
            key="statistic",
            kind=Choice(of=Statistic),
            says="How the figures of the days become one number; a mean is compared exactly.",
        ),
        Key(
            key="days",
            kind=Whole(minimum=1, maximum=366),
            says="The last so many days; without figures for each of them there is no data.",
        ),
        Key(key="at_most", kind=_BOUND, default=None, says="It holds up to this number."),
        Key(key="at_least", kind=_BOUND, default=None, says="It holds from this number on."),
    ),
)

CRITERION: Final = Form(
    name="criterion",
    of=Criterion,
    clause=True,
    says="What the parties want to see before they move to a phase.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it asks."),
        Key(key="measure", kind=Node(form=MEASURE), says="When it is met."),
    ),
)

BREAKER: Final = Form(
    name="breaker",
    of=Breaker,
    clause=True,
    says="What suspends a phase: a measure that stops holding, or an order alone.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it guards against."),
        Key(
            key="keeps",
            kind=maybe(Node(form=MEASURE)),
            says="It trips on the day on which this holds no longer; null: by order alone.",
        ),
        Key(
            key="by_itself",
            kind=Flag(),
            says="Whether it suspends by itself; if not, it only says that it has tripped.",
        ),
        Key(
            key="control_points",
            kind=maybe(ListOf(of=CONTROL_POINT_CODE, minimum=1, once=True)),
            default=None,
            says="What it suspends; null is every control point.",
        ),
        Key(
            key="directions",
            kind=maybe(ListOf(of=DIRECTION_NAME, minimum=1, once=True)),
            default=None,
            says="What it suspends; null is every direction. The way home stays open.",
        ),
        Key(
            key="notice_minutes",
            kind=Whole(minimum=0, maximum=44_640),
            says="From the end of the day on which it trips to the suspension.",
        ),
        Key(
            key="lasts_days",
            kind=Whole(minimum=1, maximum=366),
            says="Days that the suspension lasts.",
        ),
        Key(
            key="resumes",
            kind=maybe(Node(form=MEASURE)),
            default=None,
            says="Asked on its last day; where it does not hold, it lasts as long again.",
        ),
    ),
)

HOLDERS: Final = Form(
    name="holders",
    of=Holders,
    clause=True,
    says="What happens to those who hold something under the text before.",
    keys=(
        Key(
            key="places",
            kind=ListOf(of=Choice(of=Remedy), minimum=1, once=True),
            says="For places beyond a limit or where there is no room now: tried in order, for "
            "those booked last first.",
        ),
        Key(
            key="move_days_max",
            kind=maybe(Whole(minimum=1, maximum=366)),
            default=None,
            says="How many days later a place may be moved.",
        ),
        Key(
            key="grants",
            kind=Choice(of=GrantRule),
            says="What becomes of a grant without places, its category removed or not.",
        ),
    ),
)
