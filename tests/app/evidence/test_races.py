"""Many at the door at once: nobody waits in a circle, and no limit is passed by being quick."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep

from tests.builders.authorities import START, Pair, person
from tests.builders.brought import EVERYBODY, believing, dcc_of_test, registered_as, traveller
from tests.builders.evidence import a_contact, a_test, enrolled, kept_of
from tongguan.app.authorities import Authority
from tongguan.app.evidence.batches import BatchReceipt, receive_batch
from tongguan.app.health.certificates import (
    CertificateRefusal,
    CertificateRefused,
    CertificateTaken,
    bring_certificate,
    brought_certificates,
)
from tongguan.app.registration.store import Registration
from tongguan.core.certificates.verdict import Verified
from tongguan.core.certificates.verify import verify_certificate
from tongguan.core.evidence.batch_faults import BatchFault
from tongguan.core.evidence.certified_facts import read_certified
from tongguan.core.evidence.records import Route, Standing
from tongguan.core.evidence.sources import SourceKind

AT_ONCE = 4


def together(pair: Pair, messages: list[bytes]) -> list[BatchReceipt]:
    """Each message from a thread of its own, all beginning at one moment."""
    barrier = Barrier(len(messages))

    def send(message: bytes) -> BatchReceipt:
        barrier.wait()
        return receive_batch(pair.hk, message)

    with ThreadPoolExecutor(len(messages)) as threads:
        return list(threads.map(send, messages))


def test_batches__of_the_same_people_in_other_orders__never_wait_in_a_circle(active: Pair) -> None:
    people = [person(number) for number in range(1, 13)]
    laboratories = [enrolled(active.hk, name=f"lab-{name}") for name in "abcd"]
    messages = []
    for turn, laboratory in enumerate(laboratories):
        turned = people[turn * 3 :] + people[: turn * 3]
        order = turned if turn % 2 else turned[::-1]
        messages.append(laboratory.message(*(a_test(each) for each in order)))
    receipts = together(active, messages)
    assert [each.refused for each in receipts] == [None] * AT_ONCE
    assert all(each.standings[Standing.COUNTS] == len(people) for each in receipts)
    assert all(len(kept_of(active.hk, each)) == AT_ONCE for each in people)


def test_certificate__brought_by_many_at_once__counts_for_one(active: Pair) -> None:
    hk, text = believing(active.hk), dcc_of_test()
    registrations = [registered_as(hk, traveller(number)) for number in range(1, AT_ONCE + 1)]
    barrier = Barrier(AT_ONCE)

    def bring(registration: Registration) -> object:
        barrier.wait()
        return bring_certificate(hk, registration, text)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(bring, registrations))
    taken = [each for each in answers if isinstance(each, CertificateTaken)]
    refused = [each.code for each in answers if isinstance(each, CertificateRefused)]
    assert len(taken) == 1
    assert refused == [CertificateRefusal.ALREADY_BROUGHT] * (AT_ONCE - 1)
    assert sum(len(brought_certificates(hk, each)) for each in registrations) == 1


def is_anybody_waiting(authority: Authority) -> bool:
    with authority.database.connection() as connection:
        found = connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1").fetchone()
    return found is not None


def test_certificate__given_to_another_in_the_meantime__is_refused(active: Pair) -> None:
    """Nobody had brought it when this one looked, and somebody has when this one claims it."""
    hk, text = believing(active.hk), dcc_of_test()
    first, late = (registered_as(hk, traveller(number)) for number in (1, 2))
    verdict = verify_certificate(text, trust=EVERYBODY.trust, issuers=EVERYBODY.issuers, now=START)
    assert isinstance(verdict, Verified)
    digest = hk.index.certificate(read_certified(verdict).identity)
    with ThreadPoolExecutor(1) as threads:
        with hk.database.transaction() as transaction:
            transaction.certificates.keep(digest, first.id, "k", transaction.now)
            answer = threads.submit(bring_certificate, hk, late, text)
            until = monotonic() + 20
            while not is_anybody_waiting(hk):
                assert monotonic() < until
                assert not answer.done(), answer.result()
                sleep(0.02)
        refused = CertificateRefused(code=CertificateRefusal.ALREADY_BROUGHT)
        assert answer.result(timeout=20) == refused
    assert brought_certificates(hk, late) == ()


def test_limit__reached_by_many_at_once__holds(active: Pair) -> None:
    """Four offices of one unit: what each says counts against the unit as well."""
    assert active.hk.health_rules is not None
    limit = active.hk.health_rules.controls.unreviewed_max[Route.ORDER_OFFICE]
    offices = [
        enrolled(active.hk, SourceKind.ORDER_OFFICE, f"office-{name}", unit="tracing")
        for name in "abcd"
    ]
    messages = [
        office.message(*(a_contact(person(10 * turn + each)) for each in range(1, 4)))
        for turn, office in enumerate(offices)
    ]
    standings = [each.standings for each in together(active, messages)]
    assert sum(each.get(Standing.COUNTS, 0) for each in standings) == limit
    assert sum(each.get(Standing.HELD, 0) for each in standings) == 12 - limit
    with active.hk.database.transaction() as transaction:
        acts = transaction.evidence.acts_since(START)
        alarms = transaction.controls.alarms(open_only=True)
    assert sum(not each.held for each in acts) == limit
    subjects = [(each.kind, each.subject) for each in alarms]
    assert len(subjects) == len(set(subjects))


def test_batch__sent_by_many_at_once__is_kept_once(active: Pair) -> None:
    message = enrolled(active.hk).message(a_test(), a_test(person(2)))
    receipts = together(active, [message] * AT_ONCE)
    assert sorted(each.is_new for each in receipts) == [False] * (AT_ONCE - 1) + [True]
    assert len(kept_of(active.hk, person())) == 1


def test_id__used_by_two_sources_at_once__is_of_one(active: Pair) -> None:
    first, second = (enrolled(active.hk, name=f"lab-{name}") for name in "ab")
    said = a_test()
    messages = [first.message(said), second.message(a_test(person(2), id=said.id))]
    codes = [each.refused and each.refused.code for each in together(active, messages)]
    assert sorted(codes, key=str) == [None, BatchFault.ID_REUSED]
