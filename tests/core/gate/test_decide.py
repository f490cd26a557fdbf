"""The gate's decision, reason by reason: what applies, in which order, and what it rests on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders.gate import (
    OTHER_TAG,
    TAG,
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
from tests.builders.gate_cases import (
    ADMIT,
    CASES,
    DENY,
    HONG_KONG_CARD,
    LWU,
    MAINLAND_CARD,
    RED,
    REFER,
)
from tests.builders.gate_rules import by_night, with_test
from tests.builders.schemes import (
    GD,
    HK,
    OUT,
    admitted_under,
    basis,
    control_point,
    credentials,
    direction,
    entry,
    exemption,
    health,
    phase,
    return_,
    slot,
    version,
)
from tongguan.core.decisions import Outcome
from tongguan.core.gate.decide import DENYING, REFERRING, decide
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import (
    AuthorityId,
    ClaimId,
)
from tongguan.core.people import DocumentType
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import AgeAnchor, HealthFinding, Version


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

    assert occurring == {
        *DENYING,
        *REFERRING,
        R.ADMITTED,
        R.ADMITTED_UNDER_CONDITION,
        R.RIGHT_OF_ENTRY,
    }
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
        "used_at": "2021-12-13T11:05+08:00",
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


def test_test_reasons__say__until_when_and_which() -> None:
    rules = with_test()
    old = decide(situation(version=rules, tests=(paper("11T09:00"), paper("11T10:30")))).reasons[0]
    saliva = decide(situation(version=rules, tests=(paper(specimen="saliva"),))).reasons[0]
    none = decide(situation(version=rules)).reasons[0]

    assert old.clause == "phases/pilot/health/tests/pcr"
    assert old.claims == basis("test-pcr").claims
    assert old.facts == {"test": "pcr", "valid_until": "2021-12-13T10:30+08:00"}
    assert saliva.facts == {"test": "pcr", "specimens": "nasal-swab"}
    assert none.facts == {"test": "pcr"}
    assert "officer-7" not in f"{old} {saliva}"


def test_right_of_entry__with_an_old_test__names_the_care() -> None:
    given = situation(version=with_test(), tests=(paper("11T09:00"),), holder=holder(MAINLAND_CARD))

    assert decide(given).reasons[0].facts["care"] == "phases/pilot/health/care"


def test_paper_of_several__least_against_the_person__is_told() -> None:
    rules = with_test(anchor=AgeAnchor.REPORT)
    saliva, old = paper(specimen="saliva"), paper("11T09:00", "11T11:00")
    undated, tomorrow = paper("12T09:00"), paper("14T09:00", "14T10:00")

    for papers, code in (
        ((saliva, old), R.TEST_TOO_OLD),
        ((saliva, old, undated), R.TEST_NOT_SHOWN),
        ((saliva, old, undated, tomorrow), R.TEST_FROM_FUTURE),
    ):
        for tests in (papers, papers[::-1]):
            assert decide(situation(version=rules, tests=tests)).codes == (code,)


def test_first_condition_that_names_a_finding__holds() -> None:
    rules = (
        admitted_under("first", HealthFinding.CODE_MISSING),
        admitted_under("second", HealthFinding.CODE_MISSING, HealthFinding.CODE_AMBER),
    )
    given = situation(
        version=version(phase(health=health(admitted_under=rules))),
        codes=(health_code(GD, colour=Colour.AMBER),),
    )

    told = [each.facts["condition"].rpartition("/")[2] for each in decide(given).reasons]

    assert told == ["first", "second", "second", "first"]


@pytest.mark.parametrize(
    ("day", "clock", "open_"),
    [(13, "23:00", True), (14, "02:00", True), (14, "23:00", False), (15, "02:00", False)],
)
def test_closed_day_of_a_control_point__is_a_service_day(day: int, clock: str, open_: bool) -> None:
    """The 14th is closed: its night slot too, but not the one that began on the 13th."""
    bridge = control_point(opens=None, closes=None, closed_days=(date(2021, 12, 14),))
    night = direction(slots=(slot("day", "06:00", "18:00"), slot("night", "18:00", "06:00")))
    rules = version(phase(entry=entry(bridge), directions=(night,), health=None))
    started = hong_kong(day - (clock < "06:00"), "18:00")
    own = pass_claims(
        service_day=(started + timedelta(hours=8)).date(),
        slot_start=started,
        slot_end=started + timedelta(hours=12),
        expires_at=started + timedelta(hours=12),
    )

    for shown in (own, None):
        given = situation(version=rules, now=hong_kong(day, clock), pass_=shown)
        codes = decide(given).codes
        assert (R.CONTROL_POINT_CLOSED not in codes) is open_
        if shown is not None and open_:
            assert codes == (R.ADMITTED,)


def test_slot_until_midnight__with_grace__ends_after_midnight() -> None:
    midnight = hong_kong(14, "00:00")
    evening = pass_claims(
        slot_start=hong_kong(13, "18:00"), slot_end=midnight, expires_at=hong_kong(14, "00:15")
    )

    def codes(clock: str) -> tuple[R, ...]:
        now = hong_kong(14, clock)
        return decide(situation(version=by_night(), now=now, pass_=evening)).codes

    assert codes("00:14") == (R.ADMITTED,)
    assert R.WRONG_DAY in codes("00:15")
