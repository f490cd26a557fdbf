"""What holds of the gate's decision in every situation, against a model written separately."""

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
    pass_claims,
    situation,
    status_list,
    status_lists,
    used,
)
from tests.builders.schemes import (
    GD,
    HK,
    HOME,
    OUT,
    control_point,
    entry,
    exemption,
    health,
    phase,
    return_,
    version,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.status_list import StatusPurpose
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.decide import DENYING, REFERRING, decide
from tongguan.core.gate.situation import GateSituation, Holder
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import AuthorityId, ControlPointId, DirectionId, PhaseId, SchemeId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.people import DocumentType
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg
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
]

sometimes = st.sampled_from


def mostly(value: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The value in order three times of four, so that admissions are met as well."""
    return st.sampled_from([value] * 3 * len(others) + list(others))


directions = mostly(OUT, HOME, DirectionId("HK-MO"))
instants = mostly(NOON, *EDGES) | sometimes(HALF_HOURS)
points = mostly(ControlPointId("SZB"), ControlPointId("LWU"))
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
    more = draw(st.lists(st.just(UNREADABLE) | codes(HK), max_size=1))
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
def test_gate_reasons__explain__the_outcome(given_: GateSituation) -> None:
    decision = decide(given_)

    assert decision.reasons
    assert decision == decide(given_)
    assert (decision.codes == (ReasonCode.ADMITTED,)) == (decision.outcome is Outcome.ADMIT)
    if decision.outcome is Outcome.DENY:
        assert decision.codes[0] in DENYING
    if decision.outcome is Outcome.REFER and decision.codes[0] is not ReasonCode.RIGHT_OF_ENTRY:
        assert not set(decision.codes) & set(DENYING) or is_set_up_for_something_else(decision)
    order = (ReasonCode.ADMITTED, ReasonCode.RIGHT_OF_ENTRY, *DENYING, *REFERRING)
    assert list(decision.codes) == sorted(decision.codes, key=order.index)


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


def is_set_up_for_something_else(decision: Decision) -> bool:
    return len(decision.reasons) == 1 and decision.codes[0] is ReasonCode.PHASE_NOT_ACTIVE


def has_right_by_document(given_: GateSituation) -> bool:
    rights = [right for each in given_.version.phases for right in each.rights_of_entry]
    destination = given_.direction.partition("-")[2]
    kind = given_.holder.document_type
    return any(right.party == destination and kind in right.document_types for right in rights)


def all_in_order(given_: GateSituation) -> bool:
    """The gate's law in the positive: each thing that must be so, for an admission."""
    found = [each for each in given_.version.phases if each.id == given_.phase_id]
    ways = [way for each in found for way in each.directions if way.id == given_.direction]
    shown = given_.pass_
    if not ways or not isinstance(shown, PassClaims):
        return False
    rules, home = found[0], ways[0].leg is Leg.HOME
    states = {PhaseState.ACTIVE, PhaseState.SUSPENDED} if home else {PhaseState.ACTIVE}
    clock = (given_.now + timedelta(hours=8)).time()
    points = None if rules.entry is None else rules.entry.control_points
    is_open = points is None or any(
        point.id == given_.control_point
        and (point.opens is None or point.opens <= clock)
        and (point.closes is None or clock < point.closes)
        for point in points
    )
    needs_return = rules.return_ is not None and rules.return_.place_required and not home
    needed = [] if rules.health is None else [code.issuer for code in rules.health.codes]
    if any(given_.holder.document_type in each.document_types for each in rules.exemptions):
        needed = []
    return (
        given_.phase_state in states
        and is_open
        and given_.holder.tags.get(PERIOD) == shown.holder_tag
        and (shown.scheme_id, shown.issuer) == ("test-pilot", HK)
        and given_.earlier_use is None
        and shown.direction == given_.direction
        and shown.control_point == given_.control_point
        and max(shown.slot_start, shown.not_before or NOON.min.replace(tzinfo=NOON.tzinfo))
        <= given_.now
        < min(shown.slot_end, shown.expires_at)
        and not (needs_return and shown.home_day is None)
        and status_is_clear(given_, shown.issuer, "pass", shown.status_index)
        and all(code_is_good(given_, issuer) for issuer in needed)
    )


def code_is_good(given_: GateSituation, issuer: AuthorityId) -> bool:
    own = [
        each for each in given_.codes if not isinstance(each, Unreadable) and each.issuer == issuer
    ]
    last = max((each.issued_at for each in own), default=None)
    newest = [each for each in own if each.issued_at == last]
    good = [
        each.colour is Colour.GREEN
        and given_.holder.tags.get(each.holder_period) == each.holder_tag
        and given_.now < each.valid_until
        and status_is_clear(given_, issuer, "health", each.status_index)
        for each in newest
    ]
    return bool(good) and all(good)


def status_is_clear(given_: GateSituation, issuer: AuthorityId, list_id: str, index: int) -> bool:
    own = [each for each in given_.status_lists if (each.issuer, each.list_id) == (issuer, list_id)]
    limit = found_limit(given_)
    purposes = {each.purpose for each in own}
    newest = [
        max((each for each in own if each.purpose is purpose), key=lambda each: each.issued_at)
        for purpose in purposes
    ]
    return StatusPurpose.REVOCATION in purposes and all(
        each.is_set(index) is False and (limit is None or abs(given_.now - each.issued_at) <= limit)
        for each in newest
    )


def found_limit(given_: GateSituation) -> timedelta | None:
    rule = given_.version.phases[0].credentials
    return None if rule is None else timedelta(minutes=rule.status_list_age_minutes_max)


def test_builder__gives__nobody_a_right_by_default() -> None:
    assert not has_right_by_document(situation())
    assert situation().holder.document_type is PERMIT
