"""Sponsors' lists on the command line: whole files or nothing, and no number is ever repeated."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_scheme_acts import send_acts, two  # noqa: F401 - a fixture

AMENDMENT = """
amends: "hk-gd-2021-assumed"
id: "hk-gd-2021-sponsors"
version: 3
summary: {zh-Hant: "加一個保薦機構", zh-Hans: "加一个保荐机构", en: "One sponsor more"}
changes:
  - add: "phases/pilot/sponsors"
    item:
      id: "a-chamber"
      name: {zh-Hant: "商會", zh-Hans: "商会", en: "A chamber"}
      assumed: {name: {zh-Hant: "測試", zh-Hans: "测试", en: "A test"}}
"""
PEOPLE = "document_type,document_number,document_issuer\nhome_return_permit,H12345678,CHN\n"


@pytest.fixture
def listed(run: Run, two: Path, tmp_path: Path) -> Path:  # noqa: F811 - the fixture above
    """A directory in which a text with one sponsor holds."""
    file = tmp_path / "sponsors.yaml"
    file.write_text(AMENDMENT, encoding="utf-8")
    for name in ("HK", "GD"):
        signed = run("scheme", "sign", "--file", file, "--authority", name, "--data", two)
        assert signed.code == 0, signed.err
    send_acts(run, two, tmp_path, "GD", "HK")
    activated = run("scheme", "activate", file, "--authority", "HK", "--data", two)
    assert activated.code == 0, activated.out + activated.err
    return two


def test_sponsor__add__list_and_remove(run: Run, listed: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    options = ("--authority", "HK", "--data", listed)
    added = run("sponsor", "add", "a-chamber", file, *options)
    assert (added.code, added.out.strip()) == (0, "a-chamber: 1 new on the list."), added.err
    again = run("sponsor", "add", "a-chamber", "-", *options, stdin=PEOPLE.encode())
    assert again.out.strip() == "a-chamber: 0 new on the list."
    shown = run("sponsor", "list", *options, "--json")
    assert json.loads(shown.out) == [{"sponsor": "a-chamber", "people": 1}]
    removed = run("sponsor", "remove", "a-chamber", file, *options)
    assert removed.out.strip() == "a-chamber: 1 taken off the list."
    assert run("sponsor", "list", *options).out.strip() == "Nobody is on a list."
    stranger = run("sponsor", "add", "nobody", file, *options)
    assert stranger.code == 2
    assert "no such sponsor" in stranger.err


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("home_return_permit,H12345678\n", ":1"),
        (PEOPLE + "passport,,GBR\n", ":3"),
        (PEOPLE + "ration_card,H98765432,CHN\n", ":3"),
        (PEOPLE + 'passport,"H98765432,GBR\n', ":3"),
        ("", ""),
        ("\x00" * 10, ""),
    ],
)
def test_people__in_a_bad_file__end_with_2_and_nothing_of_them_is_said(
    run: Run, tmp_path: Path, content: str, place: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(content)
    ended = run("sponsor", "add", "a-chamber", file, "--authority", "HK", "--data", tmp_path)
    assert ended.code == 2
    assert place in ended.err
    assert "H98765432" not in ended.err + ended.out
