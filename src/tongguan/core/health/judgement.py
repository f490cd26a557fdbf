"""A health colour: a pure function of kept evidence, listed places, a rule version and an instant.

Nobody sets a colour. What counts against a person is found here, and each finding says by whom, on
what ground, until when, and who can lift it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from tongguan.core.area.divisions import is_within
from tongguan.core.calendar import end_of_day, instant_of, local_day
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
    RiskPlace,
    Route,
    Standing,
    standing_but_for_its_end,
    standing_of,
)
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import ColourRule, ColourRules
from tongguan.core.identifiers import EvidenceId, RegistrationId

DIVISION = "division"
"""The fact of a stay: where it was, by GB/T 2260."""
SCHEME = "scheme"
"""The fact of an arrival: the travel scheme it was made under, if any."""


class LiftedBy(StrEnum):
    """Who can end a finding before it ends by itself."""

    ITSELF = "itself"
    """The person, who declares anew."""
    SOURCE = "source"
    """Whoever said it, by taking it back; two officers of different units can too."""
    TIME = "time"
    """Nobody: a discharge that the person brought is in their favour and has begun to run out."""
    TWO_OFFICERS = "two_officers"
    """Two officers of different units."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Finding:
    """One thing that counts against the person; personal data, hidden when printed."""

    evidence: EvidenceId
    reason: HealthReason
    colour: Colour
    """What it gives by itself: the rule's, or amber where relief holds."""
    on: date
    """The day of the fact."""
    until: datetime | None
    """Excluded: when it ends by itself, be its case decided or not; ``None`` when it never does."""
    source: str
    route: Route
    is_relieved: bool
    contested_until: datetime | None
    """The clock of an open case: when relief begins, unless it is decided before."""
    lifted_by: LiftedBy

    def __repr__(self) -> str:
        return f"Finding(evidence={self.evidence!r}, HIDDEN)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A colour with every finding that gives it or a lesser one, the gravest first."""

    colour: Colour = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    until: datetime
    """Excluded: 23:59:59 of the day of issue in the rules' zone, so that it holds through the
    minute that is shown, 23:59, and not at midnight."""
    rule_version: str

    @property
    def reasons(self) -> tuple[HealthReason, ...]:
        """Each ground once, the gravest first; that nothing was found is a ground too."""
        found = tuple(dict.fromkeys(finding.reason for finding in self.findings))
        return found or (HealthReason.NOTHING_ADVERSE,)


def judge(
    kept: Iterable[KeptEvidence],
    *,
    registration: RegistrationId | None,
    risk_places: Sequence[RiskPlace],
    rules: ColourRules,
    now: datetime,
) -> Judgement:
    """The colour of one person on the day of ``now``, from all that is kept of them.

    ``registration`` is the one whose own word counts; with ``None`` nobody's does. In the last
    second of a day the colour is that of the next, as it is when that day begins: a code must not
    end as it begins.
    """
    today = local_day(now + _ONE_SECOND, rules.zone)
    now = max(now, instant_of(today, time(0), rules.zone))
    own = [each for each in kept if each.evidence.registration in (None, registration)]
    judging = _Judge(
        risk_places=tuple(each for each in risk_places if each.listed_at <= now),
        rules={rule.reason: rule for rule in rules.rules},
        schemes_without_effect=rules.schemes_without_effect,
        discharges=tuple(_discharges(own, now)),
        zone=rules.zone,
        today=today,
        now=now,
    )
    findings = [finding for each in own if (finding := judging.finding(each)) is not None]
    findings.sort(key=lambda each: (-gravity(each.colour), each.reason, each.on, each.evidence))
    return Judgement(
        colour=findings[0].colour if findings else Colour.GREEN,
        findings=tuple(findings),
        until=end_of_day(today, rules.zone) + _LAST_MINUTE,
        rule_version=rules.id,
    )


def was_at_risk(stay: Evidence, risk_places: Iterable[RiskPlace]) -> bool:
    """Whether a stay was in one of the places on a day on which it was of high risk."""
    division = stay.facts.get(DIVISION, "")
    return any(
        is_within(division, place.division)
        and place.first_on <= stay.on
        and (place.last_on is None or stay.on <= place.last_on)
        for place in risk_places
    )


def ends_case(discharge: Evidence, case: Evidence) -> bool:
    """Whether one is a discharge and the other a case that it ends, if both stand.

    A person's own word ends their own word only.
    """
    return (
        discharge.kind is EvidenceKind.DISCHARGE
        and case.ground in _CASES
        and discharge.on >= case.on
        and (discharge.route is not Route.DECLARATION or case.route is Route.DECLARATION)
    )


def gravity(colour: Colour) -> int:
    """How adverse a colour is: 0 for green."""
    return _GRAVITY[colour]


_ONE_SECOND = timedelta(seconds=1)
_LAST_MINUTE = timedelta(seconds=59)
_LAST_DAY = date(9000, 1, 1)
"""A slip of the pen in the year must not stop the judgement."""
_GRAVITY = {colour: index for index, colour in enumerate(Colour)}
_CASES = frozenset({HealthReason.CONFIRMED, HealthReason.SUSPECTED})
_HAS_EFFECT = frozenset({Standing.COUNTS, Standing.RELIEVED})
_LIFTED_BY = {
    Route.ARRIVAL_FEED: LiftedBy.SOURCE,
    Route.CERTIFICATE: LiftedBy.TWO_OFFICERS,
    Route.CONVERSION: LiftedBy.TWO_OFFICERS,
    Route.DECLARATION: LiftedBy.ITSELF,
    Route.LABORATORY: LiftedBy.SOURCE,
    Route.OFFICERS: LiftedBy.TWO_OFFICERS,
    Route.ORDER_OFFICE: LiftedBy.SOURCE,
}


