"""Forms of what a gate asks: health, documents, the way home, and fresh knowledge."""

from typing import Any, Final

from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, basis_as_data, basis_of
from tongguan.core.scheme.language.requirements import HEALTH_REQUIREMENT
from tongguan.core.scheme.language.scalars import Choice, Flag, Whole
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
    AgeAnchor,
    ConditionalAdmission,
    Credentials,
    ExemptFrom,
    Exemption,
    Health,
    HealthCodeRequirement,
    HealthFinding,
    HealthTestRequirement,
    JudgedAt,
    Return,
    RightOfEntry,
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
        Key(
            key="judged_at",
            kind=Choice(of=JudgedAt),
            default=JudgedAt.GATE.value,
            says="When it must be valid: at the gate, or when the slot starts.",
        ),
    ),
)

HEALTH_TEST: Final = Form(
    name="health_test",
    of=HealthTestRequirement,
    clause=True,
    says="A negative test no older than stated: in hours, or in calendar days.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(
            key="within_hours",
            kind=maybe(Whole(minimum=1, maximum=8784)),
            default=None,
            says="Hours from the anchor to the instant judged.",
        ),
        Key(
            key="within_days",
            kind=maybe(Whole(minimum=0, maximum=366)),
            default=None,
            says="Calendar days from the anchor's day; 3 days from the 20th end with the 23rd.",
        ),
        Key(key="anchor", kind=Choice(of=AgeAnchor), says="What the age counts from."),
        Key(
            key="judged_at",
            kind=Choice(of=JudgedAt),
            default=JudgedAt.GATE.value,
            says="When it must be valid: at the gate, or when the slot starts.",
        ),
        Key(
            key="specimens",
            kind=maybe(ListOf(of=NAME, minimum=1, once=True)),
            default=None,
            says="Kinds of specimen that are accepted; null if not stated, and then any is.",
        ),
        Key(
            key="directions",
            kind=ListOf(of=DIRECTION_NAME, minimum=1, once=True),
            says="Where it must be shown.",
        ),
    ),
)

CONDITIONAL_ADMISSION: Final = Form(
    name="conditional_admission",
    of=ConditionalAdmission,
    clause=True,
    says="Findings that do not keep a person out but let them in under a condition.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(
            key="findings",
            kind=ListOf(of=Choice(of=HealthFinding), minimum=1, once=True),
            says="What may be wrong with the person's health documents.",
        ),
        Key(
            key="directions",
            kind=ListOf(of=DIRECTION_NAME, minimum=1, once=True),
            says="Where it holds.",
        ),
        Key(key="condition", kind=TEXT, says="What the person owes then."),
    ),
)


def _build_health(_: Form, values: dict[str, Any]) -> object:
    codes = values["codes"]
    return Health(
        codes=() if codes is None else codes,
        codes_stated=codes is not None,
        care=values["care"],
        tests=values["tests"],
        admitted_under=values["admitted_under"],
        requirements=values["requirements"],
        basis=basis_of(values),
    )


def _take_health(form: Form, health: Health) -> dict[str, object]:
    plain = {key.key: key.kind.write(getattr(health, key.key)) for key in form.keys}
    if not health.codes_stated:
        plain["codes"] = None
    return plain | basis_as_data(health.basis)


HEALTH: Final = Form(
    name="health",
    of=Health,
    clause=True,
    says="What the gate asks of a traveller's health.",
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
        Key(
            key="tests",
            kind=many(HEALTH_TEST),
            default=(),
            says="Tests that must be negative.",
        ),
        Key(
            key="admitted_under",
            kind=many(CONDITIONAL_ADMISSION),
            default=(),
            says="Who is let in all the same, under a condition.",
        ),
        Key(
            key="requirements",
            kind=many(HEALTH_REQUIREMENT),
            default=(),
            later=True,
            says="What must be met in one way or another.",
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
    says="Who need not show what is named, on the directions named.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(key="document_types", kind=DOCUMENTS, says="Documents whose holders are exempt."),
        Key(
            key="directions",
            kind=ListOf(of=DIRECTION_NAME, minimum=1, once=True),
            says="Where they are exempt.",
        ),
        Key(
            key="exempt_from",
            kind=ListOf(of=Choice(of=ExemptFrom), minimum=1, once=True),
            default=(ExemptFrom.HEALTH_CODE.value,),
            says="What they need not show; without a pass they take no place either.",
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
