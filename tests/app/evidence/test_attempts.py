"""A real attempt by each route to enter adverse evidence without its due: nothing ever changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders import dcc
from tests.builders.authorities import START, Pair, opened_pair, person
from tests.builders.brought import (
    POSITIVE,
    believing,
    dcc_document,
    dcc_of_test,
    entry_of_test,
    registered_as,
    traveller,
)
from tests.builders.evidence import (
    Source,
    a_contact,
    a_test,
    an_arrival,
    by_officers,
    enrolled,
    kept_of,
    source_signing_key,
)
from tests.builders.officers import WORDS, finding, found, proposed, with_units
from tests.builders.travel import code, registered
from tongguan.app.authorities import Authority
from tongguan.app.control.proposals import confirm, propose_finding, propose_lift, refuse
from tongguan.app.control.units import put_in_unit
from tongguan.app.evidence.batches import receive_batch
from tongguan.app.evidence.entry import NotByTheDoorError, become, enter
from tongguan.app.evidence.sources import causers_of, withdraw_source
from tongguan.app.health.certificates import (
    CertificateRefusal,
    CertificateRefused,
    CertificateTaken,
    bring_certificate,
    brought_certificates,
)
from tongguan.app.health.conversion import (
    StatementRefusal,
    StatementRefused,
    state_facts,
    take_in_statement,
)
from tongguan.app.registration.registrations import open_registration, registration_by_id
from tongguan.core.evidence.batch_facts import BatchEntry
from tongguan.core.evidence.declared import declared_evidence
from tongguan.core.evidence.limits import causers_of_two
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    Route,
    Standing,
)
from tongguan.core.evidence.routes import (
    ROUTE_RULES,
    Hand,
)
from tongguan.core.evidence.sources import MAY_SAY, ROUTES
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.identifiers import EvidenceId, RegistrationId, UnitId
from tongguan.core.people import Person

SIGNED = [route for route, rule in ROUTE_RULES.items() if rule.hand is Hand.SIGNED_SOURCE]


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
    made = by_officers(
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
    stopped(hk, by_officers(person=key, causers=two))  # nobody proposed it
    of_others = causers_of_two(("chan", "lee"), (UnitId("port-health"), UnitId("inspectorate")))
    stopped(hk, by_officers(id=EvidenceId(made.id), person=key, causers=of_others))
    another = hk.index.person(person(2).document)
    stopped(hk, by_officers(id=EvidenceId(made.id), person=another, causers=two))
    proposed(refuse(hk, made.id, officer="lee"))
    stopped(hk, by_officers(id=EvidenceId(made.id), person=key, causers=two))
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
    made = by_officers(
        route=Route.CONVERSION,
        kind=EvidenceKind.TEST_RESULT,
        person=hk.index.person(who.document),
        source="GD",
        causers=(),
    )
    stopped(hk, made)
    assert kept_of(hk, who) == ()


def test_certificate__of_nobody_enrolled__of_another_or_unclear__changes_nothing(
    active: Pair,
) -> None:
    hk = with_units(active.hk)
    who = traveller()
    code(hk, who)
    found = registration_by_id(hk, registered(hk, who))
    assert found is not None
    adverse, favourable = dcc_of_test(tr=POSITIVE), dcc_of_test()
    believed = believing(hk)
    stranger = dcc_document(t=[entry_of_test(tr=POSITIVE)], dob="1990-01-01")
    attempts: list[tuple[Authority, str, str | None, CertificateRefusal]] = [
        (hk, adverse, "ho", CertificateRefusal.UNVERIFIED),
        (believed, adverse[:-4], "ho", CertificateRefusal.UNVERIFIED),
        (believed, dcc.dcc_text(stranger), "ho", CertificateRefusal.NOT_THIS_PERSON),
        (believed, adverse, None, CertificateRefusal.POSITIVE_UNMATCHED),
        (believed, adverse, "ho", CertificateRefusal.POSITIVE_UNMATCHED),
        (believed, favourable, None, CertificateRefusal.LOOK_NEEDED),
        (believed, favourable, "nobody", CertificateRefusal.OFFICER_WITHOUT_UNIT),
    ]
    for authority, text, officer, refusal in attempts:
        answer = bring_certificate(authority, found, text, officer=officer)
        assert isinstance(answer, CertificateRefused), answer
        assert answer.code is refusal
    nothing_changed(hk, who)


def test_certificate__past_the_reader__is_stopped_at_the_door(active: Pair) -> None:
    """A use case that forgot to verify, or took one that counts for somebody else."""
    hk = believing(active.hk)
    one, other = registered_as(hk, traveller()), registered_as(hk, traveller(2))
    assert isinstance(bring_certificate(hk, one, dcc_of_test()), CertificateTaken)
    (kept,) = brought_certificates(hk, one)
    made = replace(
        kept.evidence,
        id=EvidenceId(str(uuid4())),
        person=other.person,
        registration=other.id,
    )
    stopped(hk, made)
    stopped(hk, replace(made, batch=None))
    stopped(hk, replace(made, batch="00" * 32))
    stopped(hk, replace(made, kind=EvidenceKind.CASE_ORDER))
    assert kept_of(hk, traveller(2)) == ()


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


def test_event__of_what_is_not_held__releases_nothing(active: Pair) -> None:
    hk, who = with_units(active.hk), person()
    evidence = found(hk, who)
    event = EvidenceEvent(
        evidence=evidence,
        kind=EventKind.RELEASED,
        at=START,
        by=("chan", "lee"),
        units=("port-health", "inspectorate"),
    )
    with hk.database.transaction() as transaction:
        entered = become(hk, transaction, event, causers=())
    assert (entered.standing, entered.is_new) == (Standing.COUNTS, False)
    assert kept_of(hk, who)[0].events == ()
    with hk.database.transaction() as transaction:
        assert len(transaction.evidence.acts_of(evidence)) == 1


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
