"""``source add``, ``source list`` and ``source show``."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tests.builders.sources import PAGE_EN, PAGE_HANT, POST
from tests.cli.conftest import Ended, Run
from tongguan.adapters.scheme_files import load_bundled
from tongguan.adapters.sources.reading import read_source
from tongguan.cli import source_commands, speech
from tongguan.core.identifiers import VersionId
from tongguan.core.texts import Language

NAME = "bay-daily-example-2031-03-04"
ZAOBAO = load_bundled(VersionId("hk-gd-2021")).version.sources[0]


@pytest.fixture(autouse=True)
def here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads in this process, because a process for each reading takes its time."""
    if "apart" not in request.node.name:
        monkeypatch.setattr(source_commands, "read_apart", read_source)


@pytest.fixture
def add(run: Run, tmp_path: Path):
    """Adds a text as a file of the name, keeping it below ``tmp_path``."""

    def call(content: str | bytes, *options: str, name: str = "article.md") -> Ended:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return run("source", "add", file, "--data", tmp_path / "data", *options)

    return call


def scheme_with(tmp_path: Path, block: str) -> Path:
    """A copy of a bundled scheme with one source more."""
    bundled = files("tongguan") / "schemes" / "hk-gd-2021-assumed" / "scheme.yaml"
    text = bundled.read_text(encoding="utf-8")
    assert text.count("\nsources:\n") == 1
    path = tmp_path / "scheme.yaml"
    path.write_text(text.replace("\nsources:\n", f"\nsources:\n{block}"), encoding="utf-8")
    return path


@pytest.mark.parametrize("content", [POST, PAGE_HANT, PAGE_EN], ids=["post", "zh-Hant", "en"])
def test_add__prints__a_block_that_a_scheme_takes(
    run: Run, add, tmp_path: Path, content: str
) -> None:
    ended = add(content)
    assert ended.code == 0
    scheme = scheme_with(tmp_path, ended.out)
    assert run("scheme", "check", scheme).code == 0
    agreed = add(content, "--scheme", str(scheme))
    assert agreed.code == 0
    assert agreed.out.startswith("Agrees with the source")
    assert "Claims that cite it: none" in agreed.out


def test_add__of_the_same_file__is_harmless(run: Run, add, tmp_path: Path) -> None:
    first = add(POST)
    again = add(POST)
    assert (first.code, again.code) == (0, 0)
    assert first.out == again.out
    assert "Kept" in first.err
    assert "was kept before" in again.err
    listed = json.loads(run("source", "list", "--data", tmp_path / "data", "--json").out)
    assert [each["source"]["id"] for each in listed["sources"]] == [NAME]


def test_add__of_another_file_of_the_name__ends_with_2_and_says_what_to_do(add) -> None:
    add(POST)
    ended = add(POST.replace("工作", "事务"))
    assert ended.code == 2
    assert "--id" in ended.err
    assert "(id_kept_otherwise)" in ended.err
    assert add(POST.replace("工作", "事务"), "--id", "ferry-2").code == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (POST.replace("title:", "headline:").replace("[渡轮", "渡轮"), "title_missing"),
        (POST.replace("date:", "day:"), "date_missing"),
        (POST.replace("date: 2031-03-04T01:02:03.456Z", "date: soon"), "date_unreadable"),
        (POST.replace("layout: post", "layout: [post"), "front_matter_wrong"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "binary"),
        (b"<html><meta charset=big5>\xff\xfe\xff", "encoding_wrong"),
        ("<html>" + "<div>" * 50_000, "nested_too_deep"),
    ],
)
def test_add__of_what_is_no_source__ends_with_2_and_a_code(
    run: Run, add, tmp_path: Path, content: str | bytes, code: str
) -> None:
    if code == "title_missing":
        assert isinstance(content, str)
        content = content.replace("\n------\n", "\n")
    ended = add(content)
    assert ended.code == 2
    assert f"({code})" in ended.err
    assert "article.md" in ended.err
    assert ended.out == ""
    refused = json.loads(add(content, "--json").out)["refused"]
    assert refused["code"] == code
    assert set(refused["message"]) == {"zh-Hant", "zh-Hans", "en"}
    assert "No source" in run("source", "list", "--data", tmp_path / "data").out


def test_add__of_a_file_that_is_empty_or_huge_or_absent__ends_with_2(run: Run, add) -> None:
    assert add(b"").code == 2
    assert add(b" \n").code == 2
    assert add(b"a" * (4 * 1024 * 1024 + 1)).code == 2
    assert run("source", "add", "no-such-file.md").code == 2
    assert run("source", "add", ".").code == 2


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("--url", "javascript:x"), "--url"),
        (("--language", "Chinese!"), "--language"),
        (("--zone", "Asia/Nowhere"), "--zone"),
        (("--zone", "../etc/passwd"), "--zone"),
        (("--id", "../up"), "record_wrong"),
        (("--scheme", "no-such-version"), "no-such-version"),
        (("--scheme", "hk-gd-2021", "--authority", "HK"), "data"),
    ],
)
def test_add__with_a_wrong_option__ends_with_2_and_keeps_nothing(
    run: Run, add, tmp_path: Path, options: tuple[str, ...], place: str
) -> None:
    ended = add(POST, *options)
    assert ended.code == 2
    assert place in ended.err
    assert not list((tmp_path / "data").rglob("*.yaml"))


