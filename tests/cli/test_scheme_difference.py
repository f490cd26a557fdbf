"""``scheme diff``, and amendments wherever a scheme file is taken."""

import json
from pathlib import Path

from tests.cli.conftest import Run

FILES = Path(__file__).resolve().parents[2] / "conformance" / "amendments"
BASE, SOUND = FILES / "base.yaml", FILES / "sound.yaml"


def test_diff__of_a_version_with_itself__ends_with_0(run: Run) -> None:
    ended = run("scheme", "diff", "hk-gd-2021", "hk-gd-2021")
    assert ended.code == 0
    assert "The two versions say the same." in ended.out


def test_diff__says__what_changed_and_ends_with_1(run: Run) -> None:
    ended = run("scheme", "diff", BASE, SOUND)
    assert ended.code == 1
    assert "It was 500 a day and becomes 900 a day." in ended.out
    assert "Who gains: everyone whom “Per control point” counts" in ended.out
    assert ended.out.index("Per control point") < ended.out.index("These touch nobody:")
    assert "port-day" not in ended.out


def test_diff__speaks__the_language_asked_for(run: Run) -> None:
    ended = run("scheme", "diff", BASE, SOUND, "--lang", "zh-Hans")
    assert "原为每日500，现为每日900。" in ended.out


def test_diff__as_data__gives_values_effects_and_words_in_every_language(run: Run) -> None:
    ended = run("scheme", "diff", BASE, SOUND, "--json")
    assert ended.code == 1
    answer = json.loads(ended.out)
    change = next(
        each for each in answer["changes"] if each["path"] == "phases/pilot/quotas/port-day/limit"
    )
    assert (change["before"], change["after"]) == (500, 900)
    assert change["effects"] == [{"verdict": "gains", "audience": "counted", "places": 400}]
    assert change["claims"] == ["K1"]
    assert set(change["words"]) == {"zh-Hant", "zh-Hans", "en"}
    english = json.loads(run("scheme", "diff", BASE, SOUND, "--json", "--lang", "en").out)
    summary = next(each for each in english["changes"] if each["path"] == "summary")
    assert summary["after"] == "More places."


def test_diff__compares__versions_of_the_bundled_series_by_id(run: Run) -> None:
    ended = run("scheme", "diff", "hk-gd-2021-6", "hk-gd-2021-7")
    assert ended.code == 1
    assert "“Pressing need” is taken out" in ended.out
    assert "those granted on it keep the grant" in ended.out


def test_diff__of_a_faulty_amendment__names_the_line_of_the_change(run: Run) -> None:
    ended = run("scheme", "diff", BASE, FILES / "category_unknown.yaml")
    assert ended.code == 2
    assert "category_unknown.yaml:16:" in ended.err


def test_amendment__is_checked_and_shown__as_a_complete_text(run: Run) -> None:
    checked = run("scheme", "check", SOUND, "--json")
    shown = run("scheme", "show", SOUND, "--json")
    assert (checked.code, shown.code) == (0, 0)
    version = json.loads(shown.out)
    assert json.loads(checked.out)["digest"] == version["digest"]
    assert (version["id"], version["follows"]) == ("small-2", "small")
    assert {each["id"] for each in version["phases"][0]["categories"]} >= {"business", "family"}


def test_amendment_on_standard_input__has__no_folder_to_find_its_base_in(run: Run) -> None:
    ended = run("scheme", "check", "-", stdin=SOUND.read_bytes())
    assert ended.code == 2
    assert "amendment_base_unknown" in ended.out


def test_amendment__is_signed__as_the_complete_text(run: Run, data: Path) -> None:
    file = (
        Path(__file__).resolve().parents[2]
        / "src/tongguan/schemes/hk-gd-2021/replay/03-2021-11-08.yaml"
    )
    digest = json.loads(run("scheme", "check", file, "--json").out)["digest"]
    ended = run("scheme", "sign", "--authority", "HK", "--file", file, "--data", data)
    assert ended.code == 0, ended.err
    assert digest in ended.out
