"""Why something was decided, in the reader's words: what, what can be done, and on what ground."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.adapters.words import texts, words
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
from tongguan.web.languages import current_language
from tongguan.web.templatetags.rules import specimen
from tongguan.web.templatetags.scheme import (
    ClaimShown,
    category_name,
    claims_shown,
    direction_name,
    party_name,
    point_name,
    slot_of_any,
    sponsor_name,
)
from tongguan.web.templatetags.words import day, division, instant, label


@dataclass(frozen=True, kw_only=True, slots=True)
class FactShown:
    """One fact a decision rests on."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonShown:
    """A reason with words, clause, claims and facts."""

    code: str
    title: str
    remedy: str
    clause: str
    claims: tuple[ClaimShown, ...]
    facts: tuple[FactShown, ...]


def reasons_shown(
    reasons: Iterable[Reason], version: Version, phase: Phase
) -> tuple[ReasonShown, ...]:
    """The reasons in the reader's language, in their order."""
    return tuple(_shown(each, version, phase) for each in reasons)


def _shown(reason: Reason, version: Version, phase: Phase) -> ReasonShown:
    language = current_language()
    facts = {name: _value(name, value, version, phase) for name, value in reason.facts.items()}
    cited = {each.claim.id: each for each in claims_shown(version)}
    return ReasonShown(
        code=reason.code.value,
        title=words(f"reasons.{reason.code}.title", language, **facts),
        remedy=words(f"reasons.{reason.code}.remedy", language, **facts),
        clause=reason.clause,
        claims=tuple(cited[each] for each in reason.claims if each in cited),
        facts=tuple(
            FactShown(name=words(f"forms.facts.{name}", language), value=value)
            for name, value in facts.items()
            if f"forms.facts.{name}" in texts()
        ),
    )


def _value(name: str, value: str, version: Version, phase: Phase) -> str:
    """A fact as a reader knows it: names instead of identifiers, days in words."""
    named = _NAMES_IN_PHASE.get(name)
    if named is not None:
        return _each(value, lambda each: named(phase, each))
    match name:
        case "issuer" | "party" | "ordered_by":
            return party_name(version, AuthorityId(value))
        case "care" | "condition":
            found = clause_text(version, value)
            return value if found is None else found.in_language(current_language())
        case "direction":
            return direction_name(version, DirectionId(value))
        case "division":
            return division(value)
        case "document_type" | "accepted":
            return _words_of_each("pages.documents", value)
        case "required":
            return _words_of_each("pages.assurance", value)
        case "specimen" | "specimens":
            return _each(value, specimen)
        case _:
            return _day_or_instant(value)


def _quota_name(phase: Phase, quota: QuotaId) -> str:
    found = next((each for each in phase.quotas if each.id == quota), None)
    return str(quota) if found is None else found.name.in_language(current_language())


def _evidence_name(phase: Phase, evidence: str) -> str:
    for category in phase.categories:
        for each in category.evidence or ():
            if each.id == evidence:
                return each.name.in_language(current_language())
    return evidence


def _breaker_name(phase: Phase, breaker: str) -> str:
    found = next((each for each in phase.breakers if each.id == breaker), None)
    return breaker if found is None else found.name.in_language(current_language())


def _test_name(phase: Phase, test: str) -> str:
    tests = () if phase.health is None else phase.health.tests
    found = next((each for each in tests if each.id == test), None)
    return test if found is None else found.name.in_language(current_language())


def _each(value: str, name_of: Callable[[str], str]) -> str:
    return label("pages.format.between").join(name_of(each.strip()) for each in value.split(","))


def _words_of_each(prefix: str, value: str) -> str:
    language = current_language()
    between = label("pages.format.between")
    keys = [f"{prefix}.{each.strip()}" for each in value.split(",")]
    return between.join(
        words(key, language) if key in texts() else key.rpartition(".")[2] for key in keys
    )


_NAMES_IN_PHASE: Mapping[str, Callable[[Phase, str], str]] = {
    "breaker": _breaker_name,
    "category": lambda phase, value: category_name(phase, CategoryId(value)),
    "control_point": lambda phase, value: point_name(phase, ControlPointId(value)),
    "control_points": lambda phase, value: point_name(phase, ControlPointId(value)),
    "evidence": _evidence_name,
    "quota": lambda phase, value: _quota_name(phase, QuotaId(value)),
    "slot": lambda phase, value: slot_of_any(phase, SlotId(value)),
    "sponsor": lambda phase, value: sponsor_name(phase, SponsorId(value)),
    "test": _test_name,
}


def _day_or_instant(value: str) -> str:
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        pass
    try:
        return instant(datetime.fromisoformat(value))
    except ValueError:
        return value
