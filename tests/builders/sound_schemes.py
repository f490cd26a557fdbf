"""Hypothesis writes sound schemes: every name exists, days are in order, reserves have room."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from math import prod
from typing import Any

from hypothesis import strategies as st

from tongguan.core.scheme.model import (
    CarryOver,
    ExemptFrom,
    GrantRule,
    OrderOfUse,
    PartialWeeks,
    Statistic,
    Weekday,
)

Data = dict[str, Any]
Draw = Callable[..., Any]

_FIRST_DAY = date(2022, 1, 1)
_WEEKDAYS = [day.value for day in Weekday]
_DIRECTIONS = ("HK-GD", "GD-HK")
_DOCUMENTS = ["hkid", "home_return_permit", "mainland_id", "exit_entry_permit", "passport"]
_METRICS = {"use": "percent", "cases": "count", "waits": "minutes"}
_HALF_HOURS_A_DAY = 48


def text(words: str) -> dict[str, str]:
    return {"zh-Hant": words, "zh-Hans": words, "en": words}


def _some(draw: Draw, values: list[Any], *, least: int = 1) -> list[Any]:
    return draw(
        st.lists(st.sampled_from(values), min_size=least, max_size=len(values), unique=True)
    )


def _one(draw: Draw, values: Any) -> Any:
    return draw(st.sampled_from(list(values)))


def _day(offset: int) -> str:
    return (_FIRST_DAY + timedelta(days=offset)).isoformat()


def _clock(half_hours: int) -> str:
    minutes = half_hours % _HALF_HOURS_A_DAY * 30
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _basis(draw: Draw) -> Data:
    cited = _one(draw, [["F1"], ["F2"], ["F1", "F2"]])
    rivals = [{"claim": "F3", "because": text("別的較近")}] if draw(st.booleans()) else []
    return {"claims": cited, "set_aside": rivals}


def _interval(draw: Draw) -> Data:
    first = draw(st.integers(0, 200))
    return {"first": _day(first), "last": _day(first + draw(st.integers(0, 60)))}


def _bounds(draw: Draw) -> Data:
    """First and last day, each of them stated or not."""
    interval = _interval(draw)
    return {key: day if draw(st.booleans()) else None for key, day in interval.items()}


def _slots(draw: Draw, first: int, last: int) -> list[Data]:
    cuts = sorted(draw(st.lists(st.integers(first, last), min_size=2, max_size=5, unique=True)))
    return [
        {"id": f"slot-{number}", "starts": _clock(start), "ends": _clock(end)}
        for number, (start, end) in enumerate(pairwise(cuts))
    ]


def _deadline(draw: Draw) -> Data:
    if draw(st.booleans()):
        return {"minutes_before": draw(st.integers(0, 44_640))}
    return {"days_before": draw(st.integers(0, 366)), "at": _clock(draw(st.integers(0, 47)))}


def _release(draw: Draw) -> Data:
    at = _clock(draw(st.integers(0, 47)))
    kind = _one(draw, ["once", "weekly", "daily"])
    if kind == "once":
        return {kind: {"on": _day(-3), "at": at, "days": _interval(draw)}}
    if kind == "daily":
        return {kind: {"days_ahead": draw(st.integers(0, 366)), "at": at} | _bounds(draw)}
    closes = {"weekday": _one(draw, _WEEKDAYS), "at": at} if draw(st.booleans()) else None
    weekly = {"weekday": _one(draw, _WEEKDAYS), "at": at, "weeks_ahead": draw(st.integers(0, 52))}
    return {kind: weekly | {"closes": closes} | _bounds(draw)}


def _booking(draw: Draw) -> Data:
    opens = draw(st.integers(0, 47))
    hours = {"opens": _clock(opens), "closes": _clock(opens + draw(st.integers(1, 47)))}
    least = draw(st.none() | st.integers(0, 30))
    annex = {
        "days_ahead_min": least,
        "days_ahead_max": draw(st.none() | st.integers(least or 0, 366)),
        "open_minutes_a_day_min": draw(st.none() | st.integers(1, 1440)),
    }
    return {
        "releases": [_release(draw) for _ in range(draw(st.integers(1, 3)))],
        "hours": hours if draw(st.booleans()) else None,
        "closes": _deadline(draw),
        "cancel_until": _deadline(draw),
        "party": {"size_max": 4, "head_age_min": draw(st.none() | st.integers(0, 150))},
        "live_journeys_per_person_max": 1,
        "annex": annex | _basis(draw) if draw(st.booleans()) else None,
    } | _basis(draw)


def _direction(draw: Draw, name: str, hours: tuple[int, int]) -> Data:
    origin, _, destination = name.partition("-")
    return {
        "id": name,
        "origin": origin,
        "destination": destination,
        "leg": "out" if origin == "HK" else "home",
        "weekdays": draw(st.none() | st.just(_some(draw, _WEEKDAYS))),
        "closed_days": [_day(40)] if draw(st.booleans()) else [],
        "slots": _slots(draw, *hours),
        "booking": _booking(draw) if draw(st.booleans()) else None,
        "booking_authority": _one(draw, [None, "HK", "GD"]),
        "lateness": {"grace_minutes": 30} | _basis(draw) if draw(st.booleans()) else None,
    } | _basis(draw)


def _control_points(draw: Draw, hours: tuple[int, int] | None) -> list[Data]:
    opens, closes = (None, None) if hours is None else (_clock(hours[0]), _clock(hours[1]))
    return [
        {
            "id": name,
            "names": {"HK": text(name)},
            "opens": opens,
            "closes": closes,
            "booking_required": draw(st.booleans()),
        }
        | _basis(draw)
        for name in _some(draw, ["SZB", "LMC", "HZM"])
    ]


def _denied(draw: Draw, allow: list[str]) -> list[Data]:
    rows = []
    for division in allow:
        code = {"44": "440305", "82": "820000", "1101": "110105"}[division]
        rows.append({"code": code, "kind": "division"} | _bounds(draw) | _basis(draw))
        street = {"code": f"{code}007", "kind": "street", "name": text("街道")}
        rows.append(street | _bounds(draw) | _basis(draw))
    return rows if draw(st.booleans()) else []


def _range(draw: Draw) -> Data:
    allow = _some(draw, ["44", "82", "1101"])
    return {"allow": allow, "deny": _denied(draw, allow)} | _basis(draw)


def _categories(draw: Draw, sponsors: list[Data]) -> list[Data]:
    ways = [None, "first_come", "case", *(["sponsor_list"] if sponsors else [])]
    evidence = {"id": "proof", "name": text("證明"), "required": True, "follows_within_days": 7}
    return [
        {
            "id": name,
            "name": text(name),
            "precedence": draw(st.none() | st.just(number)),
            "fallback": ["business"] if number > 1 and draw(st.booleans()) else [],
            "allocation": _one(draw, ways),
            "evidence": _one(draw, [None, [], [evidence]]),
            "assurance": _one(draw, [None, "asserted"]),
        }
        | _basis(draw)
        for number, name in enumerate(("business", "family", "funeral"), start=1)
    ]


def _limits(draw: Draw, counts: dict[str, Any], values: dict[str, list[str]], per: str) -> Any:
    each = [name for name, value in counts.items() if value == "each" and name in values]
    return [
        {
            "id": f"other-{number}",
            "where": {name: _one(draw, values[name]) for name in each if draw(st.booleans())},
            "weekdays": _some(draw, _WEEKDAYS) if per == "day" and draw(st.booleans()) else None,
            "limit": draw(st.none() | st.integers(0, 10_000_000)),
        }
        | _bounds(draw)
        | _basis(draw)
        for number in range(draw(st.integers(0, 2)))
    ]


def _cap(draw: Draw, name: str, values: dict[str, list[str]]) -> Data:
    per = _one(draw, ["day", "week"])
    counts: dict[str, Any] = {"direction": _one(draw, [None, "each", *_DIRECTIONS])}
    for dimension in ("category", "control_point", "slot", "sponsor"):
        if values[dimension] and draw(st.booleans()):
            counts[dimension] = _one(draw, [None, "each", *values[dimension]])
    if draw(st.integers(0, 3)) == 0:
        counts["person"] = "each"
    partial = [None, *(rule.value for rule in PartialWeeks)] if per == "week" else [None]
    return {
        "id": name,
        "name": text(name),
        "kind": _one(draw, [None, "cap", "cap", "cap"]),
        "per": per,
        "limit": draw(st.none() | st.integers(0, 10_000_000)),
        "counts": counts,
        "limits": _limits(draw, counts, values, per),
        "carry_over": _one(draw, [rule.value for rule in CarryOver]),
        "partial_weeks": _one(draw, partial),
    } | _basis(draw)


def _reserves(draw: Draw, cap: Data, values: dict[str, list[str]]) -> list[Data]:
    """Reserves inside a cap, no more than it holds."""
    room = 10_000_000 if cap["limit"] is None else cap["limit"]
    free = [name for name in ("category", "slot") if name not in cap["counts"] and values[name]]
    if cap["kind"] != "cap" or "person" in cap["counts"]:
        return []
    found = []
    for number in range(draw(st.integers(0, 2))):
        named = {name: _one(draw, ["each", *values[name]]) for name in free}
        parts = prod(len(set(values[name])) for name in free if named[name] == "each")
        limit = draw(st.none() | st.integers(0, room // parts))
        room -= (limit or 0) * parts
        counts = cap["counts"] | named
        if counts["direction"] == "each":
            counts |= {"direction": _one(draw, ["each", *_DIRECTIONS])}
        reserve = {
            "inside": cap["id"],
            "order_of_use": _one(draw, [None, *(order.value for order in OrderOfUse)]),
            "released": draw(st.none() | st.just(_deadline(draw))),
        }
        head = {"id": f"{cap['id']}-kept-{number}", "name": text("預留"), "kind": "reserve"}
        shape = {"per": cap["per"], "limit": limit, "counts": counts, "reserve": reserve}
        found.append(head | shape | _basis(draw))
    return found


def _quotas(draw: Draw, values: dict[str, list[str]]) -> list[Data]:
    quotas: list[Data] = []
    for number in range(draw(st.integers(0, 3))):
        cap = _cap(draw, f"quota-{number}", values)
        quotas += [*_reserves(draw, cap, values), cap]
    return quotas


def _health(draw: Draw) -> Data:
    tested = _some(draw, list(_DIRECTIONS), least=0)
    codes = _one(draw, [None, [], [{"issuer": "GD", "directions": ["HK-GD"]} | _basis(draw)]])
    age = _one(draw, [{"within_hours": 48}, {"within_days": 0}, {"within_days": 3}])
    test = {"id": "pcr", "name": text("檢測"), "anchor": "sampling", "directions": tested}
    admission = {"id": "pink", "findings": ["test_missing"], "directions": tested}
    admitted = admission | {"condition": text("留在指定地方")} | _basis(draw)
    return {
        "codes": codes,
        "care": draw(st.none() | st.just(text("醫護"))),
        "tests": [test | age | _basis(draw)] if tested else [],
        "admitted_under": [admitted] if tested and draw(st.booleans()) else [],
    } | _basis(draw)


def _measure(draw: Draw) -> Data:
    bound = _one(draw, ["at_most", "at_least"])
    return {
        "metric": _one(draw, _METRICS),
        "statistic": _one(draw, [each.value for each in Statistic]),
        "days": draw(st.integers(1, 366)),
        bound: draw(st.integers(0, 100)),
    }


def _breaker(draw: Draw, points: list[str]) -> Data:
    keeps = draw(st.none() | st.just(_measure(draw)))
    return {
        "id": "breaker",
        "name": text("停運"),
        "keeps": keeps,
        "by_itself": keeps is not None and draw(st.booleans()),
        "control_points": draw(st.none() | st.just(_some(draw, points))),
        "directions": draw(st.none() | st.just(["HK-GD"])),
        "notice_minutes": 38,
        "lasts_days": 14,
        "resumes": draw(st.none() | st.just(_measure(draw))),
    } | _basis(draw)


def _holders(draw: Draw) -> Data:
    places = _one(draw, [["honour"], ["revoke"], ["move", "honour"], ["move", "revoke"]])
    days = {"move_days_max": draw(st.integers(1, 366))} if "move" in places else {}
    grants = _one(draw, [rule.value for rule in GrantRule])
    return {"places": places, "grants": grants} | days | _basis(draw)


def _phase(draw: Draw, number: int) -> Data:
    first = number * 100 + draw(st.integers(0, 20))
    hours = _one(draw, [None, (0, 48), (12, 44), (44, 60)])
    points = _control_points(draw, hours)
    sponsors = [
        {"id": name, "name": text(name)} | _basis(draw)
        for name in _some(draw, ["chamber", "union"], least=0)
    ]
    categories = _categories(draw, sponsors)
    start = draw(st.integers(0, 47))
    within = (start, start + 48) if hours in (None, (0, 48)) else hours
    directions = [_direction(draw, name, within) for name in _DIRECTIONS]
    values = {
        "direction": list(_DIRECTIONS),
        "category": [category["id"] for category in categories],
        "control_point": [point["id"] for point in points],
        "slot": [slot["id"] for direction in directions for slot in direction["slots"]],
        "sponsor": [sponsor["id"] for sponsor in sponsors],
    }
    exempt = {"id": "residents", "name": text("居民"), "document_types": ["hkid"]}
    exempt |= {"directions": ["GD-HK"], "exempt_from": _some(draw, [e.value for e in ExemptFrom])}
    stayed = {"days": 14} | _range(draw) if draw(st.booleans()) else None
    return {
        "id": f"phase-{number}",
        "name": text("階段"),
        "not_before": {"first": _day(first), "last": _day(first + draw(st.integers(0, 10)))},
        "hoped_for": draw(st.none() | st.just(_interval(draw))),
        "ends": draw(st.none() | st.integers(first + 20, first + 50).map(_day)),
        "entry": {"divisions": ["440300"], "control_points": points} | _basis(draw),
        "participation": {
            "divisions": ["44"],
            "document_types": draw(st.none() | st.just(_some(draw, _DOCUMENTS))),
            "stayed": stayed,
        }
        | _basis(draw),
        "area": draw(st.none() | st.just(_range(draw))),
        "sponsors": sponsors,
        "categories": categories,
        "quotas": _quotas(draw, values),
        "directions": directions,
        "health": draw(st.none() | st.just(_health(draw))),
        # Places of two keepers cannot be booked together, whoever keeps the version's own.
        "return": {
            "place_required": len({each["booking_authority"] for each in directions}) == 1,
            "stay_days_max": None,
            "same_control_point": None,
        }
        | _basis(draw),
        "rights_of_entry": [{"party": "HK", "document_types": ["hkid"]} | _basis(draw)],
        "exemptions": [exempt | _basis(draw)] if draw(st.booleans()) else [],
        "credentials": None,
        "criteria": [{"id": "met", "name": text("準則"), "measure": _measure(draw)} | _basis(draw)],
        "breakers": [_breaker(draw, values["control_point"])] if draw(st.booleans()) else [],
        "holders": draw(st.none() | st.just(_holders(draw))),
    } | _basis(draw)


def _claim(name: str) -> Data:
    witness = {"who": text("某人"), "on": None}
    return {
        "id": name,
        "fact": text("一個說法"),
        "source": "paper",
        "certainty": "reported",
        "witnesses": [witness],
    }


@st.composite
def sound_schemes(draw: Draw) -> Data:
    """The data of a version that the checker must accept."""
    not_expressible = [
        {"id": name, "what": text("寫不出的事")} | _basis(draw)
        for name in _some(draw, ["tickets", "lorries"], least=0)
    ]
    return {
        "id": "written-2",
        "scheme": "written",
        "version": draw(st.integers(1, 1_000_000)),
        "follows": _one(draw, [None, "written-1"]),
        "title": text("計劃"),
        "summary": text("由測試寫成"),
        "zone": _one(draw, ["Asia/Hong_Kong", "UTC"]),
        "week": {"starts_on": _one(draw, [None, *_WEEKDAYS])} | _basis(draw),
        "parties": [
            {"id": "HK", "name": text("香港"), "division": "810000"},
            {"id": "GD", "name": text("廣東"), "division": "440000"},
        ],
        "booking_authority": {"party": _one(draw, [None, "HK", "GD"])} | _basis(draw),
        "sources": [
            {
                "id": "paper",
                "title": "一份報章",
                "publisher": "一間報社",
                "url": "https://example.org/paper",
                "published": "2021-11-05T04:48:23Z",
                "language": "zh-Hans",
            }
        ],
        "claims": [_claim(name) for name in ("F1", "F2", "F3")],
        "phases": [_phase(draw, number) for number in range(draw(st.integers(1, 2)))],
        "data": {
            "legal_basis": None,
            "controller": None,
            "purpose": None,
            "retention_days": draw(st.none() | st.integers(0, 3660)),
            "ends": _one(draw, [None, _day(500)]),
        }
        | _basis(draw),
        "metrics": [
            {"id": name, "name": text(name), "unit": unit, "reported_by": ["HK"]} | _basis(draw)
            for name, unit in _METRICS.items()
        ],
        "not_expressible": not_expressible,
    }
