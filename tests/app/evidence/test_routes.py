"""Every route by which evidence enters, with its rule; there is no other, and none without its due.

What is asked of the source tree is asked of its text, so that a second way in fails here before
anybody uses it.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.builders.authorities import START
from tests.builders.evidence import (
    by_officers,
)
from tests.builders.reach import calls, modules
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import CONSOLE, causers_of_two
from tongguan.core.evidence.records import EventKind, EvidenceEvent, EvidenceKind, Route
from tongguan.core.evidence.routes import (
    ROUTE_RULES,
    Hand,
    OutOfRoute,
    answers_for,
    event_fault,
    evidence_fault,
)
from tongguan.core.evidence.sources import MAY_SAY, ROUTES
from tongguan.core.identifiers import AuthorityId, RegistrationId, UnitId

SIGNED = [route for route, rule in ROUTE_RULES.items() if rule.hand is Hand.SIGNED_SOURCE]
STORE = "tongguan.adapters.postgres.stores.evidence"
DOOR = "tongguan.app.evidence.entry"
BENCH = "tongguan.app.evidence.consequences"
"""The door's own other half."""
KEEPING = {"add_event": {DOOR}, "add_act": {BENCH}}
"""Methods of the store that nothing else is called, with who may call them."""
CALLERS: dict[str, set[Route]] = {
    "tongguan.app.health.certificates._entered": {Route.CERTIFICATE},
    "tongguan.app.health.conversion.take_in_statement": {Route.CONVERSION},
    "tongguan.app.health.corrections._opened": set(),
    "tongguan.app.evidence.batches._Reception._entered": {
        Route.ARRIVAL_FEED,
        Route.LABORATORY,
        Route.ORDER_OFFICE,
    },
    "tongguan.app.evidence.batches._Reception._take_back": set(),
    "tongguan.app.evidence.taking_back._take": set(),
    "tongguan.app.health.codes._Window.take": {Route.DECLARATION},
    "tongguan.app.control.proposal_acts._enter_finding": {Route.OFFICERS},
    "tongguan.app.control.proposal_acts._lift": set(),
    "tongguan.app.control.proposal_acts._uphold": set(),
    "tongguan.app.control.proposal_acts._release": set(),
}
"""Who comes to the door, and by which routes evidence comes with them; with none, events alone."""
MAKERS = {
    "tongguan.app.evidence.batches": "ROUTES[source.kind]",
    "tongguan.app.control.proposal_acts": "Route.OFFICERS",
    "tongguan.core.evidence.certified": "Route.CERTIFICATE",
    "tongguan.core.evidence.conversion": "Route.CONVERSION",
    "tongguan.core.evidence.declared": "Route.DECLARATION",
    STORE: "Route(row['route'])",
}
"""Who makes evidence, and the route that is written there: nobody takes it from a request."""


def test_routes__each__has_its_rule() -> None:
    assert set(ROUTE_RULES) == set(Route)
    assert {rule.hand for rule in ROUTE_RULES.values()} == set(Hand)
    for route, rule in ROUTE_RULES.items():
        assert rule.kinds, route
        assert (rule.source is not None) is (rule.hand is Hand.SIGNED_SOURCE)
        assert rule.is_limited is (rule.hand is not Hand.OWN)
        if rule.source is not None:
            assert ROUTES[rule.source] is route
            assert rule.kinds == MAY_SAY[rule.source]


@pytest.mark.parametrize("name", ["HK", "GD"])
def test_controls__of_each_authority__limit_every_route_of_another_hand(name: str) -> None:
    rules = bundled_health_rules()[AuthorityId(name)]
    limited = {route for route, rule in ROUTE_RULES.items() if rule.is_limited}
    assert set(rules.controls.unreviewed_max) == limited
    assert set(rules.controls.batch_entries_max) == set(SIGNED)


def test_store__is_written__by_the_door_alone() -> None:
    found = {each for each in _keeping() if each[0] != STORE}
    assert found == {
        (DOOR, "add"),
        (DOOR, "add_event"),
        (BENCH, "add_act"),
    }


def test_door__is_called__by_the_use_cases_that_are_known() -> None:
    found = {
        where
        for module in modules().values()
        for where, call in calls(module)
        if isinstance(call.func, ast.Name)
        and module.imported.get(call.func.id) in {f"{DOOR}.enter", f"{DOOR}.become"}
    }
    assert found == set(CALLERS)


