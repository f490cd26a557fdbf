"""Findings in words: the evidence, who says it, its ground, its end, who can lift it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.adapters.words import texts, words
from tongguan.app.control.store import CorrectionCase
from tongguan.app.evidence.shown import EvidenceShown, evidence_shown
from tongguan.app.registration.store import Registration
from tongguan.core.evidence.records import (
    EventKind,
    EvidenceKind,
    KeptEvidence,
    Route,
    Standing,
    standing_of,
)
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.judgement import Finding, Judgement, LiftedBy
from tongguan.core.health.rules import ColourRule, HealthRules
from tongguan.core.identifiers import EvidenceId
from tongguan.web.languages import current_language
from tongguan.web.pages.reasons import FactShown
from tongguan.web.service import current_authority, current_reader
from tongguan.web.templatetags.words import division, instant, unit_named


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FindingShown:
    """One piece of evidence with everything a person can know of it."""

    id: EvidenceId
    name: str
    """The ground in a few words, as officers speak of it."""
    title: str
    """The ground as it is said to the person."""
    remedy: str
    colour: Colour | None
    """What it gives by itself; ``None`` when it counts for nothing at present."""
    kind: EvidenceKind
    facts: tuple[FactShown, ...]
    on: date
    sources: tuple[str, ...]
    route: Route
    rule: ColourRule | None
    until: datetime | None
    """When it ends by itself."""
    lifted_by: LiftedBy | None
    is_relieved: bool
    contested_until: datetime | None
    case: CorrectionCase | None
    causers: tuple[str, ...]

    @property
    def is_own_word(self) -> bool:
        """Whether the person said it."""
        return self.route is Route.DECLARATION


def findings_shown(judgement: Judgement, rules: HealthRules) -> tuple[FindingShown, ...]:
    """Every finding of a judgement, in its order."""
    kept = evidence_shown(current_authority(), [each.evidence for each in judgement.findings])
    return tuple(
        _of_finding(each, kept[each.evidence], rules)
        for each in judgement.findings
        if each.evidence in kept
    )


def own_finding(
    evidence: EvidenceId,
    registration: Registration,
    judgement: Judgement,
    rules: HealthRules,
    now: datetime,
) -> FindingShown | None:
    """One piece of evidence of a person, whether or not it counts; ``None`` for anybody else's."""
    shown = evidence_shown(current_authority(), (evidence,)).get(evidence)
    if shown is None or shown.kept.evidence.person != registration.person:
        return None
    if shown.kept.evidence.registration not in (None, registration.id):
        return None  # what somebody else said or brought under this number
    return finding_shown(shown, judgement, rules, now)


def finding_shown(
    shown: EvidenceShown, judgement: Judgement | None, rules: HealthRules, now: datetime
) -> FindingShown:
    """Evidence in words, as the judgement finds it, or as it is kept when it counts no more."""
    evidence = shown.kept.evidence.id
    findings = () if judgement is None else judgement.findings
    found = next((each for each in findings if each.evidence == evidence), None)
    return _of_evidence(shown, rules, now) if found is None else _of_finding(found, shown, rules)


def _of_finding(finding: Finding, shown: EvidenceShown, rules: HealthRules) -> FindingShown:
    evidence = shown.kept.evidence
    contested = finding.contested_until
    return FindingShown(
        id=finding.evidence,
        name=_name(finding.reason),
        title=_said(finding.reason, "title"),
        remedy=_said(finding.reason, "remedy"),
        colour=finding.colour,
        kind=evidence.kind,
        facts=_facts(evidence.facts.items()),
        on=finding.on,
        sources=sources_said(shown),
        route=finding.route,
        rule=_rule(rules, finding.reason),
        until=finding.until,
        lifted_by=finding.lifted_by,
        is_relieved=finding.is_relieved,
        contested_until=contested,
        case=shown.case,
        causers=evidence.causers,
    )


def _of_evidence(shown: EvidenceShown, rules: HealthRules, now: datetime) -> FindingShown:
    evidence = shown.kept.evidence
    ground = evidence.ground
    return FindingShown(
        id=evidence.id,
        name=_name(ground)
        if ground
        else current_reader().words(f"health_pages.kinds.{evidence.kind}"),
        title=_said(ground, "title")
        if ground
        else current_reader().words(f"health_pages.kinds.{evidence.kind}"),
        remedy=_said(ground, "remedy") if ground else "",
        colour=None,
        kind=evidence.kind,
        facts=_facts(evidence.facts.items()),
        on=evidence.on,
        sources=sources_said(shown),
        route=evidence.route,
        rule=None if ground is None else _rule(rules, ground),
        until=evidence.ends_at,
        lifted_by=None,
        is_relieved=standing_of(shown.kept, now) is Standing.RELIEVED,
        contested_until=_clock(shown.kept),
        case=shown.case,
        causers=evidence.causers,
    )


def _clock(kept: KeptEvidence) -> datetime | None:
    """When the time of an open case runs out."""
    until = None
    for event in kept.events:
        if event.kind is EventKind.CONTESTED:
            until = event.decide_by
        elif event.kind in (EventKind.UPHELD, EventKind.LIFTED):
            until = None
    return until


def _name(reason: HealthReason) -> str:
    return current_reader().words(f"health_pages.grounds.{reason}")


def _said(reason: HealthReason, part: str) -> str:
    return words(f"health.reasons.{reason}.{part}", current_language())


def _rule(rules: HealthRules, reason: HealthReason) -> ColourRule | None:
    return next((each for each in rules.colours.rules if each.reason is reason), None)


def sources_said(shown: EvidenceShown) -> tuple[str, ...]:
    """Who says it, by the names a reader knows."""
    reader = current_reader()
    match shown.kept.evidence.route:
        case Route.DECLARATION:
            return (reader.words("health_pages.finding.yourself"),)
        case Route.OFFICERS:
            return tuple(unit_named(each) for each in shown.said_by)
        case Route.CONVERSION:
            return tuple(authority_name(each) for each in shown.said_by)
        case _:
            return shown.said_by


def authority_name(authority: str) -> str:
    """What an authority is called here, or its id."""
    key = f"pages.authorities.{authority}"
    return words(key, current_language()) if key in texts() else authority


def _facts(facts: Iterable[tuple[str, str]]) -> tuple[FactShown, ...]:
    """Facts that the pages have words for, in the order of their names."""
    reader = current_reader()
    return tuple(
        FactShown(name=reader.words(f"health_pages.facts.{name}"), value=_value(name, value))
        for name, value in sorted(facts)
        if f"health_pages.facts.{name}" in texts()
    )


def _value(name: str, value: str) -> str:
    if name == "division":
        return division(value)
    if name == "confirmed_by":
        return unit_named(value)
    if name.endswith("_at"):
        try:
            return instant(datetime.fromisoformat(value))
        except ValueError:
            return value
    key = f"health_pages.values.{value}"
    return current_reader().words(key) if key in texts() else value
