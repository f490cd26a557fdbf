"""Suspending part of a phase, figures of the day and criteria, as officials do it by hand."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders.figures import measured
from tests.cli.conftest import Run
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.reading import version_as_data

NAME = "measured-1"


@pytest.fixture
def signed(run: Run, data: Path) -> Path:
    """Both have signed a text with a criterion and a breaker."""
    file = data / "measured.yaml"
    text = replace(measured(), id=VersionId(NAME))
    file.write_text(json.dumps(version_as_data(text), ensure_ascii=False), encoding="utf-8")
    for name in ("HK", "GD"):
        done = run("scheme", "sign", "--file", file, "--authority", name, "--data", data)
        assert done.code == 0, done.err
    return data


def test_officials__sign_figures_move_and_suspend__by_hand(run: Run, signed: Path) -> None:
    """One story, for each of its steps rests on the one before."""
    data = ("--data", signed)
    hk = ("--authority", "HK", *data)

    asked = run("scheme", "criteria", NAME, *hk)
    assert asked.code == 0, asked.err
    assert "no data" in asked.out
    assert "HK figures of 2 of 2 days are missing" in asked.out
    refused = run("scheme", "activate", signed / "measured.yaml", *hk)
    assert refused.code == 1
    assert "few cases" in refused.out
    assert "--although" in refused.out

    days = [each["day"] for each in json.loads(run("scheme", "criteria", NAME, *hk, "--json").out)]
    scheme = ("--scheme", "hk-gd-2021")
    figure = ("figures", "sign", "--day", days[0], *scheme, "--metric", "unlinked-cases=9")
    assert run(*figure, *hk).code == 0
    for wrong, said in (
        (("--metric", "unlinked-cases"), "ID=VALUE"),
        (("--metric", "unlinked-cases=many"), "whole number"),
        (("--metric", "unheard-of=1"), "declares no such figure"),
        ((), "at least one figure"),
        (("--from-ledger", "use=all-day"), "no places of this quota"),
        (("--from-ledger", "unlinked-cases=all-day"), "no percentage"),
    ):
        ended = run("figures", "sign", "--day", days[0], *scheme, *wrong, *hk)
        assert ended.code == 2, ended.out
        assert said in ended.err
    listed = json.loads(run("figures", "list", "--authority", "GD", *data, "--json").out)
    assert [each["values"] for each in listed] == [{"unlinked-cases": 9}]
    assert "unlinked-cases 9" in run("figures", "list", *hk).out

    moved = run(
        "scheme",
        "activate",
        signed / "measured.yaml",
        "--although",
        "agreed by both sides",
        *hk,
        "--json",
    )
    assert moved.code == 0, moved.err
    assert [each["met"] for each in json.loads(moved.out)["criteria"]] == [False]
    _suspend_and_resume(run, hk)


def _suspend_and_resume(run: Run, hk: tuple[object, ...]) -> None:
    suspend = ("scheme", "suspend", NAME, *hk)
    for wrong, said in (
        ((), "--why"),
        (("--why", "x", "--control-point", "LWU"), "no such control point"),
        (("--why", "x", "--direction", "HK-MO"), "no such direction"),
        (("--why", "x", "--direction", "GD-HK"), "always open"),
        (("--why", "x", "--from", "2021-01-01T00:00"), "in the past"),
        (("--why", "x", "--until", "9998-01-01T00:00"), "cannot be signed"),
        (("--why", ""), "reason/en"),
        (("--why", "x", "--from", "soon"), "no instant"),
        (("--why", "x", "--from", "0001-01-01T00:00"), "no instant"),
        (("--why", "x", "--until", "9999-12-31T23:59-12:00"), "no instant"),
        (("--breaker", "unheard-of"), "--why"),
    ):
        ended = run(*suspend, *wrong)
        assert ended.code == 2
        assert said in ended.err
    ended = run("scheme", "end", NAME, *hk, "--last-day", "2021-12-31", "--why", "")
    assert (ended.code, "reason/en" in ended.err) == (2, True)
    assert run(*suspend, "--why", "Fog", "--control-point", "SZB").code == 0
    assert run(*suspend, "--breaker", "bubble").code == 0
    found = json.loads(run("scheme", "suspensions", *hk, "--json").out)
    assert [(each["control_points"], each["breaker"]) for each in found] == [
        (["SZB"], None),
        (None, "bubble"),
    ]
    assert found[0]["in_effect"]
    assert found[0]["age_minutes"] == 0
    assert not found[1]["in_effect"], "its notice is an hour"
    shown = run("scheme", "suspensions", *hk).out
    assert "HK suspends SZB: announced" in shown
    assert "(0:00 hours ago)" in shown

    file = hk[-1] / "measured.yaml"  # type: ignore[operator]
    standing = json.loads(run("scheme", "show", file, *hk, "--json").out)["standing"]
    assert [each["state"] for each in standing] == ["active", "not_active"]
    assert [each["age_minutes"] for each in standing[0]["suspensions"]] == [0, 0]
    assert "phase “pilot”: active" in run("scheme", "show", file, *hk).out

    assert run("scheme", "resume", NAME, "--order", "0" * 64, *hk).code == 2
    assert run("scheme", "resume", NAME, "--order", found[0]["order"], *hk).code == 0
    later = json.loads(run("scheme", "suspensions", *hk, "--json").out)
    assert [each["over_at"] is None for each in later] == [False, True]
    _end(run, hk)


def _end(run: Run, hk: tuple[object, ...]) -> None:
    end = ("scheme", "end", NAME, "--why", "Begun too early", *hk)
    assert run(*end, "--last-day", "soon").code == 2
    elsewhere = run(*end, "--last-day", "2021-12-20", "--phase", "summer")
    assert elsewhere.code == 2
    assert "no phase summer, but: pilot" in elsewhere.err
    ended = run(*end, "--last-day", "2021-12-12")
    assert ended.code == 0, ended.err
    assert "ended the phase “pilot”" in ended.out
    file = hk[-1] / "measured.yaml"  # type: ignore[operator]
    shown = run("scheme", "show", file, *hk, "--json")
    assert json.loads(shown.out)["standing"][0]["state"] == "ended"
