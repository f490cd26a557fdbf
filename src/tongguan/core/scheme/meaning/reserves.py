"""Reserves: kept from one cap of the phase, in windows that lie within the cap's."""

from collections.abc import Callable, Iterator
from itertools import islice, product
from math import prod
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import (
    listed,
    mapping,
    name_of,
    node,
    nodes,
    number,
    string,
)
from tongguan.core.scheme.meaning.quotas import Countable, countable
from tongguan.core.scheme.model import EACH, QuotaKind

_WINDOWS_MAX: Final = 200
"""Windows of one cap that are looked at; a hostile file could name far more."""


def _check_reserves(_: Parsed, phase: Parsed, reader: Reader) -> None:
    quotas = {string(quota, "id"): quota for quota in reversed(nodes(phase, "quotas"))}
    for quota in nodes(phase, "quotas"):
        kind, clause = quota.values.get("kind"), node(quota, "reserve")
        if kind is QuotaKind.RESERVE and quota.values.get("reserve", "") is None:
            reader.fault(FaultCode.RESERVE_MISSING, (*quota.path, "kind"))
        elif clause is not None and kind is not QuotaKind.RESERVE and _was_read(kind):
            reader.fault(FaultCode.RESERVE_UNEXPECTED, clause.path)
        elif clause is not None:
            inside = string(clause, "inside")
            cap = quotas.get(inside)
            if inside is not None and cap is None:
                _report_no_cap(FaultCode.QUOTA_UNKNOWN, clause, inside, phase, reader)
            elif inside is not None and cap is not None:
                _check_inside(quota, clause, cap, phase, reader)


def _was_read(kind: object) -> bool:
    return kind is None or isinstance(kind, QuotaKind)


def _report_no_cap(
    code: FaultCode, clause: Parsed, inside: str, phase: Parsed, reader: Reader
) -> None:
    caps = tuple(
        name_of(quota)
        for quota in nodes(phase, "quotas")
        if quota.values.get("kind") is QuotaKind.CAP
    )
    reader.fault(code, (*clause.path, "inside"), value=inside, allowed=listed(caps))


def _check_inside(
    quota: Parsed, clause: Parsed, cap: Parsed, phase: Parsed, reader: Reader
) -> None:
    kind = cap.values.get("kind")
    if kind is not QuotaKind.CAP:
        if _was_read(kind):
            inside = name_of(cap)
            _report_no_cap(FaultCode.RESERVE_OF_NO_CAP, clause, inside, phase, reader)
        return
    per, cap_per = quota.values.get("per"), cap.values.get("per")
    if isinstance(per, str) and isinstance(cap_per, str) and per != cap_per:
        facts = {"value": str(per), "other": name_of(cap), "allowed": str(cap_per)}
        reader.fault(FaultCode.RESERVE_PER_DIFFERS, (*quota.path, "per"), **facts)
    _check_windows_held(quota, cap, reader)


def _check_windows_held(quota: Parsed, cap: Parsed, reader: Reader) -> None:
    """Every window of the reserve must lie in one of the cap's."""
    counts, cap_counts = mapping(quota, "counts"), mapping(cap, "counts")
    path = (*quota.path, "counts")
    if "person" in counts or "person" in cap_counts:
        reader.fault(FaultCode.RESERVE_COUNTS_PERSON, path, other=name_of(cap))
        return
    for dimension, name in cap_counts.items():
        # What nobody has stated blocks the phase, and is no fault.
        both = isinstance(name, str) and isinstance(counts.get(dimension, ""), str)
        held = counts.get(dimension) == name or (name == EACH and dimension in counts)
        if both and not held:
            facts = {"value": dimension, "other": name_of(cap), "allowed": f"{dimension}: {name}"}
            reader.fault(FaultCode.RESERVE_COUNTS_DIFFER, path, **facts)


def _check_sums(_: Parsed, phase: Parsed, reader: Reader) -> None:
    reserves: dict[str, list[Parsed]] = {}
    for quota in nodes(phase, "quotas"):
        clause = node(quota, "reserve")
        inside = string(clause, "inside") if clause is not None else None
        if inside is not None and quota.values.get("kind") is QuotaKind.RESERVE:
            reserves.setdefault(inside, []).append(quota)
    for cap in nodes(phase, "quotas"):
        room, kept = number(cap, "limit"), reserves.get(string(cap, "id") or "")
        if room is not None and kept is not None:
            _check_sum(cap, room, kept, phase, reader)


def _check_sum(
    cap: Parsed, room: int, reserves: list[Parsed], phase: Parsed, reader: Reader
) -> None:
    """What is kept in any one window of a cap is no more than the cap allows there."""
    known = countable(phase)
    amounts = [
        (quota, (number(quota, "limit") or 0) * _parts(quota, cap, known)) for quota in reserves
    ]
    for window in islice(_windows_of(cap, reserves), _WINDOWS_MAX):
        kept = 0
        for quota, amount in amounts:
            kept += amount if _lies_in(quota, window) else 0
            if kept > room:
                facts = {"value": str(kept), "other": name_of(cap), "limit": str(room)}
                reader.fault(FaultCode.RESERVES_ABOVE_CAP, (*quota.path, "limit"), **facts)
                return


def _windows_of(cap: Parsed, reserves: list[Parsed]) -> Iterator[dict[str, object]]:
    """Windows of the cap that may differ in what is kept there: by the values reserves name."""
    each = [name for name, value in mapping(cap, "counts").items() if value == EACH]
    values = [
        sorted({str(mapping(quota, "counts").get(name)) for quota in reserves}) for name in each
    ]
    return (dict(zip(each, combination, strict=True)) for combination in product(*values))


def _lies_in(quota: Parsed, window: dict[str, object]) -> bool:
    counts = mapping(quota, "counts")
    return all(counts.get(name) in (EACH, None, value) for name, value in window.items())


def _parts(quota: Parsed, cap: Parsed, known: Countable) -> int:
    """How many windows of the reserve lie in one of the cap's."""
    counts, cap_counts = mapping(quota, "counts"), mapping(cap, "counts")
    split = (name for name in counts if counts[name] == EACH and name not in cap_counts)
    return prod(len(set(known[name][1])) for name in split if name in known)


CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_reserves,
    _check_sums,
)
