"""The gate's law once more, in the positive and written separately: what an admission takes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from tests.builders.gate import NOON, PERIOD, papers
from tongguan.core.credentials.status_list import StatusPurpose
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.tests import PresentedTest
from tongguan.core.passes.claims import PassClaims
from tongguan.core.scheme.model import (
    AgeAnchor,
    ControlPoint,
    Direction,
    DosesTaken,
    ExemptByAge,
    ExemptFrom,
    ExemptOnMedicalGround,
    HealthCodeRequirement,
    HealthFinding,
    HealthRequirement,
    HealthTestRequirement,
    JudgedAt,
    Leg,
    NegativeTest,
    Phase,
    Recovered,
    Way,
)
from tongguan.core.scheme.state import PhaseState

HONG_KONG = timedelta(hours=8)
Finding = HealthFinding | None
"""What is wrong with somebody's health; ``None`` is nothing that a condition could mend."""


def has_right_by_document(given_: GateSituation) -> bool:
    rights = [right for each in given_.version.phases for right in each.rights_of_entry]
    destination = given_.direction.partition("-")[2]
    kind = given_.holder.document_type
    return any(right.party == destination and kind in right.document_types for right in rights)


def all_in_order(given_: GateSituation) -> bool:
    """Each thing that must be so for an admission, under a condition or without."""
    found = [each for each in given_.version.phases if each.id == given_.phase_id]
    ways = [way for each in found for way in each.directions if way.id == given_.direction]
    if not ways:
        return False
    rules, home = found[0], ways[0].leg is Leg.HOME
    states = {PhaseState.ACTIVE, PhaseState.SUSPENDED} if home else {PhaseState.ACTIVE}
    good_pass = pass_is_good(given_, rules, ways[0])
    if not pass_is_needed(given_, rules):
        good_pass = not belongs_to_another(given_)
    return (
        given_.phase_state in states
        and is_open(given_, rules, ways[0])
        and good_pass
        and set(findings(given_, rules, ways[0])) <= let_in(given_, rules)
    )


def let_in(given_: GateSituation, rules: Phase) -> set[Finding]:
    """What the scheme lets in under a condition on this direction."""
    conditions = () if rules.health is None else rules.health.admitted_under
    return {
        finding
        for each in conditions
        if given_.direction in each.directions
        for finding in each.findings
    }


def point_here(given_: GateSituation, rules: Phase) -> ControlPoint | None:
    points = (rules.entry and rules.entry.control_points) or ()
    return next((each for each in points if each.id == given_.control_point), None)


def is_open(given_: GateSituation, rules: Phase, way: Direction) -> bool:
    if rules.entry is None or rules.entry.control_points is None:
        return True
    point, clock = point_here(given_, rules), (given_.now + HONG_KONG).time()
    return (
        point is not None
        and (point.opens is None or point.opens <= clock)
        and (point.closes is None or clock < point.closes)
        and day_of(given_, way) not in point.closed_days
    )


def day_of(given_: GateSituation, way: Direction) -> date:
    """The builder's directions have no night slot, so that only a pass can carry one."""
    shown = slot_now(given_, way)
    return (given_.now + HONG_KONG).date() if shown is None else shown.service_day


def exempt(given_: GateSituation, rules: Phase, what: ExemptFrom) -> bool:
    return any(
        what in each.exempt_from
        and given_.direction in each.directions
        and given_.holder.document_type in each.document_types
        for each in rules.exemptions
    )


def pass_is_needed(given_: GateSituation, rules: Phase) -> bool:
    point = point_here(given_, rules)
    return (point is None or point.booking_required) and not exempt(given_, rules, ExemptFrom.PASS)


def belongs_to_another(given_: GateSituation) -> bool:
    shown, own = given_.pass_, given_.holder.tags.get(PERIOD)
    return isinstance(shown, PassClaims) and own is not None and own != shown.holder_tag


def slot_ends(shown: PassClaims, way: Direction) -> datetime:
    grace = 0 if way.lateness is None else way.lateness.grace_minutes
    return shown.slot_end + timedelta(minutes=grace)


