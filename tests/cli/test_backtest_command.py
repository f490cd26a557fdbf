"""``scheme backtest``."""

import json
from pathlib import Path

from tests.cli.conftest import Run

UPLIFT = ["2023-01-18", "2023-01-19", "2023-01-20", "2023-01-21"]


def test_backtest__of_2023__lifts_exactly_four_days(run: Run) -> None:
    found = json.loads(run("scheme", "backtest", "hk-mainland-2023", "--json").out)
    assert sorted({each["day"] for each in found["lifted"]}) == UPLIFT
    assert {each["control_point"] for each in found["lifted"]} == {"LMS", "SZB", "ZMB"}
    assert len(found["lifted"]) == 2 * 3 * 4
    assert set(found["figures_by_kind"]) == {"stated", "bound", "assumed"}


def test_backtest__says__where_the_quotas_could_bind_and_on_what_it_rests(run: Run) -> None:
    ended = run("scheme", "backtest", "hk-mainland-2023")
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert "HK-GD SZB 2023-01-18 – 2023-01-21: demand at least 10,000 (bound" in said
    assert "with 15,000 places: could bind" in said
    assert "No other day is changed." in said
    assert "nine tenths are assumed" in said


def test_backtest__without_figures__says_so(run: Run) -> None:
    ended = run("scheme", "backtest", "hk-gd-2021-assumed")
    assert ended.code == 2
    assert "--demand" in ended.err


def test_backtest__of_a_faulty_file__names_the_fault(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "demand.yaml"
    file.write_text('version: "hk-mainland-2023"\nrows: 3\n', encoding="utf-8")
    ended = run("scheme", "backtest", "hk-mainland-2023", "--demand", file)
    assert ended.code == 2
    assert "demand.yaml:2:1 rows" in ended.out
