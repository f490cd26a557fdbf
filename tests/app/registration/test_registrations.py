"""Registrations: one open for each number, levels, slips that open nothing else, looks recorded."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, granted, person
from tests.builders.travel import ISSUED_ON, code, registered, registration_request
from tongguan.app.applications import RequestIdReusedError, open_application
from tongguan.app.authorities import Authority
from tongguan.app.registration.registrations import (
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    look_at_registration,
    open_registration,
    register,
    registration_by_id,
    replaced_registration,
    verify_registration,
)
from tongguan.app.registration.store import Registration, RegistrationRoute
from tongguan.app.stores import AuditEntry
from tongguan.core.identifiers import ApplicationId, RegistrationId
from tongguan.core.people import Assurance, Document, DocumentType

PHONE = "+852 2345 6789"


def new_request(number: int = 1, **changed: object) -> RegistrationRequest:
    """A request under a new id."""
    new = {"id": RegistrationId(str(uuid4())), "phone": PHONE} | changed
    return registration_request(person(number), **new)


def made(authority: Authority, request: RegistrationRequest, **how: object) -> Registered:
    answer = register(authority, request, **how)  # type: ignore[arg-type]
    assert isinstance(answer, Registered), answer
    return answer


def audit(authority: Authority) -> tuple[AuditEntry, ...]:
    with authority.database.transaction() as transaction:
        return transaction.audit.latest(limit=10)


def refusal(
    authority: Authority, request: RegistrationRequest, **how: object
) -> RegistrationRefusal:
    answer = register(authority, request, **how)  # type: ignore[arg-type]
    assert isinstance(answer, RegistrationRefused), answer
    return answer.code


def test_registration__again__gives_the_same_slip_and_registers_once(active: Pair) -> None:
    request = new_request()
    first, again = made(active.hk, request), made(active.hk, request)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.slip == again.slip
    assert first.slip.reference.startswith("HC-")
    assert again.registration == first.registration


def test_registration__other_content_under_a_known_id__is_refused_and_changes_nothing(
    active: Pair,
) -> None:
    request = new_request()
    kept = made(active.hk, request).registration
    for other in (
        replace(request, phone="12345678"),
        replace(request, holder=person(2)),
        replace(request, document_issued_on=date(2020, 1, 1)),
    ):
        with pytest.raises(RequestIdReusedError):
            register(active.hk, other)
    assert registration_by_id(active.hk, request.id) == kept


def test_registration__what_an_officer_typed__is_not_given_out_to_the_same_request_of_another(
    active: Pair,
) -> None:
    request = new_request()
    made(active.hk, request, route=RegistrationRoute.ASSISTED, officer="ho")
    with pytest.raises(RequestIdReusedError):
        register(active.hk, request)
    with pytest.raises(RequestIdReusedError):
        register(active.hk, request, route=RegistrationRoute.ASSISTED, officer="lam")


def test_slip__opens__its_registration_however_it_is_typed_and_nothing_else(active: Pair) -> None:
    answer = made(active.hk, new_request())
    reference, secret = answer.slip.reference, answer.slip.secret
    assert open_registration(active.hk, reference, secret) == answer.registration
    typed = reference.lower().replace("-", " ")
    assert open_registration(active.hk, typed, secret.lower()) == answer.registration
    other = made(active.hk, new_request(2))
    assert open_registration(active.hk, reference, other.slip.secret) is None
    assert open_registration(active.hk, other.slip.reference, secret) is None
    assert open_registration(active.hk, reference, "") is None
    assert replaced_registration(active.hk, reference, secret) is None


def test_slip__of_an_application_of_the_same_id__opens_no_registration(active: Pair) -> None:
    application = granted(active.hk)
    same = RegistrationId(application.application.id)
    answer = made(active.hk, new_request(id=same))
    assert answer.slip.secret != application.slip.secret
    assert answer.slip.reference != application.slip.reference
    assert open_registration(active.hk, answer.slip.reference, application.slip.secret) is None
    assert open_application(active.hk, application.slip.reference, answer.slip.secret) is None
    as_registration = "HC" + application.slip.reference[2:]
    assert open_registration(active.hk, as_registration, application.slip.secret) is None
    assert active.hk.index.slip(ApplicationId(same)) == application.slip


def test_number__registered_already__is_refused_whoever_asks_and_however(active: Pair) -> None:
    kept = registered(active.hk, person())
    for other in (new_request(), new_request(document_issued_on=date(2020, 1, 1))):
        assert refusal(active.hk, other) is RegistrationRefusal.ALREADY_REGISTERED
    spaced = replace(person().document, number=" h 0000-0001 ".strip())
    asked = new_request(holder=replace(person(), document=spaced))
    assert refusal(active.hk, asked) is RegistrationRefusal.ALREADY_REGISTERED
    entry = audit(active.hk)[0]
    assert (entry.action, entry.subject) == ("registration.register", kept)
    assert registered(active.gd, person())


def test_numbers__registered_at_once__leave_one_registration(active: Pair) -> None:
    for number in range(5):
        barrier = Barrier(2)

        def send(
            _: int, number: int = number, barrier: Barrier = barrier
        ) -> Registered | RegistrationRefused:
            request = new_request(500 + number)
            barrier.wait()
            return register(active.hk, request)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(send, range(2)))
        assert sorted(type(each).__name__ for each in answers) == [
            "Registered",
            "RegistrationRefused",
        ]


def test_registration__same_request_at_once__registers_once(active: Pair) -> None:
    request, barrier = new_request(), Barrier(2)

    def send(_: int) -> Registered:
        barrier.wait()
        return made(active.hk, request)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(send, range(2)))
    assert sorted(each.replayed for each in answers) == [False, True]


def test_number__with_a_fault__is_named(active: Pair) -> None:
    def with_document(kind: DocumentType, number: str) -> RegistrationRequest:
        document = Document(type=kind, number=number, issuer="CHN")
        return new_request(holder=replace(person(), document=document))

    assert refusal(active.hk, with_document(DocumentType.HKID, "A123456(4)")) == (
        "number_check_digit"
    )
    assert refusal(active.hk, with_document(DocumentType.PASSPORT, "K1")) == "number_form"
    unborn = "11010520211220001"
    for digit in "0123456789X":
        code = refusal(active.hk, with_document(DocumentType.MAINLAND_ID, unborn + digit))
        assert code in ("number_check_digit", "number_birth_date")


@pytest.mark.parametrize(
    ("issued_on", "code"),
    [
        (None, RegistrationRefusal.ISSUED_ON_MISSING),
        (date(2021, 12, 14), RegistrationRefusal.ISSUED_ON_IMPLAUSIBLE),
        (date(1900, 1, 1), RegistrationRefusal.ISSUED_ON_IMPLAUSIBLE),
    ],
)
def test_date_of_issue__missing_or_impossible__is_named(
    active: Pair, issued_on: date | None, code: RegistrationRefusal
) -> None:
    assert refusal(active.hk, new_request(document_issued_on=issued_on)) is code


def test_date_of_issue__missing__is_asked_for_whether_or_not_the_number_is_taken(
    active: Pair,
) -> None:
    """Who has a list of numbers and nothing else learns nothing from it."""
    registered(active.hk, person(1))
    answers = {refusal(active.hk, new_request(n, document_issued_on=None)) for n in (1, 2)}
    assert answers == {RegistrationRefusal.ISSUED_ON_MISSING}


def level(answer: Registered) -> Assurance:
    return answer.registration.assurance


def test_level__follows__from_what_was_shown_and_never_from_what_is_claimed(active: Pair) -> None:
    claimed = replace(person(1), assurance=Assurance.VERIFIED)
    own = made(active.hk, new_request(holder=claimed))
    assert level(own) is Assurance.DOCUMENT_READ
    paper = RegistrationRoute.PAPER
    without_date = made(
        active.hk, new_request(2, document_issued_on=None), route=paper, officer="ho"
    )
    assert level(without_date) is Assurance.ASSERTED
    with_date = made(active.hk, new_request(3), route=paper, officer="ho")
    assert level(with_date) is Assurance.DOCUMENT_READ
    seen = made(
        active.hk,
        new_request(4, document_issued_on=None),
        route=RegistrationRoute.ASSISTED,
        officer="ho",
        is_proof_seen=True,
    ).registration
    assert (seen.assurance, seen.verified_by, seen.registered_by) == (
        Assurance.VERIFIED,
        "ho",
        "ho",
    )


def test_proof__of_nothing__verifies_nobody(active: Pair) -> None:
    bare = new_request(phone=None)
    how = {"route": RegistrationRoute.ASSISTED, "officer": "ho", "is_proof_seen": True}
    assert refusal(active.hk, bare, **how) is RegistrationRefusal.PROOF_MISSING
    made(active.hk, bare)
    assert verify_registration(active.hk, bare.id, officer="ho") == RegistrationRefused(
        code=RegistrationRefusal.PROOF_MISSING
    )


@pytest.mark.parametrize(
    "how",
    [
        {"route": RegistrationRoute.ASSISTED},
        {"route": RegistrationRoute.PAPER},
        {"officer": "ho"},
        {"is_proof_seen": True},
    ],
)
def test_officer__and_route__belong_together(active: Pair, how: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="officer"):
        register(active.hk, new_request(), **how)  # type: ignore[arg-type]


def test_verification__by_an_officer__raises_the_level_once(active: Pair) -> None:
    request = new_request()
    made(active.hk, request)
    verified = verify_registration(active.hk, request.id, officer="ho")
    assert isinstance(verified, Registration)
    assert (verified.assurance, verified.verified_by) == (Assurance.VERIFIED, "ho")
    assert verify_registration(active.hk, request.id, officer="lam") == verified
    unknown = RegistrationId(str(uuid4()))
    assert verify_registration(active.hk, unknown, officer="ho") == RegistrationRefused(
        code=RegistrationRefusal.UNKNOWN
    )


def test_look__of_an_officer__is_recorded_before_it_is_shown(active: Pair) -> None:
    answer = made(active.hk, new_request())
    found = look_at_registration(active.hk, answer.slip.reference.lower(), officer="ho")
    assert found == answer.registration
    entry = audit(active.hk)[0]
    assert (entry.actor, entry.action, entry.subject) == (
        "ho",
        "registration.look",
        answer.registration.id,
    )
    assert look_at_registration(active.hk, "HC-AAAA-AAAA-AAAA", officer="ho") is None


def test_registration__kept__holds_nothing_readable(active: Pair) -> None:
    request = new_request(address="12 Nathan Road")
    made(active.hk, request)
    with active.hk.database.transaction() as transaction:
        row = transaction.connection.execute(  # type: ignore[attr-defined]
            "SELECT r::text FROM tongguan.registration r WHERE id = %s", (request.id,)
        ).fetchone()
    for secret in ("CHAN", "H00000001", "Nathan", PHONE, ISSUED_ON.isoformat()):
        assert secret not in row[0]
        assert secret.encode().hex() not in row[0]


def test_registration__with_a_code_of_today__is_kept_as_long_as_the_code(active: Pair) -> None:
    def kept_until() -> date:
        with active.hk.database.transaction() as transaction:
            row = transaction.connection.execute(  # type: ignore[attr-defined]
                "SELECT delete_after FROM tongguan.registration"
            ).fetchone()
        return date.fromisoformat(str(row[0]))

    code(active.hk, person())
    first = kept_until()
    active.set_time(START + timedelta(days=3))
    code(active.hk, person())
    assert kept_until() == first + timedelta(days=3)
