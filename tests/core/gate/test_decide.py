"""The gate's decision, reason by reason: what applies, in which order, and what it rests on."""

from dataclasses import replace

import pytest

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
from tests.builders.schemes import (
    GD,
    HK,
    HOME,
    OUT,
    basis,
    control_point,
    credentials,
    entry,
    exemption,
    health,
    phase,
    return_,
    version,
)
from tongguan.core.credentials.status_list import StatusPurpose
from tongguan.core.decisions import Outcome
from tongguan.core.gate.decide import DENYING, REFERRING, decide
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import (
    AuthorityId,
    ClaimId,
    ControlPointId,
    DirectionId,
    PhaseId,
    SchemeId,
)
from tongguan.core.people import DocumentType
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import Version
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
        DENY,
        (R.PASS_OTHER_SCHEME,),
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
        DENY,
        (R.PASS_OTHER_HOLDER,),
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
        DENY,
        (R.WRONG_DIRECTION,),
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
]


@pytest.mark.parametrize(
    ("given", "outcome", "codes"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "_") for case in CASES],
)
def test_gate__decides__each_situation(
    given: GateSituation, outcome: Outcome, codes: tuple[R, ...]
) -> None:
    decision = decide(given)

    assert (decision.outcome, decision.codes) == (outcome, codes)


def test_gate_reasons__occur__every_one_in_the_table() -> None:
    occurring = {code for _, _, _, codes in CASES for code in codes}

    assert occurring == {*DENYING, *REFERRING, R.ADMITTED, R.RIGHT_OF_ENTRY}
    assert not set(DENYING) & set(REFERRING)


SILENT: list[tuple[str, Version, GateSituation]] = [
    (
        "control points",
        version(phase(entry=None)),
        situation(control_point=LWU, pass_=pass_claims(control_point=LWU)),
    ),
    (
        "hours",
        version(phase(entry=entry(control_point(opens=None, closes=None)))),
        situation(now=hong_kong(13, "09:30"), pass_=pass_claims(slot_start=hong_kong(13, "09:00"))),
    ),
    ("health", version(phase(health=None)), situation(codes=())),
    ("health codes", version(phase(health=health(codes=()))), situation(codes=())),
    ("return", version(phase(return_=None)), situation(pass_=pass_claims(home_day=None))),
    (
        "return place",
        version(phase(return_=return_(place_required=None))),
        situation(pass_=pass_claims(home_day=None)),
    ),
    (
        "age of lists",
        version(phase(credentials=None)),
        with_lists(situation(), status_list(HK, "pass", age_minutes=10_000)),
    ),
]


@pytest.mark.parametrize(
    ("silent", "given"), [case[1:] for case in SILENT], ids=[case[0] for case in SILENT]
)
def test_gate__refuses_nobody__for_what_the_scheme_does_not_state(
    silent: Version, given: GateSituation
) -> None:
    assert decide(given).outcome is not ADMIT, "the case must say something where it is stated"
    assert decide(replace(given, version=silent)).outcome is ADMIT


@pytest.mark.parametrize(
    ("issuer", "outcome"), [(HK, ADMIT), (GD, ADMIT), (AuthorityId("MO"), DENY)]
)
def test_gate__takes_passes_of_any_party__while_no_issuer_is_stated(
    issuer: AuthorityId, outcome: Outcome
) -> None:
    open_to_both = version(booking_authority=None)
    given = situation(version=open_to_both, pass_=pass_claims(issuer=issuer))

    assert decide(with_lists(given, status_list(issuer, "pass"))).outcome is outcome


def test_gate__asks_no_health_code__of_an_exempt_document() -> None:
    exempt = version(
        phase(exemptions=(exemption("cards", DocumentType.HKID, on=(OUT,)),)),
    )
    card = holder(HONG_KONG_CARD)

    assert decide(situation(version=exempt, holder=card, codes=())).outcome is ADMIT
    assert decide(going_home(version=exempt, holder=card, codes=())).outcome is REFER
    assert decide(situation(version=exempt, codes=())).outcome is REFER


@pytest.mark.parametrize(
    ("clock", "open_at"),
    [("00:00", False), ("09:59", False), ("10:00", True), ("19:59", True), ("20:00", False)],
)
def test_control_point__is_open__from_opening_until_closing(clock: str, open_at: bool) -> None:
    codes = decide(situation(now=hong_kong(13, clock))).codes

    assert (R.CONTROL_POINT_CLOSED not in codes) is open_at


