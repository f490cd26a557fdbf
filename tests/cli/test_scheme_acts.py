"""Two authorities in one directory: keys trusted, a text signed, a phase activated, or refused."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Run
from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.unknowns import blocking

ASSUMED = "hk-gd-2021-assumed"
MAINLAND = "hk-mainland-2023"


@pytest.fixture
def two(run: Run, data: Path, tmp_path: Path) -> Path:
    """A directory with both authorities of a demonstration that trust each other, made once."""
    if (data / "authorities" / "GD").exists():
        return data
    for name in ("HK", "GD"):
        made = run("authority", "create", "--authority", name, "--demonstration", "--data", data)
        assert made.code == 0, made.err
    for name, other in (("HK", "GD"), ("GD", "HK")):
        keys = tmp_path / f"{other}.json"
        keys.write_text(
            run("authority", "keys", "--authority", other, "--json", "--data", data).out
        )
        shown = run("authority", "keys", "--authority", other, "--data", data).out
        fingerprint = shown.split()[-1]
        trusted = run(
            "authority",
            "trust",
            keys,
            "--authority",
            name,
            "--fingerprint",
            fingerprint,
            "--data",
            data,
        )
        assert trusted.code == 0, trusted.err
        assert fingerprint in trusted.out
    return data


def send_acts(run: Run, data: Path, tmp_path: Path, sender: str, receiver: str) -> None:
    file = tmp_path / "acts.json"
    file.write_text(run("scheme", "export-acts", "--authority", sender, "--data", data).out)
    taken = run("scheme", "import-acts", file, "--authority", receiver, "--data", data)
    assert taken.code == 0, taken.out


def test_version_with_unknowns__activated__is_refused_and_every_one_is_named(
    run: Run, two: Path
) -> None:
    refused = run("scheme", "activate", "hk-gd-2021", "--authority", "HK", "--data", two, "--json")
    assert refused.code == 1
    obstacles = json.loads(refused.out)["obstacles"]
    version = load_bundled(VersionId("hk-gd-2021")).version
    unknown = {each.path for each in blocking(version, version.phases[0].id)}
    assert len(unknown) > 20
    assert unknown <= {each["path"] for each in obstacles}
    signatures = {each["authority"] for each in obstacles if each["code"] == "signature_missing"}
    assert signatures == {"HK", "GD"}
    said = run("scheme", "activate", "hk-gd-2021", "--authority", "HK", "--data", two)
    assert said.code == 1
    assert all(path in said.out for path in unknown)


def test_version__signed_by_one__then_on_another_text__then_by_both(
    run: Run, two: Path, tmp_path: Path
) -> None:
    def activate() -> tuple[int, list[str]]:
        ended = run("scheme", "activate", ASSUMED, "--authority", "HK", "--data", two, "--json")
        return ended.code, [each["code"] for each in json.loads(ended.out)["obstacles"]]

    signed = run("scheme", "sign", ASSUMED, "--authority", "HK", "--data", two)
    digest = load_bundled(VersionId(ASSUMED)).digest
    assert signed.code == 0
    assert digest in signed.out
    assert activate() == (1, ["signature_missing"])

    other = tmp_path / "other.yaml"
    bundled = Path(str(_bundled_file())).read_text(encoding="utf-8")
    other.write_text(bundled.replace("limit: 400", "limit: 500", 1), encoding="utf-8")
    run("scheme", "sign", ASSUMED, "--file", other, "--authority", "GD", "--data", two)
    send_acts(run, two, tmp_path, "GD", "HK")
    assert activate() == (1, ["signature_of_other_text"])

    assert run("scheme", "sign", ASSUMED, "--authority", "GD", "--data", two).code == 0
    send_acts(run, two, tmp_path, "GD", "HK")
    assert activate() == (0, [])
    assert activate() == (1, ["already_activated"])

    suspended = run(
        "scheme", "suspend", ASSUMED, "--authority", "HK", "--why", "a power cut", "--data", two
    )
    assert suspended.code == 0
    assert run("scheme", "resume", ASSUMED, "--authority", "HK", "--data", two).code == 0


def _schemes() -> Path:
    return Path(str(files("tongguan"))) / "schemes"


def _bundled_file() -> Path:
    return _schemes() / ASSUMED / "scheme.yaml"


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two directories that are no neighbours: nothing but a file goes from one to the other."""
    here, there = tmp_path / "here", tmp_path / "there"
    try:
        with Cluster.open(here), Cluster.open(there):
            yield here, there
    finally:
        remove_cluster(here)
        remove_cluster(there)


