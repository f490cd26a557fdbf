"""Who gains and who loses by a change of a text: one table, by key of the language."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final

from tongguan.core.scheme.difference.changes import Change, ChangeKind


class Audience(StrEnum):
    """Whom a change touches; each has words of its own."""

    APPLICANTS = "applicants"
    AUTHORITIES = "authorities"
    COUNTED = "counted"
    """Those whom the quota counts."""
    CATEGORY = "category"
    """Those who come on the ground."""
    CONTROL_POINT = "control_point"
    """Those who cross there."""
    DATA_SUBJECTS = "data_subjects"
    DIRECTION = "direction"
    """Those who cross that way."""
    DOCUMENT_HOLDERS = "document_holders"
    EVERYONE = "everyone"
    """All who cross."""
    HOLDERS = "holders"
    """All who hold a grant or a place under the text before."""
    NOT_KEPT_FOR = "not_kept_for"
    """Those whom the cap counts and for whom the reserve is not kept."""
    KEPT_FOR = "kept_for"
    """Those for whom the reserve is kept."""
    RESIDENTS = "residents"
    """Those who stay, or have stayed, in the places named."""
    SPONSORED = "sponsored"
    """Those whom the sponsor vets."""


class Sense(StrEnum):
    """What more of a value means to those it touches."""

    MORE_GAINS = "more_gains"
    MORE_LOSES = "more_loses"
    OPEN = "open"
    """It depends on the person."""


class Verdict(StrEnum):
    """What a change is to an audience."""

    GAINS = "gains"
    LOSES = "loses"
    TOUCHED = "touched"


class Rank(IntEnum):
    """How important a change is to those who cross; the smaller goes first."""

    WHEN = 0
    HOW_MANY = 1
    WHO = 2
    WHERE = 3
    WHAT_IS_ASKED = 4
    BOOKING = 5
    STOPPING = 6
    DATA = 7
    REST = 8
    NOBODY = 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a change is to one audience."""

    verdict: Verdict
    audience: Audience
    places: int | None = None
    """By how many places, where it is a number of places."""


@dataclass(frozen=True, slots=True)
class _Rule:
    rank: Rank
    audience: Audience = Audience.EVERYONE
    sense: Sense = Sense.OPEN
    stating: Sense = Sense.OPEN
    """What it means that a value is stated at all, where nothing was."""


_UP, _DOWN = Sense.MORE_GAINS, Sense.MORE_LOSES
_A = Audience
_NOBODY: Final = _Rule(Rank.NOBODY)
_REST: Final = _Rule(Rank.REST)

_NOBODY_KEYS: Final = frozenset(
    {"name", "names", "title", "summary", "note", "sources", "claims", "milestones", "languages"}
    | {"not_expressible", "metrics", "hoped_for", "what", "scheme"}
)
_NOBODY_FORMS: Final = frozenset(
    {"source", "claim", "witness", "milestone", "not_expressible", "metric", "party", "sponsor"}
)

