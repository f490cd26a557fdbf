"""Texts of the agreement that a gate's reasons name by their path."""

from tongguan.core.identifiers import PhaseId
from tongguan.core.scheme.model import Health, Version
from tongguan.core.scheme.state import find_phase
from tongguan.core.texts import Text

TEXT_FACTS = frozenset(("care", "condition"))
"""Facts of a reason that are paths of such texts."""


def clause_text(version: Version, path: str) -> Text | None:
    """Where to be cared for, or the condition of an admission; ``None`` for any other path."""
    match path.split("/"):
        case ["phases", phase, "health", *below]:
            found = find_phase(version, PhaseId(phase))
            health = None if found is None else found.health
            return None if health is None else _health_text(health, below)
    return None


def _health_text(health: Health, below: list[str]) -> Text | None:
    match below:
        case ["care"]:
            return health.care
        case ["admitted_under", name]:
            found = (each for each in health.admitted_under if each.id == name)
            return next((each.condition for each in found), None)
    return None
