"""What stands in a statement of facts, in words, as its holder is shown it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tongguan.adapters.words import words
from tongguan.core.evidence.statement import StatedDose, StatedFact, StatedTest
from tongguan.core.health.grounds import HealthReason
from tongguan.core.texts import Language


def fact_in_words(fact: StatedFact, language: Language, zone: str) -> str:
    """One fact as a line; instants in the zone."""
    if isinstance(fact, StatedTest):
        outcome = words(f"recognition.outcomes.{fact.outcome.value}", language)
        at = _local(fact.sampled_at, zone)
        return words(
            "recognition.facts.test", language, at=at, outcome=outcome, specimen=fact.specimen
        )
    on = fact.on.isoformat()
    if isinstance(fact, StatedDose):
        return words(
            "recognition.facts.dose",
            language,
            on=on,
            number=str(fact.number),
            product=fact.product,
        )
    match fact.reason:
        case HealthReason.HIGH_RISK_STAY:
            return words("recognition.facts.high_risk", language, on=on)
        case HealthReason.ARRIVED_FROM_OUTSIDE if fact.scheme is None:
            return words("recognition.facts.arrival", language, on=on)
        case HealthReason.ARRIVED_FROM_OUTSIDE:
            return words(
                "recognition.facts.arrival_by_scheme", language, on=on, scheme=str(fact.scheme)
            )
    ground = words(f"health.reasons.{fact.reason.value}.title", language).rstrip(".。")
    if fact.ends_at is None:
        return words("recognition.facts.ground", language, ground=ground, on=on)
    until = _local(fact.ends_at, zone)
    return words("recognition.facts.ground_until", language, ground=ground, on=on, until=until)


def _local(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
