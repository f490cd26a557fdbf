"""Change: figures that are reported, measures that say one thing, remedies that can be reached."""

from collections.abc import Callable
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.change import MEASURE
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import (
    expect,
    ids,
    node,
    nodes,
    number,
    stated,
    string,
    walk,
)
from tongguan.core.scheme.model import MetricUnit, Remedy

NOT_EXPRESSIBLE_MAX: Final = 2
"""More than this, and the language is what has to be mended."""


def _check_measures(version: Parsed, reader: Reader) -> None:
    metrics = nodes(version, "metrics")
    percents = {
        string(metric, "id")
        for metric in metrics
        if metric.values.get("unit") is MetricUnit.PERCENT
    }
    for measure in walk(version, MEASURE):
        name, path = string(measure, "metric"), (*measure.path, "metric")
        expect(name, ids(metrics), path, FaultCode.METRIC_UNKNOWN, reader)
        said = stated(measure, "at_most", "at_least")
        if said is not None and len(said) != 1:
            reader.fault(FaultCode.MEASURE_NOT_ONE, measure.path)
        for key in ("at_most", "at_least"):
            bound = number(measure, key)
            if name is not None and name in percents and bound is not None and bound > 100:
                facts = {"value": str(bound), "other": name}
                reader.fault(FaultCode.PERCENT_ABOVE_HUNDRED, (*measure.path, key), **facts)


def _check_not_expressible(version: Parsed, reader: Reader) -> None:
    items = version.values.get("not_expressible")
    if isinstance(items, tuple) and len(items) > NOT_EXPRESSIBLE_MAX:
        path = (*version.path, "not_expressible", NOT_EXPRESSIBLE_MAX)
        facts = {"value": str(len(items)), "maximum": str(NOT_EXPRESSIBLE_MAX)}
        reader.fault(FaultCode.NOT_EXPRESSIBLE_TOO_MANY, path, **facts)


def _check_breakers(_: Parsed, phase: Parsed, reader: Reader) -> None:
    for breaker in nodes(phase, "breakers"):
        by_order = breaker.values.get("keeps", "") is None
        if by_order and breaker.values.get("by_itself") is True:
            reader.fault(FaultCode.BREAKER_WITHOUT_MEASURE, (*breaker.path, "by_itself"))


def _check_holders(_: Parsed, phase: Parsed, reader: Reader) -> None:
    clause = node(phase, "holders")
    remedies = clause.values.get("places") if clause is not None else None
    if clause is None or not isinstance(remedies, tuple):
        return
    for index, remedy in enumerate(remedies):
        path, is_last = (*clause.path, "places", index), index == len(remedies) - 1
        if remedy in (Remedy.HONOUR, Remedy.REVOKE) and not is_last:
            reader.fault(FaultCode.REMEDY_NEVER_REACHED, path, value=str(remedy))
        if remedy is Remedy.MOVE and is_last:
            reader.fault(FaultCode.MOVE_LAST, path)
    days = stated(clause, "move_days_max")
    if Remedy.MOVE in remedies and days == ():
        path = (*clause.path, "places", remedies.index(Remedy.MOVE))
        reader.fault(FaultCode.MOVE_WITHOUT_DAYS, path)
    if Remedy.MOVE not in remedies and days and _all_read(remedies):
        reader.fault(FaultCode.DAYS_WITHOUT_MOVE, (*clause.path, "move_days_max"))


def _all_read(remedies: tuple[object, ...]) -> bool:
    return all(isinstance(remedy, Remedy) for remedy in remedies)


CHECKS_OF_VERSION: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    _check_measures,
    _check_not_expressible,
)

CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_breakers,
    _check_holders,
)
