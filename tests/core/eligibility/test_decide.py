"""An application against the assumed pilot: granted, referred, or refused with every reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.eligibility.decide import ApplicationFacts, decide_application, party_size_max
from tongguan.core.identifiers import CategoryId, DivisionCode, VersionId
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import AllocationMethod, Category, Phase

PHASE = load_bundled(VersionId("hk-gd-2021-assumed")).version.phases[0]
TODAY = date(2021, 12, 13)


def person(
    number: str = "H00000001", kind: DocumentType = DocumentType.HOME_RETURN_PERMIT
) -> Person:
    return Person(
        name="CHAN TAI MAN",
        document=Document(type=kind, number=number, issuer="CHN"),
        assurance=Assurance.ASSERTED,
    )


def decide(
    category: str = "business",
    people: tuple[Person, ...] = (person(),),
    evidence: Mapping[str, str] | None = None,
    itinerary: tuple[str, ...] = ("440300",),
    phase: Phase = PHASE,
) -> Decision:
    facts = ApplicationFacts(
        category=CategoryId(category),
        people=people,
        evidence={"invitation": "an invitation"} if evidence is None else evidence,
        itinerary=tuple(DivisionCode(each) for each in itinerary),
    )
    return decide_application(phase, facts, TODAY)


@pytest.mark.parametrize("category", PHASE.categories, ids=lambda each: each.id)
def test_application__decide__as_the_category_allocates(category: Category) -> None:
    evidence = {each.id: "described" for each in category.evidence or ()}
    decision = decide(category.id, evidence=evidence)
    if category.allocation is AllocationMethod.FIRST_COME:
        assert decision.outcome is Outcome.GRANT
        assert decision.codes == (ReasonCode.GRANTED_FIRST_COME,)
    else:
        assert decision.outcome is Outcome.REFER
        assert decision.codes == (ReasonCode.OFFICER_DECIDES,)


@pytest.mark.parametrize("described", ["", "   ", None])
def test_application__decide__blank_evidence_is_missing(described: str | None) -> None:
    decision = decide(evidence={} if described is None else {"invitation": described})
    assert decision.codes == (ReasonCode.EVIDENCE_MISSING,)
    assert decision.reasons[0].clause == "phases/pilot/categories/business/evidence/invitation"
    assert decision.reasons[0].claims == ("F6",)


def test_application__decide__one_too_many_in_the_party() -> None:
    limit = party_size_max(PHASE)
    assert limit is not None
    people = tuple(person(f"H{number:08d}") for number in range(limit + 1))
    assert decide(people=people[:limit]).outcome is Outcome.GRANT
    assert decide(people=people).codes == (ReasonCode.PARTY_TOO_LARGE,)


@pytest.mark.parametrize("again", ["H00000001", "h 0000-0001", "H0000000(1)", "H0000000102"])
def test_application__decide__the_same_person_however_written(again: str) -> None:
    assert decide(people=(person(), person(again))).codes == (ReasonCode.SAME_PERSON_TWICE,)


def test_application__decide__documents_nobody_stated_refuse_nobody() -> None:
    part = PHASE.participation
    assert part is not None
    unstated = replace(PHASE, participation=replace(part, document_types=None))
    stranger = (person(kind=DocumentType.PASSPORT),)
    assert decide(people=stranger).codes == (ReasonCode.DOCUMENT_NOT_ACCEPTED,)
    assert decide(people=stranger, phase=unstated).outcome is Outcome.GRANT


def test_application__decide__an_identity_below_the_level_asked_for() -> None:
    strict = replace(
        PHASE,
        categories=tuple(
            replace(each, assurance=Assurance.DOCUMENT_READ) for each in PHASE.categories
        ),
    )
    assert decide(phase=strict).codes == (ReasonCode.ASSURANCE_TOO_LOW,)
    read = replace(person(), assurance=Assurance.VERIFIED)
    assert decide(people=(read,), phase=strict).outcome is Outcome.GRANT


def test_application__decide__an_itinerary_outside_the_range_cites_the_clause() -> None:
    decision = decide(itinerary=("440300", "110000"))
    assert decision.codes == (ReasonCode.AREA_OUTSIDE_RANGE,)
    assert decision.reasons[0].clause == "phases/pilot/area"
    assert decision.reasons[0].claims == ("F10",)


@given(
    category=st.sampled_from([each.id for each in PHASE.categories] + ["pilgrimage"]),
    persons=st.integers(min_value=1, max_value=6),
    evidence=st.dictionaries(st.sampled_from(["invitation", "kinship"]), st.text(max_size=3)),
    itinerary=st.lists(st.sampled_from(["440300", "440100", "110000", "820000"]), max_size=3),
)
def test_application__decide__never_granted_with_an_adverse_reason(
    category: str, persons: int, evidence: dict[str, str], itinerary: list[str]
) -> None:
    decision = decide(
        category,
        people=tuple(person(f"H{number:08d}") for number in range(persons)),
        evidence=evidence,
        itinerary=tuple(itinerary),
    )
    kind = {
        Outcome.GRANT: {ReasonCode.GRANTED_FIRST_COME},
        Outcome.REFER: {ReasonCode.OFFICER_DECIDES},
    }.get(decision.outcome)
    assert decision.reasons
    assert all(each.clause for each in decision.reasons)
    if kind is not None:
        assert set(decision.codes) == kind


def test_application__of_nobody__is_our_own_bug() -> None:
    with pytest.raises(ValueError, match="at least one"):
        decide(people=())
