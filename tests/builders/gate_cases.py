"""Situations at a gate, one for each reason and more, with the decision that each must get."""

from tests.builders.gate import (
    NOON,
    OTHER_TAG,
    TAG,
    UNREADABLE,
    going_home,
    health_code,
    holder,
    hong_kong,
    pass_claims,
    situation,
    status_list,
    used,
    with_lists,
)
from tests.builders.gate_cases_recognised import RECOGNISED
from tests.builders.gate_cases_requirements import REQUIRED
from tests.builders.gate_cases_suspended import SUSPENDED
from tests.builders.gate_cases_wider import WIDER
from tests.builders.schemes import (
    GD,
    HK,
    HOME,
    OUT,
)
from tongguan.core.credentials.status_list import StatusPurpose
from tongguan.core.decisions import Outcome
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import (
    ControlPointId,
    DirectionId,
    PhaseId,
    SchemeId,
)
from tongguan.core.people import DocumentType
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.state import PhaseState

ADMIT, DENY, REFER = Outcome.ADMIT, Outcome.DENY, Outcome.REFER
HONG_KONG_CARD, MAINLAND_CARD = DocumentType.HKID, DocumentType.MAINLAND_ID
LWU = ControlPointId("LWU")
RED, AMBER = Colour.RED, Colour.AMBER

