"""Times are read strictly, and what was assumed is said."""

from datetime import UTC, datetime

import pytest

from tongguan.adapters.sources.stated_times import Where, read_time, read_timestamp


@pytest.mark.parametrize(
    ("written", "at", "assumed", "day_alone"),
    [
        ("2031-03-04T01:02:03.456Z", "2031-03-04T01:02:03", False, False),
        ("2031-03-04T09:02:03+08:00", "2031-03-04T01:02:03", False, False),
        ("2031-03-04 09:02:03 +0800", "2031-03-04T01:02:03", False, False),
        ("2031-03-04 09:02", "2031-03-04T01:02:00", True, False),
        ("2031/3/4 9:02", "2031-03-04T01:02:00", True, False),
        ("2031年3月4日 9時02分", "2031-03-04T01:02:00", True, False),
        ("2031-03-04", "2031-03-03T16:00:00", True, True),
        ("Tue, 04 Mar 2031 01:02:03 GMT", "2031-03-04T01:02:03", False, False),
    ],
)
def test_time__is_read__in_the_zone_stated_or_assumed(
    written: str, at: str, assumed: bool, day_alone: bool
) -> None:
    read = read_time(written, "Asia/Hong_Kong", where=Where.META, name="date")
    assert read is not None
    assert read.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert read.zone_assumed == ("Asia/Hong_Kong" if assumed else None)
    assert read.day_alone is day_alone


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "2031-13-01", "2031-02-30", "2031-03-04T25:00Z", "0001-01-01"),
        *("9999-12-31T23:59-08:00", "04/03/2031", "2031-03-04T01:02:03+99:99", "1" * 5000),
        *("Tue, 04 Mar 2031 01:02:03", "Tue, 04 Mar 0003 01:02:03 GMT", "２０３１-03-04"),
    ],
)
def test_time__that_is_none__is_not_read(written: str) -> None:
    assert read_time(written, "Asia/Hong_Kong", where=Where.META, name="date") is None


def test_timestamp__counts__seconds_or_milliseconds() -> None:
    at = datetime(2021, 11, 5, 11, 29, tzinfo=UTC)
    assert read_timestamp("1636111740000", name="1").at == at
    assert read_timestamp("1636111740", name="1").at == at
