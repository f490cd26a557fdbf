"""Forms of an annex: what one authority lays down alone within the bounds of an agreement."""

from typing import Final

from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.directions import BOOKING_HOURS, RELEASE
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import Choice, Whole
from tongguan.core.scheme.language.sources import CLAIM, SOURCE
from tongguan.core.scheme.language.words import (
    DIRECTION_NAME,
    NAME,
    PARTY_NAME,
    TEXT,
    many,
    maybe,
)
from tongguan.core.scheme.model import Annex, AnnexDirection, AnnexForms, Channel
from tongguan.core.texts import Language

ANNEX_DIRECTION: Final = Form(
    name="annex_direction",
    of=AnnexDirection,
    clause=True,
    says="Booking on one direction as the authority that keeps its places runs it.",
    keys=(
        Key(key="direction", kind=DIRECTION_NAME, says="The direction of the agreement."),
        Key(
            key="releases",
            kind=maybe(many(RELEASE, minimum=1)),
            default=None,
            says="When places come up; null is as the agreement says.",
        ),
        Key(
            key="hours",
            kind=maybe(Node(form=BOOKING_HOURS)),
            default=None,
            says="Times of day within which places may be taken; null is as the agreement says.",
        ),
    ),
)

APPLYING: Final = Form(
    name="annex_forms",
    of=AnnexForms,
    clause=True,
    says="How one applies to the authority.",
    keys=(
        Key(
            key="languages",
            kind=ListOf(of=Choice(of=Language), minimum=1, once=True),
            says="Languages of its forms and pages: those of the agreement at least.",
        ),
        Key(
            key="channels",
            kind=ListOf(of=Choice(of=Channel), minimum=1, once=True),
            says="The ways to apply.",
        ),
    ),
)

ANNEX: Final = Form(
    name="annex",
    of=Annex,
    says="What one authority lays down alone: hours, horizon, forms and languages.",
    keys=(
        Key(key="id", kind=NAME, says="The name of this text."),
        Key(key="agreement", kind=NAME, says="The version that it is an annex to."),
        Key(key="party", kind=PARTY_NAME, says="The authority whose annex it is."),
        Key(
            key="number",
            kind=Whole(minimum=1, maximum=1_000_000),
            says="Its number; the highest that the authority has signed holds.",
        ),
        Key(key="title", kind=TEXT, says="What it is called."),
        Key(key="forms", kind=Node(form=APPLYING), says="How one applies."),
        Key(
            key="directions",
            kind=many(ANNEX_DIRECTION),
            says="Booking on the directions whose places it keeps.",
        ),
        Key(key="sources", kind=many(SOURCE), default=(), says="Where claims were read."),
        Key(key="claims", kind=many(CLAIM), default=(), says="What the sources say."),
    ),
)

ANNEX_FORMS: Final = (ANNEX, APPLYING, ANNEX_DIRECTION)
"""The forms of an annex file that a scheme file does not have, from its top down."""
