"""Typed requirements written down as plain JSON: a zone, and what must be met in it.

``{"zone": "Asia/Hong_Kong", "requirements": [{"id": …, "ways": [{"doses": {…}}]}]}``; ways are
written as in a scheme file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tongguan.core.gate.nodes import Expected, Node
from tongguan.core.scheme.model import (
    WAY_NAMES,
    AgeAnchor,
    Basis,
    DosesTaken,
    ExemptByAge,
    ExemptOnMedicalGround,
    HealthRequirement,
    NegativeTest,
    Recovered,
    Version,
    Way,
)
from tongguan.core.texts import Text

DAYS_MAX: Final = 36_500
_HOURS_MAX: Final = 24 * 366
_YEARS_MAX: Final = 150
_DOSES_MAX: Final = 20
_NAMES_CHARACTERS_MAX: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenRequirements:
    """What must be met, and the zone whose calendar days count."""

    zone: str
    requirements: tuple[HealthRequirement, ...]


def read_requirements(data: object) -> WrittenRequirements:
    """What the JSON says; ``NodeFaultError`` at the first place that is wrong."""
    part = Node(value=data).members(("zone", "requirements"))
    zone = part["zone"].identifier()
    try:
        ZoneInfo(zone)
    # The name of a folder of zones, such as "Asia", is an OSError.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise part["zone"].fault(Expected.VALUE, "IANA") from None
    return WrittenRequirements(
        zone=zone,
        requirements=tuple(_requirement(each) for each in part["requirements"].items()),
    )


def requirements_of(version: Version) -> WrittenRequirements:
    """What a version lays down, each requirement named by its phase too."""
    return WrittenRequirements(
        zone=version.zone,
        requirements=tuple(
            replace(each, id=f"{phase.id}/{each.id}")
            for phase in version.phases
            for each in (() if phase.health is None else phase.health.requirements)
        ),
    )


def way_name(way: Way) -> str:
    """What a way is called where requirements are written."""
    return WAY_NAMES[type(way)]


def _requirement(node: Node) -> HealthRequirement:
    part = node.members(("id", "ways"))
    ways = part["ways"].items()
    if not ways:
        raise part["ways"].fault(Expected.MEMBER)
    name = part["id"].identifier()
    return HealthRequirement(
        id=name,
        name=Text(zh_hant=name, zh_hans=name, en=name),
        directions=(),
        ways=tuple(_way(each) for each in ways),
        basis=Basis(),
    )


def _way(node: Node) -> Way:
    part = node.members((), optional=_READERS)
    stated = [name for name, way in part.items() if not way.is_null]
    if len(stated) != 1:
        raise node.fault(Expected.ONE_OF, ", ".join(_READERS))
    return _READERS[stated[0]](part[stated[0]])


def _test(node: Node) -> NegativeTest:
    part = node.members((), optional=("within_hours", "within_days", "anchor", "specimens"))
    hours = _whole(part["within_hours"], 1, _HOURS_MAX)
    days = _whole(part["within_days"], 0, DAYS_MAX)
    if (hours is None) == (days is None):
        raise node.fault(Expected.ONE_OF, "within_hours, within_days")
    anchor = part["anchor"]
    return NegativeTest(
        within_hours=hours,
        within_days=days,
        anchor=AgeAnchor.SAMPLING if anchor.is_null else anchor.choice(AgeAnchor),
        specimens=_names(part["specimens"]),
    )


def _doses(node: Node) -> DosesTaken:
    optional = ("products", "days_since_min", "days_since_max")
    part = node.members(("doses_min",), optional=optional)
    return DosesTaken(
        doses_min=part["doses_min"].whole_number(1, _DOSES_MAX),
        products=_names(part["products"]),
        days_since_min=_whole(part["days_since_min"], 0, DAYS_MAX) or 0,
        days_since_max=_whole(part["days_since_max"], 0, DAYS_MAX),
    )


def _recovery(node: Node) -> Recovered:
    part = node.members(("days_since_min", "days_since_max"))
    return Recovered(
        days_since_min=part["days_since_min"].whole_number(0, DAYS_MAX),
        days_since_max=part["days_since_max"].whole_number(0, DAYS_MAX),
    )


def _medical_ground(node: Node) -> ExemptOnMedicalGround:
    return ExemptOnMedicalGround(grounds=_names(node.members(("grounds",))["grounds"]) or ())


def _age(node: Node) -> ExemptByAge:
    part = node.members((), optional=("years_below", "years_min"))
    below = _whole(part["years_below"], 1, _YEARS_MAX)
    least = _whole(part["years_min"], 1, _YEARS_MAX)
    try:
        return ExemptByAge(years_below=below, years_min=least)
    except ValueError:
        raise node.fault(Expected.ONE_OF, "years_below, years_min") from None


def _whole(node: Node, minimum: int, maximum: int) -> int | None:
    return None if node.is_null else node.whole_number(minimum, maximum)


def _names(node: Node) -> tuple[str, ...] | None:
    if node.is_null:
        return None
    return tuple(each.text(_NAMES_CHARACTERS_MAX) for each in node.items())


_READERS: Final[Mapping[str, Callable[[Node], Way]]] = {
    "age": _age,
    "doses": _doses,
    "medical_ground": _medical_ground,
    "recovery": _recovery,
    "test": _test,
}
