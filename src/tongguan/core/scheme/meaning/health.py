"""Health: tests that say one age, and conditions on findings that can be made."""

from collections.abc import Callable
from typing import Final

from tongguan.core.scheme.faults import FaultCode
from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning.nodes import name_of, node, nodes, stated, strings
from tongguan.core.scheme.model import HealthFinding

_OF_TESTS: Final = frozenset({HealthFinding.TEST_MISSING, HealthFinding.TEST_TOO_OLD})


def _check_tests(_: Parsed, phase: Parsed, reader: Reader) -> None:
    for test in nodes(node(phase, "health"), "tests"):
        said = stated(test, "within_hours", "within_days")
        if said is not None and len(said) != 1:
            reader.fault(FaultCode.TEST_AGE_NOT_ONE, test.path)


def _check_findings(_: Parsed, phase: Parsed, reader: Reader) -> None:
    health = node(phase, "health")
    if health is None:
        return
    tested, coded = _directions_of(health, "tests"), _directions_of(health, "codes")
    met: dict[tuple[HealthFinding, str], str] = {}
    for admission in nodes(health, "admitted_under"):
        directions = [name for _, name in strings(admission, "directions")]
        for index, finding in enumerate(_findings(admission)):
            path = (*admission.path, "findings", index)
            asked = tested if finding in _OF_TESTS else coded
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
    _check_tests,
    _check_findings,
)
