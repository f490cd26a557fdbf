"""``places verify`` on the command line: what it says, what it mends, and how it ends."""

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Run
from tongguan.adapters.cluster import Cluster
from tongguan.cli.deployments import database_name
from tongguan.core.identifiers import AuthorityId

HK = AuthorityId("HK")
WINDOWS = """
    INSERT INTO tongguan.quota_window
        (cell_scheme, cell_week, quota, starts, dimensions, days, capacity, taken, honoured)
    VALUES ('hk-gd', '2021-12-13', 'all-day', '2021-12-14', '{direction=HK-GD}', 1, 10, 3, 0),
        ('hk-gd', '2021-12-13', 'once', '2021-12-13', '{person=0123456789abcdef}', 7, 1, 0, 1)
"""


@pytest.fixture
def places(run: Run, data: Path) -> tuple[object, ...]:
    """The options of an authority without any row of places."""
    if not (data / "authorities" / HK).exists():
        made = run("authority", "create", "--authority", HK, "--demonstration", "--data", data)
        assert made.code == 0, made.err
    plant(data, "DELETE FROM tongguan.quota_window")
    return ("places", "verify", "--authority", "HK", "--data", data)


def plant(data: Path, statement: str) -> None:
    with Cluster.attach(data) as cluster, psycopg.connect(cluster.url(database_name(HK))) as at:
        at.execute(statement)


def test_verify__of_a_sound_ledger__says_how_much_and_how_long(
    run: Run, places: tuple[object, ...]
) -> None:
    ended = run(*places)
    assert ended.code == 0, ended.err
    assert ended.out.startswith("All agree: 0 windows, 0 journeys, 0 places (")
    document = json.loads(run(*places, "--json").out)
    (check,) = document["checks"]
    assert check.pop("seconds") >= 0
    assert check == {
        "differences": [],
        "counts": {},
        "repairable": 0,
        "windows": 0,
        "journeys": 0,
        "places": 0,
    }


def test_verify__names_every_window_that_differs__and_ends_with_1(
    run: Run, places: tuple[object, ...], data: Path
) -> None:
    plant(data, WINDOWS)
    ended = run(*places)
    assert ended.code == 1
    assert "quota all-day, 2021-12-14 (direction HK-GD): the counter is too high, 3" in ended.out
    assert "quota once, the week from 2021-12-13 (one person): 1 are said to be" in ended.out
    assert "2 differences, of which 2 can be put right, among 2 windows" in ended.out
    assert "0123456789abcdef" not in ended.out
    written = run(*places, "--json")
    assert written.code == 1
    assert "0123456789abcdef" not in written.out
    (check,) = json.loads(written.out)["checks"]
    assert check["counts"] == {"counter_too_high": 1, "honoured": 1}
    high = next(each for each in check["differences"] if each["kind"] == "counter_too_high")
    assert (high["says"], high["should"], high["is_repairable"]) == (3, 0, True)
    assert high["window"]["dimensions"] == {"direction": "HK-GD"}


def test_repair__is_never_silent(run: Run, places: tuple[object, ...], data: Path) -> None:
    plant(data, WINDOWS)
    unconfirmed = run(*places, "--repair")
    assert unconfirmed.code == 2
    assert "--yes" in unconfirmed.err
    assert run(*places, "--yes").code == 2
    assert run(*places).code == 1, "nothing was changed"
    ended = run(*places, "--repair", "--yes")
    assert ended.code == 0, ended.err
    said = ended.out
    assert (
        said.index("the counter is too high") < said.index("2 put right") < said.index("All agree")
    )
    assert run(*places).code == 0


def test_repair__as_json__has_both_checks(run: Run, places: tuple[object, ...], data: Path) -> None:
    plant(data, WINDOWS)
    assert run(*places, "--repair", "--json").code == 2
    document = json.loads(run(*places, "--repair", "--yes", "--json").out)
    assert document["authority"] == "HK"
    assert document["repaired"] == 2
    assert [len(each["differences"]) for each in document["checks"]] == [2, 0]


def test_repair__of_what_no_counting_mends__leaves_it(
    run: Run, places: tuple[object, ...], data: Path
) -> None:
    lost = (
        "INSERT INTO tongguan.journey (id, application, scheme, cell_weeks, phase, version_digest,"
        " request_hash, booked_at) VALUES (gen_random_uuid(), gen_random_uuid(), 'hk-gd', '{}',"
        " 'pilot', '', '', now())"
    )
    plant(data, lost)
    ended = run(*places, "--repair", "--yes")
    assert ended.code == 1
    assert "it stands and has no place" in ended.out
    assert "Nothing of this can be put right by counting alone" in ended.out
    plant(data, "DELETE FROM tongguan.journey")