def slot_now(given_: GateSituation, way: Direction) -> PassClaims | None:
    shown = given_.pass_
    if not isinstance(shown, PassClaims) or belongs_to_another(given_):
        return None
    return shown if shown.slot_start <= given_.now < slot_ends(shown, way) else None


def pass_is_good(given_: GateSituation, rules: Phase, way: Direction) -> bool:
    shown = given_.pass_
    if not isinstance(shown, PassClaims):
        return False
    home = way.leg is Leg.HOME
    needs_return = rules.return_ is not None and rules.return_.place_required and not home
    starts = max(shown.slot_start, shown.not_before or NOON.min.replace(tzinfo=NOON.tzinfo))
    return (
        given_.holder.tags.get(PERIOD) == shown.holder_tag
        and (shown.scheme_id, shown.issuer) == ("test-pilot", "HK")
        and given_.earlier_use is None
        and shown.direction == given_.direction
        and shown.control_point == given_.control_point
        and starts <= given_.now < min(slot_ends(shown, way), shown.expires_at)
        and not (needs_return and shown.home_day is None)
        and status_is_clear(given_, shown.issuer, "pass", shown.status_index)
    )


def findings(given_: GateSituation, rules: Phase, way: Direction) -> Iterator[Finding]:
    if rules.health is None:
        return
    if not exempt(given_, rules, ExemptFrom.HEALTH_CODE):
        for code in rules.health.codes:
            if given_.direction in code.directions:
                yield from code_findings(given_, code, way)
    if not exempt(given_, rules, ExemptFrom.TEST):
        for test in rules.health.tests:
            if given_.direction in test.directions:
                yield from paper_findings(given_, test, way)
    if not exempt(given_, rules, ExemptFrom.HEALTH_REQUIREMENT):
        for asked in rules.health.requirements:
            if given_.direction in asked.directions and not is_met(given_, asked, way):
                doubtful = dated_later(given_, asked)
                yield None if doubtful else HealthFinding.REQUIREMENT_NOT_MET


def judged(given_: GateSituation, at: JudgedAt, way: Direction) -> datetime:
    shown = slot_now(given_, way)
    return given_.now if shown is None or at is JudgedAt.GATE else shown.slot_start


def code_findings(
    given_: GateSituation, rule: HealthCodeRequirement, way: Direction
) -> Iterator[Finding]:
    own = [
        each
        for each in given_.codes
        if isinstance(each, HealthCodeClaims) and each.issuer == rule.issuer
    ]
    if not own:
        yield HealthFinding.CODE_MISSING
        return
    code = max(own, key=lambda each: (each.issued_at, list(Colour).index(each.colour)))
    tag = given_.holder.tags.get(code.holder_period)
    if tag is None or judged(given_, rule.judged_at, way) >= code.valid_until:
        yield HealthFinding.CODE_MISSING
    if tag is not None and tag != code.holder_tag:
        yield None
    if code.colour is not Colour.GREEN:
        yield HealthFinding(f"code_{code.colour}")
    if not status_is_clear(given_, rule.issuer, "health", code.status_index):
        yield None


def paper_findings(
    given_: GateSituation, rule: HealthTestRequirement, way: Direction
) -> Iterator[Finding]:
    """The builder's tests are those of hours."""
    at, hours = judged(given_, rule.judged_at, way), timedelta(hours=rule.within_hours or 0)

    def anchor(test: PresentedTest) -> datetime | None:
        return test.sampled_at if rule.anchor is AgeAnchor.SAMPLING else test.reported_at

    papers = [
        each for each in given_.tests if rule.specimens is None or each.specimen in rule.specimens
    ]
    past = [
        each
        for each in papers
        if each.sampled_at <= given_.now
        and (each.reported_at is None or each.reported_at <= given_.now)
    ]
    anchors = [anchor(each) for each in past]
    if any(each is not None and at - each <= hours for each in anchors):
        return
    if len(past) < len(papers):
        yield None
    elif None in anchors or not anchors:
        yield HealthFinding.TEST_MISSING
    else:
        yield HealthFinding.TEST_TOO_OLD


def is_met(given_: GateSituation, asked: HealthRequirement, way: Direction) -> bool:
    """By any way; days are those of Hong Kong's calendar."""
    at = judged(given_, asked.judged_at, way)
    return any(_is_open(given_, each, at) for each in asked.ways)


