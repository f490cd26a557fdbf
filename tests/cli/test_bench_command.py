"""``tongguan bench`` as a person calls it, small and without the load on servers."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tongguan.cli import bench_command
from tongguan.cli.bench import credentials, places, through_ledger
from tongguan.cli.bench.growth_table import BEGIN, END
from tongguan.cli.problems import ExitCode
from tongguan.core.health.colour_names import Colour

SMALL = ("bench", "places", "--rounds", 1, "--bookings", 500, "--seconds", 1)


@pytest.fixture(autouse=True)
def _no_load_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_command, "find_load_generator", lambda: None)


def test_places__as_json__has_its_fields(run: Run) -> None:
    ended = run(*SMALL, "--json")
    found = json.loads(ended.out)
    assert ended.code == (ExitCode.DONE if found["holds"] else ExitCode.REFUSED)
    assert found["exact"] is True
    for name in ("ratio_to_bulk_insert", "ratio_to_one_by_one", "scarce_ratio"):
        assert found[name] > 0
    for name in ("ratio_to_bare_256", "p99_milliseconds_256", "ratio_to_bare_64"):
        assert found[name] is None
    assert {"one_by_one", "bulk_insert", "ledger", "scarce"} <= set(found["rates"])
    assert found["surroundings"]["settings"]["fsync"] == "on"
    assert found["surroundings"]["settings"]["synchronous_commit"] == "on"
    assert [law["figure"] for law in found["laws"]][:2] == ["ratio_to_bulk_insert", "scarce_ratio"]


def test_places__that_records_nothing__says_so_and_ends_with_no(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unrecorded(database: object, requests: object) -> object:
        with database.transaction() as transaction:  # type: ignore[attr-defined]
            return transaction.ledger.take_many(requests, through_ledger.NOW)

    def nobody(url: str, *, seconds: int) -> tuple[float, int]:
        return 1.0, 0

    monkeypatch.setattr(through_ledger, "take", unrecorded)
    monkeypatch.setattr(places, "one_by_one", nobody)
    ended = run(*SMALL)
    assert ended.code == ExitCode.REFUSED
    assert "ledger: decisions_recorded should be 1500 and is 0." in ended.out
    assert "wrk is not installed" in ended.out


@pytest.mark.parametrize(
    ("arguments", "content", "sentence"),
    [
        ((), f"{BEGIN}\n{END}", "only --growth has a table to write"),
        (("--growth",), "nothing", "has no two marks"),
    ],
)
def test_places__with_nowhere_to_write__says_so_before_it_begins(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], content: str, sentence: str
) -> None:
    file = tmp_path / "performance.md"
    file.write_text(content, encoding="utf-8")
    ended = run(*SMALL, *arguments, "--write", file)
    assert ended.code == ExitCode.SENDERS_FAULT
    assert sentence in ended.err


def test_places__with_no_file_to_write__says_so(run: Run, tmp_path: Path) -> None:
    ended = run(*SMALL, "--growth", "--write", tmp_path / "missing.md")
    assert ended.code == ExitCode.MACHINES_FAULT


def test_credentials__as_json__has_its_fields(run: Run) -> None:
    ended = run("bench", "credentials", "--rounds", 1, "--credentials", 50, "--json")
    found = json.loads(ended.out)
    assert ended.code == (ExitCode.DONE if found["holds"] else ExitCode.REFUSED)
    assert found["exact"] is True
    assert found["ratio_to_raw_es256"] > 0
    assert found["gate_ratio_to_raw_es256"] > 0
    assert found["certlogic_rules_per_second"] > 0
    ways = {"raw_es256", "verify", "verify_one_by_one", "gate", "certlogic"}
    assert set(found["rates"]) == ways
    assert found["ratio_one_by_one"] > 0
    steps = found["microseconds_by_step"]
    assert list(steps["verify"]) == [
        "base45",
        "inflation",
        "envelope",
        "signature",
        "claims",
        "facts",
        "requirements",
    ]
    assert {"signatures", "decision"} <= set(steps["gate"])
    assert [(law["figure"], law["bound"]) for law in found["laws"]] == [
        ("ratio_to_raw_es256", 0.65),
        ("gate_ratio_to_raw_es256", 0.65),
        ("certlogic_rules_per_second", 100_000),
    ]
    assert {law["holds"] for law in found["laws"]} <= {True, False}


def test_credentials__one_of_which_is_judged_wrong__says_so_and_ends_with_no(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "colours_of", lambda texts, *_: [Colour.GREEN for _ in texts])
    ended = run("bench", "credentials", "--rounds", 1, "--credentials", 50)
    assert ended.code == ExitCode.REFUSED
    assert "verify: believed_with_one_bit_flipped should be 0 and is 50." in ended.out
