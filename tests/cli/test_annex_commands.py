"""``scheme annex check``, ``sign`` and ``list``."""

import json
from importlib.resources import files
from pathlib import Path

from tests.cli.conftest import Run

ANNEX = files("tongguan") / "schemes" / "hk-mainland-2023" / "annexes" / "hk.yaml"


def test_check__of_a_sound_annex__gives_its_digest(run: Run) -> None:
    ended = run("scheme", "annex", "check", ANNEX)
    assert ended.code == 0
    assert "hk-mainland-2023-hk-1" in ended.out


def test_check__names__every_fault_against_the_agreement(run: Run, tmp_path: Path) -> None:
    text = ANNEX.read_text(encoding="utf-8").replace('on: "2023-01-05"', 'on: "2022-11-01"')
    file = tmp_path / "hk.yaml"
    file.write_text(text.replace('"zh-Hant", "zh-Hans", "en"]', '"zh-Hant", "en"]'), "utf-8")
    ended = run("scheme", "annex", "check", file, "--json")
    assert ended.code == 2
    found = [(fault["code"], fault["line"]) for fault in json.loads(ended.out)["faults"]]
    assert found == [("annex_language_missing", 9), ("annex_days_ahead", 16)]
    assert "hk.yaml:9:3 forms/languages" in run("scheme", "annex", "check", file).out


def test_check__of_an_agreement_that_is_not_there__says_so(run: Run, tmp_path: Path) -> None:
    text = ANNEX.read_text(encoding="utf-8").replace(
        'agreement: "hk-mainland-2023"', 'agreement: "nowhere"'
    )
    (tmp_path / "hk.yaml").write_text(text, encoding="utf-8")
    ended = run("scheme", "annex", "check", tmp_path / "hk.yaml")
    assert ended.code == 2
    assert "nowhere" in ended.err
    assert "--agreement FILE" in ended.err


def test_check__finds__an_agreement_beside_the_annex(run: Run, tmp_path: Path) -> None:
    for file, scheme in ((ANNEX, "hk.yaml"), (ANNEX.parent.parent / "scheme.yaml", "ours.yaml")):
        text = file.read_text(encoding="utf-8")
        renamed = text.replace('agreement: "hk-mainland-2023"', 'agreement: "ours-1"')
        renamed = renamed.replace('id: "hk-mainland-2023"', 'id: "ours-1"', 1)
        (tmp_path / scheme).write_text(renamed, encoding="utf-8")
    ended = run("scheme", "annex", "check", tmp_path / "hk.yaml")
    assert ended.code == 0, ended.err


def test_annex__signed_by_one__is_in_force_with_its_neighbour(
    run: Run, data: Path, tmp_path: Path
) -> None:
    """A demonstration's directory: each authority hears of what the other signs."""
    for name in ("HK", "GD"):
        made = run("authority", "create", "--authority", name, "--demonstration", "--data", data)
        assert made.code == 0, made.err
        signed = run("scheme", "sign", "hk-mainland-2023", "--authority", name, "--data", data)
        assert signed.code == 0, signed.err
    where = ("--data", data, "--authority")
    done = run("scheme", "annex", "sign", ANNEX, *where, "HK")
    assert done.code == 0, done.err
    assert "hk-mainland-2023-hk-1" in done.out
    for name in ("HK", "GD"):
        listed = run("scheme", "annex", "list", "hk-mainland-2023", *where, name, "--json")
        (annex,) = json.loads(listed.out)["annexes"]
        assert (annex["authority"], annex["number"], annex["in_force"]) == ("HK", 1, True)

    elsewhere = run("scheme", "annex", "sign", ANNEX, *where, "GD")
    assert elsewhere.code == 2
    assert "HK" in elsewhere.err
    changed = tmp_path / "hk.yaml"
    text = ANNEX.read_text(encoding="utf-8")
    changed.write_text(text.replace("weeks_ahead: 7", "weeks_ahead: 6"), encoding="utf-8")
    again = run("scheme", "annex", "sign", changed, *where, "HK")
    assert again.code == 2
    assert "no. 1" in again.err
    too_far = text.replace('on: "2023-01-05"', 'on: "2022-11-01"')
    changed.write_text(too_far, encoding="utf-8")
    beyond = run("scheme", "annex", "sign", changed, *where, "HK")
    assert beyond.code == 2
    assert "days ahead" in beyond.err
