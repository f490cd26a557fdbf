"""The intake as a program: it ends when told to, loses nothing when killed, and two are exact."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from multiprocessing import Process
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.builders.authorities import START, deployment, opened_pair
from tests.builders.serving import SECONDS_MAX, is_up, serving
from tests.intake.asking import LEGS, an_application, ticket_for
from tongguan.adapters.deployment import Deployment
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.authorities import Authority
from tongguan.core.identifiers import ApplicationId, JourneyId, VersionId
from tongguan.intake.asking import booking_body
from tongguan.intake.program import BOOKINGS
from tongguan.intake.serve import serve

PLACES_OF_A_SLOT = 65


@pytest.fixture
def here(
    new_database_url: Callable[[], str], tmp_path: Path
) -> Iterator[tuple[Authority, Deployment]]:
    """Hong Kong with a pilot of few places active, and its deployment for another process."""
    urls = [new_database_url(), new_database_url()]
    canonical = load_bundled(VersionId("hk-gd-2021-assumed")).canonical
    few = canonical.replace(b'"limit":400', b'"limit":%d' % PLACES_OF_A_SLOT)
    assert few != canonical
    with opened_pair(iter(urls).__next__, tmp_path) as pair:
        pair.set_time(START - timedelta(minutes=1))
        pair.activate_text(few)
        pair.set_time(START)
        yield pair.hk, deployment("HK", urls[0], tmp_path / "HK")


def served(where: Deployment) -> AbstractContextManager[tuple[Process, str]]:
    """An intake's process and address, once it answers."""
    return serving(serve, where, durability_required=False)


Wanted = tuple[ApplicationId, JourneyId]


def wanted(authority: Authority, number: int) -> list[Wanted]:
    return [(an_application(authority), JourneyId(str(uuid4()))) for _ in range(number)]


def posted(url: str, authority: Authority, asked: Wanted) -> httpx.Response:
    body = booking_body(ticket_for(authority, *asked), LEGS)
    return httpx.post(f"{url}{BOOKINGS}", content=body, timeout=SECONDS_MAX)


def require_exact(authority: Authority, asked: list[Wanted], acknowledged: set[JourneyId]) -> None:
    """What was acknowledged is there once, and no window differs from its bookings."""
    with authority.database.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()
        found = [transaction.ledger.journeys_of(application) for application, _ in asked]
    kept = [journey.id for each in found for journey in each]
    assert len(set(kept)) == len(kept)
    assert acknowledged <= set(kept) <= {journey for _, journey in asked}


def test_intake__terminated_under_load__answers_everyone_it_let_in_and_ends_well(
    here: tuple[Authority, Deployment],
) -> None:
    authority, where = here
    asked = wanted(authority, 40)
    told: set[JourneyId] = set()
    with served(where) as (process, url):

        def ask(each: Wanted) -> None:
            try:
                answer = posted(url, authority, each)
            except httpx.HTTPError:
                return  # the server had stopped listening
            assert answer.status_code == 200
            assert answer.json()["taken"]
            told.add(each[1])
            if len(told) == 5:
                os.kill(process.pid or 0, signal.SIGTERM)

        with ThreadPoolExecutor(8) as clients:
            list(clients.map(ask, asked))
        process.join(timeout=SECONDS_MAX)
        assert process.exitcode == 0
        assert not is_up(url)
    assert len(told) >= 5
    require_exact(authority, asked, told)


def test_intake__killed_in_the_middle__what_was_acknowledged_is_there_once(
    here: tuple[Authority, Deployment],
) -> None:
    authority, where = here
    asked = wanted(authority, 60)
    told: set[JourneyId] = set()
    lost = threading.Event()
    with served(where) as (process, url):

        def ask(each: Wanted) -> None:
            try:
                answer = posted(url, authority, each)
            except httpx.HTTPError:
                lost.set()
                return
            if answer.status_code == 200 and answer.json()["taken"]:
                told.add(each[1])
            if len(told) >= 20:
                process.kill()

        with ThreadPoolExecutor(8) as clients:
            list(clients.map(ask, asked))
        process.join(timeout=SECONDS_MAX)
        assert process.exitcode == -signal.SIGKILL
    assert lost.is_set()
    require_exact(authority, asked, told)

    with served(where) as (_, url):
        again = [posted(url, authority, each).json() for each in asked]
    assert all(each["taken"] for each in again)
    replayed = {each["journey"]["id"] for each in again if each["replayed"]}
    assert told <= replayed
    require_exact(authority, asked, {journey for _, journey in asked})


def test_two_intakes__side_by_side__are_exact(here: tuple[Authority, Deployment]) -> None:
    """Every request goes to both at once, and the slot has fewer places than are asked for."""
    authority, where = here
    asked = wanted(authority, 80)
    with ExitStack() as stack:
        urls = [stack.enter_context(served(where))[1] for _ in range(2)]

        def ask(number: int) -> tuple[int, bool, bool]:
            each = asked[number // 2]
            answer = posted(urls[number % 2], authority, each)
            assert answer.status_code == 200, answer.text
            return number // 2, answer.json()["taken"], answer.json()["replayed"]

        with ThreadPoolExecutor(16) as clients:
            answers = list(clients.map(ask, range(2 * len(asked))))
    taken = {number for number, is_taken, _ in answers if is_taken}
    first = [number for number, is_taken, replayed in answers if is_taken and not replayed]
    assert sorted(first) == sorted(taken)
    assert len(taken) == PLACES_OF_A_SLOT
    require_exact(authority, asked, {asked[number][1] for number in taken})
    with authority.database.transaction() as transaction:
        kept = [transaction.ledger.journeys_of(application) for application, _ in asked]
    assert sum(map(len, kept)) == len(taken)
