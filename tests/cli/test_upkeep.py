"""Upkeep goes on whatever one of its duties meets."""

import threading
from types import SimpleNamespace

import pytest

from tongguan.adapters.peer_http import PeerUnreachableError
from tongguan.cli import upkeep
from tongguan.cli.upkeep import Upkeep

BRIEF_SECONDS = 0.02


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "TIME_KEPT_EVERY_SECONDS",
        "PEER_HEARD_EVERY_SECONDS",
        "DELETED_EVERY_SECONDS",
        "KEYS_RENEWED_EVERY_SECONDS",
    ):
        monkeypatch.setattr(upkeep, name, BRIEF_SECONDS)
    monkeypatch.setattr(upkeep, "FIRST_AFTER_SECONDS", 0)


@pytest.mark.parametrize("failure", [PeerUnreachableError("down"), KeyError("x"), ValueError("y")])
def test_duty__fails__the_others_and_the_next_round_go_on(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done = threading.Semaphore(0)

    def fails(_: Upkeep) -> None:
        done.release()
        raise failure

    monkeypatch.setattr(Upkeep, "_hear_peer", fails)
    for name in ("_keep_time", "_delete", "_renew_keys", "_expire_holds"):
        monkeypatch.setattr(Upkeep, name, lambda _: done.release())
    opened = SimpleNamespace(authority=SimpleNamespace(id="HK"))
    with Upkeep(opened=opened, peer_url=None).running():  # type: ignore[arg-type]
        for _ in range(12):
            assert done.acquire(timeout=5)
    assert "HK" in capsys.readouterr().err


def test_holds__are_looked_at__though_a_peer_never_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A place is free again within a second of its hour, whatever else upkeep waits for."""
    looked_at, may_answer = threading.Semaphore(0), threading.Event()
    monkeypatch.setattr(Upkeep, "_hear_peer", lambda _: may_answer.wait(10))
    for name in (
        "_keep_time",
        "_follow",
        "_tell",
        "_release_no_shows",
        "_uphold_claims",
        "_delete",
        "_renew_keys",
    ):
        monkeypatch.setattr(Upkeep, name, lambda _: None)
    monkeypatch.setattr(Upkeep, "_expire_holds", lambda _: looked_at.release())
    opened = SimpleNamespace(authority=SimpleNamespace(id="HK"))
    with Upkeep(opened=opened, peer_url=None).running():  # type: ignore[arg-type]
        for _ in range(3):
            assert looked_at.acquire(timeout=1)
        may_answer.set()
