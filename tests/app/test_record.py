"""What is on record is read once, and anew as soon as anybody has added to it."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.test_schemes import WHY
from tests.builders.authorities import START, Pair, deployment, opened_pair
from tests.builders.changes import PILOT, next_text
from tongguan.adapters.deployment import open_authority
from tongguan.app.acts import SuspensionOrder, suspend_phase
from tongguan.app.authorities import Authority
from tongguan.app.record_port import Record
from tongguan.app.schemes import adopt_version, holding_now, what_holds
from tongguan.app.stores import StoredFigures
from tongguan.core.identifiers import AuthorityId, SchemeId
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.state import PhaseState


class RolledBackError(Exception):
    """Ends a transaction without keeping anything."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A pair whose Hong Kong other programs open as well."""

    pair: Pair
    url: str
    directory: Path


@pytest.fixture
def beside(new_database_url: Callable[[], str], tmp_path: Path) -> Iterator[Beside]:
    urls: list[str] = []

    def noted() -> str:
        urls.append(new_database_url())
        return urls[-1]

    with opened_pair(noted, tmp_path) as pair:
        pair.activate()
        yield Beside(pair=pair, url=urls[0], directory=tmp_path / "HK")


def opened(beside: Beside) -> AbstractContextManager[Authority]:
    """Hong Kong as another program of it opens it."""
    return open_authority(deployment("HK", beside.url, beside.directory), durability_required=False)


def suspend(authority: Authority) -> None:
    holding = holding_now(authority)
    assert holding is not None
    suspend_phase(authority, holding.digest, PILOT, SuspensionOrder(why=WHY))


def state(authority: Authority) -> PhaseState:
    holding = holding_now(authority)
    assert holding is not None
    return holding.state


def record(authority: Authority) -> Record:
    with authority.database.transaction() as transaction:
        return transaction.record.read()


def suspend_elsewhere(url: str, directory: Path) -> None:
    """What a process of its own does."""
    with open_authority(deployment("HK", url, directory), durability_required=False) as hk:
        suspend(hk)


def figures(number: int) -> StoredFigures:
    """A row of no meaning: only its bytes are looked at here."""
    return StoredFigures(
        authority=AuthorityId("HK"),
        scheme=SchemeId("hk-gd-2021"),
        day=START.date(),
        signed=b"figures %d" % number,
        received_at=START,
    )


def test_record__with_nothing_added__is_read_once(active: Pair) -> None:
    assert record(active.hk) is record(active.hk)
    assert record(active.hk) is not record(active.gd)
    with active.hk.database.transaction() as transaction:
        first = what_holds(transaction)
    active.set_time(START + timedelta(seconds=30))
    assert holding_now(active.hk) is not first
    assert holding_now(active.hk) == first


def test_act_of_another_process__holds_in_the_very_next_transaction(beside: Beside) -> None:
    assert state(beside.pair.hk) is PhaseState.ACTIVE
    process = multiprocessing.get_context("spawn").Process(
        target=suspend_elsewhere, args=(beside.url, beside.directory)
    )
    process.start()
    process.join(timeout=30)
    assert process.exitcode == 0
    assert state(beside.pair.hk) is PhaseState.SUSPENDED


def test_act_of_another_connection__is_seen_within_a_transaction_that_read_before(
    beside: Beside,
) -> None:
    with opened(beside) as other, beside.pair.hk.database.transaction() as transaction:
        before = what_holds(transaction)
        suspend(other)
        after = what_holds(transaction)
    assert before is not None
    assert after is not None
    assert (before.state, after.state) == (PhaseState.ACTIVE, PhaseState.SUSPENDED)


def test_text_adopted_elsewhere__is_on_record_at_once(beside: Beside) -> None:
    known = record(beside.pair.hk).digests
    with opened(beside) as other:
        digest = adopt_version(other, canonical_text(next_text()))
    assert record(beside.pair.hk).digests == (*known, digest)


def test_record__shows_what_its_own_transaction_added__and_forgets_what_was_not_kept(
    active: Pair,
) -> None:
    kept = record(active.hk)
    with suppress(RolledBackError), active.hk.database.transaction() as transaction:
        transaction.figures.add(figures(1))
        assert transaction.record.read().figures == (b"figures 1",)
        raise RolledBackError
    assert record(active.hk).figures == kept.figures == ()

    with active.hk.database.transaction() as transaction:
        transaction.figures.add(figures(2))
    assert record(active.hk).figures == (b"figures 2",)


def test_record__never_misses_who_began_first_and_ended_last(active: Pair) -> None:
    """Two who add at once: the second waits, so none gets a serial below one that was seen."""
    with ThreadPoolExecutor(1) as pool:
        with active.hk.database.transaction() as first:
            first.figures.add(figures(1))
            assert record(active.hk).figures == ()
            waiting = pool.submit(add_elsewhere, active.hk, 2)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
            assert record(active.hk).figures == ()
        waiting.result(timeout=10)
    assert record(active.hk).figures == (b"figures 1", b"figures 2")


def add_elsewhere(authority: Authority, number: int) -> None:
    with authority.database.transaction() as transaction:
        transaction.figures.add(figures(number))


def test_record__is_read_anew__over_new_connections(active: Pair) -> None:
    """Whoever puts a server back to an earlier time ends every connection to it."""
    before = record(active.hk)
    with active.gd.database.connection() as connection:  # type: ignore[attr-defined]
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database_name(active.hk),),
        )
    after = record(active.hk)
    assert after is not before
    assert (after.digests, after.acts) == (before.digests, before.acts)


def database_name(authority: Authority) -> str:
    with authority.database.connection() as connection:  # type: ignore[attr-defined]
        (name,) = connection.execute("SELECT current_database()").fetchone()
    return str(name)