def test_add__remarks__on_the_future_and_on_what_was_left_out(add) -> None:
    ended = add(POST.replace("2031", "2131"))
    assert ended.code == 0
    assert "lies in the future" in ended.err
    assert "Promotional paragraphs left out: 2" in ended.err
    added = json.loads(add(POST.replace("2031", "2131"), "--json").out)
    assert [each["code"] for each in added["remarks"]] == ["future", "promotions"]
    assert added["new"] is False
    assert len(added["reading"]["sha256"]) == 64


def test_add__beside_a_scheme_without_it__prints_the_block_to_add(add) -> None:
    ended = add(POST, "--scheme", "hk-gd-2021")
    assert ended.code == 0
    assert "has no such source yet" in ended.err
    assert ended.out.startswith(f'  - id: "{NAME}"\n')
    as_data = json.loads(add(POST, "--scheme", "hk-gd-2021", "--json").out)
    assert as_data["scheme"] == {"version": "hk-gd-2021", "entry": None}


def test_add__beside_a_scheme_that_says_otherwise__ends_with_1(add) -> None:
    post = POST.replace("https://www.bay-daily.example.com/news/ferry-1", ZAOBAO.url)
    post = post.replace("&page=2", "")
    ended = add(post, "--scheme", "hk-gd-2021")
    assert ended.code == 1
    assert ended.out.startswith(f"Differs from the source {ZAOBAO.id} of hk-gd-2021")
    assert "≠ Title" in ended.out
    assert "Claims that cite it: F1, F2" in ended.out
    compared = json.loads(add(post, "--scheme", "hk-gd-2021", "--json").out)["scheme"]
    assert compared["agrees"] is False
    assert compared["entry"] == ZAOBAO.id
    differing = {each["key"] for each in compared["comparisons"] if not each["agrees"]}
    assert differing == {"title", "publisher", "published", "other_time"}


def test_add__beside_what_an_authority_adopted__compares_with_that(
    run: Run, add, data: Path, tmp_path: Path
) -> None:
    scheme = scheme_with(tmp_path, add(POST).out)
    signed = run("scheme", "sign", "--file", scheme, "--authority", "HK", "--data", data)
    assert signed.code == 0
    asked = ("--scheme", "hk-gd-2021-assumed", "--data", data)
    file = tmp_path / "article.md"
    assert run("source", "add", file, *asked, "--authority", "HK").out.startswith("Agrees")
    assert "has no such source yet" in run("source", "add", file, *asked).err


def test_add__reads__standard_input_apart(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run("source", "add", "-", "--data", data, stdin=POST.encode()).code == 0
    assert (data / "sources" / f"{NAME}.html").is_file()
    refused = run("source", "add", "-", "--data", data, "--json", stdin=b"# No date")
    assert json.loads(refused.out)["refused"]["code"] == "date_missing"


def test_add__to_a_folder_that_cannot_be__ends_with_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "article.md").write_text(POST)
    (tmp_path / "taken").write_text("a file")
    ended = run("source", "add", tmp_path / "article.md", "--data", tmp_path / "taken")
    assert ended.code == 3


def test_show__gives__facts_record_text_or_json(run: Run, add, tmp_path: Path) -> None:
    block = add(POST).out
    show = ("source", "show", NAME, "--data", tmp_path / "data")
    facts = run(*show).out
    assert "Published: 2031-03-04T01:02:03Z (in the front matter, date)" in facts
    assert "Further times: 2031-03-04T14:13:20Z (in a comment on line 10)" in facts
    assert run(*show, "--yaml").out == block
    assert run(*show, "--text").out.startswith("渡轮明年三月复航\n\n港务长")
    shown = json.loads(run(*show, "--json").out)
    assert shown["source"]["url"] == "https://www.bay-daily.example.com/news/ferry-1?page=2"
    assert shown["reading"]["authors"] == ["海湾日报"]
    assert shown["html"].startswith("<h2>")
    assert run(*show, "--json", "--yaml").code == 2


@pytest.mark.parametrize("name", ["absent", "../secret", "A" * 5000, ""])
def test_show__of_a_source_that_is_not_kept__ends_with_2(
    run: Run, tmp_path: Path, name: str
) -> None:
    ended = run("source", "show", name, "--data", tmp_path)
    assert ended.code == 2
    assert len(ended.err) < 2000


def test_show__of_damaged_files__ends_with_2_and_names_them(run: Run, add, tmp_path: Path) -> None:
    add(POST)
    (tmp_path / "data" / "sources" / f"{NAME}.yaml").write_text("source: [")
    ended = run("source", "show", NAME, "--data", tmp_path / "data")
    assert ended.code == 2
    assert "(record_damaged)" in ended.err


@pytest.mark.parametrize("language", list(Language))
def test_commands__have_words__in_each_language(
    run: Run, add, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setenv("TONGGUAN_LANG", language.value)
    speech.spoken_language.cache_clear()
    try:
        assert add(POST, "--scheme", "hk-gd-2021").code == 0
        assert run("source", "show", NAME, "--data", tmp_path / "data").code == 0
        assert run("source", "list", "--data", tmp_path / "data").code == 0
    finally:
        speech.spoken_language.cache_clear()