def test_file__carries__annexes_and_daily_figures_beside_acts(
    run: Run, apart: tuple[Path, Path], tmp_path: Path
) -> None:
    data, there = apart
    for name, place in (("HK", data), ("GD", there)):
        where = ("--authority", name, "--data", place)
        assert run("authority", "create", *where, "--demonstration").code == 0
        assert run("scheme", "sign", MAINLAND, *where).code == 0
    keys = tmp_path / "HK.json"
    keys.write_text(run("authority", "keys", "--authority", "HK", "--json", "--data", data).out)
    fingerprint = run("authority", "keys", "--authority", "HK", "--data", data).out.split()[-1]
    to = ("--authority", "GD", "--data", there)
    assert run("authority", "trust", keys, *to, "--fingerprint", fingerprint).code == 0
    annex = _schemes() / MAINLAND / "annexes" / "hk.yaml"
    assert run("scheme", "annex", "sign", annex, "--authority", "HK", "--data", data).code == 0

    file = tmp_path / "signed.json"
    exported = run("scheme", "export-acts", "--authority", "HK", "--data", data).out
    file.write_text(exported)
    held = json.loads(exported)
    assert held["form"] == "tongguan-acts-2"
    assert [len(held[kind]) for kind in ("acts", "annexes", "figures")] == [1, 1, 0]
    taken = run("scheme", "import-acts", file, *to)
    assert taken.code == 0, taken.out
    listed = run("scheme", "annex", "list", MAINLAND, *to, "--json")
    (kept,) = json.loads(listed.out)["annexes"]
    assert (kept["authority"], kept["in_force"]) == ("HK", True)
    for kind in ("annexes", "figures"):
        file.write_text(json.dumps(held | {kind: ["AAAA"]}))
        refused = run("scheme", "import-acts", file, *to)
        assert refused.code == 1
        assert "refused" in refused.out


