"""How the values of a scheme are named on pages, and what each clause rests on."""

from dataclasses import dataclass
from typing import Any

from django import template

from tongguan.adapters.words import texts, words
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    PhaseId,
    SlotId,
    SponsorId,
)
from tongguan.core.scheme.model import (
    EACH,
    Basis,
    Claim,
    ControlPoint,
    Phase,
    Quota,
    QuotaKind,
    Slot,
    Source,
    Version,
)
from tongguan.core.scheme.state import find_phase
from tongguan.core.texts import Text
from tongguan.web.languages import current_language
from tongguan.web.service import current_reader

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimShown:
    """A claim beside its source."""

    claim: Claim
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class AssumptionShown:
    """One field whose value this scheme assumes, and why."""

    field: str
    reason: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class SetAsideShown:
    """A rival claim that the clause does not follow, and why."""

    claim: ClaimShown
    because: Text


@register.inclusion_tag("scheme/basis.html")
def basis(version: Version, rests_on: Basis, form: str = "") -> dict[str, Any]:
    """What the sources say and what is assumed, kept apart; ``form`` names the clause's keys."""
    assumed = tuple(
        AssumptionShown(field=_said(_label(form, name)), reason=reason)
        for name, reason in rests_on.assumed.items()
    )
    return {
        "claims": claims_shown(version, rests_on),
        "assumed": assumed,
        "set_aside": tuple(
            SetAsideShown(claim=each, because=rival.because)
            for rival in rests_on.set_aside
            for each in claims_shown(version)
            if each.claim.id == rival.claim
        ),
    }


def _label(form: str, field: str) -> str:
    """The key of the words for a field of a clause: the form's own, the page's, the language's."""
    path = field.replace(".", "_")
    for name in (f"{form}_{path}", path, field.rpartition(".")[2]):
        for group in ("pages.fields", "scheme.fields"):
            if f"{group}.{name}" in texts():
                return f"{group}.{name}"
    raise KeyError(field)


def claims_shown(version: Version, rests_on: Basis | None = None) -> tuple[ClaimShown, ...]:
    """The claims that a clause cites, or every claim of the version."""
    sources = {each.id: each for each in version.sources}
    return tuple(
        ClaimShown(claim=each, source=sources[each.source])
        for each in version.claims
        if rests_on is None or each.id in rests_on.claims
    )


@register.simple_tag
def party_name(version: Version, party: AuthorityId) -> str:
    """The name of a party in the reader's language."""
    return current_reader().party_name(version, party)


@register.simple_tag
def direction_name(version: Version, direction: DirectionId) -> str:
    """From where to where."""
    return current_reader().direction_name(version, direction)


@register.simple_tag
def point_name(phase: Phase, point: ControlPointId) -> str:
    """The name of a control point, as this authority calls it."""
    return current_reader().point_name(phase, point)


@register.filter
def control_point_name(point: ControlPoint) -> str:
    """What this authority calls a control point, and the other side's name where it differs."""
    return current_reader().control_point_name(point)


@register.simple_tag
def category_name(phase: Phase, category: CategoryId) -> str:
    """What a category is called."""
    return current_reader().category_name(phase, category)


@register.filter
def times(slot: Slot) -> str:
    """From when to when a slot lasts, and that it ends on the next day where it does."""
    return current_reader().times(slot)


@register.simple_tag
def slot_times(phase: Phase, direction: DirectionId, slot: SlotId) -> str:
    """From when to when the slot of this name lasts on a direction."""
    return current_reader().slot_times(phase, direction, slot)


@register.simple_tag
def quota_counts(version: Version, phase: Phase, quota: Quota) -> list[str]:
    """Whom a quota counts, one phrase for each of its dimensions."""
    return [_counted(version, phase, dimension, value) for dimension, value in quota.counts.items()]


def _counted(version: Version, phase: Phase, dimension: str, value: str | None) -> str:
    if value is None:
        return _said(f"pages.counts.{dimension}_not_stated")
    if value == EACH:
        return _said(f"pages.counts.{dimension}_each")
    return value_named(version, phase, dimension, value)


def value_named(version: Version, phase: Phase, dimension: str, value: str) -> str:
    """A value of a quota's dimension by the name that readers know it by."""
    match dimension:
        case "direction":
            return direction_name(version, DirectionId(value))
        case "category":
            return category_name(phase, CategoryId(value))
        case "control_point":
            return point_name(phase, ControlPointId(value))
        case "slot":
            return slot_of_any(phase, SlotId(value))
        case "sponsor":
            return sponsor_name(phase, SponsorId(value))
        case _:
            return value


def slot_of_any(phase: Phase, slot: SlotId) -> str:
    """The times of a slot, on the first direction that has one of the name."""
    return current_reader().slot_of_any(phase, slot)


@register.simple_tag
def sponsor_name(phase: Phase, sponsor: SponsorId) -> str:
    """What a sponsor is called."""
    return current_reader().sponsor_name(phase, sponsor)


def _said(key: str, **facts: str) -> str:
    return words(key, current_language(), **facts)


@register.simple_tag
def quota_limit(quota: Quota) -> str:
    """How many, of what kind and how often; what nobody stated is said to be not stated."""
    if quota.limit is None:
        return _said(f"pages.limits.not_stated_{quota.per}")
    if quota.kind is QuotaKind.RESERVE:
        return _said(f"rules.reserve.{quota.per}", limit=f"{quota.limit:,}")
    if quota.kind is None:
        kind = f"unsure_{quota.per}"
    else:
        kind = f"{quota.per}_person" if "person" in quota.counts else quota.per.value
    return _said(f"pages.limits.{kind}", limit=f"{quota.limit:,}")


@register.simple_tag
def phase_name(version: Version, phase: PhaseId) -> str:
    """What a phase of the version is called."""
    found = find_phase(version, phase)
    return str(phase) if found is None else found.name.in_language(current_language())
