"""An application decided by the scheme's own words, with every reason at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tongguan.core.area.range import check_area
from tongguan.core.credentials.holder import lasting_number
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.eligibility.parties import head_age_reasons
from tongguan.core.eligibility.sponsors import sponsor_reasons
from tongguan.core.eligibility.stays import Stay, stay_reasons
from tongguan.core.identifiers import CategoryId, DivisionCode, SponsorId
from tongguan.core.people import Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import AllocationMethod, Basis, Category, Evidence, Phase


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationFacts:
    """What a party states when it applies under a category."""

    category: CategoryId
    people: tuple[Person, ...] = field(repr=False)
    evidence: Mapping[str, str] = field(repr=False)
    """Evidence id to the applicant's description of it; a blank one counts as absent."""
    itinerary: tuple[DivisionCode, ...] = field(repr=False)
    stays: tuple[Stay, ...] | None = field(repr=False, default=None)
    """Where the party was on the days before; ``None`` = not stated."""
    sponsor: SponsorId | None = None
    not_on_list: tuple[int, ...] = ()
    """Numbers, from 0, of the people whom the sponsor named has not put on its list."""

    def __post_init__(self) -> None:
        """ValueError for an application of nobody: whoever takes applications in asks for one."""
        if not self.people:
            raise ValueError("an application names at least one person")


def decide_application(phase: Phase, facts: ApplicationFacts, on: date) -> Decision:
    """Grant, refuse with every reason, or refer to the officer whom the category asks for."""
    category = category_of(phase, facts.category)
    if category is None:
        return Decision(
            outcome=Outcome.REFUSE,
            reasons=(
                Reason(
                    code=ReasonCode.CATEGORY_UNKNOWN,
                    clause=f"phases/{phase.id}/categories",
                    claims=phase.basis.claims,
                    facts={"category": facts.category[:40]},
                ),
            ),
        )
    refusals = (
        *_party_reasons(phase, facts),
        *_document_reasons(phase, facts),
        *_assurance_reasons(phase, category, facts),
        *_evidence_reasons(phase, category, facts),
        *head_age_reasons(phase, facts.people[0].born),
        *sponsor_reasons(phase, category, facts.sponsor, facts.not_on_list),
        *stay_reasons(phase, facts.stays, on),
        *_area_reasons(phase, facts, on),
    )
    if refusals:
        return Decision(outcome=Outcome.REFUSE, reasons=refusals)
    return _allocated(phase, category, facts)


def category_of(phase: Phase, category: CategoryId) -> Category | None:
    """The phase's category of this name, or ``None``."""
    return next((each for each in phase.categories if each.id == category), None)


def party_size_max(phase: Phase) -> int | None:
    """The largest party any direction of the phase takes; ``None`` when nobody stated one."""
    sizes = [way.booking.party.size_max for way in phase.directions if way.booking is not None]
    return min(sizes, default=None)


_ALLOCATED = {
    AllocationMethod.FIRST_COME: (Outcome.GRANT, ReasonCode.GRANTED_FIRST_COME),
    AllocationMethod.SPONSOR_LIST: (Outcome.GRANT, ReasonCode.GRANTED_SPONSOR_LIST),
}


def _allocated(phase: Phase, category: Category, facts: ApplicationFacts) -> Decision:
    """What follows from the category's way of allocation; an officer decides all else."""
    undecided = (Outcome.REFER, ReasonCode.OFFICER_DECIDES)
    outcome, code = undecided
    if category.allocation is not None:
        outcome, code = _ALLOCATED.get(category.allocation, undecided)
    named = {"sponsor": facts.sponsor} if facts.sponsor is not None else {}
    reason = _reason(
        code,
        f"phases/{phase.id}/categories/{category.id}/allocation",
        category.basis,
        category=category.id,
        **named,
    )
    return Decision(outcome=outcome, reasons=(reason, *_following(phase, category, facts)))


def _following(phase: Phase, category: Category, facts: ApplicationFacts) -> tuple[Reason, ...]:
    """The evidence that is asked for, is not there and may follow."""
    return tuple(
        _reason(
            ReasonCode.EVIDENCE_FOLLOWS,
            f"phases/{phase.id}/categories/{category.id}/evidence/{each.id}",
            category.basis,
            evidence=each.id,
            days=str(each.follows_within_days),
        )
        for each in category.evidence or ()
        if each.follows_within_days and each.required and not _is_described(facts, each)
    )


def _is_described(facts: ApplicationFacts, evidence: Evidence) -> bool:
    return bool(facts.evidence.get(evidence.id, "").strip())


def _party_reasons(phase: Phase, facts: ApplicationFacts) -> tuple[Reason, ...]:
    found: list[Reason] = []
    limit = party_size_max(phase)
    if limit is not None and len(facts.people) > limit:
        found.append(
            Reason(
                code=ReasonCode.PARTY_TOO_LARGE,
                clause=f"phases/{phase.id}/directions",
                claims=phase.basis.claims,
                facts={"persons": str(len(facts.people)), "persons_max": str(limit)},
            )
        )
    documents = [
        (each.document.type, lasting_number(each.document.type, each.document.number))
        for each in facts.people
    ]
    if len(set(documents)) < len(documents):
        found.append(_reason(ReasonCode.SAME_PERSON_TWICE, f"phases/{phase.id}", phase.basis))
    return tuple(found)


def _document_reasons(phase: Phase, facts: ApplicationFacts) -> tuple[Reason, ...]:
    part = phase.participation
    if part is None or part.document_types is None:
        return ()
    refused = sorted({p.document.type for p in facts.people} - set(part.document_types))
    return tuple(
        _reason(
            ReasonCode.DOCUMENT_NOT_ACCEPTED,
            f"phases/{phase.id}/participation",
            part.basis,
            document_type=each,
            accepted=", ".join(part.document_types),
        )
        for each in refused
    )


def _assurance_reasons(
    phase: Phase, category: Category, facts: ApplicationFacts
) -> tuple[Reason, ...]:
    required = category.assurance
    if required is None or all(each.assurance.reaches(required) for each in facts.people):
        return ()
    clause = f"phases/{phase.id}/categories/{category.id}/assurance"
    return (_reason(ReasonCode.ASSURANCE_TOO_LOW, clause, category.basis, required=required.value),)


def _evidence_reasons(
    phase: Phase, category: Category, facts: ApplicationFacts
) -> tuple[Reason, ...]:
    return tuple(
        _reason(
            ReasonCode.EVIDENCE_MISSING,
            f"phases/{phase.id}/categories/{category.id}/evidence/{each.id}",
            category.basis,
            evidence=each.id,
        )
        for each in category.evidence or ()
        if each.required and not each.follows_within_days and not _is_described(facts, each)
    )


def _area_reasons(phase: Phase, facts: ApplicationFacts, on: date) -> tuple[Reason, ...]:
    if phase.area is None:
        return ()
    return check_area(phase.area, facts.itinerary, on, clause=f"phases/{phase.id}/area").reasons


def _reason(code: ReasonCode, clause: str, basis: Basis, **facts: str) -> Reason:
    return Reason(code=code, clause=clause, claims=basis.claims, facts=facts)
