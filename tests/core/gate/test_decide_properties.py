"""What holds of the gate's decision in every situation, against a model written separately."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders.gate import (
    NOON,
    OTHER_TAG,
    PERIOD,
    PERMIT,
    TAG,
    UNREADABLE,
    health_code,
    hong_kong,
    paper,
    pass_claims,
    situation,
    status_list,
    status_lists,
    used,
)
from tests.builders.gate_model import (
    all_in_order,
    belongs_to_another,
    could_be_met,
    has_right_by_document,
    let_in,
    pass_is_needed,
    shows_a_paper,
)
from tests.builders.gate_paper_draws import mostly, shown_papers, sometimes, tests
from tests.builders.gate_rules import (
    AIRPORT,
    by_night,
    exempt,
    immune,
    immune_under,
    pink,
    unbooked,
    with_test,
)
from tests.builders.schemes import (
    GD,
    HK,
    HOME,
    OUT,
    admitted_under,
    control_point,
    entry,
    exemption,
    health,
    phase,
    return_,
    version,
)
from tongguan.core.credentials.status_list import StatusPurpose
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.clauses import clause_text
from tongguan.core.gate.decide import DENYING, REFERRING, decide
from tongguan.core.gate.situation import GateSituation, Holder, NotRecognised
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import AuthorityId, ControlPointId, DirectionId, PhaseId, SchemeId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.people import DocumentType
from tongguan.core.reasons import ReasonCode as R
from tongguan.core.scheme.model import (
    AgeAnchor,
    ExemptByAge,
    ExemptFrom,
    HealthFinding,
    JudgedAt,
    Phase,
)
from tongguan.core.scheme.state import PhaseState

GRAVITY = (Outcome.ADMIT, Outcome.REFER, Outcome.DENY)
HALF_HOURS = [hong_kong(12, "00:00") + timedelta(minutes=30 * step) for step in range(144)]
EDGES = [
    hong_kong(12, "23:59:59"),
    hong_kong(13, "00:00"),
    hong_kong(13, "09:59:59"),
    hong_kong(13, "13:59:59"),
    hong_kong(13, "23:59"),
    hong_kong(14, "05:59"),
]
VERSIONS = [
    version(),
    version(phase(entry=None, health=None, return_=None, credentials=None)),
    version(phase(entry=entry(control_point(opens=None, closes=None)), rights_of_entry=())),
    version(phase(exemptions=(exemption("cards", DocumentType.HKID, on=(OUT, HOME)),))),
    version(phase(health=health(care=None), return_=return_(place_required=False))),
    version(phase(directions=())),
    exempt(ExemptFrom.PASS, ExemptFrom.TEST),
    unbooked(),
    by_night(),
    with_test(judged_at=JudgedAt.SLOT_START),
    with_test(anchor=AgeAnchor.REPORT, specimens=None),
    pink(),
    pink(HealthFinding.CODE_AMBER, HealthFinding.TEST_MISSING),
    immune(),
    immune(judged_at=JudgedAt.SLOT_START, directions=(OUT, HOME)),
    immune(ExemptByAge(years_min=70)),
    immune_under(),
]

directions = mostly(OUT, HOME, DirectionId("HK-MO"))
instants = mostly(NOON, *EDGES) | sometimes(HALF_HOURS)
points = mostly(ControlPointId("SZB"), ControlPointId("LWU"), AIRPORT)
tags = mostly(TAG, OTHER_TAG)


@st.composite
def passes(draw: st.DrawFn) -> PassClaims:
    starts = draw(mostly(hong_kong(13, "10:00"), hong_kong(13, "18:00")))
    way = draw(mostly(OUT, HOME))
    return pass_claims(
        way,
        issuer=draw(mostly(HK, GD)),
        scheme_id=draw(mostly(SchemeId("test-pilot"), SchemeId("other"))),
        control_point=draw(points),
        holder_tag=draw(tags),
        home_day=None if way == HOME else draw(mostly(NOON.date(), None)),
        slot_start=starts,
        slot_end=starts + draw(mostly(timedelta(hours=4), timedelta(hours=12))),
        not_before=draw(mostly(None, hong_kong(13, "12:30"))),
        status_index=draw(mostly(7, 8, 4_000)),
        expires_at=draw(mostly(hong_kong(14, "23:59"), hong_kong(13, "11:00"))),
    )


@st.composite
def codes(draw: st.DrawFn, issuer: AuthorityId) -> HealthCodeClaims:
    return health_code(
        issuer,
        colour=draw(mostly(Colour.GREEN, Colour.AMBER, Colour.RED)),
        holder_tag=draw(tags),
        status_index=draw(mostly(3, 4, 4_000)),
        issued_at=draw(mostly(hong_kong(11, "08:00"), hong_kong(13, "09:00"))),
        valid_until=draw(mostly(hong_kong(14, "23:59:59"), hong_kong(13, "11:59:59"))),
    )


@st.composite
def lists(draw: st.DrawFn, now: Any) -> Any:
    fresh = status_lists(now)
    kept = [each for each in fresh if draw(mostly(True, False))]
    more = draw(
        st.lists(
            st.builds(
                status_list,
                sometimes([HK, GD]),
                sometimes(["pass", "health"]),
                sometimes([3, 4, 7, 8]),
                age_minutes=sometimes([-500, 1, 61, 500]),
                purpose=sometimes(list(StatusPurpose)),
                now=st.just(now),
            ),
            max_size=1,
        )
    )
    return (*kept, *more)


@st.composite
def situations(draw: st.DrawFn) -> GateSituation:
    now = draw(instants)
    shown = [draw(codes(issuer)) for issuer in (HK, GD) if draw(mostly(True, False))]
    more = draw(st.lists(sometimes([UNREADABLE, NotRecognised(issuer=GD)]) | codes(HK), max_size=1))
    document_type = draw(mostly(DocumentType.HOME_RETURN_PERMIT, *DocumentType))
    return situation(
        draw(directions),
        version=draw(mostly(*VERSIONS)),
        phase_id=draw(mostly(PhaseId("pilot"), PhaseId("x"))),
        phase_state=draw(mostly(PhaseState.ACTIVE, *PhaseState)),
        control_point=draw(points),
        now=now,
        pass_=draw(passes() | passes() | passes() | st.sampled_from([None, UNREADABLE])),
        codes=(*shown, *more),
        holder=Holder(document_type=document_type, tags=draw(mostly({PERIOD: TAG}, {}))),
        earlier_use=draw(mostly(None, used())),
        status_lists=draw(lists(now)),
        tests=tuple(draw(st.lists(tests, max_size=2))),
        papers=draw(st.none() | shown_papers),
    )


@given(given_=situations())
@example(given_=situation())
@example(given_=situation(HOME, phase_state=PhaseState.SUSPENDED))
def test_gate__admits__exactly_when_everything_is_in_order(given_: GateSituation) -> None:
    assert (decide(given_).outcome is Outcome.ADMIT) == all_in_order(given_)


@given(given_=situations())
def test_gate__never_denies__a_right_of_entry(given_: GateSituation) -> None:
    decision = decide(given_)

    if has_right_by_document(given_) or given_.direction == HOME:
        assert decision.outcome is not Outcome.DENY


@given(given_=situations())
@example(given_=situation(version=immune(), tests=(paper("10T09:00"),)))
def test_requirement__is_held_against_somebody__only_when_it_is_certain(
    given_: GateSituation,
) -> None:
    certain = {R.HEALTH_REQUIREMENT_NOT_MET, R.HEALTH_REQUIREMENT_NOT_YET_MET}
    if not certain & set(decide(given_).codes):
        return
    (rules,) = given_.version.phases
    assert rules.health is not None
    (asked,) = rules.health.requirements
    way = next(each for each in rules.directions if each.id == given_.direction)
    assert shows_a_paper(given_, asked)
    assert not could_be_met(given_, asked, way)


@given(given_=situations())
def test_gate_reasons__explain__the_outcome(given_: GateSituation) -> None:
    decision = decide(given_)

    assert decision.reasons
    assert decision == decide(given_)
    admitted = decision.codes[0] in {R.ADMITTED, R.ADMITTED_UNDER_CONDITION}
    assert admitted == (decision.outcome is Outcome.ADMIT)
    against = [each.code for each in decision.reasons if not is_covered(each)]
    if decision.outcome is Outcome.DENY:
        assert decision.codes[0] in DENYING
    if decision.outcome is Outcome.REFER and decision.codes[0] is not R.RIGHT_OF_ENTRY:
        assert not set(against) & set(DENYING) or is_set_up_for_something_else(decision)
    order = (R.ADMITTED, R.ADMITTED_UNDER_CONDITION, R.RIGHT_OF_ENTRY, *DENYING, *REFERRING)
    assert against == sorted(against, key=order.index)
    covered = [each.code for each in decision.reasons if is_covered(each)]
    assert covered == sorted(covered, key=order.index)
    assert decision.codes == (*against, *covered)


@given(given_=situations())
def test_admission_under_a_condition__happens__only_where_the_scheme_has_one(
    given_: GateSituation,
) -> None:
    decision = decide(given_)
    told = [each for each in decision.reasons if each.code is R.ADMITTED_UNDER_CONDITION]

    named = {each.facts["condition"] for each in decision.reasons if "condition" in each.facts}
    assert not told or {each.facts["condition"] for each in told} == named
    if named:
        assert let_in(given_, given_.version.phases[0])
        assert all(clause_text(given_.version, path) is not None for path in named)
    if told:
        assert decision.outcome is Outcome.ADMIT
        assert len(decision.reasons) > len(told), "what was found is said as well"


@given(
    given_=situations(),
    what=st.sets(sometimes(list(ExemptFrom)), min_size=1),
    on=sometimes([(OUT,), (HOME,), (OUT, HOME)]),
)
def test_outcome__never_worsens__by_an_exemption(
    given_: GateSituation, what: set[ExemptFrom], on: tuple[DirectionId, ...]
) -> None:
    more = exemption("more", *DocumentType, on=on, exempt_from=tuple(what))
    exempted = with_phase(given_, lambda each: {"exemptions": (*each.exemptions, more)})

    before, after = decide(given_).outcome, decide(exempted).outcome

    assert GRAVITY.index(after) <= GRAVITY.index(before)


@given(given_=situations(), findings=st.sets(sometimes(list(HealthFinding)), min_size=1))
def test_outcome__never_worsens__by_a_condition(
    given_: GateSituation, findings: set[HealthFinding]
) -> None:
    more = admitted_under("more", *findings, directions=(OUT, HOME))

    def added(each: Phase) -> dict[str, Any]:
        if each.health is None:
            return {}
        under = (*each.health.admitted_under, more)
        return {"health": replace(each.health, admitted_under=under)}

    before, after = decide(given_).outcome, decide(with_phase(given_, added)).outcome

    assert GRAVITY.index(after) <= GRAVITY.index(before)


DEFECTS: dict[str, dict[str, Any]] = {
    "suspended": {"phase_state": PhaseState.SUSPENDED},
    "used": {"earlier_use": used()},
    "other port": {"pass": {"control_point": ControlPointId("LWU")}},
    "other holder": {"pass": {"holder_tag": OTHER_TAG}},
    "other scheme": {"pass": {"scheme_id": SchemeId("other")}},
    "other way": {"way": {OUT: HOME, HOME: OUT}},
    "no way home": {"pass": {"home_day": None}},
    "late": {"pass": {"slot_start": hong_kong(13, "08:00"), "slot_end": hong_kong(13, "11:00")}},
    "expired": {"pass": {"expires_at": hong_kong(13, "11:30")}},
    "red": {"HK": {"colour": Colour.RED}},
    "old code": {"GD": {"valid_until": hong_kong(13, "11:30")}},
    "borrowed code": {"GD": {"holder_tag": OTHER_TAG}},
    "revoked": {"lists": {"pass": (7,)}},
    "code revoked": {"lists": {"health": (3,)}},
    "stale": {"age_minutes": 90},
}


@given(defects=st.sets(sometimes(sorted(DEFECTS)), min_size=1), direction=sometimes([OUT, HOME]))
def test_outcome__never_worsens__when_a_defect_is_removed(
    defects: set[str], direction: DirectionId
) -> None:
    before = GRAVITY.index(decide(with_defects(direction, defects)).outcome)

    for removed in defects:
        after = GRAVITY.index(decide(with_defects(direction, defects - {removed})).outcome)
        assert after <= before


@given(given_=situations())
def test_outcome__on_the_way_home__is_no_worse_with_a_pass_than_without(
    given_: GateSituation,
) -> None:
    home = replace(given_, direction=HOME)
    if belongs_to_another(home) and not pass_is_needed(home, home.version.phases[0]):
        return  # someone else's pass is looked at even where none is needed

    shown = decide(home).outcome
    not_shown = decide(replace(home, pass_=None, earlier_use=None)).outcome

    assert GRAVITY.index(shown) <= GRAVITY.index(not_shown)


@given(given_=situations())
def test_outcome__never_worsens__for_whoever_has_a_right_of_entry(given_: GateSituation) -> None:
    without = VERSIONS[2]
    with_right = version(phase(entry=entry(control_point(opens=None, closes=None))))
    inputs = {name: getattr(given_, name) for name in GateSituation.__slots__}

    lesser = decide(GateSituation(**inputs | {"version": without})).outcome
    greater = decide(GateSituation(**inputs | {"version": with_right})).outcome

    assert GRAVITY.index(greater) <= GRAVITY.index(lesser)


def with_defects(direction: DirectionId, defects: set[str]) -> GateSituation:
    changes: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {"pass": {}, "HK": {}, "GD": {}, "lists": {}}
    for name in sorted(defects):
        for key, value in DEFECTS[name].items():
            if key in nested:
                nested[key] |= value
            else:
                changes[key] = value
    age = changes.pop("age_minutes", 5)
    way = changes.pop("way", {}).get(direction, direction)
    claims = pass_claims(way, **nested["pass"])
    return situation(
        direction,
        pass_=claims,
        codes=(health_code(HK, **nested["HK"]), health_code(GD, **nested["GD"])),
        status_lists=tuple(
            status_list(issuer, list_id, *nested["lists"].get(list_id, ()), age_minutes=age)
            for issuer, list_id in ((HK, "pass"), (HK, "health"), (GD, "health"))
        ),
        **changes,
    )


def is_covered(reason: Reason) -> bool:
    """Whether a condition covers what the reason says, so that it decides nothing."""
    return "condition" in reason.facts and reason.code is not R.ADMITTED_UNDER_CONDITION


def with_phase(given_: GateSituation, changes: Callable[[Phase], dict[str, Any]]) -> GateSituation:
    """The situation under its version with every phase changed."""
    phases = tuple(replace(each, **changes(each)) for each in given_.version.phases)
    return replace(given_, version=replace(given_.version, phases=phases))


def is_set_up_for_something_else(decision: Decision) -> bool:
    return len(decision.reasons) == 1 and decision.codes[0] is R.PHASE_NOT_ACTIVE


def test_builder__gives__nobody_a_right_by_default() -> None:
    assert not has_right_by_document(situation())
    assert situation().holder.document_type is PERMIT
