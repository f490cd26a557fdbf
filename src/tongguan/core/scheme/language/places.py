"""Forms of the clauses that say who may cross and where."""

from typing import Final

from tongguan.core.people import Assurance
from tongguan.core.scheme.language.containers import ListOf, MapOf
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import (
    Choice,
    Day,
    Division,
    Flag,
    TimeOfDay,
    Whole,
)
from tongguan.core.scheme.language.words import (
    CONTROL_POINT_CODE,
    DOCUMENTS,
    NAME,
    TEXT,
    many,
    maybe,
)
from tongguan.core.scheme.model import (
    AllocationMethod,
    Area,
    Category,
    ControlPoint,
    Denied,
    DivisionKind,
    Entry,
    Evidence,
    Participation,
    Sponsor,
    Stayed,
)

CONTROL_POINT: Final = Form(
    name="control_point",
    of=ControlPoint,
    clause=True,
    says="A place to cross, with its passenger hours.",
    keys=(
        Key(key="id", kind=CONTROL_POINT_CODE, says="Its code, by the project's own list."),
        Key(
            key="names",
            kind=MapOf(of=TEXT, key=r"[A-Z]{2,8}", key_hint="HK", minimum=1),
            says="Its name on each side, by party.",
        ),
        Key(key="opens", kind=maybe(TimeOfDay()), says="When it opens; null if not stated."),
        Key(
            key="closes",
            kind=maybe(TimeOfDay()),
            says='When it closes; "00:00" is the end of the day, null if not stated.',
        ),
        Key(
            key="closed_days",
            kind=ListOf(of=Day(), once=True),
            default=(),
            says="Days on which it is closed to passengers.",
        ),
        Key(
            key="booking_required",
            kind=Flag(),
            default=True,
            says="False where one crosses without place and pass, such as a ferry.",
        ),
    ),
)

ENTRY: Final = Form(
    name="entry",
    of=Entry,
    clause=True,
    says="Where crossing is possible.",
    keys=(
        Key(
            key="divisions",
            kind=ListOf(of=Division(), minimum=1, once=True),
            says="The divisions in which the control points lie.",
        ),
        Key(
            key="control_points",
            kind=maybe(many(CONTROL_POINT, minimum=1)),
            says="The control points; null if none has been named.",
        ),
    ),
)

DENIED: Final = Form(
    name="denied",
    of=Denied,
    clause=True,
    says="A division or a street that is not allowed, on the days named.",
    keys=(
        Key(
            key="code",
            kind=Division(streets=True),
            says="Its code: a division, or nine digits for a street.",
        ),
        Key(
            key="kind",
            kind=Choice(of=DivisionKind),
            says="Which table the code is of: GB/T 2260 (`division`) or the statistics "
            "codes of streets and towns (`street`).",
        ),
        Key(
            key="name",
            kind=maybe(TEXT),
            default=None,
            says="What it is called; must be written for a street, which no table here holds.",
        ),
        Key(
            key="first",
            kind=maybe(Day()),
            default=None,
            says="The first day; null from the beginning.",
        ),
        Key(key="last", kind=maybe(Day()), default=None, says="The last day; null until lifted."),
    ),
)

_ALLOW: Final = Key(
    key="allow",
    kind=ListOf(of=Division(), minimum=1, once=True),
    says="Divisions that are allowed, with all their parts.",
)
_DENY: Final = Key(
    key="deny",
    kind=many(DENIED),
    default=(),
    says="Divisions and streets within them that are not.",
)

AREA: Final = Form(
    name="area",
    of=Area,
    clause=True,
    says="Where those who cross may move about.",
    keys=(_ALLOW, _DENY),
)

STAYED: Final = Form(
    name="stayed",
    of=Stayed,
    clause=True,
    says="Where a traveller must have been, and nowhere else, on the days before the crossing.",
    keys=(
        Key(
            key="days",
            kind=Whole(minimum=1, maximum=366),
            says="Calendar days before the service day.",
        ),
        _ALLOW,
        _DENY,
    ),
)

PARTICIPATION: Final = Form(
    name="participation",
    of=Participation,
    clause=True,
    says="Which divisions take part, and with which documents one may apply.",
    keys=(
        Key(
            key="divisions",
            kind=ListOf(of=Division(), minimum=1, once=True),
            says="The divisions of the other side that are open.",
        ),
        Key(
            key="document_types",
            kind=maybe(DOCUMENTS),
            says="Documents a traveller may apply with; null if not stated.",
        ),
        Key(
            key="stayed",
            kind=maybe(Node(form=STAYED)),
            default=None,
            says="Where one must have been on the days before; null asks for nothing.",
        ),
    ),
)

EVIDENCE: Final = Form(
    name="evidence",
    of=Evidence,
    says="A document a category asks for.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What the applicant is asked for."),
        Key(key="required", kind=Flag(), says="Whether an application without it is refused."),
        Key(
            key="follows_within_days",
            kind=Whole(minimum=0, maximum=366),
            default=0,
            says="Days after the decision within which it may follow; 0: needed to apply.",
        ),
    ),
)

CATEGORY: Final = Form(
    name="category",
    of=Category,
    clause=True,
    says="A ground to cross, with its evidence and its one way of allocation.",
    keys=(
        Key(key="id", kind=NAME, says="Its name, which quotas may count."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(
            key="precedence",
            kind=maybe(Whole(minimum=1, maximum=1000)),
            says="Lower goes first when a person fits several; null if not stated.",
        ),
        Key(
            key="fallback",
            kind=ListOf(of=NAME, once=True),
            default=(),
            says="Categories to try when this one is full.",
        ),
        Key(
            key="allocation",
            kind=maybe(Choice(of=AllocationMethod)),
            says="How places are given out; null if not stated.",
        ),
        Key(
            key="evidence",
            kind=maybe(many(EVIDENCE)),
            says="What is asked for; an empty list asks for nothing, null is not stated.",
        ),
        Key(
            key="assurance",
            kind=maybe(Choice(of=Assurance)),
            says="How sure the identity must be to apply; null if not stated.",
        ),
        Key(
            key="decide_within_minutes",
            kind=maybe(Whole(minimum=1, maximum=44_640)),
            default=None,
            says="The clock of a case, from the application; null if not stated.",
        ),
    ),
)

SPONSOR: Final = Form(
    name="sponsor",
    of=Sponsor,
    clause=True,
    says="A body that vets and answers for its own people.",
    keys=(
        Key(key="id", kind=NAME, says="Its name, which quotas may count."),
        Key(key="name", kind=TEXT, says="What it is called."),
    ),
)
