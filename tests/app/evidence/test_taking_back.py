"""A stolen key: what its source said since is taken back, to the end, and from nobody else."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tests.builders.authorities import START, Pair, opened_pair, person
from tests.builders.evidence import (
    Source,
    a_contact,
    a_test,
    enrolled,
    entry,
    kept_of,
)
from tests.builders.officers import colour_of, contested, reviewed, told, with_units
from tests.builders.travel import code, declared, health_request
from tongguan.app.control.alarms import alarms_shown
from tongguan.app.control.store import CaseState
from tongguan.app.evidence import batches
from tongguan.app.evidence.entry import NotByTheDoorError, become
from tongguan.app.evidence.risk_places import risk_places
from tongguan.app.evidence.sources import sources, withdraw_source
from tongguan.app.evidence.taking_back import SinceAheadError, TakenBack, take_back
from tongguan.app.health.corrections import case_of
from tongguan.core.evidence.batch_content import ListedPlace
from tongguan.core.evidence.batch_faults import BatchFault
from tongguan.core.evidence.limits import CONSOLE
from tongguan.core.evidence.records import (
    EventKind,
    EvidenceEvent,
    EvidenceKind,
    Standing,
)
from tongguan.core.evidence.sources import SourceKind, Unsound
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import DeclaredStay, HealthDeclaration
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import DivisionCode, EvidenceSourceId

THEFT = START + timedelta(hours=1)


@pytest.fixture
def hk(active: Pair) -> Any:
    """Hong Kong with officers in four units."""
    return with_units(active.hk)


def taken_back(hk: Any, source: Source, since: datetime = THEFT) -> TakenBack:
    answer = take_back(hk, source.id, since=since, because=Unsound.KEY_LOST, by="console")
    assert answer is not None
    return answer


def counts(answer: TakenBack) -> tuple[int, int, int, int, int]:
    return answer.taken, answer.held, answer.persons, answer.withheld, answer.places


def codes(hk: Any, number: int) -> list[str]:
    return [each.code for each in told(hk, person(number))]


def test_stolen_key__what_it_said_since__is_gone_and_everybody_is_told(
    active: Pair, hk: Any
) -> None:
    office = enrolled(hk, SourceKind.ORDER_OFFICE, "centre")
    office.says(a_contact(person(1)))
    active.set_time(THEFT)
    before = declared(hk, health_request(hk, person(2)))
    said = [a_contact(person(number)) for number in range(2, 8)]
    receipt = office.says(*said, at=THEFT)
    assert receipt.standings == {Standing.COUNTS: 4, Standing.HELD: 2}
    case = contested(hk, person(2), said[0].id)
    assert colour_of(hk, person(2)) is Colour.RED
    active.set_time(THEFT + timedelta(hours=2))

    assert counts(taken_back(hk, office)) == (6, 2, 6, 0, 0)

    assert colour_of(hk, person(1)) is Colour.RED
    assert codes(hk, 1) == [HealthNoticeCode.FINDING_COUNTS]
    for number in range(2, 8):
        assert colour_of(hk, person(number)) is Colour.GREEN
        (kept,) = [e for e in kept_of(hk, person(number)) if e.evidence.source == office.id]
        assert (kept.events[-1].kind, kept.events[-1].by) == (EventKind.WITHDRAWN, (CONSOLE,))
    assert codes(hk, 3) == [HealthNoticeCode.SOURCE_WITHDRAWN, HealthNoticeCode.FINDING_COUNTS]
    assert codes(hk, 7) == []  # what was held never counted, and nobody was told of it
    decided = case_of(hk, said[0].id)
    assert decided is not None
    assert (decided.id, decided.state, decided.decided_by) == (
        case.id,
        CaseState.LIFTED,
        (CONSOLE,),
    )
    anew = declared(hk, health_request(hk, person(2)))
    assert anew.judgement.colour is Colour.GREEN
    assert anew.claims.status_index != before.claims.status_index
    with hk.database.transaction() as transaction:
        revoked = transaction.health_codes.revoked_indexes(unexpired_at=transaction.now)
    assert before.claims.status_index in revoked
    assert anew.claims.status_index not in revoked

    assert counts(taken_back(hk, office)) == (0, 0, 0, 0, 0)
    assert codes(hk, 3) == [HealthNoticeCode.SOURCE_WITHDRAWN, HealthNoticeCode.FINDING_COUNTS]
    later = taken_back(hk, office, since=THEFT + timedelta(hours=1))
    assert later.since == THEFT
    (found,) = sources(hk)
    assert (found.unsound_since, found.unsound_because) == (THEFT, Unsound.KEY_LOST)
    refused = office.says(a_contact(person(9)), at=THEFT).refused
    assert refused is not None
    assert refused.code is BatchFault.SOURCE_WITHDRAWN
    assert counts(taken_back(hk, office, since=START)) == (1, 0, 1, 0, 0)
    assert colour_of(hk, person(1)) is Colour.GREEN


def test_favourable__taken_back__is_limited_like_any_hand_and_goes_on_after_a_review(
    active: Pair, hk: Any
) -> None:
    ill = datetime(2021, 11, 29, 18, tzinfo=UTC)
    people = [person(number) for number in range(1, 8)]
    enrolled(hk).says(*(a_test(each, at=ill) for each in people))
    office = enrolled(hk, SourceKind.ORDER_OFFICE, "centre")
    active.set_time(THEFT)
    discharges = [
        entry(each, EvidenceKind.DISCHARGE, {"reference": "C1"}, on=date(2021, 11, 29))
        for each in people
    ]
    office.says(*discharges, at=THEFT)
    assert {colour_of(hk, each) for each in people} == {Colour.GREEN}
    code(hk, people[0])

    assert counts(taken_back(hk, office)) == (5, 0, 5, 2, 0)

    assert [colour_of(hk, each) for each in people].count(Colour.RED) == 5
    assert codes(hk, 1)[0] == HealthNoticeCode.SOURCE_WITHDRAWN_FAVOURABLE
    with hk.database.transaction() as transaction:
        assert transaction.health_codes.live(hk.index.person(people[0].document)) == ()
        acts = transaction.evidence.acts_since(START)
    by_console = [each for each in acts if each.causers == (CONSOLE,)]
    assert [each.held for each in by_console] == [False] * 5 + [True] * 2
    assert CONSOLE in {each.alarm.subject for each in alarms_shown(hk, officer="lee")}

    assert counts(taken_back(hk, office)) == (0, 0, 0, 2, 0)
    with hk.database.transaction() as transaction:
        assert len(transaction.evidence.acts_since(START)) == len(acts)
    reviewed(hk, acts=[each.serial for each in by_console])
    assert counts(taken_back(hk, office)) == (2, 0, 2, 0, 0)
    assert {colour_of(hk, each) for each in people} == {Colour.RED}


def test_thief__who_took_back_what_was_right__is_counted_for_whoever_says_it_anew(
    active: Pair, hk: Any
) -> None:
    laboratory = enrolled(hk)
    said = [a_test(person(number)) for number in (1, 2)]
    laboratory.says(*said)
    laboratory.takes_back(said[0].id)
    active.set_time(THEFT)
    laboratory.takes_back(said[1].id, at=THEFT)
    answer = taken_back(hk, laboratory)
    assert (answer.own_withdrawals, *counts(answer)) == (1, 0, 0, 0, 0, 0)
    assert colour_of(hk, person(2)) is Colour.GREEN


def test_places__listed_since__count_no_more(active: Pair, hk: Any) -> None:
    who = person()
    stay = DeclaredStay(division=DivisionCode("440303"), last_on=date(2021, 12, 12))
    code(hk, who, HealthDeclaration(stays=(stay,)))
    lister = enrolled(hk, SourceKind.RISK_PLACES, "places")
    before, since = (
        ListedPlace(division=DivisionCode(each), first_on=date(2021, 12, 10), last_on=None)
        for each in ("440305", "440303")
    )
    lister.says(listed=(before,))
    active.set_time(THEFT)
    lister.says(listed=(since,), at=THEFT)
    active.set_time(THEFT + timedelta(hours=1))
    assert colour_of(hk, who) is Colour.AMBER

    assert counts(taken_back(hk, lister)) == (0, 0, 0, 0, 1)

    assert [each.division for each in risk_places(hk)] == ["440305"]
    assert colour_of(hk, who) is Colour.GREEN


def test_batch__that_waited_while_its_source_was_withdrawn__is_refused(
    hk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    laboratory = enrolled(hk)
    holds = batches._Reception._hold

    def late(reception: Any, entries: Any) -> None:
        withdraw_source(hk, laboratory.id, by="console")
        holds(reception, entries)

    monkeypatch.setattr(batches._Reception, "_hold", late)
    refused = laboratory.says(a_test()).refused
    assert refused is not None
    assert refused.code is BatchFault.SOURCE_WITHDRAWN
    assert kept_of(hk, person()) == ()


def test_taking_back__while_batches_arrive__leaves_nothing_of_the_source(hk: Any) -> None:
    """Whatever comes first, a batch is refused or what it said is taken back, and nobody waits."""
    stolen, other = enrolled(hk), enrolled(hk, name="lab-islands")
    people = [person(number) for number in range(1, 7)]
    messages = [stolen.message(*(a_test(each) for each in people[turn:])) for turn in range(3)]
    messages.append(other.message(*(a_test(each) for each in reversed(people))))
    barrier = Barrier(len(messages) + 1)

    def send(message: bytes) -> batches.BatchReceipt:
        barrier.wait()
        return batches.receive_batch(hk, message)

    def withdraw() -> TakenBack:
        barrier.wait()
        return taken_back(hk, stolen, since=START)

    with ThreadPoolExecutor(len(messages) + 1) as threads:
        sent = [threads.submit(send, each) for each in messages]
        answer = threads.submit(withdraw).result()
        receipts = [each.result() for each in sent]
    assert receipts[-1].refused is None
    taken = sum(sum(each.standings.values()) for each in receipts[:-1] if each.refused is None)
    assert answer.taken == taken
    refused = {each.refused.code for each in receipts[:-1] if each.refused is not None}
    assert refused <= {BatchFault.SOURCE_WITHDRAWN}
    for each in people:
        assert colour_of(hk, each) is Colour.RED  # of the other laboratory
        said = [kept for kept in kept_of(hk, each) if kept.evidence.source == stolen.id]
        assert {kept.events[-1].kind for kept in said} <= {EventKind.WITHDRAWN}


def test_taking_back__begun_while_a_batch_is_on_its_way__waits_for_it(
    hk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen, required = enrolled(hk), batches._Reception._require_source
    began: list[Future[TakenBack]] = []
    with ThreadPoolExecutor(1) as threads:

        def overtaken(reception: Any) -> None:
            required(reception)
            began.append(threads.submit(taken_back, hk, stolen, since=START))
            done, _ = wait(began, timeout=1)
            assert not done

        monkeypatch.setattr(batches._Reception, "_require_source", overtaken)
        assert stolen.says(a_test(person(1)), a_test(person(2))).is_new
        assert counts(began[0].result()) == (2, 0, 2, 0, 0)
    assert colour_of(hk, person(1)) is Colour.GREEN


def test_console__of_what_it_noted_nothing_against__takes_nothing_back(
    active: Pair, hk: Any
) -> None:
    laboratory, other = enrolled(hk), enrolled(hk, name="lab-islands")
    said, others = a_test(person(1)), a_test(person(2))
    laboratory.says(said)
    other.says(others)
    active.set_time(THEFT)
    with pytest.raises(SinceAheadError):
        taken_back(hk, laboratory, since=THEFT + timedelta(seconds=1))
    unknown = EvidenceSourceId("nobody")
    assert take_back(hk, unknown, since=START, because=Unsound.OTHER, by="console") is None
    assert [each.withdrawn_at for each in sources(hk)] == [None, None]
    assert counts(taken_back(hk, laboratory)) == (0, 0, 0, 0, 0)
    for each in (said, others):
        event = EvidenceEvent(evidence=each.id, kind=EventKind.WITHDRAWN, at=THEFT, by=(CONSOLE,))
        with (
            pytest.raises(NotByTheDoorError, match="not_vouched"),
            hk.database.transaction() as transaction,
        ):
            become(hk, transaction, event, causers=(CONSOLE,))


def test_taking_back__killed_in_the_middle__is_begun_again_and_ends(
    new_database_url: Callable[[], str], tmp_path: Path
) -> None:
    urls: list[str] = []

    def remembered() -> str:
        urls.append(new_database_url())
        return urls[-1]

    with opened_pair(remembered, tmp_path) as pair:
        pair.activate()
        laboratory = enrolled(pair.hk)
        people = [person(number) for number in range(1, 8)]
        laboratory.says(*(a_test(each) for each in people))
        command = [sys.executable, "-m", "tests.app.evidence.taking_back_client"]
        given = [urls[0], str(tmp_path / "HK"), laboratory.id, START.isoformat()]
        with subprocess.Popen([*command, *given], stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout is not None
            assert client.stdout.readline() == "written\n"
            client.kill()
        assert client.returncode == -signal.SIGKILL
        colours = [colour_of(pair.hk, each) for each in people]
        assert colours.count(Colour.GREEN) == 3  # a step, and nothing of the one that was killed

        assert counts(taken_back(pair.hk, laboratory, since=START)) == (4, 0, 4, 0, 0)

        assert {colour_of(pair.hk, each) for each in people} == {Colour.GREEN}
        for number in range(1, 8):
            assert codes(pair.hk, number) == [
                HealthNoticeCode.SOURCE_WITHDRAWN,
                HealthNoticeCode.FINDING_COUNTS,
            ]
