"""Forms of what a version rests on: sources, claims, parties, milestones, data protection."""

from typing import Final

from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import Choice, Day, Division, Moment, Whole, Words
from tongguan.core.scheme.language.words import (
    CLAIM_NAME,
    LANGUAGE_TAG,
    NAME,
    PARTY_NAME,
    TEXT,
    URL,
    many,
    maybe,
)
from tongguan.core.scheme.model import (
    Certainty,
    Claim,
    DataProtection,
    DateInterval,
    Milestone,
    MilestoneStatus,
    NotExpressible,
    Party,
    Source,
    Witness,
)

INTERVAL: Final = Form(
    name="interval",
    of=DateInterval,
    says="Days from first to last, both included.",
    keys=(
        Key(key="first", kind=Day(), says="The first day."),
        Key(key="last", kind=Day(), says="The last day."),
    ),
)

SOURCE: Final = Form(
    name="source",
    of=Source,
    says="Where claims were read.",
    keys=(
        Key(key="id", kind=NAME, says="Its name, which claims cite."),
        Key(key="title", kind=Words(), says="Its title in its own language."),
        Key(key="publisher", kind=Words(), says="Who published it."),
        Key(key="url", kind=URL, says="Its address."),
        Key(key="published", kind=Moment(), says="When it was published, in UTC."),
        Key(key="language", kind=LANGUAGE_TAG, says="Its language, as a BCP 47 tag."),
        Key(key="note", kind=maybe(TEXT), default=None, says="What a reader must know about it."),
    ),
)

WITNESS: Final = Form(
    name="witness",
    of=Witness,
    says="Who said it, when, and through whom it is known.",
    keys=(
        Key(key="who", kind=TEXT, says="Who said it."),
        Key(key="on", kind=maybe(Day()), says="The day on which it was said; null if not known."),
        Key(
            key="through",
            kind=maybe(Words()),
            default=None,
            says="The medium through which the source knows it; null if at first hand.",
        ),
    ),
)

CLAIM: Final = Form(
    name="claim",
    of=Claim,
    says="What a source says; claims may contradict each other and stay side by side.",
    keys=(
        Key(key="id", kind=CLAIM_NAME, says="Its name, which clauses cite."),
        Key(key="fact", kind=TEXT, says="What is said, in the writer's own words."),
        Key(key="source", kind=NAME, says="The source that says it."),
        Key(key="certainty", kind=Choice(of=Certainty), says="How sure it is."),
        Key(key="witnesses", kind=many(WITNESS, minimum=1), says="Who vouches for it."),
    ),
)

PARTY: Final = Form(
    name="party",
    of=Party,
    says="An authority that signs.",
    keys=(
        Key(key="id", kind=PARTY_NAME, says="Its short name in capitals."),
        Key(key="name", kind=TEXT, says="Its full name."),
        Key(key="division", kind=Division(), says="The division that it answers for."),
    ),
)

MILESTONE: Final = Form(
    name="milestone",
    of=Milestone,
    clause=True,
    says="A point on the public line of time.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What happens."),
        Key(key="status", kind=Choice(of=MilestoneStatus), says="How far it has come."),
        Key(key="on", kind=Node(form=INTERVAL), says="The days in which it lies."),
    ),
)

DATA: Final = Form(
    name="data",
    of=DataProtection,
    clause=True,
    says="What the law asks of the scheme's personal data; every null blocks activation.",
    keys=(
        Key(key="legal_basis", kind=maybe(TEXT), says="The law that the scheme rests on."),
        Key(key="controller", kind=maybe(TEXT), says="Who answers for the data."),
        Key(key="purpose", kind=maybe(TEXT), says="What the data may be used for."),
        Key(
            key="retention_days",
            kind=maybe(Whole(minimum=0, maximum=3660)),
            says="Days after a journey's last service day until its personal data is deleted.",
        ),
        Key(key="ends", kind=maybe(Day()), says="The day after which no data is kept at all."),
    ),
)

NOT_EXPRESSIBLE: Final = Form(
    name="not_expressible",
    of=NotExpressible,
    clause=True,
    says="Something real that the language cannot say, so that silence is no statement.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="what", kind=TEXT, says="What it is, and how it is dealt with."),
    ),
)
