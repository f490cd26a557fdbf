"""Forms of the clauses of a phase that say who may cross, where, and how many."""

from typing import Final

from tongguan.core.people import Assurance
from tongguan.core.scheme.language.containers import Counts, ListOf, MapOf
from tongguan.core.scheme.language.forms import Form, Key
from tongguan.core.scheme.language.scalars import Choice, Division, Flag, TimeOfDay, Whole
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
    Entry,
    Evidence,
    Participation,
    Quota,
    QuotaKind,
    QuotaPer,
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
    ),
)

ENTRY: Final = Form(
    name="entry",
    of=Entry,
    clause=True,
    says="Where crossing is possible.",
    keys=(
        Key(
            key="division", kind=Division(), says="The division in which every control point lies."
        ),
        Key(
            key="control_points",
            kind=maybe(many(CONTROL_POINT, minimum=1)),
            says="The control points; null if none has been named.",
        ),
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
    ),
)

AREA: Final = Form(
    name="area",
    of=Area,
    clause=True,
    says="Where those who cross may move about.",
    keys=(
        Key(
            key="allow",
            kind=ListOf(of=Division(), minimum=1, once=True),
            says="Divisions that are allowed, with all their parts.",
        ),
        Key(
            key="deny",
            kind=ListOf(of=Division(), once=True),
            default=(),
            says="Divisions within them that are not.",
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
            kind=maybe(Whole(minimum=0, maximum=10_000_000)),
            says="Persons in one window; null if not stated, never unlimited.",
        ),
        Key(
            key="counts",
            kind=Counts(),
            says="Which crossings it counts: a value, each (a window for every value), or null "
            "where nobody has stated it; a dimension that is absent is not distinguished.",
        ),
    ),
)
