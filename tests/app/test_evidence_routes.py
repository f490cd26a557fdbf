"""Every route by which evidence enters, with its rule; there is no other, and none without its due.

What is asked of the source tree is asked of its text, so that a second way in fails here before
anybody uses it.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, opened_pair, person
from tests.builders.evidence import (
    Source,
    a_contact,
    a_test,
    an_arrival,
    enrolled,
    kept_of,
    source_signing_key,
)
from tests.builders.officers import WORDS, finding, proposed, with_units
from tests.builders.reach import calls, modules
from tests.builders.travel import code, registered
from tongguan.adapters.health_rule_files import bundled_health_rules
from tongguan.app.authorities import Authority
from tongguan.app.conversion import (
    StatementRefusal,
    StatementRefused,
    state_facts,
    take_in_statement,
)
from tongguan.app.evidence_batches import receive_batch
from tongguan.app.evidence_entry import NotByTheDoorError, become, enter
from tongguan.app.evidence_sources import causers_of, withdraw_source
from tongguan.app.proposals import confirm, propose_finding, propose_lift
from tongguan.app.registrations import open_registration, registration_by_id
from tongguan.app.units import put_in_unit
from tongguan.core.evidence.batch_facts import BatchEntry
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.declared import declared_evidence
from tongguan.core.evidence.limits import causers_of_two
from tongguan.core.evidence.records import EventKind, Evidence, EvidenceEvent, EvidenceKind, Route
from tongguan.core.evidence.routes import (
    ROUTE_RULES,
    Hand,
    OutOfRoute,
    event_fault,
    evidence_fault,
)
from tongguan.core.evidence.sources import MAY_SAY, ROUTES
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId, EvidenceId, PersonKey, RegistrationId, UnitId
from tongguan.core.people import Person

SIGNED = [route for route, rule in ROUTE_RULES.items() if rule.hand is Hand.SIGNED_SOURCE]
STORE = "tongguan.adapters.postgres.stores.evidence"
DOOR = "tongguan.app.evidence_entry"
BENCH = "tongguan.app.evidence_consequences"
"""The door's own other half."""
KEEPING = {"add_event": {DOOR}, "add_act": {BENCH}}
"""Methods of the store that nothing else is called, with who may call them."""
CALLERS: dict[str, set[Route]] = {
    "tongguan.app.conversion.take_in_statement": {Route.CONVERSION},
    "tongguan.app.corrections._opened": set(),
    "tongguan.app.evidence_batches._Reception._entered": {
        Route.ARRIVAL_FEED,
        Route.LABORATORY,
        Route.ORDER_OFFICE,
    },
    "tongguan.app.evidence_batches._Reception._withdrawn": set(),
    "tongguan.app.health_codes._Window.take": {Route.DECLARATION},
    "tongguan.app.proposal_acts._enter_finding": {Route.OFFICERS},
    "tongguan.app.proposal_acts._lift": set(),
    "tongguan.app.proposal_acts._uphold": set(),
    "tongguan.app.proposal_acts.carry_out": set(),
}
"""Who comes to the door, and by which routes evidence comes with them; with none, events alone."""
MAKERS = {
    "tongguan.app.evidence_batches": "ROUTES[source.kind]",
    "tongguan.app.proposal_acts": "Route.OFFICERS",
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
    console = {"enrol_source", "withdraw_source", "put_in_unit"}
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


def evidence(**changed: object) -> Evidence:
    """A finding of two officers for a week."""
    made = Evidence(
        id=EvidenceId(str(uuid4())),
        person=PersonKey(bytes(16)),
        registration=None,
        route=Route.OFFICERS,
        kind=EvidenceKind.CONTACT_ORDER,
        ground=HealthReason.CLOSE_CONTACT,
        source="contact-tracing, case-management",
        causers=causers_of_two(("ho", "lam"), (UnitId("tracing"), UnitId("cases"))),
        on=START.date(),
        facts={},
        issued_at=START,
        received_at=START,
        ends_at=START + timedelta(days=7),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


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
    assert evidence_fault(evidence(**changed), controls) is fault


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
    made = evidence()
    event = EvidenceEvent(evidence=made.id, kind=kind, at=START, by=by, units=units)
    assert event_fault(made, event) is fault


@pytest.fixture(scope="module")
def controls() -> Controls:
    return bundled_health_rules()[AuthorityId("HK")].controls


# --- a real attempt by each route, without its due ------------------------------------------------


def _entry_of(route: Route, who: Person) -> BatchEntry:
    match route:
        case Route.LABORATORY:
            return a_test(who)
        case Route.ORDER_OFFICE:
            return a_contact(who)
        case _:
            return an_arrival(who)


def _sources(hk: Authority, route: Route) -> tuple[Source, Source]:
    """Two sources of the route."""
    kind = next(kind for kind, of in ROUTES.items() if of is route)
    name = kind.value.replace("_", "-")
    return enrolled(hk, kind, f"{name}-one"), enrolled(hk, kind, f"{name}-two")


def test_signed_routes__without_their_due__change_nothing(active: Pair) -> None:
    for number, route in enumerate(SIGNED):
        _attempt_unsigned(active, route, person(number + 1))


def _attempt_unsigned(active: Pair, route: Route, who: Person) -> None:
    hk = active.hk
    code(hk, who)
    first, second = _sources(hk, route)
    message = first.message(_entry_of(route, who))
    stranger = Source(authority=hk, id=first.id, key=source_signing_key(first.id))
    other_kind = next(
        kind for kind, of in ROUTES.items() if not MAY_SAY[kind] & ROUTE_RULES[route].kinds
    )
    foreign = enrolled(hk, other_kind, f"foreign-to-{second.id}")
    unsigned = message[:-64] + bytes(64)
    attempts = [
        b"",
        unsigned,
        stranger.message(_entry_of(route, who)),
        Source(authority=hk, id=second.id, key=first.key).message(_entry_of(route, who)),
        foreign.message(_entry_of(route, who)),
        Source(authority=active.gd, id=first.id, key=first.key).message(_entry_of(route, who)),
    ]
    for attempt in attempts:
        assert receive_batch(hk, attempt).refused is not None
    withdraw_source(hk, second.id, by="console")
    assert second.says(_entry_of(route, who)).refused is not None
    nothing_changed(hk, who)


def test_signed_routes__anothers_word__is_not_taken_back(active: Pair) -> None:
    for number, route in enumerate(SIGNED):
        who = person(number + 1)
        first, second = _sources(active.hk, route)
        said = _entry_of(route, who)
        first.says(said)
        assert second.takes_back(said.id).refused is not None
        assert kept_of(active.hk, who)[0].events == ()


def test_signed_routes__past_the_reader__are_stopped_at_the_door(active: Pair) -> None:
    """A use case that forgot to read the signature, or took a source that is no longer one."""
    for number, route in enumerate(SIGNED):
        _attempt_past_the_reader(active.hk, route, person(number + 1))


def _attempt_past_the_reader(hk: Authority, route: Route, who: Person) -> None:
    code(hk, who)
    first, _ = _sources(hk, route)
    with hk.database.transaction() as transaction:
        source = transaction.evidence_sources.get(first.id)
    assert source is not None
    kind = min(ROUTE_RULES[route].kinds)
    made = evidence(
        route=route,
        kind=kind,
        person=hk.index.person(who.document),
        source=first.id,
        causers=causers_of(source),
    )
    stopped(hk, made)  # in no batch
    stopped(hk, replace(made, batch="x", causers=(f"source:{first.id}", "unit:nobody")))
    stopped(hk, replace(made, batch="x", source="third", causers=("source:third",)))
    withdraw_source(hk, first.id, by="console")
    stopped(hk, replace(made, batch="x"))
    nothing_changed(hk, who)


def test_officers__one_alone_or_two_of_a_unit__change_nothing(active: Pair) -> None:
    hk, who = with_units(active.hk), person()
    code(hk, who)
    put_in_unit(hk, "au", "contact-tracing", by="console")
    made = finding(who)
    proposed(propose_finding(hk, made, officer="ho"))
    for second in ("ho", "au", "nobody"):
        assert not _is_carried_out(confirm(hk, made.id, officer=second))
    nothing_changed(hk, who)


def test_officers__past_their_proposal__are_stopped_at_the_door(active: Pair) -> None:
    hk, who = with_units(active.hk), person()
    code(hk, who)
    made = finding(who)
    proposed(propose_finding(hk, made, officer="ho"))
    key = hk.index.person(who.document)
    two = causers_of_two(("ho", "lam"), (UnitId("contact-tracing"), UnitId("case-management")))
    stopped(hk, evidence(person=key, causers=two))  # nobody proposed it
    of_others = causers_of_two(("chan", "lee"), (UnitId("port-health"), UnitId("inspectorate")))
    stopped(hk, evidence(id=EvidenceId(made.id), person=key, causers=of_others))
    another = hk.index.person(person(2).document)
    stopped(hk, evidence(id=EvidenceId(made.id), person=another, causers=two))
    nothing_changed(hk, who)


def test_officers__lifting_alone__changes_nothing(active: Pair) -> None:
    hk, who = with_units(active.hk), person()
    said = a_test(who)
    enrolled(hk).says(said)
    wish = proposed(
        propose_lift(hk, finding().id, said.id, words=WORDS, officer="ho"),
    )
    assert not _is_carried_out(confirm(hk, wish.id, officer="ho"))
    assert kept_of(hk, who)[0].events == ()


def test_declaration__with_anothers_secret__opens_nothing(active: Pair) -> None:
    hk, who, other = active.hk, person(), person(2)
    code(hk, who)
    own, others = (registration_by_id(hk, registered(hk, each)) for each in (who, other))
    assert own is not None
    assert others is not None
    secret = hk.index.registration_slip(others.id).secret
    assert open_registration(hk, own.reference, secret) is None
    assert open_registration(hk, own.reference, "") is None
    nothing_changed(hk, who)


def test_declaration__under_anothers_registration__is_stopped_at_the_door(active: Pair) -> None:
    hk, who, other = active.hk, person(), person(2)
    code(hk, who)
    made = declared_evidence(
        HealthDeclaration(confirmed=True),
        request=str(uuid4()),
        person=hk.index.person(who.document),
        registration=registered(hk, other),
        on=START.date(),
        now=START,
    )
    for each in made:
        stopped(hk, each)
    stopped(hk, replace(made[-1], registration=RegistrationId(str(uuid4()))))
    nothing_changed(hk, who)


def test_conversion__of_a_key_that_is_not_recognised__changes_nothing(
    new_database_url: Callable[[], str], tmp_path: Path
) -> None:
    with opened_pair(new_database_url, tmp_path, is_recognised=False) as strangers:
        strangers.activate()
        who = person()
        code(strangers.hk, who)
        text = stated(strangers.gd, who)
        assert refused(strangers.hk, who, text) is StatementRefusal.NOT_RECOGNISED
        nothing_changed(strangers.hk, who)


def test_conversion__of_another_or_of_other_bytes__changes_nothing(active: Pair) -> None:
    hk, who = active.hk, person()
    code(hk, who)
    text = stated(active.gd, person(2))
    assert refused(hk, who, text) is StatementRefusal.OTHER_HOLDER
    assert refused(hk, who, text[:-4]) is StatementRefusal.UNREADABLE
    assert refused(hk, who, "") is StatementRefusal.UNREADABLE
    nothing_changed(hk, who)


def stated(authority: Authority, who: Person) -> str:
    """A statement of facts that is adverse."""
    enrolled(authority).says(a_test(who))
    registration = registration_by_id(authority, registered(authority, who))
    assert registration is not None
    answer = state_facts(authority, registration)
    assert answer.statement.grounds or answer.statement.tests
    return answer.text


def refused(authority: Authority, who: Person, text: str) -> StatementRefusal:
    registration = registration_by_id(authority, registered(authority, who))
    assert registration is not None
    answer = take_in_statement(authority, registration, text)
    assert isinstance(answer, StatementRefused), answer
    return answer.code


def test_conversion__without_a_registration__is_stopped_at_the_door(active: Pair) -> None:
    hk, who = active.hk, person()
    made = evidence(
        route=Route.CONVERSION,
        kind=EvidenceKind.TEST_RESULT,
        person=hk.index.person(who.document),
        source="GD",
        causers=(),
    )
    stopped(hk, made)
    assert kept_of(hk, who) == ()


def test_event__without_its_due__is_stopped_at_the_door(active: Pair) -> None:
    hk, who = active.hk, person()
    said = a_test(who)
    enrolled(hk).says(said)
    attempts: list[tuple[EventKind, tuple[str, ...], tuple[str, ...]]] = [
        (EventKind.HELD, (), ()),
        (EventKind.LIFTED, ("ho",), ("contact-tracing",)),
        (EventKind.SUPERSEDED, (registered(hk, who),), ()),
        (EventKind.WITHDRAWN, ("lab-islands",), ()),
    ]
    for kind, by, units in attempts:
        event = EvidenceEvent(evidence=said.id, kind=kind, at=START, by=by, units=units)
        with (
            pytest.raises(NotByTheDoorError),
            hk.database.transaction() as transaction,
        ):
            become(hk, transaction, event, causers=())
    assert kept_of(hk, who)[0].events == ()


def stopped(authority: Authority, made: Evidence) -> None:
    """The door lets this evidence in neither now nor under another hash."""
    with pytest.raises(NotByTheDoorError), authority.database.transaction() as transaction:
        enter(authority, transaction, made, request_hash=b"request")


def nothing_changed(authority: Authority, who: Person) -> None:
    """The person's own green code stands, nobody was told of anything, nobody answers for it."""
    person_key = authority.index.person(who.document)
    assert {each.evidence.route for each in kept_of(authority, who)} == {Route.DECLARATION}
    assert all(each.evidence.ground is None for each in kept_of(authority, who))
    with authority.database.transaction() as transaction:
        assert len(transaction.health_codes.live(person_key)) == 1
        assert transaction.controls.told(person_key) == ()
        assert transaction.evidence.acts_since(START - timedelta(days=1)) == ()


def _is_carried_out(answer: object) -> bool:
    return getattr(answer, "state", None) == "carried_out"
