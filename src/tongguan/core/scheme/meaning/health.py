"""Health: tests of one age, ways that are one each, conditions on findings that can be made."""

from collections.abc import Callable
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.gates import HEALTH_TEST
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.language.requirements import (
    DOSES_TAKEN,
    EXEMPT_BY_AGE,
    HEALTH_WAY,
    NEGATIVE_TEST,
    RECOVERED,
)
from tongguan.core.scheme.meaning.nodes import (
    name_of,
    node,
    nodes,
    number,
    stated,
    strings,
    walk,
)
from tongguan.core.scheme.model import WAY_NAMES, HealthFinding

_OF_TESTS: Final = frozenset({HealthFinding.TEST_MISSING, HealthFinding.TEST_TOO_OLD})
_ONE_OF: Final = (
    (HEALTH_TEST, ("within_hours", "within_days"), FaultCode.TEST_AGE_NOT_ONE),
    (NEGATIVE_TEST, ("within_hours", "within_days"), FaultCode.TEST_AGE_NOT_ONE),
    (HEALTH_WAY, tuple(WAY_NAMES.values()), FaultCode.WAY_NOT_ONE),
    (EXEMPT_BY_AGE, ("years_below", "years_min"), FaultCode.AGE_NOT_ONE),
)
"""Forms that say exactly one of several things."""


def _check_one_of_several(_: Parsed, phase: Parsed, reader: Reader) -> None:
    health = node(phase, "health")
    for form, keys, code in _ONE_OF:
        for item in walk(health, form):
            said = stated(item, *keys)
            if said is not None and len(said) != 1:
                reader.fault(code, item.path)


def _check_days_since(_: Parsed, phase: Parsed, reader: Reader) -> None:
    for way in walk(node(phase, "health"), DOSES_TAKEN, RECOVERED):
        least, most = number(way, "days_since_min"), number(way, "days_since_max")
        if least is not None and most is not None and most < least:
            facts = {"value": str(most), "other": str(least)}
            reader.fault(FaultCode.DAYS_SINCE_CROSSED, (*way.path, "days_since_max"), **facts)


def _check_ages(_: Parsed, phase: Parsed, reader: Reader) -> None:
    """Two exemptions by age that leave nobody whom the requirement concerns."""
    for requirement in nodes(node(phase, "health"), "requirements"):
        ages = tuple(walk(requirement, EXEMPT_BY_AGE))
        below = max((years for each in ages if (years := number(each, "years_below"))), default=0)
        for each in ages:
            least = number(each, "years_min")
            if least is not None and least <= below:
                facts = {"value": str(least), "other": str(below)}
                reader.fault(FaultCode.EVERYONE_EXEMPT, (*each.path, "years_min"), **facts)


def _check_findings(_: Parsed, phase: Parsed, reader: Reader) -> None:
    health = node(phase, "health")
    if health is None:
        return
    tested, coded = _directions_of(health, "tests"), _directions_of(health, "codes")
    required = _directions_of(health, "requirements")
    met: dict[tuple[HealthFinding, str], str] = {}
    for admission in nodes(health, "admitted_under"):
        directions = [name for _, name in strings(admission, "directions")]
        for index, finding in enumerate(_findings(admission)):
            path = (*admission.path, "findings", index)
            asked = tested if finding in _OF_TESTS else coded
            if finding is HealthFinding.REQUIREMENT_NOT_MET:
                asked = required
            missing = [] if asked is None else [name for name in directions if name not in asked]
            if missing:
                facts = {"value": finding.value, "other": missing[0]}
                reader.fault(FaultCode.FINDING_NOT_ASKED, path, **facts)
            for direction in directions:
                other = met.setdefault((finding, direction), name_of(admission))
                if other != name_of(admission):
                    facts = {"value": finding.value, "other": other, "direction": direction}
                    reader.fault(FaultCode.FINDING_TWICE, path, **facts)


def _directions_of(health: Parsed, key: str) -> frozenset[str] | None:
    """Where these documents are asked for, or ``None`` when that is not stated or not read."""
    items = health.values.get(key)
    if not isinstance(items, tuple) or not all(isinstance(item, Parsed) for item in items):
        return None
    return frozenset(name for item in nodes(health, key) for _, name in strings(item, "directions"))


def _findings(admission: Parsed) -> tuple[HealthFinding, ...]:
    items = admission.values.get("findings")
    return (
        tuple(i for i in items if isinstance(i, HealthFinding)) if isinstance(items, tuple) else ()
    )


CHECKS_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    _check_one_of_several,
    _check_days_since,
    _check_ages,
    _check_findings,
)
