"""Hypothesis writes sound quotas: what they count exists, and reserves have room."""

from math import prod
from typing import Any

from hypothesis import strategies as st

from tests.builders.scheme_draws import (
    DIRECTIONS,
    WEEKDAYS,
    Data,
    Draw,
    basis,
    bounds,
    deadline,
    one,
    some,
    text,
)
from tongguan.core.scheme.model import CarryOver, OrderOfUse, PartialWeeks

_CARRY_OVER = [rule.value for rule in CarryOver]


def _limits(draw: Draw, counts: dict[str, Any], values: dict[str, list[str]], per: str) -> Any:
    each = [name for name, value in counts.items() if value == "each" and name in values]
    return [
        {
            "id": f"other-{number}",
            "where": {name: one(draw, values[name]) for name in each if draw(st.booleans())},
            "weekdays": some(draw, WEEKDAYS) if per == "day" and draw(st.booleans()) else None,
            "limit": draw(st.none() | st.integers(0, 10_000_000)),
        }
        | bounds(draw)
        | basis(draw)
        for number in range(draw(st.integers(0, 2)))
    ]


def _cap(draw: Draw, name: str, values: dict[str, list[str]]) -> Data:
    per = one(draw, ["day", "week"])
    counts: dict[str, Any] = {"direction": one(draw, [None, "each", *DIRECTIONS])}
    for dimension in ("category", "control_point", "slot", "sponsor"):
        if values[dimension] and draw(st.booleans()):
            counts[dimension] = one(draw, [None, "each", *values[dimension]])
    if draw(st.integers(0, 3)) == 0:
        counts["person"] = "each"
    partial = [None, *(rule.value for rule in PartialWeeks)] if per == "week" else [None]
    return {
        "id": name,
        "name": text(name),
        "kind": one(draw, [None, "cap", "cap", "cap"]),
        "per": per,
        "limit": draw(st.none() | st.integers(0, 10_000_000)),
        "counts": counts,
        "limits": _limits(draw, counts, values, per),
        "carry_over": one(draw, ["none"] if "person" in counts else _CARRY_OVER),
        "partial_weeks": one(draw, partial),
    } | basis(draw)


def _reserves(draw: Draw, cap: Data, values: dict[str, list[str]]) -> list[Data]:
    """Reserves inside a cap, no more than it holds."""
    room = 10_000_000 if cap["limit"] is None else cap["limit"]
    free = [name for name in ("category", "slot") if name not in cap["counts"] and values[name]]
    if cap["kind"] != "cap" or "person" in cap["counts"]:
        return []
    found = []
    for number in range(draw(st.integers(0, 2))):
        named = {name: one(draw, ["each", *values[name]]) for name in free}
        parts = prod(len(set(values[name])) for name in free if named[name] == "each")
        limit = draw(st.none() | st.integers(0, room // parts))
        room -= (limit or 0) * parts
        counts = cap["counts"] | named
        if counts["direction"] == "each":
            counts |= {"direction": one(draw, ["each", *DIRECTIONS])}
        reserve = {
            "inside": cap["id"],
            "order_of_use": one(draw, [None, *(order.value for order in OrderOfUse)]),
            "released": draw(st.none() | st.just(deadline(draw))),
        }
        head = {"id": f"{cap['id']}-kept-{number}", "name": text("預留"), "kind": "reserve"}
        shape = {"per": cap["per"], "limit": limit, "counts": counts, "reserve": reserve}
        found.append(head | shape | basis(draw))
    return found


def quotas(draw: Draw, values: dict[str, list[str]]) -> list[Data]:
    quotas: list[Data] = []
    for number in range(draw(st.integers(0, 3))):
        cap = _cap(draw, f"quota-{number}", values)
        quotas += [*_reserves(draw, cap, values), cap]
    return quotas