def _is_open(given_: GateSituation, way: Way, at: datetime) -> bool:
    shown, today = given_.papers or papers(), (given_.now + HONG_KONG).date()
    day = (at + HONG_KONG).date()
    match way:
        case NegativeTest():
            return any(
                max(each.sampled_at, each.reported_at or each.sampled_at) <= given_.now
                and each.specimen in (way.specimens or ())
                and at - each.sampled_at <= timedelta(hours=way.within_hours or 0)
                for each in given_.tests
            )
        case DosesTaken():
            return any(
                each.given_on <= today
                and each.product in (way.products or ())
                and each.number >= way.doses_min
                and way.days_since_min
                <= (day - each.given_on).days
                <= (way.days_since_max or day.toordinal())
                for each in shown.doses
            )
        case Recovered():
            return any(
                each.first_positive_on <= today
                and way.days_since_min <= (day - each.first_positive_on).days <= way.days_since_max
                for each in shown.recoveries
            )
        case ExemptOnMedicalGround():
            return any(
                each.ground in way.grounds and each.first_day <= day <= (each.last_day or day)
                for each in shown.medical_exemptions
            )
        case ExemptByAge():
            born = shown.born_on
            if born is None or born > today:
                return False
            years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
            return years < (way.years_below or 0) or years >= (way.years_min or 999)


BIRTHS = (date(1900, 1, 1), date(1980, 1, 1), date(2021, 12, 1))
"""Of someone very old, a grown-up and a newborn."""


def could_be_met(given_: GateSituation, asked: HealthRequirement, way: Direction) -> bool:
    """By what was shown, with whatever date stands in a document whose date nobody has read."""
    shown = given_.papers or papers()
    births = BIRTHS if shown.born_on is None else (shown.born_on,)
    read = (replace(given_, papers=replace(shown, born_on=each)) for each in births)
    return any(is_met(each, asked, way) for each in read)


def shows_a_paper(given_: GateSituation, asked: HealthRequirement) -> bool:
    """For any of the ways, good or not; a date of birth is none."""
    shown = given_.papers or papers()
    by_kind = {
        NegativeTest: given_.tests,
        DosesTaken: shown.doses,
        Recovered: shown.recoveries,
        ExemptOnMedicalGround: shown.medical_exemptions,
    }
    return any(by_kind.get(type(each)) for each in asked.ways)


def dated_later(given_: GateSituation, asked: HealthRequirement) -> bool:
    """Whether a paper that would count bears a date that has not come yet."""
    shown, today = given_.papers or papers(), (given_.now + HONG_KONG).date()
    days = [each.first_positive_on for each in shown.recoveries]
    kinds = {type(each) for each in asked.ways}
    if Recovered not in kinds:
        days = []
    if shown.born_on is not None and ExemptByAge in kinds:
        days.append(shown.born_on)
    for way in asked.ways:
        if isinstance(way, DosesTaken):
            days += [
                each.given_on
                for each in shown.doses
                if each.number >= way.doses_min and each.product in (way.products or ())
            ]
    instants = [
        instant
        for each in given_.tests
        for way in asked.ways
        if isinstance(way, NegativeTest) and each.specimen in (way.specimens or ())
        for instant in (each.sampled_at, each.reported_at or each.sampled_at)
    ]
    return any(day > today for day in days) or any(each > given_.now for each in instants)


def status_is_clear(given_: GateSituation, issuer: str, list_id: str, index: int) -> bool:
    own = [each for each in given_.status_lists if (each.issuer, each.list_id) == (issuer, list_id)]
    rule = given_.version.phases[0].credentials
    limit = None if rule is None else timedelta(minutes=rule.status_list_age_minutes_max)
    purposes = {each.purpose for each in own}
    newest = [
        max((each for each in own if each.purpose is purpose), key=lambda each: each.issued_at)
        for purpose in purposes
    ]
    return StatusPurpose.REVOCATION in purposes and all(
        each.is_set(index) is False and (limit is None or abs(given_.now - each.issued_at) <= limit)
        for each in newest
    )
