"""Officers of four units in tests, and what two of them do together."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from tests.builders.authorities import START, person
from tests.builders.travel import HONG_KONG, registered
from tongguan.app.authorities import Authority
from tongguan.app.control.proposals import (
    FindingProposal,
    TwoOfficersRefused,
    confirm,
    propose_finding,
    propose_lift,
    propose_release,
    propose_review,
    propose_uphold,
)
from tongguan.app.control.store import CorrectionCase, HealthNotice, Proposal
from tongguan.app.control.units import put_in_unit
from tongguan.app.health.codes import explain
from tongguan.app.health.corrections import contest
from tongguan.app.health.notices import health_notices_of
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import CaseId, EvidenceId, ProposalId
from tongguan.core.people import Person

OFFICERS = {
    "ho": "contact-tracing",
    "lam": "case-management",
    "chan": "port-health",
    "lee": "inspectorate",
}
"""Officers by name, each in another unit."""
WORDS = "Seen by both of us."
TODAY = START.astimezone(HONG_KONG).date()


def with_units(authority: Authority) -> Authority:
    """The authority with its officers in their units."""
    for officer, unit in OFFICERS.items():
        put_in_unit(authority, officer, unit, by="console")
    return authority


def new_proposal() -> ProposalId:
    return ProposalId(str(uuid4()))


def finding(who: Person | None = None, **changed: Any) -> FindingProposal:
    """That somebody is a close contact, for a week."""
    said: dict[str, Any] = {
        "id": new_proposal(),
        "document": (who or person()).document,
        "kind": EvidenceKind.CONTACT_ORDER,
        "ground": HealthReason.CLOSE_CONTACT,
        "on": TODAY,
        "ends_on": TODAY + timedelta(days=6),
        "reference": "CT-2021-77",
        "words": "Sat beside case 12 at dinner.",
    }
    return FindingProposal(**(said | changed))


def proposed(answer: Proposal | TwoOfficersRefused) -> Proposal:
    assert isinstance(answer, Proposal), answer
    return answer


def found(
    authority: Authority, who: Person, by: tuple[str, str] = ("ho", "lam"), **changed: Any
) -> EvidenceId:
    """Evidence of two officers against a person, held or not."""
    made = finding(who, **changed)
    proposed(propose_finding(authority, made, officer=by[0]))
    proposed(confirm(authority, made.id, officer=by[1]))
    return EvidenceId(made.id)


def lifted(
    authority: Authority, evidence: EvidenceId, by: tuple[str, str] = ("chan", "lee")
) -> Proposal | TwoOfficersRefused:
    answer = propose_lift(authority, new_proposal(), evidence, words=WORDS, officer=by[0])
    return _confirmed(authority, answer, by[1])


def released(
    authority: Authority, evidence: EvidenceId, by: tuple[str, str] = ("chan", "lee")
) -> Proposal | TwoOfficersRefused:
    answer = propose_release(authority, new_proposal(), evidence, words=WORDS, officer=by[0])
    return _confirmed(authority, answer, by[1])


def reviewed(
    authority: Authority, *, by: tuple[str, str] = ("chan", "lee"), **serials: list[int]
) -> Proposal | TwoOfficersRefused:
    answer = propose_review(authority, new_proposal(), words=WORDS, officer=by[0], **serials)
    return _confirmed(authority, answer, by[1])


def upheld(
    authority: Authority, case: CaseId, by: tuple[str, str] = ("chan", "lee")
) -> Proposal | TwoOfficersRefused:
    answer = propose_uphold(authority, new_proposal(), case, words=WORDS, officer=by[0])
    return _confirmed(authority, answer, by[1])


def contested(authority: Authority, who: Person, evidence: EvidenceId) -> CorrectionCase:
    registration = registered(authority, who)
    answer = contest(authority, CaseId(str(uuid4())), registration, evidence, "I was not there.")
    assert isinstance(answer, CorrectionCase), answer
    return answer


def colour_of(authority: Authority, who: Person) -> Colour:
    return explain(authority, registered(authority, who)).colour


def told(authority: Authority, who: Person) -> tuple[HealthNotice, ...]:
    return health_notices_of(authority, authority.index.person(who.document))


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def _confirmed(
    authority: Authority, answer: Proposal | TwoOfficersRefused, officer: str
) -> Proposal | TwoOfficersRefused:
    if isinstance(answer, TwoOfficersRefused):
        return answer
    return confirm(authority, answer.id, officer=officer)
