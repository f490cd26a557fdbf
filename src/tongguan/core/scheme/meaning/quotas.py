"""Quotas: what they count exists, and other limits stand where there are windows for them."""

from collections.abc import Callable
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import (
    control_points,
    expect,
    ids,
    listed,
    mapping,
    nodes,
    slots,
)
from tongguan.core.scheme.model import EACH, CarryOver, QuotaKind, QuotaPer

Countable = dict[str, tuple[FaultCode, tuple[str, ...]]]


def countable(phase: Parsed) -> Countable:
    """By dimension: what there is to count, and the fault of naming something else."""
    return {
        "category": (FaultCode.CATEGORY_UNKNOWN, ids(nodes(phase, "categories"))),
        "direction": (FaultCode.DIRECTION_UNKNOWN, ids(nodes(phase, "directions"))),
        "control_point": (FaultCode.CONTROL_POINT_UNKNOWN, ids(control_points(phase))),
        "slot": (FaultCode.SLOT_UNKNOWN, ids(slots(phase))),
        "sponsor": (FaultCode.SPONSOR_UNKNOWN, ids(nodes(phase, "sponsors"))),
    }


def _check_counts(_: Parsed, phase: Parsed, reader: Reader) -> None:
    known = countable(phase)
    for quota in nodes(phase, "quotas"):
        for dimension, name in mapping(quota, "counts").items():
            if dimension in known and isinstance(name, str) and name != EACH:
                code, names = known[dimension]
                expect(name, names, (*quota.path, "counts", dimension), code, reader)


def _check_limits(_: Parsed, phase: Parsed, reader: Reader) -> None:
    known = countable(phase)
    for quota in nodes(phase, "quotas"):
        counts = mapping(quota, "counts")
        each = tuple(dimension for dimension, name in counts.items() if name == EACH)
        for limit in nodes(quota, "limits"):
            for dimension, name in mapping(limit, "where").items():
                path = (*limit.path, "where", dimension)
                if counts and dimension not in each:
                    facts = {"value": dimension, "allowed": listed(each)}
                    reader.fault(FaultCode.LIMIT_NOT_OF_EACH, path, **facts)
                elif dimension in known and isinstance(name, str):
                    code, names = known[dimension]
                    expect(name, names, path, code, reader)
            weekly = quota.values.get("per") is QuotaPer.WEEK
            if weekly and isinstance(limit.values.get("weekdays"), tuple):
                path = (*limit.path, "weekdays")
                reader.fault(FaultCode.WEEKDAYS_OF_WEEK, path)


def _check_windows(_: Parsed, phase: Parsed, reader: Reader) -> None:
    """What is handed from window to window, and weeks that are cut short."""
    for quota in nodes(phase, "quotas"):
        hands_on = quota.values.get("carry_over") in (
            CarryOver.ADD_UNUSED,
            CarryOver.DEDUCT_EXCESS,
        )
        if hands_on and quota.values.get("kind") is QuotaKind.RESERVE:
            reader.fault(FaultCode.CARRY_OVER_OF_RESERVE, (*quota.path, "carry_over"))
        elif hands_on and "person" in mapping(quota, "counts"):
            reader.fault(FaultCode.CARRY_OVER_OF_PERSON, (*quota.path, "carry_over"))
        partial = isinstance(quota.values.get("partial_weeks"), str)
        if partial and quota.values.get("per") is QuotaPer.DAY:
            reader.fault(FaultCode.PARTIAL_WEEKS_OF_DAY, (*quota.path, "partial_weeks"))


CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_counts,
    _check_limits,
    _check_windows,
)
