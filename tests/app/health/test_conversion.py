"""What a person carries from one authority to the other, and a red of the same day at the gate."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.claims import claimed, squatted, upheld
from tests.builders.evidence import a_contact, a_test, enrolled, kept_of
from tests.builders.gate_bundle import make_authority
from tests.builders.officers import with_units
from tests.builders.travel import (
    DAY,
    at,
    booked,
    code,
    gate,
    pass_of,
    presented,
    registered,
)
from tongguan.app.authorities import Authority
from tongguan.app.gates import GateRequest, gate_bundle
from tongguan.app.health.codes import HealthRequest, declare_health, explain
from tongguan.app.health.conversion import (
    StatedFacts,
    StatementRefusal,
    StatementRefused,
    TakenIn,
    facts_to_state,
    read_carried,
    state_facts,
    take_in_statement,
)
from tongguan.app.health.corrections import CorrectionFault, CorrectionRefused, contest
from tongguan.app.recognition import trust_overview, withdraw
from tongguan.app.registration.registrations import registration_by_id
from tongguan.app.registration.store import Registration
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.evidence.conversion import evidence_of
from tongguan.core.evidence.records import Route
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.evidence.statement import (
    FactsStatement,
    StatedGround,
    StatedTest,
    encode_statement,
    read_statement,
)
from tongguan.core.gate.bundle import Bundle, bundle_text, knowledge_of, read_bundle
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import CaseId, RegistrationId
from tongguan.core.people import Assurance, Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

NOBODY = RegistrationId(str(UUID(int=0)))


def registration_of(authority: Authority, who: Person) -> Registration:
    found = registration_by_id(authority, registered(authority, who))
    assert found is not None
    return found


def stated(authority: Authority, who: Person) -> StatedFacts:
    made = state_facts(authority, registration_of(authority, who))
    assert isinstance(made, StatedFacts), made
    return made


def brought(authority: Authority, who: Person, text: str) -> TakenIn:
    taken = take_in_statement(authority, registration_of(authority, who), text)
    assert isinstance(taken, TakenIn), taken
    return taken


def refusal(authority: Authority, who: Person, text: str) -> StatementRefusal:
    """Why it is not taken in; reading it before says the same."""
    registration = registration_of(authority, who)
    before = kept_of(authority, who)
    answers = [call(authority, registration, text) for call in (read_carried, take_in_statement)]
    assert kept_of(authority, who) == before
    codes = {each.code for each in answers if isinstance(each, StatementRefused)}
    assert len(codes) == 1, answers
    return codes.pop()


def colour(authority: Authority, who: Person) -> Colour:
    return explain(authority, registered(authority, who)).colour


def test_facts__stated_here__are_evidence_there_by_the_rules_there(active: Pair) -> None:
    who = person()
    laboratory = enrolled(active.hk)
    office = enrolled(active.hk, SourceKind.ORDER_OFFICE, "office-1")
    laboratory.says(a_test(who, result="negative"))
    office.says(a_contact(who))
    assert colour(active.gd, who) is Colour.GREEN

    made = stated(active.hk, who)

    assert [type(each) for each in made.statement.facts] == [StatedGround, StatedTest]
    facts = facts_to_state(active.hk, registration_of(active.hk, who))
    assert not isinstance(facts, StatementRefused)
    assert (facts.grounds, facts.tests) == (made.statement.grounds, made.statement.tests)
    assert read_carried(active.gd, registration_of(active.gd, who), made.text) == made.statement
    taken = brought(active.gd, who, made.text)
    assert (taken.entered, taken.replayed) == (2, False)
    assert {each.evidence.route for each in kept_of(active.gd, who)} == {Route.CONVERSION}
    judgement = explain(active.gd, registered(active.gd, who))
    assert judgement.reasons == (HealthReason.CLOSE_CONTACT,)
    assert judgement.findings[0].source == "HK"
    assert judgement.findings[0].until == START + timedelta(days=14)


def test_statement__brought_again__changes_nothing(active: Pair) -> None:
    who = person()
    enrolled(active.hk, SourceKind.ORDER_OFFICE, "office-1").says(a_contact(who))
    made = stated(active.hk, who)
    brought(active.gd, who, made.text)
    before = kept_of(active.gd, who)

    again = brought(active.gd, who, made.text)
    another = brought(active.gd, who, stated(active.hk, who).text)

    assert (again.entered, again.replayed) == (0, True)
    assert (another.entered, another.replayed) == (0, False)
    assert kept_of(active.gd, who) == before


def test_statement__holds_on_its_day__and_for_its_holder_alone(active: Pair) -> None:
    who, other = person(1), person(2)
    text = stated(active.hk, who).text
    assert refusal(active.gd, other, text) is StatementRefusal.OTHER_HOLDER
    assert refusal(active.hk, who, text) is StatementRefusal.OWN
    active.set_time(START.replace(hour=15, minute=59, second=58))
    carried = read_carried(active.gd, registration_of(active.gd, who), text)
    assert isinstance(carried, FactsStatement)
    active.set_time(START.replace(hour=15, minute=59, second=59))
    assert refusal(active.gd, who, text) is StatementRefusal.EXPIRED


@pytest.mark.parametrize("text", ["", "TG1:", "TG1:NONSENSE", "HC1:6BF", "x" * 5000, "\x00"])
def test_nonsense__brought__is_refused(active: Pair, text: str) -> None:
    assert refusal(active.gd, person(), text) is StatementRefusal.UNREADABLE


def test_statement__under_any_other_key__is_refused(active: Pair) -> None:
    who = person()
    made = stated(active.hk, who).statement
    forged = encode_statement(made, make_authority(active.hk.id).signing[KeyUse.FACTS])
    assert refusal(active.gd, who, forged) is StatementRefusal.UNREADABLE
    assert refusal(active.gd, who, code(active.hk, who)) is StatementRefusal.UNREADABLE
    key = active.hk.keys.signing_key(KeyUse.FACTS, made.issued_at)
    ahead = timedelta(minutes=5)
    dated_ahead = replace(made, issued_at=made.issued_at + ahead)
    assert refusal(active.gd, who, encode_statement(dated_ahead, key)) is (
        StatementRefusal.DATED_AHEAD
    )
    of_a_month_unknown = replace(made, holder_period="2035-01")
    assert refusal(active.gd, who, encode_statement(of_a_month_unknown, key)) is (
        StatementRefusal.HOLDER_KEY_MISSING
    )


def test_statement__of_an_authority_not_recognised__is_refused(active: Pair) -> None:
    who = person()
    text = stated(active.hk, who).text
    (reference,) = [
        each for each in trust_overview(active.gd).recognitions if each.reference.by == active.gd.id
    ]
    assert not isinstance(
        read_carried(active.gd, registration_of(active.gd, who), text), StatementRefused
    )
    withdraw(active.gd, reference.digest)
    assert refusal(active.gd, who, text) is StatementRefusal.NOT_RECOGNISED


def test_registration__that_is_closed__states_nothing_and_takes_in_nothing(active: Pair) -> None:
    """What is said of the number now is said of another."""
    who = person()
    text = stated(active.hk, who).text
    for authority in (active.hk, active.gd):
        registration = registration_of(authority, who)
        with authority.database.transaction() as transaction:
            transaction.registrations.replace(registration.id, NOBODY, transaction.now)
        answers = (
            facts_to_state(authority, registration),
            state_facts(authority, registration),
            read_carried(authority, registration, text),
            take_in_statement(authority, registration, text),
        )
        assert set(answers) == {StatementRefused(code=StatementRefusal.REGISTRATION_CLOSED)}


def test_facts__of_a_registration_below_the_level_of_a_code__are_not_stated(active: Pair) -> None:
    """They may be somebody else's."""
    registration = registration_of(active.hk, person())
    rules = active.hk.health_rules
    assert rules is not None
    strict = replace(active.hk, health_rules=replace(rules, assurance_min=Assurance.VERIFIED))
    refused = StatementRefused(code=StatementRefusal.ASSURANCE_TOO_LOW)
    assert facts_to_state(strict, registration) == refused
    assert state_facts(strict, registration) == refused


