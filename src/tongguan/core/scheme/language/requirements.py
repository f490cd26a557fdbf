"""Forms of what is asked of health in one way or another: a test, doses, recovery, exemption."""

from typing import Any, Final

from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.forms import Form, Key, Node
from tongguan.core.scheme.language.scalars import Characters, Choice, Whole
from tongguan.core.scheme.language.words import DIRECTION_NAME, NAME, TEXT, many, maybe
from tongguan.core.scheme.model import (
    WAY_NAMES,
    AgeAnchor,
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    HealthRequirement,
    JudgedAt,
    NegativeTest,
    Recovered,
    Way,
)

_DAYS: Final = Whole(minimum=0, maximum=36_500)
_YEARS: Final = Whole(minimum=1, maximum=150)
CODED_NAME: Final = Characters(
    pattern=r"[A-Za-z0-9](?:[A-Za-z0-9./_+-]*[A-Za-z0-9])?", hint='"EU/1/20/1528"', maximum=40
)
"""An id, or a code of a value set that certificates use."""
_CODED_NAMES: Final = ListOf(of=CODED_NAME, minimum=1, once=True)

NEGATIVE_TEST: Final = Form(
    name="negative_test",
    of=NegativeTest,
    says="A negative test no older than stated: in hours, or in calendar days.",
    keys=(
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
        Key(
            key="anchor",
            kind=Choice(of=AgeAnchor),
            default=AgeAnchor.SAMPLING.value,
            says="What the age counts from.",
        ),
        Key(
            key="specimens",
            kind=maybe(_CODED_NAMES),
            default=None,
            says="Kinds of specimen that are accepted; null if not stated, and then any is.",
        ),
    ),
)

DOSES_TAKEN: Final = Form(
    name="doses_taken",
    of=DosesTaken,
    says="So many doses of a vaccine, the last of them so many calendar days ago.",
    keys=(
        Key(
            key="doses_min",
            kind=Whole(minimum=1, maximum=20),
            says="The least number of the dose.",
        ),
        Key(
            key="products",
            kind=maybe(_CODED_NAMES),
            default=None,
            says="Vaccines that are accepted; null if not stated, and then any is.",
        ),
        Key(
            key="days_since_min",
            kind=_DAYS,
            default=0,
            says="Days since the dose at the least; 14 days after the 1st begin with the 15th.",
        ),
        Key(
            key="days_since_max",
            kind=maybe(_DAYS),
            default=None,
            says="Days since the dose at the most, the last one included; null is without end.",
        ),
    ),
)

RECOVERED: Final = Form(
    name="recovered",
    of=Recovered,
    says="A first positive test so many calendar days ago.",
    keys=(
        Key(key="days_since_min", kind=_DAYS, says="Days since that test at the least."),
        Key(
            key="days_since_max",
            kind=_DAYS,
            says="Days since that test at the most, the last one included.",
        ),
    ),
)

EXEMPT_ON_MEDICAL_GROUND: Final = Form(
    name="exempt_on_medical_ground",
    of=ExemptOnMedicalGround,
    says="A doctor's certificate of one of the grounds.",
    keys=(Key(key="grounds", kind=_CODED_NAMES, says="The grounds."),),
)

EXEMPT_BY_AGE: Final = Form(
    name="exempt_by_age",
    of=ExemptByAge,
    says="Younger than an age, or at least so old: exactly one of the two.",
    keys=(
        Key(
            key="years_below",
            kind=maybe(_YEARS),
            default=None,
            says="Younger than so many years; on the birthday no more.",
        ),
        Key(
            key="years_min",
            kind=maybe(_YEARS),
            default=None,
            says="At least so many years old, from the birthday on.",
        ),
    ),
)


def the_way(**stated: Way | None) -> Way:
    """The one way that is stated; the checker sees to it that exactly one is."""
    return next(each for each in stated.values() if each is not None)


def _take_way(form: Form, way: Any) -> dict[str, object]:
    own = WAY_NAMES[type(way)]
    return {key.key: key.kind.write(way if key.key == own else None) for key in form.keys}


HEALTH_WAY: Final = Form(
    name="health_way",
    of=the_way,
    says="One way in which a requirement is met: exactly one of the five.",
    keys=(
        Key(
            key="test",
            kind=maybe(Node(form=NEGATIVE_TEST)),
            default=None,
            says="By a negative test.",
        ),
        Key(key="doses", kind=maybe(Node(form=DOSES_TAKEN)), default=None, says="By vaccination."),
        Key(
            key="recovery",
            kind=maybe(Node(form=RECOVERED)),
            default=None,
            says="By having recovered.",
        ),
        Key(
            key="medical_ground",
            kind=maybe(Node(form=EXEMPT_ON_MEDICAL_GROUND)),
            default=None,
            says="Exempt on a medical ground.",
        ),
        Key(key="age", kind=maybe(Node(form=EXEMPT_BY_AGE)), default=None, says="Exempt by age."),
    ),
    take=_take_way,
)

HEALTH_REQUIREMENT: Final = Form(
    name="health_requirement",
    of=HealthRequirement,
    clause=True,
    says="What must be met in any one of the ways; whoever is exempt has met it like anyone else.",
    keys=(
        Key(key="id", kind=NAME, says="Its name."),
        Key(key="name", kind=TEXT, says="What it is called."),
        Key(
            key="directions",
            kind=ListOf(of=DIRECTION_NAME, minimum=1, once=True),
            says="Where it must be met.",
        ),
        Key(
            key="judged_at",
            kind=Choice(of=JudgedAt),
            default=JudgedAt.GATE.value,
            says="When it must be met: at the gate, or when the slot starts.",
        ),
        Key(
            key="ways",
            kind=many(HEALTH_WAY, minimum=1),
            says="The ways in which it is met; any one of them will do.",
        ),
    ),
)