def test_door__is_not_handed_on__under_another_name() -> None:
    """Whoever takes the module or gives its functions another name would not be seen above."""
    for module in modules().values():
        if module.name == DOOR:
            continue
        door = {name for name, full in module.imported.items() if full.startswith(DOOR)}
        plain = {full.removeprefix(f"{DOOR}.") for full in module.imported.values() if DOOR in full}
        assert door == plain, module.name
        called = {id(call.func) for _, call in calls(module)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and node.id in door & {"enter", "become"}:
                assert id(node) in called, f"{module.name}:{node.lineno}"


def test_callers__between_them__use_every_route_once() -> None:
    named = [route for routes in CALLERS.values() for route in routes]
    assert sorted(named) == sorted(Route)


def test_evidence__is_made__with_a_route_that_the_code_names() -> None:
    found: dict[str, str] = {}
    for module in modules().values():
        for _, call in calls(module):
            if isinstance(call.func, ast.Name) and call.func.id == "Evidence":
                (route,) = [each.value for each in call.keywords if each.arg == "route"]
                found[module.name] = ast.unparse(route)
    assert found == MAKERS


def test_tables__of_evidence__are_written_in_their_store_alone() -> None:
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                statement = " ".join(node.value.split()).lower()
                for table in ("evidence", "evidence_event", "adverse_act"):
                    for verb in (f"insert into tongguan.{table} ", f"update tongguan.{table} "):
                        assert verb not in f"{statement} " or module.name == STORE, module.name


def test_enrolling__and_units__are_acts_of_the_console() -> None:
    console = {"enrol_source", "withdraw_source", "take_back", "put_in_unit"}
    taken = {
        module.name
        for module in modules().values()
        if console & {full.rpartition(".")[2] for full in module.imported.values()}
        and not module.name.startswith(("tongguan.app.", "tongguan.cli."))
    }
    assert taken == {"tongguan.web.setup"}  # the officers of a demonstration, at its start


def _keeping() -> Iterator[tuple[str, str]]:
    """Modules that write through the store of evidence, whatever they call it."""
    for module in modules().values():
        aliases = set(_aliases(module.tree))
        for _, call in calls(module):
            if not isinstance(call.func, ast.Attribute):
                continue
            name, holder = call.func.attr, call.func.value
            is_store = _is_store(holder) or (isinstance(holder, ast.Name) and holder.id in aliases)
            is_other = isinstance(holder, ast.Attribute) and holder.attr == "schemes"
            if (name in KEEPING and not is_other) or (name == "add" and is_store):
                yield module.name, name
            assert not any(_is_store(each) for each in call.args), (
                f"{module.name}:{call.lineno} hands the store on"
            )


def _aliases(tree: ast.AST) -> Iterator[str]:
    """Names that stand for the store anywhere in a module."""
    asked = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Attribute)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) or not node.value:
            continue
        # ``transaction.evidence.get(…)`` only asks it; ``store = transaction.evidence`` names it.
        if any(_is_store(each) and id(each) not in asked for each in ast.walk(node.value)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _is_store(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "evidence"
        and ast.unparse(node.value).endswith("transaction")
    )


# --- the rules, as the table says them ------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"kind": EvidenceKind.DECLARED_STATE}, OutOfRoute.KIND),
        ({"registration": RegistrationId(str(uuid4()))}, OutOfRoute.REGISTRATION),
        ({"causers": ()}, OutOfRoute.CAUSERS),
        ({"causers": ("officer:ho", "unit:tracing")}, OutOfRoute.CAUSERS),
        ({"causers": ("officer:ho", "officer:lam", "unit:tracing")}, OutOfRoute.CAUSERS),
        ({"causers": ("officer:ho", "unit:cases", "unit:tracing")}, OutOfRoute.CAUSERS),
        ({"ends_at": None}, OutOfRoute.END),
        ({"ends_at": START + timedelta(days=15)}, OutOfRoute.END),
        ({"route": Route.LABORATORY}, OutOfRoute.KIND),
        ({"route": Route.ORDER_OFFICE}, OutOfRoute.CAUSERS),
        ({"route": Route.ORDER_OFFICE, "source": "c", "causers": ("source:c",)}, None),
        (
            {"route": Route.ORDER_OFFICE, "source": "c", "causers": ("source:d",)},
            OutOfRoute.CAUSERS,
        ),
        ({"route": Route.DECLARATION}, OutOfRoute.KIND),
        (
            {"route": Route.DECLARATION, "kind": EvidenceKind.SYMPTOMS, "causers": ()},
            OutOfRoute.REGISTRATION,
        ),
    ],
)
def test_evidence__goes__by_the_rule_of_its_route(
    controls: Controls, changed: dict[str, object], fault: OutOfRoute | None
) -> None:
    assert evidence_fault(by_officers(**changed), controls) is fault