def test_own_word__is_carried__and_of_a_place_its_risk_alone(active: Pair) -> None:
    who = person()
    code(active.hk, who, HealthDeclaration(close_contact=True))

    made = stated(active.hk, who)

    assert [each.reason for each in made.statement.grounds] == [HealthReason.CLOSE_CONTACT]
    brought(active.gd, who, made.text)
    assert colour(active.gd, who) is not Colour.GREEN
    # What was carried here is Hong Kong's word, and is not carried on as Guangdong's.
    assert stated(active.gd, who).statement.facts == ()


def test_facts__carried_by_a_stranger__colour_nobody_but_them(active: Pair) -> None:
    """Whoever registered a number on both sides needs no officer; its owner must not be red."""
    stranger, gd = squatted(active.hk), with_units(active.gd)
    present = squatted(gd)
    ill = HealthDeclaration(confirmed=True)
    declare_health(
        active.hk, HealthRequest(id=str(UUID(int=7)), registration=stranger.id, declaration=ill)
    )
    made = state_facts(active.hk, stranger)
    assert isinstance(made, StatedFacts)
    assert isinstance(take_in_statement(gd, present, made.text), TakenIn)
    assert explain(gd, present.id).colour is Colour.RED

    given = upheld(gd, claimed(gd))

    assert explain(gd, given.id).colour is Colour.GREEN
    # Whoever brings it themselves, under their own registration, is judged by it.
    with gd.database.transaction() as transaction:
        (evidence,) = (each.evidence for each in transaction.evidence.of_person(given.person))
    assert evidence.registration == present.id
    case = CaseId(str(UUID(int=8)))
    assert contest(gd, case, given.id, evidence.id, "Not mine.") == CorrectionRefused(
        code=CorrectionFault.EVIDENCE_UNKNOWN
    )
    own = next(
        iter(
            evidence_of(
                made.statement,
                person=given.person,
                registration=given.id,
                zone="Asia/Hong_Kong",
                days_max=14,
                now=START,
            )
        )
    )
    assert own.id != evidence.id