_FORMS: Final[Mapping[str, _Rule]] = {
    "version": _Rule(Rank.REST),
    "week": _Rule(Rank.HOW_MANY),
    "booking_authority": _Rule(Rank.REST, _A.APPLICANTS),
    "entry": _Rule(Rank.WHERE),
    "control_point": _Rule(Rank.WHERE, _A.CONTROL_POINT),
    "participation": _Rule(Rank.WHO, _A.APPLICANTS),
    "stayed": _Rule(Rank.WHO, _A.RESIDENTS),
    "area": _Rule(Rank.WHERE),
    "denied": _Rule(Rank.WHERE, _A.RESIDENTS),
    "category": _Rule(Rank.WHO, _A.CATEGORY),
    "evidence": _Rule(Rank.WHO, _A.CATEGORY),
    "quota": _Rule(Rank.HOW_MANY, _A.COUNTED),
    "limit_exception": _Rule(Rank.HOW_MANY, _A.COUNTED),
    "reserve": _Rule(Rank.HOW_MANY, _A.COUNTED),
    "direction": _Rule(Rank.WHERE, _A.DIRECTION),
    "slot": _Rule(Rank.WHERE, _A.DIRECTION),
    "booking": _Rule(Rank.BOOKING, _A.DIRECTION),
    "party_rule": _Rule(Rank.BOOKING, _A.DIRECTION),
    "annex_bounds": _Rule(Rank.REST, _A.AUTHORITIES),
    "lateness": _Rule(Rank.BOOKING, _A.DIRECTION),
    "health": _Rule(Rank.WHAT_IS_ASKED),
    "health_code": _Rule(Rank.WHAT_IS_ASKED),
    "health_test": _Rule(Rank.WHAT_IS_ASKED),
    "conditional_admission": _Rule(Rank.WHAT_IS_ASKED),
    "health_requirement": _Rule(Rank.WHAT_IS_ASKED),
    "health_way": _Rule(Rank.WHAT_IS_ASKED),
    "negative_test": _Rule(Rank.WHAT_IS_ASKED),
    "doses_taken": _Rule(Rank.WHAT_IS_ASKED),
    "recovered": _Rule(Rank.WHAT_IS_ASKED),
    "exempt_on_medical_ground": _Rule(Rank.WHAT_IS_ASKED),
    "exempt_by_age": _Rule(Rank.WHAT_IS_ASKED),
    "return": _Rule(Rank.WHAT_IS_ASKED),
    "right_of_entry": _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS),
    "exemption": _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS),
    "credentials": _Rule(Rank.REST, _A.AUTHORITIES),
    "criterion": _Rule(Rank.STOPPING, _A.AUTHORITIES),
    "measure": _Rule(Rank.STOPPING),
    "breaker": _Rule(Rank.STOPPING),
    "holders": _Rule(Rank.STOPPING, _A.HOLDERS),
    "data": _Rule(Rank.DATA, _A.DATA_SUBJECTS),
}
"""What holds for a key that has no rule of its own, by the form it stands in."""

