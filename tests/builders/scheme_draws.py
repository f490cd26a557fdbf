"""What Hypothesis draws for a scheme's text: values, days, times, deadlines, releases."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tongguan.core.scheme.model import Weekday

Data = dict[str, Any]
Draw = Callable[..., Any]

_FIRST_DAY = date(2022, 1, 1)
WEEKDAYS = [day.value for day in Weekday]
DIRECTIONS = ("HK-GD", "GD-HK")
_HALF_HOURS_A_DAY = 48


def text(words: str) -> dict[str, str]:
    return {"zh-Hant": words, "zh-Hans": words, "en": words}


def some(draw: Draw, values: list[Any], *, least: int = 1) -> list[Any]:
    return draw(
        st.lists(st.sampled_from(values), min_size=least, max_size=len(values), unique=True)
    )


def one(draw: Draw, values: Any) -> Any:
    return draw(st.sampled_from(list(values)))


def day(offset: int) -> str:
    return (_FIRST_DAY + timedelta(days=offset)).isoformat()


def clock(half_hours: int) -> str:
    minutes = half_hours % _HALF_HOURS_A_DAY * 30
    return f"{minutes // 60:02}:{minutes % 60:02}"


def basis(draw: Draw) -> Data:
    cited = one(draw, [["F1"], ["F2"], ["F1", "F2"]])
    rivals = [{"claim": "F3", "because": text("別的較近")}] if draw(st.booleans()) else []
    return {"claims": cited, "set_aside": rivals}


def interval(draw: Draw) -> Data:
    first = draw(st.integers(0, 200))
    return {"first": day(first), "last": day(first + draw(st.integers(0, 60)))}


def bounds(draw: Draw) -> Data:
    """First and last day, each of them stated or not."""
    both = interval(draw)
    return {key: each if draw(st.booleans()) else None for key, each in both.items()}


def slots(draw: Draw, first: int, last: int) -> list[Data]:
    cuts = sorted(draw(st.lists(st.integers(first, last), min_size=2, max_size=5, unique=True)))
    return [
        {"id": f"slot-{number}", "starts": clock(start), "ends": clock(end)}
        for number, (start, end) in enumerate(pairwise(cuts))
    ]


def deadline(draw: Draw) -> Data:
    if draw(st.booleans()):
        return {"minutes_before": draw(st.integers(0, 44_640))}
    return {"days_before": draw(st.integers(0, 366)), "at": clock(draw(st.integers(0, 47)))}


def release(draw: Draw) -> Data:
    at = clock(draw(st.integers(0, 47)))
    kind = one(draw, ["once", "weekly", "daily"])
    if kind == "once":
        return {kind: {"on": day(-3), "at": at, "days": interval(draw)}}
    if kind == "daily":
        return {kind: {"days_ahead": draw(st.integers(0, 366)), "at": at} | bounds(draw)}
    closes = {"weekday": one(draw, WEEKDAYS), "at": at} if draw(st.booleans()) else None
    weekly = {"weekday": one(draw, WEEKDAYS), "at": at, "weeks_ahead": draw(st.integers(0, 52))}
    return {kind: weekly | {"closes": closes} | bounds(draw)}
