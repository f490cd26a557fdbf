"""Hypothesis writes sound schemes: every name exists, days are in order, reserves have room."""

from hypothesis import strategies as st

from tests.builders.scheme_draws import (
    DIRECTIONS,
    WEEKDAYS,
    Data,
    Draw,
    basis,
    bounds,
    clock,
    day,
    deadline,
    interval,
    one,
    release,
    slots,
    some,
    text,
)
from tests.builders.sound_quotas import quotas
from tongguan.core.scheme.model import ExemptFrom, GrantRule, Statistic

_DOCUMENTS = ["hkid", "home_return_permit", "mainland_id", "exit_entry_permit", "passport"]
_METRICS = {"use": "percent", "cases": "count", "waits": "minutes"}


def _booking(draw: Draw, leg: str) -> Data:
    opens = draw(st.integers(0, 47))
    hours = {"opens": clock(opens), "closes": clock(opens + draw(st.integers(1, 47)))}
    least = draw(st.none() | st.integers(0, 30))
    annex = {
        "days_ahead_min": least,
        "days_ahead_max": draw(st.none() | st.integers(least or 0, 366)),
        "open_minutes_a_day_min": draw(st.none() | st.integers(1, 1440)),
    }
    return {
        "releases": [release(draw) for _ in range(draw(st.integers(1, 3)))],
        "hours": hours if draw(st.booleans()) else None,
        "closes": deadline(draw),
        "cancel_until": deadline(draw),
        "party": {"size_max": 4, "head_age_min": draw(st.none() | st.integers(0, 150))},
        "live_journeys_per_person_max": 1,
        "annex": annex | basis(draw) if draw(st.booleans()) else None,
        "hold_minutes": draw(st.none() | st.integers(1, 60)),
        "no_show_hours": draw(st.none() | st.integers(1, 48)) if leg == "out" else None,
    } | basis(draw)


def _direction(draw: Draw, name: str, hours: tuple[int, int]) -> Data:
    origin, _, destination = name.partition("-")
    leg = "out" if origin == "HK" else "home"
    return {
        "id": name,
        "origin": origin,
        "destination": destination,
        "leg": leg,
        "weekdays": draw(st.none() | st.just(some(draw, WEEKDAYS))),
        "closed_days": [day(40)] if draw(st.booleans()) else [],
        "slots": slots(draw, *hours),
        "booking": _booking(draw, leg) if draw(st.booleans()) else None,
        "booking_authority": one(draw, [None, "HK", "GD"]),
        "lateness": {"grace_minutes": 30} | basis(draw) if draw(st.booleans()) else None,
    } | basis(draw)


def _control_points(draw: Draw, hours: tuple[int, int] | None) -> list[Data]:
    opens, closes = (None, None) if hours is None else (clock(hours[0]), clock(hours[1]))
    return [
        {
            "id": name,
            "names": {"HK": text(name)},
            "opens": opens,
            "closes": closes,
            "booking_required": draw(st.booleans()),
        }
        | basis(draw)
        for name in some(draw, ["SZB", "LMC", "HZM"])
    ]


def _denied(draw: Draw, allow: list[str]) -> list[Data]:
    rows = []
    for division in allow:
        code = {"44": "440305", "82": "820000", "1101": "110105"}[division]
        rows.append({"code": code, "kind": "division"} | bounds(draw) | basis(draw))
        street = {"code": f"{code}007", "kind": "street", "name": text("街道")}
        rows.append(street | bounds(draw) | basis(draw))
    return rows if draw(st.booleans()) else []


def _range(draw: Draw) -> Data:
    allow = some(draw, ["44", "82", "1101"])
    return {"allow": allow, "deny": _denied(draw, allow)} | basis(draw)


def _categories(draw: Draw, sponsors: list[Data]) -> list[Data]:
    ways = [None, "first_come", "case", *(["sponsor_list"] if sponsors else [])]
    evidence = {"id": "proof", "name": text("證明"), "required": True, "follows_within_days": 7}
    return [
        {
            "id": name,
            "name": text(name),
            "precedence": draw(st.none() | st.just(number)),
            "fallback": ["business"] if number > 1 and draw(st.booleans()) else [],
            "allocation": one(draw, ways),
            "evidence": one(draw, [None, [], [evidence]]),
            "assurance": one(draw, [None, "asserted"]),
        }
        | basis(draw)
        for number, name in enumerate(("business", "family", "funeral"), start=1)
    ]


def _way(draw: Draw) -> Data:
    least = draw(st.integers(0, 30))
    most = least + draw(st.integers(0, 300))
    products = one(draw, [None, ["EU/1/20/1528"], ["coronavac", "comirnaty"]])
    doses = {"doses_min": draw(st.integers(1, 20)), "products": products, "days_since_min": least}
    ways: list[Data] = [
        {"test": one(draw, [{"within_hours": 48}, {"within_days": 0, "anchor": "report"}])},
        {"test": {"within_days": 3, "specimens": ["LP6464-4"]}},
        {"doses": doses | one(draw, [{}, {"days_since_max": None}, {"days_since_max": most}])},
        {"recovery": {"days_since_min": least, "days_since_max": most}, "age": None},
        {"medical_ground": {"grounds": some(draw, ["allergy", "unfit-for-vaccination"])}},
        {"age": one(draw, [{"years_below": 12}, {"years_min": 60}])},
    ]
    return one(draw, ways)


def _requirements(draw: Draw) -> list[Data]:
    return [
        {
            "id": name,
            "name": text("免疫"),
            "directions": some(draw, list(DIRECTIONS)),
            "judged_at": one(draw, ["gate", "slot_start"]),
            "ways": [_way(draw) for _ in range(draw(st.integers(1, 3)))],
        }
        | basis(draw)
        for name in some(draw, ["immunity", "second"], least=0)
    ]