def test_acts__of_an_authority_that_is_not_trusted__are_refused(
    run: Run, data: Path, tmp_path: Path
) -> None:
    for name in ("XX", "YY"):
        run("authority", "create", "--authority", name, "--demonstration", "--data", data)
    file = tmp_path / "acts.json"
    exported = run("scheme", "export-acts", "--authority", "XX", "--data", data)
    assert json.loads(exported.out)["acts"] == []
    file.write_text(json.dumps({"form": "tongguan-acts-1", "acts": ["AAAA"]}))
    refused = run("scheme", "import-acts", file, "--authority", "YY", "--data", data)
    assert refused.code == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "A" * 1_000_000,
        '{"form": "tongguan-acts-1", "acts": ["not base64!"]}',
        '{"form": "tongguan-acts-1", "acts": [7]}',
        '{"form": "tongguan-acts-2", "acts": [], "annexes": []}',
        '{"form": "tongguan-acts-2", "acts": [], "annexes": [], "figures": {}}',
        '{"form": "tongguan-acts-3", "acts": [], "annexes": [], "figures": []}',
        "[" * 9000,
    ],
)
def test_acts__in_a_bad_file__end_with_2(
    run: Run, data: Path, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "acts.json"
    file.write_text(content)
    ended = run("scheme", "import-acts", file, "--authority", "HK", "--data", data)
    assert ended.code == 2
    assert "acts.json" in ended.err


def test_authority__that_is_no_party__signs_nothing(run: Run, data: Path) -> None:
    run("authority", "create", "--authority", "MO", "--demonstration", "--data", data)
    assert run("scheme", "sign", ASSUMED, "--authority", "MO", "--data", data).code == 2


@pytest.mark.parametrize("name", ["hk", "../HK", "H", "TOOLONGNAME", "", "香港"])
def test_authority__with_a_bad_name__ends_with_2(run: Run, data: Path, name: str) -> None:
    ended = run("authority", "keys", "--authority", name, "--data", data)
    assert ended.code == 2
    assert "--authority" in ended.err


def test_authority__that_is_not_there__ends_with_2_and_how_to_make_it(
    run: Run, tmp_path: Path
) -> None:
    ended = run("scheme", "resume", ASSUMED, "--authority", "HK", "--data", tmp_path / "empty")
    assert ended.code == 2
    assert "authority create" in ended.err
    assert not (tmp_path / "empty").exists()


def test_trust__of_another_fingerprint_or_of_no_keys__changes_nothing(
    run: Run, two: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(run("authority", "keys", "--authority", "GD", "--json", "--data", two).out)
    asked = ("authority", "trust", keys, "--authority", "HK", "--data", two)
    differs = run(*asked, "--fingerprint", "00" * 32)
    assert differs.code == 2
    assert "--fingerprint" in differs.err
    assert run(*asked).code == 2  # nobody at a terminal to compare it
    for content in ("", "{}", '{"signed": "AAAA"}', "x" * 1_000_000):
        keys.write_text(content)
        assert run(*asked, "--fingerprint", "00" * 32).code == 2


def test_gate__enrolled__shows_its_token_once(run: Run, two: Path) -> None:
    enrolled = run(
        "gate", "enrol", "lane 1", "--control-point", "SZB", "--authority", "HK", "--data", two
    )
    assert enrolled.code == 0
    assert len(enrolled.out.split()[-1]) >= 40
    asked = ("gate", "enrol", "lane", "--authority", "HK", "--data", two, "--control-point")
    for bad in ("S B", "../SZB", "", "TOOLONGPOINT"):
        assert run(*asked, bad).code == 2


def test_version__where_nobody_is__is_refused_by_its_text_alone(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "empty"
    refused = run("scheme", "activate", "hk-gd-2021", "--data", data, "--json")
    assert refused.code == 1
    paths = {each["path"] for each in json.loads(refused.out)["obstacles"]}
    assert "phases/pilot/quotas/all-day/limit" in paths
    assert not data.exists()
    neither = run("scheme", "activate", ASSUMED, "--data", data, "--json")
    assert [each["code"] for each in json.loads(neither.out)["obstacles"]] == [
        "signature_missing",
        "signature_missing",
    ]
    assert run("scheme", "sign", "--authority", "HK", "--data", data).code == 2
    assert not data.exists()


def test_demonstrations__of_one_directory__hear_of_each_other(
    run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("neighbours")
    try:
        for name in ("HK", "GD"):
            assert run("scheme", "activate", ASSUMED, "--data", data).code == 1
            signed = run("scheme", "sign", ASSUMED, "--authority", name, "--data", data)
            assert signed.code == 0
            assert "demonstration" in signed.err
        assert run("scheme", "activate", ASSUMED, "--data", data).code == 0
    finally:
        remove_cluster(data)


def test_activate__of_no_phase__ends_with_2(run: Run, tmp_path: Path) -> None:
    ended = run("scheme", "activate", "hk-gd-2021-assumed", "--phase", "nope", "--data", tmp_path)
    assert ended.code == 2
    assert "--phase" in ended.err


def test_sign__with_a_server_of_ones_own__keeps_everything_there(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Cluster.attach(data) as cluster:
        cluster.ensure_database("of_ones_own")
        monkeypatch.setenv("DATABASE_URL", cluster.url("of_ones_own"))
        ended = run("scheme", "sign", "hk-gd-2021", "--authority", "HK", "--data", tmp_path)
        assert ended.code == 0, ended.err
        with psycopg.connect(cluster.url("of_ones_own")) as connection:
            rows = connection.execute("SELECT authority FROM tongguan.scheme_act").fetchall()
        cluster.drop_database("of_ones_own")
    assert rows == [("HK",)]
    assert not (tmp_path / "place.json").exists(), "no server of ours was started"