def test_statement__carries__nothing_by_which_a_person_could_be_found(active: Pair) -> None:
    who = person()
    enrolled(active.hk, SourceKind.ORDER_OFFICE, "office-1").says(a_contact(who))
    made = stated(active.hk, who)

    keys = active.hk.keys.key_set()
    read = read_statement(made.text, keys)

    assert read == made.statement
    for secret in (who.name, who.document.number, "office-1", "CASE-1"):
        assert secret not in repr(vars_of(made.statement))


def vars_of(statement: Any) -> list[Any]:
    """Every value in a statement, whatever hides when it is printed."""
    values = [getattr(statement, name) for name in statement.__slots__]
    inner = [
        getattr(each, name)
        for value in values
        if isinstance(value, tuple)
        for each in value
        for name in each.__slots__
    ]
    return [*values, *inner]


def at_a_gate_cut_off(pair: Pair, shown: GateRequest) -> Decision:
    """What Guangdong's gate decides from a bundle made now."""
    device = gate(pair.gd)
    read = read_bundle(bundle_text(gate_bundle(pair.gd, device)))
    assert isinstance(read, Bundle)
    known = knowledge_of(read)
    assert isinstance(known, GateKnowledge)
    return decide(
        known.situation(
            shown.presented,
            direction=shown.direction,
            control_point=device.control_point,
            now=read.made_at,
        )
    )


def test_red_of_the_same_day__by_what_was_carried__reaches_a_gate_cut_off(active: Pair) -> None:
    """Green at ten; a fact carried to Guangdong at a quarter past ten; the same code is void."""
    who = person()
    _, _, passes = booked(active, who)
    active.set_time(at(DAY, 10, 5))
    shown = presented(active, who, pass_of(passes, Leg.OUT))
    active.sync()
    assert at_a_gate_cut_off(active, shown).outcome is Outcome.ADMIT
    active.set_time(at(DAY, 10, 15))
    office = enrolled(active.hk, SourceKind.ORDER_OFFICE, "office-1")
    office.says(a_contact(who, on=DAY), at=at(DAY, 10, 15))
    text = stated(active.hk, who).text
    active.sync()
    red = at_a_gate_cut_off(active, shown)
    assert (red.outcome, red.codes) == (Outcome.DENY, (ReasonCode.HEALTH_CODE_REVOKED,))
    assert red.reasons[0].facts["issuer"] == "HK"
    brought(active.gd, who, text)
    red = at_a_gate_cut_off(active, shown)
    assert red.codes == (ReasonCode.HEALTH_CODE_REVOKED,) * 2
    assert [each.facts["issuer"] for each in red.reasons] == ["HK", "GD"]
