"""Situations under a requirement of health that is met in one way or another."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.builders.gate import going_home, holder, paper, papers, situation
from tests.builders.gate_rules import CARD, WAYS, exempt, immune, immune_under
from tests.builders.schemes import HOME
from tongguan.core.decisions import Outcome
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.requirements import Dose, MedicalExemption, Recovery
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import ExemptByAge, ExemptFrom

ADMIT, DENY, REFER = Outcome.ADMIT, Outcome.DENY, Outcome.REFER


def dose(day: date = date(2021, 6, 1), number: int = 2, product: str = "coronavac") -> Dose:
    return Dose(number=number, given_on=day, product=product)


def exempted(last_day: date | None = None, ground: str = "allergy") -> MedicalExemption:
    return MedicalExemption(ground=ground, first_day=date(2021, 12, 10), last_day=last_day)


GROWN = date(1980, 1, 1)


def of_a_grown_up(**changes: Any) -> PresentedPapers:
    """Papers, and a date of birth that exempts from nothing."""
    return papers(born_on=GROWN, **changes)


FRESH = dose(date(2021, 12, 1))
"""Good from the 15th, two days after the crossing."""
MET: dict[str, GateSituation] = {
    "a test": situation(version=immune(), tests=(paper(),)),
    "doses": situation(version=immune(), papers=papers(doses=(dose(),))),
    "a recovery": situation(
        version=immune(),
        papers=papers(recoveries=(Recovery(first_positive_on=date(2021, 11, 1)),)),
    ),
    "a medical ground": situation(
        version=immune(), papers=papers(medical_exemptions=(exempted(),))
    ),
    "a young age": situation(version=immune(), papers=papers(born_on=date(2018, 12, 14))),
    "an old age": situation(version=immune(), papers=papers(born_on=date(1951, 12, 13))),
}
"""One crossing, met by one way each."""
UNREAD_AGE: dict[str, dict[str, Any]] = {
    "an old test": {"tests": (paper("11T11:00"),)},
    "one dose of two": {"papers": papers(doses=(dose(number=1),))},
    "doses that are too fresh": {"papers": papers(doses=(FRESH,))},
    "an old recovery": {
        "papers": papers(recoveries=(Recovery(first_positive_on=date(2021, 1, 1)),))
    },
    "another ground": {"papers": papers(medical_exemptions=(exempted(ground="other"),))},
}
"""Papers that do not do, while an age might."""
REQUIRED: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    *((f"a requirement met by {way}", given, ADMIT, (R.ADMITTED,)) for way, given in MET.items()),
    (
        "a requirement, and nothing shown",
        situation(version=immune()),
        REFER,
        (R.HEALTH_REQUIREMENT_NOT_SHOWN,),
    ),
    (
        "a requirement, and an age that is not exempt alone",
        situation(version=immune(), papers=of_a_grown_up()),
        REFER,
        (R.HEALTH_REQUIREMENT_NOT_SHOWN,),
    ),
    (
        "a requirement, and an old test",
        situation(version=immune(), tests=(paper("11T11:00"),), papers=of_a_grown_up()),
        DENY,
        (R.HEALTH_REQUIREMENT_NOT_MET,),
    ),
    (
        "a requirement, and one dose of two",
        situation(version=immune(), papers=of_a_grown_up(doses=(dose(number=1),))),
        DENY,
        (R.HEALTH_REQUIREMENT_NOT_MET,),
    ),
    (
        "a requirement, and doses that are too fresh",
        situation(version=immune(), papers=of_a_grown_up(doses=(FRESH,))),
        DENY,
        (R.HEALTH_REQUIREMENT_NOT_YET_MET,),
    ),
    (
        "a requirement, and a dose of tomorrow",
        situation(version=immune(), papers=papers(doses=(dose(date(2021, 12, 14)),))),
        REFER,
        (R.HEALTH_REQUIREMENT_FROM_FUTURE,),
    ),
    (
        "a requirement, and an exemption that ended yesterday",
        situation(
            version=immune(),
            papers=of_a_grown_up(medical_exemptions=(exempted(date(2021, 12, 12)),)),
        ),
        DENY,
        (R.HEALTH_REQUIREMENT_NOT_MET,),
    ),
    *(
        (
            f"a requirement, {what}, and nobody has read the date of birth",
            situation(version=immune(), **shown),
            REFER,
            (R.HEALTH_REQUIREMENT_NOT_SHOWN,),
        )
        for what, shown in UNREAD_AGE.items()
    ),
    *(
        (
            f"a requirement, {what}, and an age that is exempt",
            situation(
                version=immune(),
                tests=shown.get("tests", ()),
                papers=replace(shown.get("papers", papers()), born_on=date(1940, 1, 1)),
            ),
            ADMIT,
            (R.ADMITTED,),
        )
        for what, shown in UNREAD_AGE.items()
    ),
    (
        "a requirement of no age, and an old test",
        situation(version=immune(*WAYS[:4]), tests=(paper("11T11:00"),)),
        DENY,
        (R.HEALTH_REQUIREMENT_NOT_MET,),
    ),
    (
        "a requirement of age alone, and another age",
        situation(version=immune(ExemptByAge(years_min=70)), papers=of_a_grown_up()),
        REFER,
        (R.HEALTH_REQUIREMENT_NOT_SHOWN,),
    ),
    (
        "a requirement of the way out, on the way home",
        going_home(version=immune()),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "a requirement of the way home, and one dose of two",
        going_home(
            version=immune(directions=(HOME,)), papers=of_a_grown_up(doses=(dose(number=1),))
        ),
        REFER,
        (R.RIGHT_OF_ENTRY, R.HEALTH_REQUIREMENT_NOT_MET),
    ),
    (
        "a resident of the other side with doses that are too fresh",
        situation(version=immune(), holder=holder(CARD), papers=of_a_grown_up(doses=(FRESH,))),
        REFER,
        (R.RIGHT_OF_ENTRY, R.HEALTH_REQUIREMENT_NOT_YET_MET),
    ),
    (
        "nothing shown, by a card that is exempt from requirements",
        situation(
            version=immune(exemptions=exempt(ExemptFrom.HEALTH_REQUIREMENT).phases[0].exemptions),
            holder=holder(CARD),
        ),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "a requirement not met, under a condition",
        situation(version=immune_under(), papers=of_a_grown_up(doses=(dose(number=1),))),
        ADMIT,
        (R.ADMITTED_UNDER_CONDITION, R.HEALTH_REQUIREMENT_NOT_MET),
    ),
    (
        "doses that are too fresh, under a condition",
        situation(version=immune_under(), papers=of_a_grown_up(doses=(FRESH,))),
        ADMIT,
        (R.ADMITTED_UNDER_CONDITION, R.HEALTH_REQUIREMENT_NOT_YET_MET),
    ),
    (
        "a date to come, which no condition covers",
        situation(version=immune_under(), papers=papers(doses=(dose(date(2021, 12, 14)),))),
        REFER,
        (R.HEALTH_REQUIREMENT_FROM_FUTURE,),
    ),
]
