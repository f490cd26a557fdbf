"""Why something was decided, said to a reader: what, what can be done, and the facts by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.adapters.health_way_words import ways_at, ways_said
from tongguan.adapters.reader import Reader
from tongguan.adapters.words import texts
from tongguan.app.ledger_refusals import NONE_FOLLOWS
from tongguan.core.decisions import Reason
from tongguan.core.gate.clauses import clause_text
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    QuotaId,
    SlotId,
    SponsorId,
)
from tongguan.core.scheme.model import Phase, Version


@dataclass(frozen=True, kw_only=True, slots=True)
class SaidReason:
    """A reason in a reader's words."""

    title: str
    remedy: str
    facts: Mapping[str, str]
    """By their names in the program: what each says to a reader."""


def said_reason(reason: Reason, version: Version, phase: Phase, reader: Reader) -> SaidReason:
    """A reason in a reader's words, with names from the text that was decided under."""
    facts = {
        name: _value(name, value, version, phase, reader) for name, value in reason.facts.items()
    }
    return SaidReason(
        title=reader.words(f"reasons.{reason.code}.title", **facts),
        remedy=reader.words(f"reasons.{reason.code}.remedy", **facts),
        facts=facts,
    )


def _value(name: str, value: str, version: Version, phase: Phase, reader: Reader) -> str:
    """A fact as a reader knows it: names instead of identifiers, days in words."""
    named = _NAMES_IN_PHASE.get(name)
    if named is not None:
        return reader.listed(value, lambda each: named(reader, phase, each))
    match name:
        case "issuer" | "party" | "ordered_by":
            return reader.party_name(version, AuthorityId(value))
        case "care" | "condition":
            found = clause_text(version, value)
            return value if found is None else found.in_language(reader.language)
        case "direction":
            return reader.direction_name(version, DirectionId(value))
        case "division":
            return reader.division(value)
        case "document_type" | "accepted":
            return _words_of_each("pages.documents", value, reader)
        case "required":
            return _words_of_each("pages.assurance", value, reader)
        case "next_window_start" if value == NONE_FOLLOWS:
            return reader.words("forms.hold.none_follows")
        case "specimen" | "specimens":
            return reader.listed(value, reader.specimen)
        case "way" | "ways":
            return ways_said(ways_at(phase, value), reader) or value
        case "lacking":
            return reader.words(f"requirements.faults.{value}")
        case _:
            return _day_or_instant(value, reader)


def _quota_name(reader: Reader, phase: Phase, quota: str) -> str:
    found = next((each for each in phase.quotas if each.id == QuotaId(quota)), None)
    return quota if found is None else found.name.in_language(reader.language)


def _evidence_name(reader: Reader, phase: Phase, evidence: str) -> str:
    for category in phase.categories:
        for each in category.evidence or ():
            if each.id == evidence:
                return each.name.in_language(reader.language)
    return evidence


def _breaker_name(reader: Reader, phase: Phase, breaker: str) -> str:
    found = next((each for each in phase.breakers if each.id == breaker), None)
    return breaker if found is None else found.name.in_language(reader.language)


def _test_name(reader: Reader, phase: Phase, test: str) -> str:
    tests = () if phase.health is None else phase.health.tests
    found = next((each for each in tests if each.id == test), None)
    return test if found is None else found.name.in_language(reader.language)


def _requirement_name(reader: Reader, phase: Phase, requirement: str) -> str:
    requirements = () if phase.health is None else phase.health.requirements
    found = next((each for each in requirements if each.id == requirement), None)
    return requirement if found is None else found.name.in_language(reader.language)


def _words_of_each(prefix: str, value: str, reader: Reader) -> str:
    keys = [f"{prefix}.{each.strip()}" for each in value.split(",")]
    return reader.joined(
        reader.words(key) if key in texts() else key.rpartition(".")[2] for key in keys
    )


_NAMES_IN_PHASE: Mapping[str, Callable[[Reader, Phase, str], str]] = {
    "breaker": _breaker_name,
    "category": lambda reader, phase, value: reader.category_name(phase, CategoryId(value)),
    "control_point": lambda reader, phase, value: reader.point_name(phase, ControlPointId(value)),
    "control_points": lambda reader, phase, value: reader.point_name(phase, ControlPointId(value)),
    "evidence": _evidence_name,
    "quota": _quota_name,
    "requirement": _requirement_name,
    "slot": lambda reader, phase, value: reader.slot_of_any(phase, SlotId(value)),
    "sponsor": lambda reader, phase, value: reader.sponsor_name(phase, SponsorId(value)),
    "test": _test_name,
}


def _day_or_instant(value: str, reader: Reader) -> str:
    try:
        return reader.day(date.fromisoformat(value))
    except ValueError:
        pass
    try:
        return reader.instant(datetime.fromisoformat(value))
    except ValueError:
        return value
