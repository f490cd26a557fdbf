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


@pytest.mark.parametrize("use_case", ["lapse_proposals", "tell_of_relief", "uphold_due_claims"])
def test_clocks__of_the_health_code__are_looked_at(
    use_case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PROPOSALS_LAPSE", "RELIEF_TOLD", "CLAIMS_LOOKED_AT"):
        monkeypatch.setattr(upkeep, f"{name}_EVERY_SECONDS", BRIEF_SECONDS)
    authority, asked = SimpleNamespace(id="HK"), threading.Semaphore(0)

    def noted(of: object) -> int:
        assert of is authority
        asked.release()
        return 0

    monkeypatch.setattr(upkeep, use_case, noted)
    monkeypatch.setattr(Upkeep, "_expire_holds", lambda _: None)
    with Upkeep(opened=SimpleNamespace(authority=authority), peer_url=None).running():  # type: ignore[arg-type]
        for _ in range(2):
            assert asked.acquire(timeout=5)
