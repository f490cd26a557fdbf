"""The pilot played small: quotas bind, every reason of the gate occurs, nobody is stranded."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.adapters.scheme_files import LoadedScheme, load_bundled
from tongguan.cli.demo_command import APPLICANTS_DEFAULT, DAYS_DEFAULT, played
from tongguan.cli.demonstration.chart import write_chart
from tongguan.cli.demonstration.report import Report, print_report, report_as_data
from tongguan.cli.demonstration.stage import NotPlayableError, Plan
from tongguan.cli.demonstration.stories import PARTIES_MIN
from tongguan.core.gate.decide import DENYING, REFERRING
from tongguan.core.identifiers import VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.model import QuotaPer

OF_PAPERS = {
    code for code in (*DENYING, *REFERRING) if code.startswith(("test_", "health_requirement_"))
}
"""Reasons that a scheme which asks for no test, and requires nothing else, cannot give."""
OF_SEVERAL_TEXTS = {ReasonCode.PASS_TEXT_UNKNOWN, ReasonCode.PLACE_OF_EARLIER_TEXT}
"""Reasons that need another text than the one that holds; the demonstration has one."""
EVERY_REASON = {
    *({*DENYING, *REFERRING} - OF_PAPERS - OF_SEVERAL_TEXTS),
    ReasonCode.ADMITTED,
    ReasonCode.RIGHT_OF_ENTRY,
}
SMALLER = {1000: 120, 400: 48}
"""Limits of the scheme and what stands for them here, for a test of seconds."""


def smaller_scheme() -> LoadedScheme:
    """The assumed scheme with an eighth of its places."""
    bundled = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = bundled.phases[0]
    quotas = tuple(
        replace(quota, limit=SMALLER.get(quota.limit or 0, quota.limit)) for quota in pilot.quotas
    )
    version = replace(bundled, phases=(replace(pilot, quotas=quotas), *bundled.phases[1:]))
    canonical = canonical_text(version)
    return LoadedScheme(version=version, canonical=canonical, digest=digest_of(canonical))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    directory = tmp_path_factory.mktemp("demonstration")
    yield directory
    remove_cluster(directory)


@pytest.fixture(scope="module")
def report(data: Path) -> Report:
    days = []
    plan = Plan(loaded=smaller_scheme(), days=14, applicants=480, seed=1)
    report = played(plan, data, lambda: days.append(1))
    assert len(days) == 14
    return report


def test_demonstration__lets_every_reason_of_the_gate_occur(report: Report) -> None:
    health = smaller_scheme().version.phases[0].health
    assert health is not None
    assert not health.tests
    assert not health.requirements
    assert set(report.reasons) == EVERY_REASON


def test_demonstration__lets_the_weekly_business_and_the_daily_quota_bind(report: Report) -> None:
    bound = {quota.id: quota.days_bound for quota in report.quotas}
    assert bound["business-week"]
    assert bound["all-day"]


def test_demonstration__keeps_what_must_always_hold(report: Report) -> None:
    assert report.stranded == 0
    assert report.windows_exceeded == ()
    assert report.passes_used_twice == 0
    assert report.journeys_doubled == 0
    assert report.lost == 0
    assert report.holds
    assert report.fsync


def test_demonstration__asks_again_and_doubles_nothing(report: Report) -> None:
    assert report.asked_again > 50
    assert report.acknowledged > 2000


def test_demonstration__brings_home_everyone_who_left(report: Report) -> None:
    out = sum(day.crossed_out for day in report.days)
    home = sum(day.crossed_home for day in report.days)
    assert out == home > 250


def test_demonstration__never_lets_more_out_than_the_day_holds(report: Report) -> None:
    for day in report.days:
        assert day.booked <= 120
        assert day.left is not None
        assert day.left >= 0


def test_demonstration__denies_and_refers_for_reasons(report: Report) -> None:
    assert sum(day.denied for day in report.days) > 20
    assert sum(day.referred for day in report.days) > 20
    for day in report.days:
        assert bool(day.denied) == bool(day.denied_by)


def test_demonstration__turns_away__whom_a_laboratory_found_positive_in_the_morning(
    report: Report,
) -> None:
    """Two parties show codes that newer ones replaced; all others were voided by the results."""
    assert report.reasons[ReasonCode.HEALTH_CODE_REVOKED] > PARTIES_MIN


def test_demonstration__drops_its_databases(report: Report, data: Path) -> None:
    import psycopg  # noqa: PLC0415 - only this test looks behind the scenes

    with Cluster.open(data) as cluster, psycopg.connect(cluster.url("postgres")) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'demo%'")
        assert found.fetchall() == []


def test_report__as_data__has_what_is_promised(report: Report) -> None:
    content = json.loads(json.dumps(report_as_data(report)))
    wanted = {"days", "windows_exceeded", "stranded", "reasons", "quotas"}
    assert wanted <= set(content)
    assert content["windows_exceeded"] == content["stranded"] == 0
    assert all("days_bound" in quota for quota in content["quotas"])
    columns = {"day", "asked", "booked", "crossed", "referred", "denied", "left"}
    assert all(columns <= set(day) for day in content["days"])


def test_report__for_people__names_each_day_and_each_reason(report: Report) -> None:
    narrow, wide = (Console(width=width, record=True, file=io.StringIO()) for width in (80, 160))
    print_report(report, narrow)
    text = narrow.export_text()
    for day in report.days:
        assert day.day.isoformat() in text
    print_report(report, wide)
    text = wide.export_text()
    for code in EVERY_REASON:
        assert code.value in text


def test_report__says_no__when_anything_happened_that_never_may(report: Report) -> None:
    assert not replace(report, stranded=1).holds
    assert not replace(report, lost=1).holds
    assert not replace(report, passes_used_twice=1).holds
    assert not replace(report, journeys_doubled=1).holds


def test_chart__is_svg_and_the_same_again(report: Report, tmp_path: Path) -> None:
    for name in ("first.svg", "second.svg"):
        write_chart(report, tmp_path / name)
    first = (tmp_path / "first.svg").read_bytes()
    assert first == (tmp_path / "second.svg").read_bytes()
    assert ElementTree.fromstring(first).tag.endswith("svg")  # noqa: S314 - our own file
    assert b"crossed home" in first


def test_plan__of_a_scheme_with_too_many_unknowns__is_not_playable() -> None:
    reported = load_bundled(VersionId("hk-gd-2021"))
    with pytest.raises(NotPlayableError):
        _ = Plan(loaded=reported, days=14, applicants=10, seed=1).phase


@pytest.mark.soak
def test_demonstration__by_default__binds_both_quotas_within_two_minutes(data: Path) -> None:
    loaded = load_bundled(VersionId("hk-gd-2021-assumed"))
    plan = Plan(loaded=loaded, days=DAYS_DEFAULT, applicants=APPLICANTS_DEFAULT, seed=1)
    report = played(plan, data, lambda: None)
    assert report.holds
    assert report.fsync
    assert report.seconds < 120
    assert set(report.reasons) == EVERY_REASON
    bound = {quota.id: quota for quota in report.quotas if quota.days_bound}
    assert {"business-week", "all-day"} <= set(bound)
    assert bound["business-week"].per == QuotaPer.WEEK
