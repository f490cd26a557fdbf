"""Reserves: kept from one cap of the phase, in windows that lie within the cap's."""

from collections.abc import Callable
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
from tongguan.core.scheme.meaning.quotas import countable
from tongguan.core.scheme.model import EACH, QuotaKind


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
        if both and counts.get(dimension) != name:
            facts = {"value": dimension, "other": name_of(cap), "allowed": f"{dimension}: {name}"}
            reader.fault(FaultCode.RESERVE_COUNTS_DIFFER, path, **facts)


def _check_sums(_: Parsed, phase: Parsed, reader: Reader) -> None:
    quotas = nodes(phase, "quotas")
    caps = {string(quota, "id"): quota for quota in reversed(quotas)}
    kept: dict[str, int] = {}
    for quota in quotas:
        clause, limit = node(quota, "reserve"), number(quota, "limit")
        inside = string(clause, "inside") if clause is not None else None
        cap = caps.get(inside)
        if inside is None or cap is None or quota.values.get("kind") is not QuotaKind.RESERVE:
            continue
        before = kept.get(inside, 0)
        kept[inside] = before + (limit or 0) * _parts(quota, cap, phase)
        room = number(cap, "limit")
        if room is not None and kept[inside] > room >= before:
            facts = {"value": str(kept[inside]), "other": inside, "limit": str(room)}
            reader.fault(FaultCode.RESERVES_ABOVE_CAP, (*quota.path, "limit"), **facts)


def _parts(quota: Parsed, cap: Parsed, phase: Parsed) -> int:
    """How many windows of the reserve lie in one of the cap's."""
    known, counts, cap_counts = countable(phase), mapping(quota, "counts"), mapping(cap, "counts")
    split = (name for name in counts if counts[name] == EACH and name not in cap_counts)
    return prod(len(set(known[name][1])) for name in split if name in known)


CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_reserves,
    _check_sums,
)
