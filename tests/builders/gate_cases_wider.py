"""Situations under wider rules: tests, conditions, exemptions, unbooked ports, grace."""

from dataclasses import replace
from datetime import date

from tests.builders.gate import (
    OTHER_TAG,
    UNREADABLE,
    going_home,
    health_code,
    holder,
    hong_kong,
    paper,
    pass_claims,
    situation,
    status_list,
    used,
    with_lists,
)
from tests.builders.gate_rules import (
    AIRPORT,
    CARD,
    LWU,
    amber,
    at_night,
    by_night,
    exempt,
    pink,
    unbooked,
    with_test,
)
from tests.builders.schemes import (
    GD,
    HK,
    HOME,
)
from tongguan.core.decisions import Outcome
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import VersionDigest
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import (
    ExemptFrom,
    HealthFinding,
    JudgedAt,
)

ADMIT, DENY, REFER = Outcome.ADMIT, Outcome.DENY, Outcome.REFER
UNDER = R.ADMITTED_UNDER_CONDITION
TESTS: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    ("a good test", situation(version=with_test(), tests=(paper(),)), ADMIT, (R.ADMITTED,)),
    ("no test", situation(version=with_test()), REFER, (R.TEST_NOT_SHOWN,)),
    (
        "a test two days and an hour old",
        situation(version=with_test(), tests=(paper("11T11:00"),)),
        DENY,
        (R.TEST_TOO_OLD,),
    ),
    (
        "a test of saliva",
        situation(version=with_test(), tests=(paper(specimen="saliva"),)),
        DENY,
        (R.TEST_SPECIMEN_NOT_ACCEPTED,),
    ),
    (
        "a test of tomorrow",
        situation(version=with_test(), tests=(paper("14T09:00"),)),
        REFER,
        (R.TEST_FROM_FUTURE,),
    ),
    (
        "a good test among others",
        situation(
            version=with_test(),
            tests=(paper("11T09:00"), paper(specimen="saliva"), paper("12T20:00")),
        ),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "no test on the way home, where none is asked for",
        going_home(version=with_test()),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "a resident of the other side with an old test",
        situation(version=with_test(), tests=(paper("11T09:00"),), holder=holder(CARD)),
        REFER,
        (R.RIGHT_OF_ENTRY, R.TEST_TOO_OLD),
    ),
]
CONDITIONS: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    ("amber under a condition", amber(), ADMIT, (UNDER, R.HEALTH_CODE_NOT_GREEN)),
    (
        "nothing to show but the pass, under a condition",
        situation(version=pink(), codes=()),
        ADMIT,
        (UNDER, R.HEALTH_CODE_MISSING, R.HEALTH_CODE_MISSING, R.TEST_NOT_SHOWN),
    ),
    (
        "an unreadable and an expired code, a test that is not accepted, under a condition",
        situation(
            version=pink(),
            codes=(UNREADABLE, health_code(GD, valid_until=hong_kong(13, "11:00"))),
            tests=(paper(specimen="saliva"),),
        ),
        ADMIT,
        (
            UNDER,
            R.TEST_SPECIMEN_NOT_ACCEPTED,
            R.HEALTH_CODE_UNREADABLE,
            R.HEALTH_CODE_EXPIRED,
        ),
    ),
    (
        "amber where only red is let in",
        amber(version=pink(HealthFinding.CODE_RED)),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "amber where the condition is for the other direction",
        amber(version=pink(directions=(HOME,))),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "amber with another's pass",
        amber(pass_=pass_claims(holder_tag=OTHER_TAG)),
        DENY,
        (R.PASS_OTHER_HOLDER, R.HEALTH_CODE_NOT_GREEN),
    ),
    (
        "amber and late",
        amber(now=hong_kong(13, "14:00")),
        REFER,
        (R.SLOT_PASSED, R.HEALTH_CODE_NOT_GREEN),
    ),
    (
        "another's green code where a missing one is let in",
        situation(
            version=pink(),
            codes=(health_code(HK), health_code(GD, holder_tag=OTHER_TAG)),
            tests=(paper(),),
        ),
        DENY,
        (R.HEALTH_CODE_OTHER_HOLDER,),
    ),
    (
        "a revoked code where a missing one is let in",
        with_lists(situation(version=pink(), tests=(paper(),)), status_list(GD, "health", 3)),
        DENY,
        (R.HEALTH_CODE_REVOKED,),
    ),
    (
        "a test of tomorrow where a missing one is let in",
        situation(version=pink(), tests=(paper("14T09:00"),)),
        REFER,
        (R.TEST_FROM_FUTURE,),
    ),
]
WITHOUT_PASS: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    (
        "exempt from the pass",
        situation(
            version=exempt(ExemptFrom.PASS), pass_=None, holder=holder(CARD), tests=(paper(),)
        ),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "exempt from the pass, not from the test",
        situation(version=exempt(ExemptFrom.PASS), pass_=None, holder=holder(CARD)),
        REFER,
        (R.TEST_NOT_SHOWN,),
    ),
    (
        "exempt from the test, not from the pass",
        situation(version=exempt(ExemptFrom.TEST), pass_=None, holder=holder(CARD)),
        REFER,
        (R.PASS_MISSING,),
    ),
    (
        "exempt from everything with an old pass for elsewhere",
        situation(
            version=exempt(*ExemptFrom),
            pass_=pass_claims(control_point=LWU, service_day=date(2021, 12, 12)),
            earlier_use=used(),
            holder=holder(CARD),
            codes=(),
        ),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "exempt with another's pass",
        situation(
            version=exempt(*ExemptFrom),
            pass_=pass_claims(holder_tag=OTHER_TAG),
            holder=holder(CARD),
        ),
        DENY,
        (R.PASS_OTHER_HOLDER,),
    ),
    (
        "not exempt, for the document is another",
        situation(version=exempt(*ExemptFrom), pass_=None, tests=(paper(),)),
        REFER,
        (R.PASS_MISSING,),
    ),
    (
        "where nobody books, without a pass",
        situation(version=unbooked(), control_point=AIRPORT, pass_=None),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "where nobody books, with a pass for elsewhere",
        situation(version=unbooked(), control_point=AIRPORT),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "where nobody books, with an unreadable pass",
        situation(version=unbooked(), control_point=AIRPORT, pass_=UNREADABLE),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "where nobody books, red",
        situation(
            version=unbooked(),
            control_point=AIRPORT,
            pass_=None,
            codes=(health_code(HK, colour=Colour.RED), health_code(GD)),
        ),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "a day on which the airport is closed",
        situation(
            version=unbooked(health=None),
            control_point=AIRPORT,
            pass_=None,
            now=hong_kong(14, "12:00"),
        ),
        DENY,
        (R.CONTROL_POINT_CLOSED,),
    ),
]
TIMES: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    ("at night, the code of the evening", at_night("02:00"), ADMIT, (R.ADMITTED,)),
    ("the last second of the night", at_night("05:59:59"), ADMIT, (R.ADMITTED,)),
    ("late within the grace", at_night("06:14:59"), ADMIT, (R.ADMITTED,)),
    (
        "late beyond the grace",
        at_night("06:15"),
        REFER,
        (R.SLOT_PASSED, R.PASS_EXPIRED, R.HEALTH_CODE_EXPIRED, R.HEALTH_CODE_EXPIRED),
    ),
    (
        "at night, the code judged at the gate",
        at_night("02:00", version=by_night(JudgedAt.GATE)),
        REFER,
        (R.HEALTH_CODE_EXPIRED, R.HEALTH_CODE_EXPIRED),
    ),
    (
        "at night, the code expired before the slot",
        at_night(
            "02:00",
            codes=(health_code(HK), health_code(GD, valid_until=hong_kong(13, "17:59"))),
        ),
        REFER,
        (R.HEALTH_CODE_EXPIRED,),
    ),
    (
        "at night, the code revoked since",
        with_lists(
            at_night("02:00"),
            status_list(GD, "health", 3, now=hong_kong(14, "02:00")),
        ),
        DENY,
        (R.HEALTH_CODE_REVOKED,),
    ),
    (
        "at night, turned red since",
        at_night(
            "02:00",
            codes=(
                health_code(HK),
                health_code(GD),
                health_code(GD, issued_at=hong_kong(13, "22:00"), colour=Colour.RED),
            ),
        ),
        DENY,
        (R.HEALTH_CODE_NOT_GREEN,),
    ),
    (
        "no grace stated",
        at_night("06:00", version=by_night(grace_minutes=None)),
        REFER,
        (R.SLOT_PASSED, R.HEALTH_CODE_EXPIRED, R.HEALTH_CODE_EXPIRED),
    ),
    (
        "a test good at the slot's start, too old by now",
        situation(
            version=with_test(judged_at=JudgedAt.SLOT_START),
            now=hong_kong(13, "13:59"),
            tests=(paper("11T10:00"),),
        ),
        ADMIT,
        (R.ADMITTED,),
    ),
]
EARLIER = VersionDigest("cd" * 32)
OF_EARLIER = pass_claims(version_digest=bytes.fromhex(EARLIER)[:8])
TEXTS: list[tuple[str, GateSituation, Outcome, tuple[R, ...]]] = [
    (
        "a pass of a text that was in force before",
        situation(pass_=OF_EARLIER, texts_before=(EARLIER,)),
        ADMIT,
        (R.ADMITTED,),
    ),
    (
        "a pass of a text that was in force before, revoked with it",
        with_lists(
            situation(pass_=OF_EARLIER, texts_before=(EARLIER,)), status_list(HK, "pass", 7)
        ),
        DENY,
        (R.PASS_REVOKED,),
    ),
    (
        "a pass of a text that was never in force",
        situation(pass_=OF_EARLIER, texts_before=(VersionDigest("ef" * 32),)),
        REFER,
        (R.PASS_TEXT_UNKNOWN,),
    ),
    (
        "a place kept from a text that was in force before, where it is closed now",
        situation(
            now=hong_kong(13, "09:59:59"),
            pass_=replace(OF_EARLIER, slot_start=hong_kong(13, "09:00")),
            texts_before=(EARLIER,),
        ),
        REFER,
        (R.PLACE_OF_EARLIER_TEXT,),
    ),
]
WIDER = [*TESTS, *CONDITIONS, *WITHOUT_PASS, *TIMES, *TEXTS]