BY = ("chan", "lee")
UNITS = ("port-health", "inspectorate")


@pytest.mark.parametrize(
    ("kind", "by", "units", "fault"),
    [
        (EventKind.LIFTED, BY, UNITS, None),
        (EventKind.LIFTED, ("ho", "lam"), ("tracing", "cases"), None),
        (EventKind.LIFTED, ("ho", "lam"), ("tracing", "tracing"), OutOfRoute.NOT_TWO_UNITS),
        (EventKind.LIFTED, ("ho", "ho"), UNITS, OutOfRoute.NOT_TWO_UNITS),
        (EventKind.LIFTED, ("ho",), ("tracing",), OutOfRoute.NOT_TWO_UNITS),
        (EventKind.RELEASED, BY, UNITS, None),
        (EventKind.RELEASED, ("chan", "lam"), UNITS, OutOfRoute.INVOLVED),
        (EventKind.RELEASED, BY, ("port-health", "cases"), OutOfRoute.INVOLVED),
        (EventKind.UPHELD, BY, UNITS, None),
        (EventKind.UPHELD, BY, ("port-health", "tracing"), OutOfRoute.INVOLVED),
        (EventKind.WITHDRAWN, ("lab",), (), OutOfRoute.NOT_ITS_SOURCE),
        (EventKind.SUPERSEDED, ("anyone",), (), OutOfRoute.NOT_ITS_SOURCE),
        (EventKind.HELD, (), (), OutOfRoute.INVOLVED),
    ],
)
def test_event__goes__by_the_rule_of_its_evidence(
    kind: EventKind, by: tuple[str, ...], units: tuple[str, ...], fault: OutOfRoute | None
) -> None:
    made = by_officers()
    event = EvidenceEvent(evidence=made.id, kind=kind, at=START, by=by, units=units)
    assert event_fault(made, event) is fault


@pytest.fixture(scope="module")
def controls() -> Controls:
    return bundled_health_rules()[AuthorityId("HK")].controls


def test_event__is_answered_for__by_those_who_did_it() -> None:
    made = by_officers()
    lifted = EvidenceEvent(evidence=made.id, kind=EventKind.LIFTED, at=START, by=BY, units=UNITS)
    two = causers_of_two(BY, [UnitId(each) for each in UNITS])
    assert answers_for(made, lifted, two)
    assert not answers_for(made, lifted, ())
    assert not answers_for(made, lifted, two[:2])
    assert answers_for(made, replace(lifted, kind=EventKind.RELEASED), ())
    assert not answers_for(made, replace(lifted, kind=EventKind.RELEASED), two)
    signed = by_officers(route=Route.LABORATORY, causers=("source:lab", "unit:tracing"))
    # No officer's name stands behind what a key signed: theirs do who release it.
    assert answers_for(signed, replace(lifted, kind=EventKind.RELEASED), two)
    assert not answers_for(signed, replace(lifted, kind=EventKind.RELEASED), ())
    taken_back = replace(lifted, kind=EventKind.WITHDRAWN, by=("lab",), units=())
    assert answers_for(signed, taken_back, ("source:lab", "unit:tracing"))
    assert not answers_for(signed, taken_back, ("source:lab",))
    by_console = replace(taken_back, by=(CONSOLE,))
    assert answers_for(signed, by_console, (CONSOLE,))
    assert not answers_for(signed, by_console, signed.causers)


def test_event__of_the_console__takes_back_what_a_source_signed_alone() -> None:
    made = by_officers()
    event = EvidenceEvent(evidence=made.id, kind=EventKind.WITHDRAWN, at=START, by=(CONSOLE,))
    signed = by_officers(route=Route.LABORATORY, source="lab", causers=("source:lab",))
    assert event_fault(signed, event) is None
    for route in set(Route) - set(SIGNED):
        assert event_fault(replace(made, route=route), event) is OutOfRoute.NOT_ITS_SOURCE
    for kind in set(EventKind) - {EventKind.WITHDRAWN, EventKind.CONTESTED}:
        assert event_fault(signed, replace(event, kind=kind)) is not None
