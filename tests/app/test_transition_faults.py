"""Transitions killed in the middle, and in the rush: the old state or the new one, never both."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.app.test_transitions import ask, book, now, state_of
from tests.builders.authorities import Pair, granted, opened_pair, person
from tests.builders.changes import REVOKE, digest, limit_of, next_text, rule, take_place
from tongguan.app.ledger_port import JourneyState, PlacesRefused, PlacesTaken
from tongguan.app.transitions import apply_what_holds
from tongguan.core.scheme.model import Version

CUT = next_text(limit_of("all-day", 2), holders=rule(REVOKE))


@pytest.fixture
def urls() -> list[str]:
    return []


@pytest.fixture
def rushed(new_database_url: Callable[[], str], tmp_path: Path, urls: list[str]) -> Iterator[Pair]:
    """Both authorities with the pilot active; the addresses of their databases are known."""

    def noted() -> str:
        urls.append(new_database_url())
        return urls[-1]

    with opened_pair(noted, tmp_path) as pair:
        pair.activate()
        yield pair


def activate_only(pair: Pair, version: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the text hold, and its transition wait."""
    with monkeypatch.context() as patch:
        patch.setattr("tongguan.app.acts.apply_what_holds", lambda _: None)
        take_place(pair, version)


def test_transition__killed_before_its_commit__is_made_by_the_next_booking(
    rushed: Pair, urls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journeys = [book(rushed, number) for number in (1, 2, 3)]
    late = granted(rushed.hk, person(4))
    activate_only(rushed, CUT, monkeypatch)
    before = state_of(rushed)

    command = [sys.executable, "-m", "tests.app.transition_client", urls[0], str(tmp_path / "HK")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == "written\n"
        client.kill()
    assert client.returncode == -signal.SIGKILL

    assert state_of(rushed) == before
    assert isinstance(ask(rushed, late.application.id), PlacesRefused)
    assert now(rushed, journeys[2]).state is JourneyState.CANCELLED
    with rushed.hk.database.transaction() as transaction:
        applied = [each.digest for each in transaction.transitions.all()]
        assert applied.count(digest(CUT)) == 1
        assert len(transaction.notices.of_applications([journeys[2].application])) == 1


def test_transition__in_the_rush__is_made_once_and_never_booked_around(
    rushed: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen at the door of two places, while the text that cuts them begins to hold."""
    for number in (1, 2, 3):
        book(rushed, number)
    waiting = [granted(rushed.hk, person(number)).application.id for number in range(10, 26)]
    activate_only(rushed, CUT, monkeypatch)

    with ThreadPoolExecutor(6) as pool:
        made = [pool.submit(apply_what_holds, rushed.hk) for _ in range(3)]
        booked = list(pool.map(lambda each: ask(rushed, each), waiting))

    assert sum(each.result() is not None for each in made) <= 1
    assert not any(isinstance(each, PlacesTaken) for each in booked)
    with rushed.hk.database.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()
        applied = [each.digest for each in transaction.transitions.all()]
    assert applied.count(digest(CUT)) == 1