_KEYS: Final[Mapping[tuple[str, str], _Rule]] = {
    ("phase", "not_before"): _Rule(Rank.WHEN, _A.EVERYONE, _DOWN),
    ("phase", "ends"): _Rule(Rank.WHEN, _A.EVERYONE, _UP, _DOWN),
    ("phase", "quotas"): _Rule(Rank.HOW_MANY, _A.COUNTED, _DOWN),
    ("phase", "categories"): _Rule(Rank.WHO, _A.CATEGORY, _UP),
    ("phase", "sponsors"): _Rule(Rank.WHO, _A.SPONSORED, _UP),
    ("phase", "directions"): _Rule(Rank.WHERE, _A.DIRECTION, _UP),
    ("phase", "rights_of_entry"): _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS, _UP),
    ("phase", "exemptions"): _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS, _UP),
    ("phase", "breakers"): _Rule(Rank.STOPPING, _A.EVERYONE, _DOWN),
    ("phase", "criteria"): _Rule(Rank.STOPPING, _A.AUTHORITIES),
    ("phase", "holders"): _Rule(Rank.STOPPING, _A.HOLDERS),
    ("entry", "divisions"): _Rule(Rank.WHERE, _A.EVERYONE, _UP),
    ("entry", "control_points"): _Rule(Rank.WHERE, _A.CONTROL_POINT, _UP),
    ("control_point", "opens"): _Rule(Rank.WHERE, _A.CONTROL_POINT, _DOWN),
    ("control_point", "closes"): _Rule(Rank.WHERE, _A.CONTROL_POINT, _UP),
    ("control_point", "closed_days"): _Rule(Rank.WHERE, _A.CONTROL_POINT, _DOWN),
    ("control_point", "booking_required"): _Rule(Rank.WHERE, _A.CONTROL_POINT, _DOWN),
    ("participation", "divisions"): _Rule(Rank.WHO, _A.APPLICANTS, _UP),
    ("participation", "document_types"): _Rule(Rank.WHO, _A.APPLICANTS, _UP),
    ("participation", "stayed"): _Rule(Rank.WHO, _A.APPLICANTS, _DOWN, _DOWN),
    ("stayed", "days"): _Rule(Rank.WHO, _A.APPLICANTS, _DOWN),
    ("stayed", "allow"): _Rule(Rank.WHO, _A.RESIDENTS, _UP),
    ("stayed", "deny"): _Rule(Rank.WHO, _A.RESIDENTS, _DOWN),
    ("area", "allow"): _Rule(Rank.WHERE, _A.EVERYONE, _UP),
    ("area", "deny"): _Rule(Rank.WHERE, _A.RESIDENTS, _DOWN),
    ("denied", "first"): _Rule(Rank.WHERE, _A.RESIDENTS, _UP),
    ("denied", "last"): _Rule(Rank.WHERE, _A.RESIDENTS, _DOWN),
    ("category", "fallback"): _Rule(Rank.WHO, _A.CATEGORY, _UP),
    ("category", "evidence"): _Rule(Rank.WHO, _A.CATEGORY, _DOWN),
    ("category", "decide_within_minutes"): _Rule(Rank.WHO, _A.CATEGORY, _DOWN, _UP),
    ("evidence", "required"): _Rule(Rank.WHO, _A.CATEGORY, _DOWN),
    ("evidence", "follows_within_days"): _Rule(Rank.WHO, _A.CATEGORY, _UP),
    ("quota", "limit"): _Rule(Rank.HOW_MANY, _A.COUNTED, _UP),
    ("quota", "limits"): _Rule(Rank.HOW_MANY, _A.COUNTED, _UP),
    ("limit_exception", "limit"): _Rule(Rank.HOW_MANY, _A.COUNTED, _UP),
    ("direction", "weekdays"): _Rule(Rank.WHERE, _A.DIRECTION, _UP),
    ("direction", "closed_days"): _Rule(Rank.WHERE, _A.DIRECTION, _DOWN),
    ("direction", "slots"): _Rule(Rank.WHERE, _A.DIRECTION, _UP),
    ("direction", "lateness"): _Rule(Rank.BOOKING, _A.DIRECTION, _UP, _UP),
    ("booking", "closes"): _Rule(Rank.BOOKING, _A.DIRECTION, _DOWN),
    ("booking", "cancel_until"): _Rule(Rank.BOOKING, _A.DIRECTION, _DOWN),
    ("party_rule", "size_max"): _Rule(Rank.BOOKING, _A.DIRECTION, _UP),
    ("party_rule", "head_age_min"): _Rule(Rank.BOOKING, _A.DIRECTION, _DOWN, _DOWN),
    ("booking", "live_journeys_per_person_max"): _Rule(Rank.BOOKING, _A.DIRECTION, _UP),
    ("booking", "annex"): _Rule(Rank.REST, _A.AUTHORITIES),
    ("lateness", "grace_minutes"): _Rule(Rank.BOOKING, _A.DIRECTION, _UP),
    ("health", "codes"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health", "tests"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health", "admitted_under"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("health", "requirements"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health_requirement", "directions"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health_requirement", "ways"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("negative_test", "within_hours"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("negative_test", "within_days"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("negative_test", "specimens"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("doses_taken", "doses_min"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("doses_taken", "products"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("doses_taken", "days_since_min"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("doses_taken", "days_since_max"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("recovered", "days_since_min"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("recovered", "days_since_max"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("exempt_on_medical_ground", "grounds"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("exempt_by_age", "years_below"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("exempt_by_age", "years_min"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health_code", "directions"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health_test", "directions"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN),
    ("health_test", "within_hours"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("health_test", "within_days"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("health_test", "specimens"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("conditional_admission", "findings"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("conditional_admission", "directions"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP),
    ("return", "place_required"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN, _DOWN),
    ("return", "stay_days_max"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _UP, _DOWN),
    ("return", "same_control_point"): _Rule(Rank.WHAT_IS_ASKED, _A.EVERYONE, _DOWN, _DOWN),
    ("right_of_entry", "document_types"): _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS, _UP),
    ("exemption", "document_types"): _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS, _UP),
    ("exemption", "directions"): _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS, _UP),
    ("exemption", "exempt_from"): _Rule(Rank.WHAT_IS_ASKED, _A.DOCUMENT_HOLDERS, _UP),
    ("breaker", "notice_minutes"): _Rule(Rank.STOPPING, _A.EVERYONE, _UP),
    ("breaker", "lasts_days"): _Rule(Rank.STOPPING, _A.EVERYONE, _DOWN),
    ("data", "retention_days"): _Rule(Rank.DATA, _A.DATA_SUBJECTS, _DOWN),
    ("data", "ends"): _Rule(Rank.DATA, _A.DATA_SUBJECTS, _DOWN),
}


def rank_of(change: Change) -> Rank:
    """How important a change is; its own place in the text decides between equals."""
    return _rule(change).rank


def effects_of(change: Change) -> tuple[Effect, ...]:
    """What a change is to whom; nothing for a change that touches nobody."""
    rule = _rule(change)
    if rule.rank is Rank.NOBODY:
        return ()
    if change.key == "quotas" and change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
        return _of_quota(change)
    if change.key == "limits" and change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
        return _of_exception(change)
    sign = _sign(change, rule)
    places = None
    if change.key == "limit" and change.kind is ChangeKind.CHANGED:
        places = abs(change.after - change.before)
    return (Effect(verdict=_verdict(sign), audience=_audience(change, rule), places=places),)


def _rule(change: Change) -> _Rule:
    if change.kind is ChangeKind.GROUNDS or change.form in _NOBODY_FORMS:
        return _NOBODY
    own = _KEYS.get((change.form, change.key))
    if own is not None:
        return own
    if change.key in _NOBODY_KEYS:
        return _NOBODY
    return _FORMS.get(change.form, _REST)


def _audience(change: Change, rule: _Rule) -> Audience:
    in_reserve = any(
        step.form == "quota" and step.data.get("kind") == "reserve" for step in change.trail
    )
    is_counted = rule.audience is Audience.COUNTED and in_reserve
    return Audience.KEPT_FOR if is_counted else rule.audience


def _verdict(sign: int) -> Verdict:
    if sign == 0:
        return Verdict.TOUCHED
    return Verdict.GAINS if sign > 0 else Verdict.LOSES


def _sign(change: Change, rule: _Rule) -> int:
    """Above zero for a gain, below for a loss, zero where it depends on the person."""
    if change.kind is ChangeKind.ORDERED:
        return 0
    if change.kind is ChangeKind.STATED:
        return _direction(rule.stating)
    if change.kind is ChangeKind.UNSTATED:
        return -_direction(rule.stating)
    if change.kind is ChangeKind.ADDED:
        return _direction(rule.sense)
    if change.kind is ChangeKind.REMOVED:
        return -_direction(rule.sense)
    return _direction(rule.sense) * _growth(change)


def _direction(sense: Sense) -> int:
    return {Sense.MORE_GAINS: 1, Sense.MORE_LOSES: -1, Sense.OPEN: 0}[sense]


def _growth(change: Change) -> int:
    """Whether there is more of it now: a higher number, a later day or time, a longer list."""
    old, new = _measured(change.before), _measured(change.after)
    if isinstance(old, list) and isinstance(new, list):
        added = [each for each in new if each not in old]
        removed = [each for each in old if each not in new]
        return 0 if added and removed else len(added) - len(removed)
    if change.key == "closes" and isinstance(new, str):
        # 00:00 is the end of the day there.
        old, new = ("24:00" if each == "00:00" else each for each in (old, new))
    if isinstance(old, str) and isinstance(new, str):
        return (new > old) - (new < old)
    if isinstance(old, int) and isinstance(new, int):
        return (new > old) - (new < old)
    return 0


def _measured(value: object) -> object:
    """What tells more from less: of days the first, of a moment before a crossing the minutes."""
    if isinstance(value, dict):
        return value.get("first", value.get("minutes_before"))
    return value


def _of_quota(change: Change) -> tuple[Effect, ...]:
    quota: Mapping[str, Any] = change.after if change.after is not None else change.before
    is_added = change.kind is ChangeKind.ADDED
    better, worse = (Verdict.GAINS, Verdict.LOSES) if is_added else (Verdict.LOSES, Verdict.GAINS)
    if quota["kind"] == "reserve":
        return (
            Effect(verdict=better, audience=Audience.KEPT_FOR, places=quota["limit"]),
            Effect(verdict=worse, audience=Audience.NOT_KEPT_FOR),
        )
    return (Effect(verdict=worse, audience=Audience.COUNTED),)


def _of_exception(change: Change) -> tuple[Effect, ...]:
    """Another limit on some days, beside the one that the quota has on the others."""
    exception = change.after if change.after is not None else change.before
    usual, other = change.trail[-1].data.get("limit"), exception["limit"]
    if usual is None or other is None:
        return (Effect(verdict=Verdict.TOUCHED, audience=Audience.COUNTED),)
    more = other - usual if change.kind is ChangeKind.ADDED else usual - other
    sign = (more > 0) - (more < 0)
    return (Effect(verdict=_verdict(sign), audience=Audience.COUNTED, places=abs(more)),)