def _health(draw: Draw) -> Data:
    tested = some(draw, list(DIRECTIONS), least=0)
    codes = one(draw, [None, [], [{"issuer": "GD", "directions": ["HK-GD"]} | basis(draw)]])
    age = one(draw, [{"within_hours": 48}, {"within_days": 0}, {"within_days": 3}])
    test = {"id": "pcr", "name": text("檢測"), "anchor": "sampling", "directions": tested}
    admission = {"id": "pink", "findings": ["test_missing"], "directions": tested}
    admitted = admission | {"condition": text("留在指定地方")} | basis(draw)
    return {
        "codes": codes,
        "care": draw(st.none() | st.just(text("醫護"))),
        "tests": [test | age | basis(draw)] if tested else [],
        "admitted_under": [admitted] if tested and draw(st.booleans()) else [],
        "requirements": _requirements(draw),
    } | basis(draw)


def _measure(draw: Draw) -> Data:
    bound = one(draw, ["at_most", "at_least"])
    return {
        "metric": one(draw, _METRICS),
        "statistic": one(draw, [each.value for each in Statistic]),
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
        "control_points": draw(st.none() | st.just(some(draw, points))),
        "directions": draw(st.none() | st.just(["HK-GD"])),
        "notice_minutes": 38,
        "lasts_days": 14,
        "resumes": draw(st.none() | st.just(_measure(draw))),
    } | basis(draw)


def _holders(draw: Draw) -> Data:
    places = one(draw, [["honour"], ["revoke"], ["move", "honour"], ["move", "revoke"]])
    days = {"move_days_max": draw(st.integers(1, 366))} if "move" in places else {}
    grants = one(draw, [rule.value for rule in GrantRule])
    return {"places": places, "grants": grants} | days | basis(draw)


def _phase(draw: Draw, number: int) -> Data:
    first = number * 100 + draw(st.integers(0, 20))
    hours = one(draw, [None, (0, 48), (12, 44), (44, 60)])
    points = _control_points(draw, hours)
    sponsors = [
        {"id": name, "name": text(name)} | basis(draw)
        for name in some(draw, ["chamber", "union"], least=0)
    ]
    categories = _categories(draw, sponsors)
    start = draw(st.integers(0, 47))
    within = (start, start + 48) if hours in (None, (0, 48)) else hours
    directions = [_direction(draw, name, within) for name in DIRECTIONS]
    values = {
        "direction": list(DIRECTIONS),
        "category": [category["id"] for category in categories],
        "control_point": [point["id"] for point in points],
        "slot": [slot["id"] for direction in directions for slot in direction["slots"]],
        "sponsor": [sponsor["id"] for sponsor in sponsors],
    }
    exempt = {"id": "residents", "name": text("居民"), "document_types": ["hkid"]}
    exempt |= {"directions": ["GD-HK"], "exempt_from": some(draw, [e.value for e in ExemptFrom])}
    stayed = {"days": 14} | _range(draw) if draw(st.booleans()) else None
    return {
        "id": f"phase-{number}",
        "name": text("階段"),
        "not_before": {"first": day(first), "last": day(first + draw(st.integers(0, 10)))},
        "hoped_for": draw(st.none() | st.just(interval(draw))),
        "ends": draw(st.none() | st.integers(first + 20, first + 50).map(day)),
        "entry": {"divisions": ["440300"], "control_points": points} | basis(draw),
        "participation": {
            "divisions": ["44"],
            "document_types": draw(st.none() | st.just(some(draw, _DOCUMENTS))),
            "stayed": stayed,
        }
        | basis(draw),
        "area": draw(st.none() | st.just(_range(draw))),
        "sponsors": sponsors,
        "categories": categories,
        "quotas": quotas(draw, values),
        "directions": directions,
        "health": draw(st.none() | st.just(_health(draw))),
        # Places of two keepers cannot be booked together, whoever keeps the version's own.
        "return": {
            "place_required": len({each["booking_authority"] for each in directions}) == 1,
            "stay_days_max": None,
            "same_control_point": None,
        }
        | basis(draw),
        "rights_of_entry": [{"party": "HK", "document_types": ["hkid"]} | basis(draw)],
        "exemptions": [exempt | basis(draw)] if draw(st.booleans()) else [],
        "credentials": None,
        "criteria": [{"id": "met", "name": text("準則"), "measure": _measure(draw)} | basis(draw)],
        "breakers": [_breaker(draw, values["control_point"])] if draw(st.booleans()) else [],
        "holders": draw(st.none() | st.just(_holders(draw))),
    } | basis(draw)


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
        {"id": name, "what": text("寫不出的事")} | basis(draw)
        for name in some(draw, ["tickets", "lorries"], least=0)
    ]
    return {
        "id": "written-2",
        "scheme": "written",
        "version": draw(st.integers(1, 1_000_000)),
        "follows": one(draw, [None, "written-1"]),
        "title": text("計劃"),
        "summary": text("由測試寫成"),
        "zone": one(draw, ["Asia/Hong_Kong", "UTC"]),
        "week": {"starts_on": one(draw, [None, *WEEKDAYS])} | basis(draw),
        "parties": [
            {"id": "HK", "name": text("香港"), "division": "810000"},
            {"id": "GD", "name": text("廣東"), "division": "440000"},
        ],
        "booking_authority": {"party": one(draw, [None, "HK", "GD"])} | basis(draw),
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
            "ends": one(draw, [None, day(500)]),
        }
        | basis(draw),
        "metrics": [
            {"id": name, "name": text(name), "unit": unit, "reported_by": ["HK"]} | basis(draw)
            for name, unit in _METRICS.items()
        ],
        "not_expressible": not_expressible,
    }
