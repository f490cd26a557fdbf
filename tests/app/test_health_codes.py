"""Declarations: one live code for each person, and a code asked for again is never a newer one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from tests.builders.authorities import Pair, person
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
)
from tongguan.adapters.keys import KeyStore
from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.gates import decide_at_gate
from tongguan.app.health_codes import HealthCodeRevokedError, declare_health
from tongguan.app.ports import Transaction
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.decisions import Outcome
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.people import Person
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
