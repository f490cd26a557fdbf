"""What is stated of a person, what is left out, and what becomes of it on the other side."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.builders.gate import TAG, hong_kong
from tests.builders.kept import (
    ANOTHER,
    HONG_KONG,
    NOON,
    OWN,
    days_ago,
    kept,
    own_word,
    risk_place,
    stay,
)
from tongguan.core.evidence.batch_facts import DAYS_MAX
from tongguan.core.evidence.batch_facts import TestOutcome as Outcome
from tongguan.core.evidence.conversion import Facts, evidence_of, facts_of
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceKind,
    KeptEvidence,
    RiskPlace,
    Route,
)
from tongguan.core.evidence.routes import ROUTE_RULES
from tongguan.core.evidence.statement import (
    DOSES_MAX,
    GROUNDS_MAX,
    STATED_GROUNDS,
    TESTS_MAX,
    FactsStatement,
    StatedDose,
    StatedGround,
    StatedTest,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.identifiers import AuthorityId, PersonKey, RegistrationId

ORDERS = (EvidenceKind.CASE_ORDER, EvidenceKind.CONTACT_ORDER, EvidenceKind.QUARANTINE_ORDER)
RESULT = {"sampled_at": "2021-12-12T01:00:00Z", "result": "negative", "specimen": "nasal_swab"}


def stated(*evidence: KeptEvidence, places: tuple[RiskPlace, ...] = ()) -> Facts:
    return facts_of(evidence, registration=OWN, risk_places=places, rules=HONG_KONG, now=NOON)


def a_result(**changed: Any) -> KeptEvidence:
    facts = RESULT | changed.pop("facts", {})
    return kept(None, **{"route": Route.LABORATORY, "facts": facts} | changed)


def a_dose(number: int = 2, **changed: Any) -> KeptEvidence:
    facts = {"number": str(number), "product": "vero-cell"}
    return kept(None, kind=EvidenceKind.DOSE, facts=facts, **changed)


def test_facts__are_stated__each_in_its_form() -> None:
    facts = stated(
        a_result(),
        a_dose(days=200),
        kept(HealthReason.CLOSE_CONTACT, days=3, ends_at=NOON + timedelta(days=9)),
        kept(HealthReason.ARRIVED_FROM_OUTSIDE, days=5, facts={"scheme": "return2hk"}),
        kept(HealthReason.CONFIRMED, EventKind.CONTESTED, number=2, days=8),  # in relief
        kept(HealthReason.CONFIRMED, number=3, days=9, ends_at=NOON),
        kept(None, kind=EvidenceKind.DISCHARGE, number=4, days=2),
    )

    assert facts.tests == (
        StatedTest(
            sampled_at=hong_kong(12, "09:00"), outcome=Outcome.NEGATIVE, specimen="nasal_swab"
        ),
    )
    assert facts.doses == (StatedDose(on=days_ago(200), number=2, product="vero-cell"),)
    assert facts.grounds == (
        StatedGround(reason=HealthReason.DISCHARGED_RECENTLY, on=days_ago(2)),
        StatedGround(
            reason=HealthReason.CLOSE_CONTACT, on=days_ago(3), ends_at=NOON + timedelta(days=9)
        ),
        StatedGround(reason=HealthReason.ARRIVED_FROM_OUTSIDE, on=days_ago(5), scheme="return2hk"),
    )


def test_place__is_never_named__only_that_it_was_of_risk() -> None:
    at_risk = stay("440305", days=4, route=Route.DECLARATION, registration=OWN)
    elsewhere = stay("440306", days=4, route=Route.DECLARATION, registration=OWN)
    listed = (risk_place("440305"),)

    assert stated(elsewhere, places=listed).grounds == ()
    assert stated(at_risk).grounds == ()
    found = stated(at_risk, elsewhere, places=listed).grounds
    assert found == (StatedGround(reason=HealthReason.HIGH_RISK_STAY, on=days_ago(4)),)
    assert stated(at_risk, places=(risk_place("440305", listed_at=NOON + timedelta(1)),)) == Facts(
        tests=(), doses=(), grounds=()
    )


@pytest.mark.parametrize(
    "happened",
    [
        (EventKind.HELD,),
        (EventKind.LIFTED,),
        (EventKind.WITHDRAWN,),
        (EventKind.SUPERSEDED,),
        (EventKind.CONTESTED,),
    ],
)
def test_evidence__that_does_not_count__is_not_stated(happened: tuple[EventKind, ...]) -> None:
    assert stated(kept(HealthReason.CLOSE_CONTACT)).grounds
    assert not stated(kept(HealthReason.CLOSE_CONTACT, *happened)).grounds


def test_evidence__of_another_hand__is_not_carried_on() -> None:
    """Each authority answers for what it knows itself, and for whose registration it is."""
    carried = kept(HealthReason.CLOSE_CONTACT, route=Route.CONVERSION, causers=())
    anothers = own_word(HealthReason.CLOSE_CONTACT, registration=ANOTHER)
    ended = kept(HealthReason.CLOSE_CONTACT, ends_at=NOON)

    assert stated(carried, anothers, ended).grounds == ()
    assert stated(own_word(HealthReason.CLOSE_CONTACT)).grounds


def test_discharge__that_the_person_declared__is_not_stated_as_the_authoritys() -> None:
    """Carried on, it would end there what officers or an office ordered."""
    case = kept(HealthReason.CONFIRMED, number=2, ends_at=NOON)
    assert stated(case, kept(None, kind=EvidenceKind.DISCHARGE)).grounds
    assert not stated(case, own_word(None, kind=EvidenceKind.DISCHARGE)).grounds


@pytest.mark.parametrize("gone", [EventKind.HELD, EventKind.LIFTED, EventKind.WITHDRAWN])
def test_discharge__of_a_case_that_is_gone__is_not_stated(gone: EventKind) -> None:
    discharge = kept(None, kind=EvidenceKind.DISCHARGE, number=2)

    assert stated(kept(HealthReason.CONFIRMED, gone), discharge).grounds == ()
    assert stated(discharge).grounds == ()
    assert stated(kept(HealthReason.CLOSE_CONTACT, ends_at=NOON), discharge).grounds == ()
    later = kept(HealthReason.CONFIRMED, days=-1, ends_at=NOON)
    assert stated(later, discharge).grounds == ()


@pytest.mark.parametrize("on", [date.min, date(1969, 12, 31), date(1970, 1, 1)])
def test_fact__of_a_day_that_no_code_can_hold__is_left_out(on: date) -> None:
    assert stated(own_word(HealthReason.SYMPTOMS, on=on)).grounds == ()
    early = RESULT | {"sampled_at": f"{on.isoformat()}T00:00:00Z"}
    assert stated(a_result(on=on, facts=early), a_dose(on=on)) == Facts(
        tests=(), doses=(), grounds=()
    )
    assert stated(own_word(HealthReason.SYMPTOMS, on=date(1970, 1, 2))).grounds


def test_facts__beyond_what_fits__are_the_newest() -> None:
    results = [
        a_result(facts={"sampled_at": f"2021-01-{each:02d}T01:00:00Z"})
        for each in range(1, TESTS_MAX + 6)
    ]
    doses = [a_dose(each, days=300 - each) for each in range(1, DOSES_MAX + 3)]
    grounds = [kept(HealthReason.CLOSE_CONTACT, days=each) for each in range(GROUNDS_MAX + 3)]

    facts = stated(*results, *doses, *grounds)

    assert len(facts.tests) == TESTS_MAX
    assert min(each.sampled_at for each in facts.tests).date() == date(2021, 1, 6)
    assert [each.number for each in facts.doses] == list(range(DOSES_MAX + 2, 2, -1))
    assert [each.on for each in facts.grounds] == [days_ago(each) for each in range(GROUNDS_MAX)]


def test_order__of_others__is_stated_whatever_the_person_declares() -> None:
    """Nobody takes an order out of their own statement by what they say themselves."""
    ordered = kept(HealthReason.CLOSE_CONTACT, days=20)
    arrivals = [
        own_word(HealthReason.ARRIVED_FROM_OUTSIDE, facts={"scheme": f"scheme-{each}"})
        for each in range(GROUNDS_MAX + 6)
    ]
    cases = [own_word(HealthReason.CONFIRMED, days=each) for each in range(20)]

    found = stated(*arrivals, *cases, ordered).grounds

    assert found[0] == StatedGround(reason=HealthReason.CLOSE_CONTACT, on=days_ago(20))
    assert found[1].reason is HealthReason.CONFIRMED
    assert len(found) == GROUNDS_MAX


def test_facts__beyond_what_fits__are_the_gravest() -> None:
    ill = own_word(HealthReason.CONFIRMED, days=9)
    arrived = [
        own_word(HealthReason.ARRIVED_FROM_OUTSIDE, facts={"scheme": f"scheme-{each}"})
        for each in range(GROUNDS_MAX + 1)
    ]

    found = stated(*arrived, ill).grounds

    assert found[0] == StatedGround(reason=HealthReason.CONFIRMED, on=days_ago(9))
    assert len(found) == GROUNDS_MAX


def test_positive__is_stated__however_many_results_follow() -> None:
    positive = a_result(facts={"sampled_at": "2021-12-05T01:00:00Z", "result": "positive"})
    later = [
        a_result(facts={"sampled_at": f"2021-12-12T{each:02d}:00:00Z"})
        for each in range(TESTS_MAX + 1)
    ]

    found = stated(*later, positive).tests

    assert found[0].outcome is Outcome.POSITIVE
    assert len(found) == TESTS_MAX


def statement(**facts: Any) -> FactsStatement:
    values: dict[str, Any] = {"tests": (), "doses": (), "grounds": ()}
    values |= {"issued_at": hong_kong(13, "08:00"), "valid_until": hong_kong(13, "23:59:59")}
    values |= {"statement_id": b"s" * 16} | facts
    return FactsStatement(
        issuer=AuthorityId("GD"), holder_tag=TAG, holder_period="2021-12", **values
    )


def taken_in(
    whole: FactsStatement, person: bytes = b"p" * 16, registration: RegistrationId = OWN
) -> tuple[Evidence, ...]:
    return evidence_of(
        whole,
        person=PersonKey(person),
        registration=registration,
        zone="Asia/Hong_Kong",
        days_max=14,
        now=NOON,
    )


def test_evidence__of_each_ground__goes_by_the_route_of_conversion() -> None:
    grounds = tuple(StatedGround(reason=each, on=days_ago(1)) for each in STATED_GROUNDS)

    found = taken_in(statement(grounds=grounds))

    assert [each.ground for each in found] == list(STATED_GROUNDS)
    for each in found:
        assert each.route is Route.CONVERSION
        assert each.kind in ROUTE_RULES[Route.CONVERSION].kinds
        assert (each.causers, each.registration, each.source) == ((), OWN, "GD")
        assert (each.ends_at is not None) is (each.kind in ORDERS)
        assert "division" not in each.facts
    assert len({each.id for each in found}) == len(found)


def test_order__without_an_end__ends_by_itself() -> None:
    told = NOON + timedelta(days=30)
    grounds = (
        StatedGround(reason=HealthReason.CONFIRMED, on=days_ago(1)),
        StatedGround(reason=HealthReason.SUSPECTED, on=days_ago(1), ends_at=told),
    )

    confirmed, suspected = taken_in(statement(grounds=grounds))

    assert confirmed.ends_at == hong_kong(13, "08:00") + timedelta(days=14)
    assert suspected.ends_at == told


@pytest.mark.parametrize(
    ("outcome", "ground"),
    [
        (Outcome.NEGATIVE, None),
        (Outcome.INCONCLUSIVE, None),
        (Outcome.POSITIVE, HealthReason.SUSPECTED),
    ],
)
def test_result__is_judged__by_whoever_reads_it(
    outcome: Outcome, ground: HealthReason | None
) -> None:
    sampled_at = hong_kong(13, "00:30")
    test = StatedTest(sampled_at=sampled_at, outcome=outcome, specimen="nasal_swab")

    (found,) = taken_in(statement(tests=(test,)))

    assert (found.kind, found.ground) == (EvidenceKind.TEST_RESULT, ground)
    assert found.on == date(2021, 12, 13)
    assert found.facts == {
        "sampled_at": "2021-12-12T16:30:00Z",
        "result": outcome.value,
        "specimen": "nasal_swab",
    }
    assert found.ends_at == (None if ground is None else sampled_at + timedelta(days=14))


def test_fact__is_the_same_evidence__in_every_statement_of_one_person() -> None:
    grounds = (StatedGround(reason=HealthReason.CONFIRMED, on=days_ago(1)),)
    other = (StatedGround(reason=HealthReason.CONFIRMED, on=days_ago(2)),)

    (first,) = taken_in(statement(grounds=grounds))
    (again,) = taken_in(statement(grounds=grounds, statement_id=b"t" * 16))
    (of_another,) = taken_in(statement(grounds=grounds), b"q" * 16)
    (of_another_day,) = taken_in(statement(grounds=other))

    assert first.id == again.id
    assert len({first.id, of_another.id, of_another_day.id}) == 3


def test_fact__brought_by_another_or_stated_by_another__is_other_evidence() -> None:
    """Who registered another's number and brought a fact first does not keep theirs out."""
    whole = statement(grounds=(StatedGround(reason=HealthReason.CONFIRMED, on=days_ago(1)),))

    (own,) = taken_in(whole)
    (of_another_registration,) = taken_in(whole, registration=ANOTHER)
    (by_another_authority,) = taken_in(replace(whole, issuer=AuthorityId("MO")))

    assert own.registration != of_another_registration.registration
    assert len({own.id, of_another_registration.id, by_another_authority.id}) == 3


