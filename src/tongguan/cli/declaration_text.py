"""What a registered person hands to ``tongguan health code``: the secret of the slip, and a
declaration, as one JSON object. Neither ever stands on a command line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tongguan.core.area.divisions import is_division
from tongguan.core.gate.nodes import Expected, Node
from tongguan.core.health.declaration import (
    Arrival,
    DeclaredStay,
    HealthDeclaration,
    HighRiskStay,
)
from tongguan.core.identifiers import DivisionCode

ENTRIES_MAX: Final = 30
_SECRET_CHARACTERS_MAX: Final = 100
_STATES: Final = (
    "confirmed",
    "suspected",
    "close_contact",
    "household_of_close_contact",
    "under_compulsory_quarantine",
)
_DAYS: Final = ("discharged_on", "symptoms_last_on")
_LISTS: Final = ("high_risk_stays", "stays", "arrivals")


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedIn:
    """The secret that opens a registration, and what is declared now, if anything."""

    secret: str = field(repr=False)
    declaration: HealthDeclaration | None = field(repr=False)


def read_handed_in(data: object, *, today: date) -> HandedIn:
    """What the JSON says; ``NodeFaultError`` at the place that is wrong, days to come among them.

    What a declaration leaves out did not happen; one that is absent or null is not made.
    """
    part = Node(value=data).members(("secret",), optional=("declaration",))
    declared = part["declaration"]
    return HandedIn(
        secret=part["secret"].text(_SECRET_CHARACTERS_MAX),
        declaration=None if declared.is_null else _declaration(declared, today),
    )


def _declaration(node: Node, today: date) -> HealthDeclaration:
    part = node.members((), optional=(*_STATES, *_DAYS, *_LISTS))
    return HealthDeclaration(
        **{name: _truth(part[name]) for name in _STATES},
        discharged_on=_day(part["discharged_on"], today),
        symptoms_last_on=_day(part["symptoms_last_on"], today),
        high_risk_stays=tuple(
            HighRiskStay(division=division, last_on=day)
            for division, day in _stays(part["high_risk_stays"], today)
        ),
        stays=tuple(
            DeclaredStay(division=division, last_on=day)
            for division, day in _stays(part["stays"], today)
        ),
        arrivals=tuple(_arrival(each, today) for each in _list(part["arrivals"])),
    )


def _truth(node: Node) -> bool:
    if node.is_null:
        return False
    if not isinstance(node.value, bool):
        raise node.fault(Expected.ONE_OF, "true, false")
    return node.value


def _day(node: Node, today: date) -> date | None:
    return None if node.is_null else _past_day(node, today)


def _past_day(node: Node, today: date) -> date:
    day = node.day()
    if day > today:
        raise node.fault(Expected.VALUE, f"≤ {today.isoformat()}")
    return day


def _list(node: Node) -> tuple[Node, ...]:
    items = () if node.is_null else node.items()
    if len(items) > ENTRIES_MAX:
        raise node.fault(Expected.SMALLER, str(ENTRIES_MAX))
    return items


def _stays(node: Node, today: date) -> Iterator[tuple[DivisionCode, date]]:
    for each in _list(node):
        part: Mapping[str, Node] = each.members(("division", "last_on"))
        division = part["division"].identifier()
        if not is_division(division):
            raise part["division"].fault(Expected.VALUE, "GB/T 2260")
        yield DivisionCode(division), _past_day(part["last_on"], today)


def _arrival(node: Node, today: date) -> Arrival:
    part = node.members(("arrived_on",), optional=("scheme",))
    return Arrival(
        arrived_on=_past_day(part["arrived_on"], today),
        scheme=None if part["scheme"].is_null else part["scheme"].identifier(),
    )
