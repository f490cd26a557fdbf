"""``scheme check`` and ``scheme show``."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tongguan.adapters.scheme_files import bundled_schemes, load_bundled
from tongguan.core.identifiers import VersionId

SOUND = Path(__file__).resolve().parents[2] / "conformance" / "schemes" / "sound.yaml"
ASSUMED = files("tongguan") / "schemes" / "hk-gd-2021-assumed" / "scheme.yaml"


@pytest.fixture
def changed(tmp_path: Path):
    """Writes a copy of the assumed scheme with some text replaced."""

    def write(*replacements: tuple[str, str]) -> Path:
        text = ASSUMED.read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "changed.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_check__of_a_sound_file__gives_its_digest(run: Run) -> None:
    ended = run("scheme", "check", ASSUMED)
    assert ended.code == 0
    assert load_bundled(VersionId("hk-gd-2021-assumed")).digest in ended.out


def test_check__names_every_fault_with_line_and_path(run: Run, changed) -> None:
    file = changed(
        ('category: "business"', 'category: "busyness"'),
        ('divisions: ["440300"]', 'divisions: ["999999"]'),
        ('zone: "Asia/Hong_Kong"', 'zone: "Asia/Hong_Kong"\nzones: "x"'),
    )
    ended = run("scheme", "check", file, "--json")
    assert ended.code == 2
    faults = json.loads(ended.out)["faults"]
    assert {fault["code"] for fault in faults} >= {
        "category_unknown",
        "key_unknown",
        "division_unknown",
    }
    lines = file.read_text(encoding="utf-8").splitlines()
    for fault in faults:
        assert 1 <= fault["line"] <= len(lines)
        assert set(fault["message"]) == set(fault["remedy"]) == {"zh-Hant", "zh-Hans", "en"}
    unknown = next(fault for fault in faults if fault["code"] == "key_unknown")
    assert lines[unknown["line"] - 1].startswith("zones")

    said = run("scheme", "check", file)
    assert said.code == 2
    assert said.out.count(f"{file}:") >= len(faults)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"\x00\x01\x02" * 50,
        b"\xff\xfe" * 30,
        b"A" * 1_000_000,
        b"A" * 1_100_000,
        b"[" * 5000,
        b"- [1, 2",
        b"a: &x 1\nb: *x\n",
        b"\xef\xbb\xbf",
    ],
    ids=[
        "empty",
        "blank",
        "control",
        "binary",
        "letters",
        "more-letters",
        "nested",
        "cut",
        "anchor",
        "mark",
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_check__of_what_is_no_scheme__ends_with_2_and_the_place(
    run: Run, tmp_path: Path, content: bytes, as_json: bool
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    ended = run("scheme", "check", file, *(["--json"] if as_json else []))
    assert ended.code == 2
    assert "bad.yaml" in ended.out + ended.err
    assert len(ended.out + ended.err) < 20_000


def test_check__of_a_directory_or_nothing__ends_with_2(run: Run, tmp_path: Path) -> None:
    assert run("scheme", "check", tmp_path).code == 2
    assert run("scheme", "check", tmp_path / "absent.yaml").code == 2
    assert run("scheme", "check", "\x00").code == 2
    assert run("scheme", "check", "A" * 9000).code == 2


def test_check__reads_standard_input(run: Run) -> None:
    assert run("scheme", "check", "-", stdin=ASSUMED.read_bytes()).code == 0
    assert run("scheme", "check", "-", stdin=b"a: 1").code == 2


def test_show__as_json__has_what_is_promised(run: Run) -> None:
    shown = json.loads(run("scheme", "show", "hk-gd-2021", "--json").out)
    assert [claim["id"] for claim in shown["claims"]] == [f"F{n}" for n in range(1, 13)]
    for claim in shown["claims"]:
        assert {"id", "fact", "source", "certainty"} <= set(claim)
        assert set(claim["fact"]) == {"zh-Hant", "zh-Hans", "en"}
    for phase in shown["phases"]:
        wanted = {
            "id",
            "not_before",
            "hoped_for",
            "entry",
            "area",
            "categories",
            "quotas",
            "health",
        }
        assert wanted <= set(phase)
        for quota in phase["quotas"]:
            assert {"id", "kind", "per", "limit", "counts", "claims"} <= set(quota)
    assert {"id", "url", "published"} <= set(shown["sources"][0])
    assert shown["digest"] == load_bundled(VersionId("hk-gd-2021")).digest
    limit = "phases/pilot/quotas/all-day/limit"
    assert limit in {each["path"] for each in shown["unknowns"] if each["blocks"] == "pilot"}
    assert [party["id"] for party in shown["parties"]] == ["HK", "GD"]


@pytest.mark.parametrize(
    ("language", "word"), [("zh-Hant", "商界"), ("zh-Hans", "商界"), ("en", "Business")]
)
def test_show__with_a_language__has_one_string_for_each_text(
    run: Run, language: str, word: str
) -> None:
    ended = run("scheme", "show", "hk-gd-2021", "--json", "--lang", language)
    shown = json.loads(ended.out)
    assert shown["phases"][0]["categories"][0]["name"] == word
    assert '"zh-Hans":' not in ended.out


def test_show__for_people__says_what_is_assumed_and_what_nobody_stated(run: Run) -> None:
    reported = run("scheme", "show", "hk-gd-2021").out
    assert "Not stated" in reported
    assert "blocks activation" in reported
    assert "[Reported]" in reported
    assert "South China Morning Post" in reported
    assumed = run("scheme", "show", "hk-gd-2021-assumed").out
    assert "phases/pilot/quotas/all-day/limit = 1000" in assumed
    assert "Return2hk" in assumed
    assert "does not block" in assumed


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
@pytest.mark.parametrize("version", bundled_schemes())
def test_show__has_words_for_everything_in_each_language(
    run: Run, language: str, version: str
) -> None:
    assert run("scheme", "show", version, "--lang", language).code == 0


def test_show__of_a_file__shows_it_and_of_a_bad_one_names_the_first_fault(
    run: Run,
    changed,
    tmp_path: Path,
) -> None:
    assert run("scheme", "show", changed(("limit: 400", "limit: 401"))).code == 0
    bad = run("scheme", "show", changed(("limit: 400", "limit: many")))
    assert bad.code == 2
    assert "changed.yaml:" in bad.err


def test_show__says__what_is_taken_out_of_the_range_and_when(run: Run, changed) -> None:
    name = 'name: {zh-Hant: "某街道", zh-Hans: "某街道", en: "Some street"}'
    street = f'{{code: "440305001", kind: "street", {name}, first: "2021-12-10", claims: ["F10"]}}'
    whole = '{code: "4403", kind: "division", last: "2021-12-24", claims: ["F10"]}'
    ended = run("scheme", "show", changed(("deny: []", f"deny: [{street}, {whole}]")))
    said = " ".join(ended.out.split())
    assert "44, except 440305001 (Some street) from 10 December 2021, 4403 (Shenzhen) " in said
    assert "until 24 December 2021" in said


def test_show__of_an_empty_list__says_that_nothing_is_asked(run: Run, changed) -> None:
    shown = run("scheme", "show", SOUND).out
    assert "none asked" in shown
    text = SOUND.read_text(encoding="utf-8")
    file = changed()
    file.write_text(text.replace("evidence: []", "evidence: null"), encoding="utf-8")
    assert "none asked" not in run("scheme", "show", file).out


@pytest.mark.parametrize("name", ["hk-gd-2022", "../secret", "A" * 5000, "", "x.yaml"])
def test_show__of_an_unknown_version__ends_with_2(run: Run, name: str) -> None:
    ended = run("scheme", "show", name)
    assert ended.code == 2
    assert len(ended.err) < 2000


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_show__says__every_clause_of_the_widened_language(run: Run, language: str) -> None:
    ended = run("scheme", "show", SOUND, "--lang", language)
    assert ended.code == 0
    said = " ".join(ended.out.split())
    names = {
        "zh-Hant": ("探親預留", "商會", "核酸檢測", "輸入個案", "較早。", "船票"),
        "zh-Hans": ("探亲预留", "商会", "核酸检测", "输入病例", "较早。", "船票"),
        "en": ("Kept for family visits", "The chamber", "12:00", "700", "14", "earlier one"),
    }
    for name in names[language]:
        assert name in said
    assert "phases/pilot/quotas/business-week" in said