def test_order__that_was_prolonged__crosses_beside_the_first() -> None:
    def until(days: int) -> Evidence:
        ground = StatedGround(
            reason=HealthReason.UNDER_QUARANTINE,
            on=days_ago(1),
            ends_at=NOON + timedelta(days=days),
        )
        (found,) = taken_in(statement(grounds=(ground,)))
        return found

    first, again, prolonged = until(1), until(1), until(11)

    assert first.id == again.id
    assert first.id != prolonged.id
    assert prolonged.ends_at == NOON + timedelta(days=11)


def test_fact__dated_after_its_statement__is_none() -> None:
    """A faulty or hostile peer neither reddens for ever nor ends what is yet to be ordered."""
    issued = hong_kong(13, "08:00")
    ahead = days_ago(-1)
    found = taken_in(
        statement(
            grounds=(
                StatedGround(reason=HealthReason.SYMPTOMS, on=date(2100, 1, 1)),
                StatedGround(reason=HealthReason.DISCHARGED_RECENTLY, on=ahead),
                StatedGround(reason=HealthReason.CLOSE_CONTACT, on=days_ago(0)),
            ),
            tests=(
                StatedTest(
                    sampled_at=issued + timedelta(days=1), outcome=Outcome.NEGATIVE, specimen="s"
                ),
            ),
            doses=(StatedDose(on=ahead, number=1, product="p"),),
        )
    )

    assert [each.ground for each in found] == [HealthReason.CLOSE_CONTACT]


def test_statement__of_the_last_second__may_hold_what_is_declared_for_the_next_day() -> None:
    ground = StatedGround(reason=HealthReason.SYMPTOMS, on=days_ago(-1))
    late = statement(
        grounds=(ground,),
        issued_at=hong_kong(13, "23:59:59"),
        valid_until=hong_kong(14, "23:59:59"),
    )

    assert len(taken_in(late)) == 1


def test_order__ends_here__as_many_days_after_its_day_as_in_a_batch() -> None:
    def end(ends_at: datetime) -> datetime | None:
        ground = StatedGround(reason=HealthReason.CLOSE_CONTACT, on=days_ago(3), ends_at=ends_at)
        (found,) = taken_in(statement(grounds=(ground,)))
        return found.ends_at

    latest = hong_kong(11, "00:00") + timedelta(days=DAYS_MAX)
    assert end(datetime(2076, 1, 1, tzinfo=UTC)) == latest
    assert end(latest) == latest
    assert end(latest - timedelta(seconds=1)) == latest - timedelta(seconds=1)