@pytest.mark.parametrize(
    ("opens", "closes", "clock", "open_at"),
    [
        ("06:30", "00:00", "23:59", True),
        ("06:30", "00:00", "00:00", False),
        ("00:00", "00:00", "00:00", True),
        ("06:00", "01:00", "00:59", True),
        ("06:00", "01:00", "01:00", False),
        ("06:00", "01:00", "23:59", True),
        (None, "20:00", "00:00", True),
        ("10:00", None, "23:59", True),
    ],
)
def test_control_point__closes__at_midnight_or_after_it(
    opens: str | None, closes: str | None, clock: str, open_at: bool
) -> None:
    hours = version(phase(entry=entry(control_point(opens=opens, closes=closes))))

    codes = decide(situation(version=hours, now=hong_kong(13, clock))).codes

    assert (R.CONTROL_POINT_CLOSED not in codes) is open_at


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (12, "23:59", {R.WRONG_DAY}),
        (13, "00:00", {R.TOO_EARLY}),
        (13, "17:59:59", {R.TOO_EARLY}),
        (13, "18:00", set()),
        (13, "23:59:59", set()),
        (14, "00:00", set()),
        (14, "05:59:59", set()),
        (14, "06:00", {R.SLOT_PASSED, R.PASS_EXPIRED}),
        (14, "23:59", {R.SLOT_PASSED, R.PASS_EXPIRED}),
        (15, "00:00", {R.WRONG_DAY, R.PASS_EXPIRED}),
    ],
)
def test_night_slot__belongs_to_the_day_it_starts__and_runs_past_midnight(
    day: int, clock: str, expected: set[R]
) -> None:
    night = pass_claims(
        slot_start=hong_kong(13, "18:00"),
        slot_end=hong_kong(14, "06:00"),
        expires_at=hong_kong(14, "06:00"),
    )
    all_day = version(phase(entry=entry(control_point(opens=None, closes=None)), health=None))

    codes = decide(situation(version=all_day, now=hong_kong(day, clock), pass_=night)).codes

    assert set(codes) - {R.ADMITTED} == expected


def test_slot_until_midnight__ends__with_its_day() -> None:
    midnight = hong_kong(14, "00:00")
    evening = pass_claims(slot_start=hong_kong(13, "18:00"), slot_end=midnight, expires_at=midnight)
    late = version(phase(entry=entry(control_point(closes="00:00")), health=None))

    before = decide(situation(version=late, now=hong_kong(13, "23:59:59"), pass_=evening))
    after = decide(situation(version=late, now=hong_kong(14, "00:00"), pass_=evening))

    assert before.outcome is ADMIT
    assert R.WRONG_DAY in after.codes


@pytest.mark.parametrize(
    ("day", "clock", "valid"),
    [
        (13, "23:59", True),
        (13, "23:59:58", True),
        (13, "23:59:59", False),
        (14, "00:00", False),
        (14, "05:59", False),
    ],
)
def test_health_code__holds__through_23_59_of_its_day(day: int, clock: str, valid: bool) -> None:
    codes = decide(situation(now=hong_kong(day, clock))).codes

    assert (R.HEALTH_CODE_EXPIRED not in codes) is valid


@pytest.mark.parametrize(("age", "outcome"), [(60, ADMIT), (61, REFER)])
def test_status_list__may_be__as_old_as_the_scheme_says(age: int, outcome: Outcome) -> None:
    given = with_lists(situation(), status_list(HK, "pass", age_minutes=age))

    assert decide(given).outcome is outcome
    younger = version(phase(credentials=credentials(age_minutes=10)))
    assert decide(replace(given, version=younger)).outcome is REFER


def test_newest_status_list__counts__of_two() -> None:
    old, new = status_list(HK, "pass", age_minutes=600), status_list(HK, "pass", age_minutes=1)

    for lists in ((old, new), (new, old)):
        assert decide(with_lists(situation(), *lists)).outcome is ADMIT


def test_reason__carries__clause_claims_and_facts() -> None:
    decision = decide(
        situation(
            pass_=pass_claims(control_point=LWU),
            codes=(health_code(HK, colour=RED), health_code(GD)),
            earlier_use=used("11:05"),
        )
    )
    by_code = {reason.code: reason for reason in decision.reasons}

    port = by_code[R.WRONG_CONTROL_POINT]
    assert port.clause == "phases/pilot/entry"
    assert port.claims == (ClaimId("only-port"),)
    assert port.facts == {"expected": "LWU", "actual": "SZB"}
    code = by_code[R.HEALTH_CODE_NOT_GREEN]
    assert (code.clause, code.claims) == ("phases/pilot/health/codes/HK", basis("code-HK").claims)
    assert code.facts == {"issuer": "HK"}
    assert by_code[R.PASS_ALREADY_USED].facts == {
        "used_at": "2021-12-13 11:05",
        "control_point": "SZB",
    }


def test_right_of_entry__names__its_clause_and_the_care() -> None:
    red = (health_code(HK, colour=RED), health_code(GD))

    by_document = decide(going_home(holder=holder(HONG_KONG_CARD), codes=red)).reasons[0]
    by_way_home = decide(going_home(codes=red)).reasons[0]
    not_health = decide(going_home(earlier_use=used())).reasons[0]

    assert by_document.clause == "phases/pilot/rights_of_entry/HK"
    assert by_document.claims == basis("right-HK").claims
    assert by_document.facts == {"ground": "document", "care": "phases/pilot/health/care"}
    assert by_way_home.clause == "phases/pilot/directions/GD-HK"
    assert by_way_home.facts["ground"] == "way_home"
    assert not_health.facts == {"ground": "way_home"}


def test_facts__hold__no_personal_data() -> None:
    given = situation(
        holder=holder(MAINLAND_CARD),
        pass_=pass_claims(name="WONG Siu Ming", holder_tag=OTHER_TAG, control_point=LWU),
        codes=(health_code(HK, colour=RED), health_code(GD, holder_tag=OTHER_TAG)),
        earlier_use=used(),
    )

    written = " ".join(
        f"{reason.clause} {dict(reason.facts)}" for reason in decide(given).reasons
    ).lower()

    for secret in ("wong", "red", TAG.hex(), OTHER_TAG.hex()):
        assert secret not in written
