"""What enters by each route, who answers for it, and who may make what of it."""

from dataclasses import replace

import pytest

from tests.builders.kept import ANOTHER, NOON, OWN, kept
from tests.core.evidence.test_limits import CONTROLS
from tongguan.core.evidence.limits import CONSOLE
from tongguan.core.evidence.records import EventKind, Evidence, EvidenceEvent, Route
from tongguan.core.evidence.routes import (
    ROUTE_RULES,
    Hand,
    OutOfRoute,
    event_fault,
    evidence_fault,
)
from tongguan.core.health.grounds import HealthReason

SIGNED = [route for route, rule in ROUTE_RULES.items() if rule.hand is Hand.SIGNED_SOURCE]
"""Routes of enrolled sources."""
OTHERS = [route for route in ROUTE_RULES if route not in SIGNED]
UNDECLARED = [route for route in ROUTE_RULES if route is not Route.DECLARATION]


def said_by(route: Route) -> Evidence:
    return kept(HealthReason.CLOSE_CONTACT, route=route).evidence


def fault(said: Evidence, kind: EventKind, *by: str) -> OutOfRoute | None:
    return event_fault(said, EvidenceEvent(evidence=said.id, kind=kind, at=NOON, by=by))


@pytest.mark.parametrize("route", SIGNED)
def test_signed__is_taken_back__by_its_source_or_at_the_console(route: Route) -> None:
    said = said_by(route)
    assert fault(said, EventKind.WITHDRAWN, said.source) is None
    assert fault(said, EventKind.WITHDRAWN, CONSOLE) is None
    for by in (("office-2",), (), (said.source, "office-2"), (said.source, CONSOLE)):
        assert fault(said, EventKind.WITHDRAWN, *by) is OutOfRoute.NOT_ITS_SOURCE


@pytest.mark.parametrize("route", OTHERS)
def test_unsigned__is_taken_back__by_nobody(route: Route) -> None:
    said = said_by(route)
    for by in (said.source, CONSOLE, OWN):
        assert fault(said, EventKind.WITHDRAWN, by) is OutOfRoute.NOT_ITS_SOURCE


def test_own_word__is_superseded__under_its_registration_alone() -> None:
    said = said_by(Route.DECLARATION)
    assert said.registration == OWN
    assert fault(said, EventKind.SUPERSEDED, OWN) is None
    for by in ((ANOTHER,), (), (OWN, ANOTHER)):
        assert fault(said, EventKind.SUPERSEDED, *by) is OutOfRoute.NOT_ITS_SOURCE


@pytest.mark.parametrize(
    "route", [route for route in ROUTE_RULES if route is not Route.DECLARATION]
)
def test_word_of_others__is_superseded__by_nobody(route: Route) -> None:
    for by in (OWN, "office-1"):
        assert fault(said_by(route), EventKind.SUPERSEDED, by) is OutOfRoute.NOT_ITS_SOURCE


def test_signed__is_answered_for__by_its_source_and_one_unit_at_most() -> None:
    said = said_by(Route.ORDER_OFFICE)
    own = "source:office-1"
    for causers in ((own,), (own, "unit:a")):
        assert evidence_fault(replace(said, causers=causers), CONTROLS) is None
    for causers in (
        (own, "unit:a", "unit:b"),
        ("unit:a",),
        ("source:office-2",),
        (own, "source:office-2"),
        (own, "officer:x"),
        (),
    ):
        assert evidence_fault(replace(said, causers=causers), CONTROLS) is OutOfRoute.CAUSERS
