"""Applications are decided by the scheme's words, kept sealed, opened with their slip only."""

from dataclasses import replace

import pytest

from tests.builders.authorities import Pair, application, person
from tongguan.app.applications import (
    BookedElsewhereError,
    OfficerDecision,
    RequestIdReusedError,
    decide_as_officer,
    look_at_application,
    open_application,
    submit_application,
    waiting_applications,
)
from tongguan.app.schemes import NothingHoldsError
from tongguan.app.stores import ApplicationState
from tongguan.core.identifiers import CategoryId
from tongguan.core.people import Document, DocumentType
from tongguan.core.reasons import ReasonCode

FUNERAL = {"death-proof": "Certificate of 10 December", "kinship": "Birth certificate"}


def test_application__submit__granted_by_the_rule(active: Pair) -> None:
    answer = submit_application(active.hk, application("business"))
    assert answer.application.state is ApplicationState.GRANTED
    assert answer.application.decision.codes == (ReasonCode.GRANTED_FIRST_COME,)
    assert answer.application.decided_by == "rule"


def test_application__submit__again_is_the_same_and_opens_with_the_same_slip(
    active: Pair,
) -> None:
    request = application("business")
    first = submit_application(active.hk, request)
    again = submit_application(active.hk, request)
    assert again.replayed
    assert again.slip == first.slip
    with pytest.raises(RequestIdReusedError):
        submit_application(active.hk, replace(request, itinerary=()))


def test_application__submit__refused_with_every_reason(active: Pair) -> None:
    stranger = replace(
        person(), document=Document(type=DocumentType.PASSPORT, number="X1", issuer="GBR")
    )
    request = application(
        "business", people=(stranger, stranger), evidence={}, itinerary=("440300", "110000")
    )
    decision = submit_application(active.hk, request).application.decision
    assert set(decision.codes) == {
        ReasonCode.SAME_PERSON_TWICE,
        ReasonCode.DOCUMENT_NOT_ACCEPTED,
        ReasonCode.EVIDENCE_MISSING,
        ReasonCode.AREA_OUTSIDE_RANGE,
    }
    assert all(each.clause for each in decision.reasons)


def test_application__submit__unknown_category_is_refused(active: Pair) -> None:
    answer = submit_application(active.hk, application("pilgrimage"))
    assert answer.application.decision.codes == (ReasonCode.CATEGORY_UNKNOWN,)


def test_application__submit__nothing_holds_before_activation(pair: Pair) -> None:
    with pytest.raises(NothingHoldsError):
        submit_application(pair.hk, application("business"))


def test_application__open__only_with_its_own_slip(active: Pair) -> None:
    mine = submit_application(active.hk, application(people=(person(1),)))
    other = submit_application(active.hk, application(people=(person(2),)))
    assert open_application(active.hk, mine.slip.reference, mine.slip.secret) is not None
    lower = mine.slip.secret.lower().replace("-", " ")
    assert open_application(active.hk, mine.slip.reference, lower) is not None
    assert open_application(active.hk, mine.slip.reference, other.slip.secret) is None
    assert open_application(active.hk, "TG-AAAA-AAAA", mine.slip.secret) is None
    assert open_application(active.hk, "", "") is None


def test_application__decide__by_an_officer_once_and_looks_are_recorded(active: Pair) -> None:
    asked = submit_application(active.hk, application("funeral", evidence=FUNERAL)).application
    assert asked.state is ApplicationState.WAITING
    assert [each.id for each in waiting_applications(active.hk, officer="lee")] == [asked.id]
    look_at_application(active.hk, asked.id, officer="lee")
    granted = decide_as_officer(
        active.hk, OfficerDecision(application=asked.id, grant=True, officer="lee")
    )
    reversed_ = decide_as_officer(
        active.hk, OfficerDecision(application=asked.id, grant=False, officer="ho")
    )
    with active.hk.database.transaction() as transaction:
        audit = transaction.audit.latest(limit=10)
    assert granted is not None
    assert granted.decision.codes == (ReasonCode.EVIDENCE_ACCEPTED,)
    assert reversed_ == granted
    actions = [(each.actor, each.action) for each in audit if each.subject == asked.id]
    assert actions == [
        ("lee", "application.decide"),
        ("lee", "application.look"),
        ("lee", "application.look"),
        ("traveller", "application.submit"),
    ]


def test_application__decide__fallback_must_be_one_of_the_category(active: Pair) -> None:
    asked = submit_application(active.hk, application("funeral", evidence=FUNERAL)).application
    with pytest.raises(ValueError, match="fallback"):
        decide_as_officer(
            active.hk,
            OfficerDecision(
                application=asked.id, grant=True, officer="lee", fallback=CategoryId("business")
            ),
        )


def test_application__keep__nothing_personal_stands_in_the_rows(active: Pair) -> None:
    request = application(people=(person(4711, "LONELY NAME"),), evidence={"invitation": "ZEBRA"})
    submit_application(active.hk, request)
    with active.hk.database.transaction() as transaction:
        rows = transaction.connection.execute(  # type: ignore[attr-defined]
            "SELECT a::text, p::text FROM tongguan.application a"
            " JOIN tongguan.applicant p ON p.application = a.id"
        ).fetchall()
    everything = repr(rows)
    for secret in ("LONELY", "4711", "ZEBRA"):
        assert secret not in everything
        assert secret.encode().hex() not in everything


def test_application__submit__only_to_the_authority_that_books(active: Pair) -> None:
    with pytest.raises(BookedElsewhereError):
        submit_application(active.gd, application("business"))
