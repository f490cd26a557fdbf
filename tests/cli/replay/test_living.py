"""The talks of 2021 lived through: versions change as data alone, and nobody is stranded."""

import json
from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tongguan.adapters.difference_words import say_difference
from tongguan.cli import scheme_replay
from tongguan.cli.pair import opened_pair
from tongguan.cli.replay.holders import Holder, Plan, people_of
from tongguan.cli.replay.living import Living, Turn
from tongguan.cli.replay.report import report_of
from tongguan.cli.replay.running_code import is_unchanged, running_code
from tongguan.cli.replay.series import lived, replayable, series_of, unknowns_that_block
from tongguan.core.calendar import instant_of
from tongguan.core.identifiers import CategoryId, ControlPointId, SlotId, VersionId
from tongguan.core.texts import Language

SERIES = series_of(VersionId("hk-gd-2021"))


def test_series__goes__from_the_first_report_to_the_plan_of_december() -> None:
    assert [each.version.number for each in SERIES] == [1, 2, 3, 4, 5, 6, 7]
    for before, after in pairwise(SERIES):
        assert after.version.follows == before.version.id
    assert unknowns_that_block(SERIES[0])
    assert not any(unknowns_that_block(each) for each in SERIES[1:])
    assert replayable() == (VersionId("hk-gd-2021"),)


def test_every_version__cites__what_was_said_and_marks_what_was_assumed() -> None:
    """What a report says replaces an assumption; rival claims stay, with the reason."""
    last = SERIES[-1].version
    phase = last.phases[0]
    quotas = {each.id: each for each in phase.quotas}
    assert quotas["all-day"].basis.claims == ("F8", "R1")
    assert "limit" not in quotas["all-day"].basis.assumed
    assert [each.claim for each in quotas["all-day"].basis.set_aside] == ["R26"]
    assert "limit" in quotas["business-day"].basis.assumed
    assert phase.entry is not None
    assert [each.claim for each in phase.entry.basis.set_aside] == ["F11"]
    assert {each.id for each in phase.categories} == {"business", "non-business"}
    every = {each.id for each in last.claims}
    assert {f"R{number}" for number in range(1, 28)} <= every
    assert len(last.not_expressible) == 2


@pytest.mark.parametrize("language", list(Language))
def test_every_difference__is_said__without_ids(language: Language) -> None:
    for before, after in pairwise(SERIES):
        said = say_difference(before.version, after.version, language)
        assert said.changes
        text = " ".join(sentence for each in said.changes for sentence in each.sentences)
        for identity in ("business-day", "SZB", " ZMB", "HK-GD", "first_come", "sponsor_list"):
            assert identity not in text


def test_replay__strands__nobody_and_changes_no_code(
    new_database_url: Callable[[], str], tmp_path: Path
) -> None:
    turns = lived(SERIES)
    assert [each.day.day for each in turns] == [13, 15, 17, 21, 23, 25]
    version = turns[0].loaded.version
    with opened_pair(
        version,
        data_directory=tmp_path,
        database_url=lambda _: new_database_url(),
        first_instant=instant_of(turns[0].day - timedelta(days=1), time(9), version.zone),
        durability_required=False,
    ) as pair:
        living = Living(pair=pair, series=turns)
        living.live()
    report = report_of(living.turns, living.holders)
    assert report.holds
    total = report.total
    assert total["applied"] == 5 * 4 * 3 + 2 * 3
    for column in ("granted", "booked", "out", "home"):
        assert total[column] == total["applied"], living.holders
    assert total["home_later"] == total["booked_later"] == total["applied"] // 3
    # Whoever was granted on a ground that is gone, and had no place yet, was told of the grant.
    assert total["told"] == 3
    assert not total["refused"]
    assert all(len(turn.code) > 100 for turn in living.turns)


def _holder(**changed: bool) -> Holder:
    holder = Holder(
        number=1,
        lived=0,
        category=CategoryId("family"),
        plan=Plan.ACROSS,
        control_point=ControlPointId("SZB"),
        slot=SlotId("morning"),
        books_on=date(2021, 12, 13),
        out_on=date(2021, 12, 14),
        home_on=date(2021, 12, 16),
        granted=True,
    )
    for name, value in changed.items():
        setattr(holder, name, value)
    return holder


def test_report__fails__for_one_stranded_or_unaccounted() -> None:
    assert _holder(out=True).stranded
    assert not _holder(out=True, home=True).stranded
    assert _holder().unaccounted
    assert not _holder(told=1).unaccounted
    assert report_of([], []).holds


def test_people__lie__before_and_after_each_change() -> None:
    turns = lived(SERIES)
    for holder in people_of(turns):
        own = turns[holder.lived].day
        later = [each.day for each in turns if each.day > own]
        assert own <= holder.books_on < holder.out_on < holder.home_on
        if later and holder.plan is Plan.ACROSS:
            assert holder.out_on < later[0] < holder.home_on
        if later and holder.plan is Plan.BEHIND:
            assert holder.books_on < later[0] < holder.out_on
        if later and holder.plan is Plan.LATE:
            assert holder.books_on == later[0]


def test_replay__refuses__a_scheme_without_series(run: Run) -> None:
    ended = run("scheme", "replay", "hk-mainland-2023")
    assert ended.code == 2
    assert "hk-gd-2021" in ended.err


def test_command__says__every_version_and_the_table(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is lived is tested above; here a report is at hand, once good and once bad."""
    turns = [Turn(lived=each, code={}, told=0) for each in lived(SERIES)]
    people = [_holder(out=True, home=True)]
    reports = iter((report_of(turns, people), report_of(turns, [_holder(out=True)])))
    monkeypatch.setattr(scheme_replay, "lived_through", lambda _series, _data: next(reports))
    ended = run("scheme", "replay")
    assert ended.code == 0
    assert "This version cannot be activated" in ended.out
    assert "HZMB Hong Kong Port" in ended.out
    assert "No line of code changed between versions." in ended.out
    bad = run("scheme", "replay", "--json")
    assert bad.code == 1
    answer = json.loads(bad.out)
    assert answer["total"]["stranded"] == 1
    assert [each["id"] for each in answer["versions"]][:2] == ["hk-gd-2021", "hk-gd-2021-assumed"]
    assert answer["versions"][0]["blocked_by"]
    assert not answer["versions"][-1]["blocked_by"]


def test_report__fails__where_code_changed() -> None:
    first, second, *_ = lived(SERIES)
    turns = [
        Turn(lived=first, code={"a": "1"}, told=0),
        Turn(lived=second, code={"a": "2"}, told=0),
    ]
    assert not report_of(turns, []).holds


def test_running_code__tells__when_a_function_was_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = running_code()
    assert is_unchanged(before, running_code())

    def other(_series: object, _data: object) -> None:
        return None

    other.__module__ = scheme_replay.__name__
    monkeypatch.setattr(scheme_replay, "lived_through", other)
    assert not is_unchanged(before, running_code())
