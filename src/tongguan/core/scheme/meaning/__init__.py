"""What a file must say beyond its form: names that exist, days in order, nothing twice.

Every check reads what could be read and passes over the rest, which has its own fault already.
"""

from collections.abc import Callable
from typing import Final

from tongguan.core.scheme.language.forms import Parsed
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.meaning import change, health, names, places, quotas, reserves, times
from tongguan.core.scheme.meaning.nodes import nodes

_OF_VERSION: Final[tuple[Callable[[Parsed, Reader], None], ...]] = (
    *names.CHECKS_OF_VERSION,
    *times.CHECKS_OF_VERSION,
    *places.CHECKS_OF_VERSION,
    *change.CHECKS_OF_VERSION,
)

_OF_PHASE: Final[tuple[Callable[[Parsed, Parsed, Reader], None], ...]] = (
    *names.CHECKS_OF_PHASE,
    *times.CHECKS_OF_PHASE,
    *quotas.CHECKS_OF_PHASE,
    *reserves.CHECKS_OF_PHASE,
    *health.CHECKS_OF_PHASE,
    *change.CHECKS_OF_PHASE,
)


def check_meaning(version: Parsed, reader: Reader) -> None:
    """Reports every fault of meaning in a version."""
    for check in _OF_VERSION:
        check(version, reader)
    for phase in nodes(version, "phases"):
        for check_phase in _OF_PHASE:
            check_phase(version, phase, reader)
