"""Declarations: one live code for each person, and a code asked for again is never a newer one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair, person
from tests.builders.evidence import a_test, enrolled
from tests.builders.travel import (
    DAY,
    MORNING,
    at,
    booked,
    code,
    declared,
    gate,
    health_request,
    pass_of,
    presented,
    registered,
)
from tongguan.adapters.keys import KeyStore
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.gates import decide_at_gate
from tongguan.app.health.codes import (
    HealthAnswer,
    HealthCodeRevokedError,
    HealthRefusal,
    HealthRefused,
    HealthRequest,
    RegistrationClosedError,
    declare_health,
    explain,
)
from tongguan.app.ports import Transaction
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.decisions import Outcome
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import RegistrationId
from tongguan.core.people import Assurance, Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

ILL = HealthDeclaration(confirmed=True)


def live_codes(authority: Authority, who: Person) -> int:
    with authority.database.transaction() as transaction:
        row = transaction.connection.execute(  # type: ignore[attr-defined]
            "SELECT count(*) FROM tongguan.health_code"
            " WHERE person_index = %s AND revoked_at IS NULL",
            (authority.index.person(who.document),),
        ).fetchone()
    return int(row[0])


def test_declaration__again__is_the_same_code_of_the_same_instant(active: Pair) -> None:
    request = health_request(active.hk, person())
    active.set_time(MORNING)
    first = declared(active.hk, request)
    active.set_time(MORNING + timedelta(hours=1))
    again = declared(active.hk, request)
    assert again.replayed
    assert again.claims == first.claims
    assert again.claims.issued_at == MORNING


def test_declaration__a_later_one__revokes_the_earlier_at_the_gate(active: Pair) -> None:
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 0))
    good = presented(active, who, pass_of(passes, Leg.OUT))
    active.set_time(at(DAY, 10, 10))
    code(active.hk, who, ILL)
    active.set_time(at(DAY, 10, 30))
    active.sync()
    decision = decide_at_gate(active.gd, gate(active.gd), good)
    assert decision.outcome is Outcome.DENY
    assert decision.codes == (ReasonCode.HEALTH_CODE_REVOKED,)
    assert live_codes(active.hk, who) == 1


def test_number__of_another_card_of_one_permit__is_the_same_person(active: Pair) -> None:
    """What is said of the number on a card of before 2013 reaches who registered with the new."""
    who = person()
    older = replace(who, document=replace(who.document, number="H0000000103"))
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 0))
    shown = replace(presented(active, who, pass_of(passes, Leg.OUT)), document=older.document)
    active.sync()
    assert decide_at_gate(active.gd, gate(active.gd), shown).outcome is Outcome.ADMIT

    enrolled(active.hk).says(a_test(older, at=at(DAY, 10, 0)), at=at(DAY, 10, 0))
    judged = explain(active.hk, registered(active.hk, who))
    assert judged.reasons == (HealthReason.SUSPECTED,)
    assert live_codes(active.hk, who) == 0


def test_declaration__revoked_by_a_later_one__is_never_signed_again(active: Pair) -> None:
    """Asked for again, an old green code would be the newest before a gate that is cut off."""
    request = health_request(active.hk, person())
    active.set_time(MORNING)
    declare_health(active.hk, request)
    active.set_time(MORNING + timedelta(minutes=10))
    declared(active.hk, health_request(active.hk, person(), ILL))
    with pytest.raises(HealthCodeRevokedError):
        declare_health(active.hk, request)


def test_declaration__other_request_under_a_known_id__is_refused(active: Pair) -> None:
    request = health_request(active.hk, person())
    declare_health(active.hk, request)
    other = replace(request, declaration=ILL)
    with pytest.raises(RequestIdReusedError):
        declare_health(active.hk, other)


def test_declaration__again_after_its_key_was_revoked__is_signed_by_the_new_key(
    active: Pair,
) -> None:
    request = health_request(active.hk, person())
    active.set_time(MORNING)
    first = declared(active.hk, request)
    store = active.hk.keys
    assert isinstance(store, KeyStore)
    later = MORNING + timedelta(minutes=10)
    store.revoke(store.signing_key(KeyUse.HEALTH_CODE, MORNING).public.key_id, at=later)
    store.make_missing(at=later, not_before=later, not_after=later + timedelta(days=300))
    active.set_time(later)
    again = declared(active.hk, request)
    assert (again.claims.code_id, again.claims.issued_at) == (first.claims.code_id, later)


def test_declarations__at_once__leave_one_live_code(active: Pair) -> None:
    for number in range(8):
        who, barrier = person(100 + number), Barrier(2)

        def declare(facts: HealthDeclaration, who: Person = who, barrier: Barrier = barrier) -> str:
            barrier.wait()
            return code(active.hk, who, facts)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(declare, (HealthDeclaration(), ILL)))
        assert live_codes(active.hk, who) == 1


def test_declaration__begun_before_another_and_kept_after_it__counts(active: Pair) -> None:
    """The one kept last is live, and dated no earlier than the one it revokes."""
    who = person()
    active.set_time(MORNING)
    real = active.hk.database
    early: list[bool] = []

    class Early:
        """A database where the next declaration began a minute before it was let in."""

        def transaction(self) -> object:
            return self

        def __enter__(self) -> Transaction:
            self.opened = real.transaction()
            transaction = self.opened.__enter__()
            transaction.__dict__["now"] = MORNING - timedelta(minutes=1)
            early.append(True)
            return transaction

        def __exit__(self, *error: object) -> None:
            self.opened.__exit__(*error)  # type: ignore[arg-type]

    first = declared(active.hk, health_request(active.hk, who))
    request = health_request(active.hk, who, ILL)
    delayed = Authority(
        id=active.hk.id,
        database=Early(),  # type: ignore[arg-type]
        keys=active.hk.keys,
        index=active.hk.index,
        health_rules=active.hk.health_rules,
    )
    second = declared(delayed, request)
    assert early
    assert second.judgement.colour is Colour.RED
    assert second.claims.issued_at == first.claims.issued_at
    assert live_codes(active.hk, who) == 1


def own_rows(authority: Authority, request: HealthRequest) -> list[tuple[bool, str | None]]:
    """What was declared under the registration: whether it counts still, and as what."""
    with authority.database.transaction() as transaction:
        kept = transaction.evidence.of_registration(request.registration)
    return [(not each.events, each.evidence.ground) for each in kept]


def test_declaration__anew__takes_the_place_of_what_was_declared_before(active: Pair) -> None:
    first = declared(active.hk, health_request(active.hk, person(), ILL))
    request = health_request(active.hk, person())
    second = declared(active.hk, request)
    assert (first.judgement.colour, second.judgement.colour) == (Colour.RED, Colour.GREEN)
    assert own_rows(active.hk, request) == [
        (False, None),
        (False, HealthReason.CONFIRMED),
        (True, None),
    ]
    assert explain(active.hk, request.registration).findings == ()


def test_declaration__again__enters_nothing_anew(active: Pair) -> None:
    request = health_request(active.hk, person(), ILL)
    first = declared(active.hk, request)
    again = declared(active.hk, request)
    assert len(own_rows(active.hk, request)) == 2
    assert again.judgement == first.judgement
    assert [each.reason for each in again.judgement.findings] == [HealthReason.CONFIRMED]


def test_new_code__without_a_declaration__rests_on_that_of_the_same_day(active: Pair) -> None:
    active.set_time(MORNING)
    registration = registered(active.hk, person())

    def ask() -> HealthAnswer | HealthRefused:
        request = HealthRequest(id=str(uuid4()), registration=registration, declaration=None)
        return declare_health(active.hk, request)

    missing = HealthRefused(code=HealthRefusal.DECLARATION_MISSING)
    assert ask() == missing
    first = declared(active.hk, health_request(active.hk, person(), ILL))
    active.set_time(MORNING + timedelta(hours=1))
    answer = ask()
    assert isinstance(answer, HealthAnswer)
    assert answer.judgement.colour is Colour.RED
    assert answer.claims.code_id != first.claims.code_id
    assert live_codes(active.hk, person()) == 1
    active.set_time(MORNING + timedelta(days=1))
    assert ask() == missing


def test_code__with_what_others_say__has_the_graver_colour_and_the_findings(active: Pair) -> None:
    laboratory = enrolled(active.hk)
    request = health_request(active.hk, person())
    assert declared(active.hk, request).judgement.colour is Colour.GREEN
    laboratory.says(a_test(person()))
    with pytest.raises(HealthCodeRevokedError):
        declare_health(active.hk, request)
    new = HealthRequest(id=str(uuid4()), registration=request.registration, declaration=None)
    answer = declared(active.hk, new)
    assert (answer.claims.colour, answer.judgement.colour) == (Colour.RED, Colour.RED)
    (finding,) = answer.judgement.findings
    assert (finding.source, finding.reason) == ("lab-kowloon", HealthReason.SUSPECTED)
    assert explain(active.hk, request.registration).findings == answer.judgement.findings


def test_declaration__of_good_health__hides_nothing_that_others_say(active: Pair) -> None:
    enrolled(active.hk).says(a_test(person()))
    answer = declared(active.hk, health_request(active.hk, person()))
    assert answer.judgement.colour is Colour.RED


def test_registration__below_the_level_of_the_rules__has_no_code(active: Pair) -> None:
    rules = active.hk.health_rules
    assert rules is not None
    strict = replace(active.hk, health_rules=replace(rules, assurance_min=Assurance.VERIFIED))
    request = health_request(strict, person())
    refused = HealthRefused(code=HealthRefusal.ASSURANCE_TOO_LOW)
    assert declare_health(strict, request) == refused
    assert own_rows(strict, request) == []
    assert live_codes(strict, person()) == 0
    enrolled(strict).says(a_test(person()))
    assert explain(strict, request.registration).findings == ()  # somebody else's, perhaps


def test_registration__unknown__has_no_code_and_no_findings(active: Pair) -> None:
    unknown = RegistrationId(str(uuid4()))
    request = HealthRequest(id=str(uuid4()), registration=unknown, declaration=ILL)
    closed = HealthRefused(code=HealthRefusal.REGISTRATION_CLOSED)
    assert declare_health(active.hk, request) == closed
    with pytest.raises(RegistrationClosedError):
        explain(active.hk, unknown)


def test_declaration__of_the_last_second__is_that_of_the_next_day(active: Pair) -> None:
    """Its code is of the next day, so it serves for another code on that day, and on no other."""
    active.set_time(at(DAY, 23, 59) + timedelta(seconds=59, milliseconds=200))
    request = health_request(active.hk, person())
    first = declared(active.hk, request)
    assert first.claims.valid_until > at(DAY, 23, 59) + timedelta(hours=23)
    active.set_time(at(DAY, 23, 59) + timedelta(hours=12))
    new = HealthRequest(id=str(uuid4()), registration=request.registration, declaration=None)
    declared(active.hk, new)


def test_declarations__under_one_id_at_once__give_one_code(active: Pair) -> None:
    request, barrier = health_request(active.hk, person(), ILL), Barrier(2)

    def send(_: int) -> HealthAnswer:
        barrier.wait()
        return declared(active.hk, request)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(send, range(2))
    assert first.claims == second.claims
    assert sorted((first.replayed, second.replayed)) == [False, True]
    assert len(own_rows(active.hk, request)) == 2