def _discharges(kept: Iterable[KeptEvidence], now: datetime) -> Iterable[Evidence]:
    """Discharges that end a case, for good: neither relief from one nor its end brings it back."""
    for each in kept:
        is_discharge = each.evidence.kind is EvidenceKind.DISCHARGE
        if is_discharge and standing_but_for_its_end(each, now) in _HAS_EFFECT:
            yield each.evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class _Judge:
    """What holds for every piece of evidence of one judgement."""

    risk_places: tuple[RiskPlace, ...]
    rules: dict[HealthReason, ColourRule]
    schemes_without_effect: frozenset[str]
    discharges: tuple[Evidence, ...]
    zone: str
    today: date
    now: datetime

    def finding(self, kept: KeptEvidence) -> Finding | None:
        """What the evidence counts as today, if anything."""
        evidence = kept.evidence
        discharges = [each for each in self.discharges if ends_case(each, evidence)]
        if discharges:
            return self._discharged(kept, discharges)
        reason = self._ground(evidence)
        rule = None if reason is None else self.rules.get(reason)
        if rule is None or self._has_run_out(evidence, rule):
            return None
        return self._found(
            kept,
            rule,
            standing_of(kept, self.now),
            on=evidence.on,
            until=self._until(evidence, rule),
        )

    def _discharged(self, kept: KeptEvidence, discharges: Sequence[Evidence]) -> Finding | None:
        """A case that was ended: for some days it still counts, and then no more.

        It is a finding of the case and not of its discharge. So it is gone with the case, however
        that comes about, and whoever adds a discharge holds nothing against anybody.
        """
        rule = self.rules.get(HealthReason.DISCHARGED_RECENTLY)
        if rule is None or any(self._has_run_out(each, rule) for each in discharges):
            return None
        ends = [end for each in discharges if (end := self._until(each, rule)) is not None]
        return self._found(
            kept,
            rule,
            standing_but_for_its_end(kept, self.now),
            on=min(each.on for each in discharges),
            until=min(ends, default=None),
        )

    def _found(
        self,
        kept: KeptEvidence,
        rule: ColourRule,
        standing: Standing,
        *,
        on: date,
        until: datetime | None,
    ) -> Finding | None:
        evidence = kept.evidence
        is_relieved = standing is Standing.RELIEVED
        if standing not in _HAS_EFFECT or (is_relieved and evidence.route is Route.OFFICERS):
            return None
        return Finding(
            evidence=evidence.id,
            reason=rule.reason,
            colour=min(rule.colour, Colour.AMBER, key=gravity) if is_relieved else rule.colour,
            on=on,
            until=until,
            source=evidence.source,
            route=evidence.route,
            is_relieved=is_relieved,
            contested_until=_contested_until(kept.events, self.now),
            lifted_by=_lifted_by(evidence, until),
        )

    def _ground(self, evidence: Evidence) -> HealthReason | None:
        match evidence.kind:
            case EvidenceKind.DISCHARGE:
                # The person's own word, or brought by them. What others say counts with its case.
                is_own = evidence.registration is not None
                return HealthReason.DISCHARGED_RECENTLY if is_own else None
            case EvidenceKind.STAY if evidence.ground is None:
                at_risk = was_at_risk(evidence, self.risk_places)
                return HealthReason.HIGH_RISK_STAY if at_risk else None
            case EvidenceKind.ARRIVAL if evidence.facts.get(SCHEME) in self.schemes_without_effect:
                return None
        return evidence.ground

    def _has_run_out(self, evidence: Evidence, rule: ColourRule) -> bool:
        # A date that is still to come counts like today: a slip of the pen must not turn a code
        # green.
        if evidence.ends_at is not None and self.now >= evidence.ends_at:
            return True
        return rule.days is not None and (self.today - evidence.on).days >= rule.days

    def _until(self, evidence: Evidence, rule: ColourRule) -> datetime | None:
        ends = [] if evidence.ends_at is None else [evidence.ends_at]
        if rule.days is not None and evidence.on <= _LAST_DAY:
            ends.append(instant_of(evidence.on + timedelta(days=rule.days), time(0), self.zone))
        return min(ends, default=None)


def _contested_until(events: Sequence[EvidenceEvent], now: datetime) -> datetime | None:
    until = None
    for event in events:
        if event.at <= now and event.kind is EventKind.CONTESTED:
            until = event.decide_by
        if event.at <= now and event.kind is EventKind.UPHELD:
            until = None
    return until


def _lifted_by(evidence: Evidence, until: datetime | None) -> LiftedBy:
    """Whoever lifted a discharge would bring the case back, and help nobody."""
    is_own = evidence.route is Route.DECLARATION
    if evidence.kind is EvidenceKind.DISCHARGE and until is not None and not is_own:
        return LiftedBy.TIME
    return _LIFTED_BY[evidence.route]