CASES: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    ("all in order", situation(), ADMIT, (R.ADMITTED,)),
    ("all in order, home", going_home(), ADMIT, (R.ADMITTED,)),
    (
        "phase not active",
        situation(phase_state=PhaseState.NOT_ACTIVE),
        DENY,
        (R.PHASE_NOT_ACTIVE,),
    ),
    ("phase ended", situation(phase_state=PhaseState.ENDED), DENY, (R.PHASE_ENDED,)),
    ("suspended", situation(phase_state=PhaseState.SUSPENDED), DENY, (R.PHASE_SUSPENDED,)),
    *SUSPENDED,
    ("suspended, home", going_home(phase_state=PhaseState.SUSPENDED), ADMIT, (R.ADMITTED,)),
    (
        "ended, home",
        going_home(phase_state=PhaseState.ENDED),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PHASE_ENDED),
    ),
    ("phase unknown", situation(phase_id=PhaseId("x")), REFER, (R.PHASE_NOT_ACTIVE,)),
    ("no such direction", situation(DirectionId("HK-MO")), REFER, (R.DIRECTION_CLOSED,)),
    (
        "gate at no control point of the scheme",
        situation(control_point=LWU, pass_=pass_claims(control_point=LWU)),
        REFER,
        (R.CONTROL_POINT_UNKNOWN,),
    ),
    (
        "before the control point opens",
        situation(
            now=hong_kong(13, "09:59:59"), pass_=pass_claims(slot_start=hong_kong(13, "09:00"))
        ),
        DENY,
        (R.CONTROL_POINT_CLOSED,),
    ),
    ("no pass", situation(pass_=None), REFER, (R.PASS_MISSING,)),
    ("pass unreadable", situation(pass_=UNREADABLE), REFER, (R.PASS_UNREADABLE,)),
    (
        "holder key of the month missing",
        situation(holder=holder(**{"2021-11": TAG})),
        REFER,
        (R.PASS_UNREADABLE, R.HEALTH_CODE_UNREADABLE, R.HEALTH_CODE_UNREADABLE),
    ),
    (
        "pass of another person",
        situation(pass_=pass_claims(holder_tag=OTHER_TAG)),
        DENY,
        (R.PASS_OTHER_HOLDER,),
    ),
    (
        "pass of another scheme",
        situation(pass_=pass_claims(scheme_id=SchemeId("other"))),
        DENY,
        (R.PASS_OTHER_SCHEME,),
    ),
    (
        "pass of another version",
        situation(pass_=pass_claims(version_digest=b"v" * 8)),
        REFER,
        (R.PASS_TEXT_UNKNOWN,),
    ),
    (
        "pass of an authority that issues none",
        with_lists(situation(pass_=pass_claims(issuer=GD)), status_list(GD, "pass")),
        DENY,
        (R.PASS_OTHER_SCHEME,),
    ),
    ("pass used before", situation(earlier_use=used()), DENY, (R.PASS_ALREADY_USED,)),
    (
        "pass revoked",
        with_lists(situation(), status_list(HK, "pass", 7)),
        DENY,
        (R.PASS_REVOKED,),
    ),
    (
        "pass suspended",
        with_lists(
            situation(),
            status_list(HK, "pass"),
            status_list(HK, "pass", 7, purpose=StatusPurpose.SUSPENSION),
        ),
        DENY,
        (R.PASS_REVOKED,),
    ),
    (
        "pass for the way home shown on the way out",
        situation(pass_=pass_claims(HOME)),
        DENY,
        (R.WRONG_DIRECTION,),
    ),
    (
        "another control point",
        situation(pass_=pass_claims(control_point=LWU)),
        DENY,
        (R.WRONG_CONTROL_POINT,),
    ),
    (
        "a day early",
        situation(
            now=hong_kong(12, "12:00"),
            codes=(
                health_code(HK, issued_at=hong_kong(12, "08:00")),
                health_code(GD, issued_at=hong_kong(12, "08:00")),
            ),
        ),
        DENY,
        (R.WRONG_DAY,),
    ),
    (
        "a day late",
        situation(
            now=hong_kong(14, "12:00"),
            codes=tuple(
                health_code(issuer, valid_until=hong_kong(14, "23:59:59")) for issuer in (HK, GD)
            ),
        ),
        DENY,
        (R.WRONG_DAY, R.PASS_EXPIRED),
    ),
    (
        "expired on its own day",
        situation(pass_=pass_claims(expires_at=NOON)),
        REFER,
        (R.PASS_EXPIRED,),
    ),
    (
        "before the slot",
        situation(
            now=hong_kong(13, "10:59:59"), pass_=pass_claims(slot_start=hong_kong(13, "11:00"))
        ),
        DENY,
        (R.TOO_EARLY,),
    ),
    (
        "before the pass begins",
        situation(pass_=pass_claims(not_before=hong_kong(13, "12:01"))),
        DENY,
        (R.TOO_EARLY,),
    ),
    ("after the slot", situation(now=hong_kong(13, "14:00")), REFER, (R.SLOT_PASSED,)),
    (
        "no place home",
        situation(pass_=pass_claims(home_day=None)),
        DENY,
        (R.RETURN_PLACE_MISSING,),
    ),
    ("no health codes", situation(codes=()), REFER, (R.HEALTH_CODE_MISSING,) * 2),
    (
        "one health code missing",
        situation(codes=(health_code(HK),)),
        REFER,
        (R.HEALTH_CODE_MISSING,),
    ),
    (
        "health code unreadable",
        situation(codes=(health_code(HK), UNREADABLE)),
        REFER,
        (R.HEALTH_CODE_UNREADABLE,),
    ),
    *RECOGNISED,
    (
        "a scan too many that says nothing",
        situation(codes=(UNREADABLE, health_code(HK), health_code(GD))),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "health code of another person",
        situation(codes=(health_code(HK), health_code(GD, holder_tag=OTHER_TAG))),
        DENY,
        (R.HEALTH_CODE_OTHER_HOLDER,),
    ),
    (
        "amber",
        situation(codes=(health_code(HK, colour=AMBER), health_code(GD))),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "an earlier green beside a later red",
        situation(
            codes=(
                health_code(HK),
                health_code(HK, issued_at=hong_kong(13, "11:00"), colour=RED),
                health_code(GD),
            )
        ),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "yesterday's health code",
        situation(
            codes=(
                health_code(HK),
                health_code(
                    GD,
                    issued_at=hong_kong(12, "08:00"),
                    valid_until=hong_kong(12, "23:59:59"),
                ),
            )
        ),
        REFER,
        (R.HEALTH_CODE_EXPIRED,),
    ),
    (
        "health code revoked",
        with_lists(situation(), status_list(GD, "health", 3)),
        DENY,
        (R.HEALTH_CODE_REVOKED,),
    ),
    (
        "no status list of passes",
        situation(status_lists=(status_list(HK, "health"), status_list(GD, "health"))),
        REFER,
        (R.STATUS_LIST_MISSING,),
    ),
    (
        "status list an hour and a minute old",
        with_lists(situation(), status_list(GD, "health", age_minutes=61)),
        REFER,
        (R.STATUS_LIST_STALE,),
    ),
    (
        "status list of a future this gate does not know",
        with_lists(situation(), status_list(GD, "health", age_minutes=-61)),
        REFER,
        (R.STATUS_LIST_STALE,),
    ),
    (
        "status list shorter than the pass's index",
        situation(pass_=pass_claims(status_index=64)),
        REFER,
        (R.STATUS_LIST_STALE,),
    ),
    (
        "revoked in a stale list",
        with_lists(situation(), status_list(HK, "pass", 7, age_minutes=600)),
        DENY,
        (R.PASS_REVOKED, R.STATUS_LIST_STALE),
    ),
    (
        "resident coming home, red",
        going_home(
            holder=holder(HONG_KONG_CARD), codes=(health_code(HK, colour=RED), health_code(GD))
        ),
        REFER,
        (R.RIGHT_OF_ENTRY, R.HEALTH_CODE_NOT_GREEN),
    ),
    (
        "resident coming home with another's pass",
        going_home(holder=holder(HONG_KONG_CARD), pass_=pass_claims(HOME, holder_tag=OTHER_TAG)),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PASS_OTHER_HOLDER),
    ),
    (
        "anyone on the way home, red",
        going_home(codes=(health_code(HK, colour=RED), health_code(GD))),
        REFER,
        (R.RIGHT_OF_ENTRY, R.HEALTH_CODE_NOT_GREEN),
    ),
    (
        "on the way home without a pass, control point closed",
        going_home(pass_=None, now=hong_kong(13, "20:00")),
        REFER,
        (R.RIGHT_OF_ENTRY, R.CONTROL_POINT_CLOSED, R.PASS_MISSING),
    ),
    (
        "on the way home with another's pass and no right",
        going_home(pass_=pass_claims(HOME, holder_tag=OTHER_TAG)),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PASS_OTHER_HOLDER),
    ),
    (
        "on the way home, the holder key of the month missing",
        going_home(holder=holder(**{"2021-11": TAG}), earlier_use=used()),
        REFER,
        (
            R.RIGHT_OF_ENTRY,
            R.PASS_ALREADY_USED,
            R.PASS_UNREADABLE,
            R.HEALTH_CODE_UNREADABLE,
            R.HEALTH_CODE_UNREADABLE,
        ),
    ),
    (
        "a pass for the way out, without a place home, shown on the way home",
        going_home(pass_=pass_claims(OUT, home_day=None)),
        REFER,
        (R.RIGHT_OF_ENTRY, R.WRONG_DIRECTION),
    ),
    (
        "one's own used pass for the way out shown on the way home",
        going_home(pass_=pass_claims(OUT), earlier_use=used()),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PASS_ALREADY_USED, R.WRONG_DIRECTION),
    ),
    (
        "a pass of another scheme on the way home",
        going_home(pass_=pass_claims(HOME, scheme_id=SchemeId("other"))),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PASS_OTHER_SCHEME),
    ),
    (
        "on the way home while nothing holds",
        going_home(phase_state=PhaseState.NOT_ACTIVE),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PHASE_NOT_ACTIVE),
    ),
    (
        "green and red of the same second",
        situation(codes=(health_code(HK, colour=RED), health_code(HK), health_code(GD))),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "mainland resident going out",
        situation(holder=holder(MAINLAND_CARD), earlier_use=used()),
        REFER,
        (R.RIGHT_OF_ENTRY, R.PASS_ALREADY_USED),
    ),
    (
        "hong kong resident going out has no right there",
        situation(holder=holder(HONG_KONG_CARD), earlier_use=used()),
        DENY,
        (R.PASS_ALREADY_USED,),
    ),
    (
        "several things at once",
        situation(
            phase_state=PhaseState.SUSPENDED,
            pass_=pass_claims(control_point=LWU, home_day=None),
            codes=(health_code(HK, colour=RED),),
            now=hong_kong(13, "15:00"),
        ),
        DENY,
        (
            R.PHASE_SUSPENDED,
            R.WRONG_CONTROL_POINT,
            R.RETURN_PLACE_MISSING,
            R.HEALTH_CODE_NOT_GREEN,
            R.SLOT_PASSED,
            R.HEALTH_CODE_MISSING,
        ),
    ),
    *WIDER,
    *REQUIRED,
]
