"""The form of a phase."""

from typing import Final

from tongguan.core.scheme.language.change import BREAKER, CRITERION, HOLDERS
from tongguan.core.scheme.language.directions import DIRECTION
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.gates import (
    CREDENTIALS,
    EXEMPTION,
    HEALTH,
    RETURN,
    RIGHT_OF_ENTRY,
)
from tongguan.core.scheme.language.places import (
    AREA,
    CATEGORY,
    ENTRY,
    PARTICIPATION,
    SPONSOR,
)
from tongguan.core.scheme.language.quotas import QUOTA
from tongguan.core.scheme.language.scalars import Day
from tongguan.core.scheme.language.sources import INTERVAL
from tongguan.core.scheme.language.words import NAME, TEXT, many, maybe
from tongguan.core.scheme.model import Phase

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
        Key(key="exemptions", kind=many(EXEMPTION), default=(), says="Who need not show what."),
        Key(
            key="credentials",
            kind=maybe(Node(form=CREDENTIALS)),
            says="How old a gate's knowledge may be.",
        ),
        Key(
            key="sponsors",
            kind=many(SPONSOR),
            default=(),
            says="Bodies that vet and answer for their own people.",
        ),
        Key(
            key="criteria",
            kind=many(CRITERION),
            default=(),
            says="What the parties want to see before they move to this phase.",
        ),
        Key(
            key="breakers",
            kind=many(BREAKER),
            default=(),
            says="What suspends the phase, with notice and resumption.",
        ),
        Key(
            key="holders",
            kind=maybe(Node(form=HOLDERS)),
            default=None,
            says="What happens to those who hold something under the text before; null if not "
            "stated.",
        ),
    ),
)
