"""Versions with wider rules of the gate, and situations under them."""

from datetime import date
from typing import Any

from tests.builders.gate import (
    health_code,
    hong_kong,
    paper,
    pass_claims,
    situation,
)
from tests.builders.schemes import (
    GD,
    HK,
    HOME,
    OUT,
    admitted_under,
    basis,
    control_point,
    direction,
    entry,
    exemption,
    health,
    health_requirement,
    health_test,
    phase,
    version,
)
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import ControlPointId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model import (
    DosesTaken,
    ExemptByAge,
    ExemptFrom,
    Exemption,
    ExemptOnMedicalGround,
    HealthCodeRequirement,
    HealthFinding,
    JudgedAt,
    Lateness,
    Leg,
    NegativeTest,
    Recovered,
    Version,
    Way,
)

LWU, AIRPORT = ControlPointId("LWU"), ControlPointId("SZX")
CARD = DocumentType.MAINLAND_ID
ALL_FINDINGS = tuple(HealthFinding)


def with_test(**changes: Any) -> Version:
    """A test is asked for on the way out, and nothing else of health."""
    return version(phase(health=health(codes=(), tests=(health_test(**changes),))))


WAYS: tuple[Way, ...] = (
    NegativeTest(within_hours=48, specimens=("nasal-swab",)),
    DosesTaken(
        doses_min=2, products=("comirnaty", "coronavac"), days_since_min=14, days_since_max=270
    ),
    Recovered(days_since_min=11, days_since_max=180),
    ExemptOnMedicalGround(grounds=("allergy",)),
    ExemptByAge(years_below=3),
    ExemptByAge(years_min=70),
)


def immune(
    *ways: Way, name: str = "immunity", exemptions: tuple[Exemption, ...] = (), **changes: Any
) -> Version:
    """A requirement on the way out, and nothing else of health; open day and night."""
    asked = (health_requirement(name, *(ways or WAYS), **changes),)
    rules = health(codes=(), requirements=asked)
    always = entry(control_point(opens=None, closes=None))
    return version(phase(health=rules, exemptions=exemptions, entry=always))


def immune_under() -> Version:
    """The same, and whoever does not meet it is let in under a condition."""
    asked = (health_requirement("immunity", *WAYS),)
    under = (admitted_under("watch", HealthFinding.REQUIREMENT_NOT_MET),)
    return version(phase(health=health(codes=(), requirements=asked, admitted_under=under)))


def pink(*findings: HealthFinding, **changes: Any) -> Version:
    """Both codes and a test are asked for; the findings let in under a condition."""
    rules = (admitted_under("pink", *(findings or ALL_FINDINGS), **changes),)
    return version(phase(health=health(tests=(health_test(),), admitted_under=rules)))


def exempt(*what: ExemptFrom) -> Version:
    """Holders of a Mainland card need not show these on the way out; a test is asked for."""
    rule = exemption("mainlanders", CARD, on=(OUT,), exempt_from=what)
    return version(
        phase(health=health(tests=(health_test(),)), exemptions=(rule,), rights_of_entry=())
    )


def unbooked(**changes: Any) -> Version:
    """Beside the bay, an airport where nobody books, closed on the 14th."""
    airport = control_point(
        AIRPORT, opens=None, closes=None, booking_required=False, closed_days=(date(2021, 12, 14),)
    )
    return version(phase(entry=entry(control_point(), airport), **changes))


def by_night(judged_at: JudgedAt = JudgedAt.SLOT_START, grace_minutes: int | None = 15) -> Version:
    """Open day and night, with grace for the late; codes are judged at the slot's start."""
    lateness = (
        None
        if grace_minutes is None
        else Lateness(grace_minutes=grace_minutes, basis=basis("late"))
    )
    codes = tuple(
        HealthCodeRequirement(
            issuer=issuer, directions=(OUT, HOME), basis=basis(), judged_at=judged_at
        )
        for issuer in (HK, GD)
    )
    return version(
        phase(
            entry=entry(control_point(opens=None, closes=None)),
            health=health(codes=codes),
            directions=(direction(lateness=lateness), direction(HOME, Leg.HOME)),
        )
    )


def night_pass(**changes: Any) -> PassClaims:
    values: dict[str, Any] = {
        "slot_start": hong_kong(13, "18:00"),
        "slot_end": hong_kong(14, "06:00"),
        "expires_at": hong_kong(14, "06:15"),
    }
    return pass_claims(**values | changes)


def at_night(clock: str, day: int = 14, **changes: Any) -> GateSituation:
    values = {"version": by_night(), "now": hong_kong(day, clock), "pass_": night_pass()}
    return situation(**values | changes)


def amber(**changes: Any) -> GateSituation:
    codes = (health_code(HK, colour=Colour.AMBER), health_code(GD))
    return situation(**{"version": pink(), "codes": codes, "tests": (paper(),)} | changes)
