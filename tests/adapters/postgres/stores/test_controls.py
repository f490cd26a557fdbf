"""Units, proposals of two, cases, alarms and notices as kept."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from tests.builders.evidence_stores import DAY, NOW, SOMEBODY, case, proposal, uuid_of
from tongguan.adapters.postgres.connections import DatabaseUnavailable
from tongguan.app.control.store import Alarm, CaseState, HealthNotice, ProposalKind, ProposalState
from tongguan.core.evidence.limits import AlarmKind
from tongguan.core.identifiers import PersonKey, UnitId

CARRIED_OUT = proposal(
    state=ProposalState.CARRIED_OUT,
    decided_by="lam",
    decided_unit=UnitId("clinic"),
    decided_at=NOW,
)
ALARM = Alarm(serial=0, kind=AlarmKind.CAUSER, subject="unit:tracing", acts=5, raised_at=NOW)


def test_unit__put__the_latest_is_the_officers(sealing):
    with sealing.transaction() as transaction:
        store = transaction.controls
        assert store.unit_of("ho") is None
        store.put_in_unit("ho", "clinic", NOW)
        store.put_in_unit("lam", "clinic", NOW)
        store.put_in_unit("ho", "tracing", NOW - timedelta(days=1))
        assert store.unit_of("ho") == "tracing"
        assert store.units() == {"ho": "tracing", "lam": "clinic"}
        store.put_in_unit("lam", "records", NOW + timedelta(days=1))
        store.put_in_unit("lam", "wards", NOW + timedelta(days=2))
        assert store.units_of("lam", since=NOW) == {"clinic", "records", "wards"}
        assert store.units_of("lam", since=NOW + timedelta(days=1)) == {"records", "wards"}
        assert store.units_of("lam", since=NOW + timedelta(days=3)) == {"wards"}
        assert store.units_of("nobody", since=NOW) == frozenset()
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        sealing.connection() as connection,
    ):
        connection.execute("UPDATE tongguan.officer_unit SET unit = 'clinic'")


def test_proposal__propose__is_found_until_it_lapses(sealing):
    of_review = proposal(301, person=None, proposed_at=NOW + timedelta(hours=1))
    with sealing.transaction() as transaction:
        store = transaction.controls
        assert store.propose(proposal(), DAY)
        assert store.propose(of_review, DAY)
        assert not store.propose(replace(proposal(), content={}), DAY)
    with sealing.transaction() as transaction:
        store = transaction.controls
        assert store.proposal(proposal().id) == proposal()
        assert store.proposal(of_review.id, lock=True) == of_review
        assert store.proposal(uuid_of(9)) is None
        assert store.open_proposals(NOW, limit=5) == (proposal(), of_review)
        assert store.open_proposals(NOW, limit=1) == (proposal(),)
        assert store.open_proposals(proposal().lapses_at, limit=5) == ()
        kept = str(
            transaction.connection.execute("SELECT to_jsonb(p) FROM tongguan.proposal p").fetchall()
        )
    assert "close_contact" not in kept


def test_proposals__of_one_officer__hide_no_others(sealing):
    later = {"proposed_at": NOW + timedelta(minutes=1)}
    heap = [proposal(), proposal(302), proposal(303, unit="records")]
    other = proposal(304, proposed_by="lam", unit="records", kind=ProposalKind.LIFT, **later)
    with sealing.transaction() as transaction:
        store = transaction.controls
        for each in (*heap, other):
            assert store.propose(each, DAY)
        assert store.open_proposals(NOW, limit=2) == (heap[0], other)
        assert store.open_proposals(NOW, limit=3) == (heap[0], heap[1], other)
        assert store.open_of_officer("ho", NOW) == 3
        assert store.open_of_officer("lam", NOW) == 1
        assert store.open_of_officer("lam", other.lapses_at) == 0
        assert store.open_findings_of(heap[0].unit, NOW) == 2
        assert store.open_findings_of("records", NOW) == 1
        store.decide_proposal(CARRIED_OUT)
        assert store.open_findings_of(heap[0].unit, NOW) == 1


def test_proposal__decide__once(sealing):
    with sealing.transaction() as transaction:
        store = transaction.controls
        store.propose(proposal(), DAY)
        store.decide_proposal(CARRIED_OUT)
        assert store.proposal(CARRIED_OUT.id) == CARRIED_OUT
        assert store.open_proposals(NOW, limit=5) == ()
        with pytest.raises(LookupError):
            store.decide_proposal(replace(CARRIED_OUT, state=ProposalState.REFUSED))


@pytest.mark.parametrize(
    "alone",
    [
        {"decided_by": "ho"},
        {"decided_unit": "tracing"},
        {"decided_by": None},
        {"decided_unit": None},
        {"decided_at": None},
    ],
)
def test_proposal__carry_out__takes_two_of_different_units(sealing, alone):
    with sealing.transaction() as transaction:
        transaction.controls.propose(proposal(), DAY)
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="proposal_takes_two"),
        sealing.transaction() as transaction,
    ):
        transaction.controls.decide_proposal(replace(CARRIED_OUT, **alone))


@pytest.mark.parametrize("change", ["proposed_by = 'x'", "unit = 'x'", "content_sealed = ''"])
def test_proposal__change_what_was_proposed__refused(sealing, change):
    with sealing.transaction() as transaction:
        transaction.controls.propose(proposal(), DAY)
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        sealing.connection() as connection,
    ):
        connection.execute(f"UPDATE tongguan.proposal SET {change}")  # noqa: S608


def test_proposal__two_decide_at_once__one_waits(sealing):
    with sealing.transaction() as transaction:
        transaction.controls.propose(proposal(), DAY)
    with sealing.transaction() as first:
        first.controls.proposal(proposal().id, lock=True)
        with sealing.transaction() as third:
            assert third.controls.proposal(proposal().id) == proposal()
        with (
            pytest.raises(DatabaseUnavailable),
            sealing.transaction() as second,
        ):
            second.controls.proposal(proposal().id, lock=True)
        first.controls.decide_proposal(CARRIED_OUT)
    with sealing.transaction() as second:
        assert second.controls.proposal(proposal().id, lock=True) == CARRIED_OUT


def test_case__open__is_found_and_decided_once(sealing):
    later = case(401, evidence=uuid_of(201), decide_by=NOW + timedelta(hours=72))
    decided = case(state=CaseState.UPHELD, decided_at=NOW, decided_by=("ho", "lam"))
    with sealing.transaction() as transaction:
        store = transaction.controls
        assert store.open_case(later, DAY)
        assert store.open_case(case(), DAY)
        assert not store.open_case(replace(case(), words="other"), DAY)
        assert store.case(later.id) == later
        assert store.case(case().id, lock=True) == case()
        assert store.case(uuid_of(9)) is None
        assert store.open_cases(limit=5) == (case(), later)
        assert store.open_cases(limit=1) == (case(),)
        store.decide_case(decided)
        assert store.case_of(decided.evidence) == decided
        assert store.case_of(uuid_of(9)) is None
        again = case(402, opened_at=NOW + timedelta(hours=1))
        assert store.open_case(again, DAY)
        assert store.case_of(decided.evidence) == again
        with pytest.raises(LookupError):
            store.decide_case(decided)
        kept = transaction.connection.execute("SELECT to_jsonb(c) FROM tongguan.correction_case c")
        assert "not there" not in str(kept.fetchall())


def test_case__open__second_open_one_of_the_same_evidence_refused(sealing):
    with sealing.transaction() as transaction:
        transaction.controls.open_case(case(), DAY)
    with (
        pytest.raises(psycopg.errors.UniqueViolation, match="correction_case_open"),
        sealing.transaction() as transaction,
    ):
        transaction.controls.open_case(case(401), DAY)


def test_case__delete_before__leaves_its_hours_alone(sealing):
    with sealing.transaction() as transaction:
        transaction.controls.open_case(case(), DAY)
        transaction.controls.decide_case(
            case(state=CaseState.LIFTED, decided_at=NOW, decided_by=("ho", "lam"))
        )
        assert transaction.retention.delete_before(date.max)["correction_case"] == 1
        left = transaction.connection.execute("SELECT * FROM tongguan.correction_clock").fetchall()
    assert [row[1:] for row in left] == [(NOW, case().decide_by, NOW)]


def test_alarm__raise__one_is_open_for_a_subject(sealing):
    of_target = replace(ALARM, kind=AlarmKind.TARGET, subject="reference:3f")
    with sealing.transaction() as transaction:
        store = transaction.controls
        first = store.raise_alarm(ALARM)
        second = store.raise_alarm(of_target)
        assert store.raise_alarm(replace(ALARM, acts=6, raised_at=NOW + timedelta(1))) == first
        expected = replace(ALARM, serial=first, acts=6)
        assert store.alarms() == (expected, replace(of_target, serial=second))
        store.review_alarms([first], at=NOW, by=("lam", "wong"))
        assert store.alarms(open_only=True) == (replace(of_target, serial=second),)
        assert store.alarms()[0] == replace(expected, reviewed_at=NOW, reviewed_by=("lam", "wong"))
        assert store.raise_alarm(ALARM) not in (first, second)


def test_notice__tell__the_newest_first_and_sealed(sealing):
    first = HealthNotice(person=SOMEBODY, code="worse", facts={"ground": "symptoms"}, at=NOW)
    second = replace(first, code="lifted", at=NOW + timedelta(hours=1))
    with sealing.transaction() as transaction:
        store = transaction.controls
        store.tell(first, DAY)
        store.tell(second, DAY)
        assert store.told(SOMEBODY) == (second, first)
        assert store.told(PersonKey(b"nobody")) == ()
        kept = transaction.connection.execute("SELECT to_jsonb(n) FROM tongguan.health_notice n")
        assert "symptoms" not in str(kept.fetchall())
        assert transaction.retention.delete_before(date.max)["health_notice"] == 2


def test_proposals__lapsed__are_open_ones_over_and_those_nobody_holds(sealing):
    over = [proposal(300 + each, lapses_at=NOW + timedelta(hours=each)) for each in range(3)]
    with sealing.transaction() as transaction:
        for each in over:
            transaction.controls.propose(each, DAY)
        decided = replace(over[0], state=ProposalState.REFUSED, decided_by="ho", decided_at=NOW)
        transaction.controls.decide_proposal(decided)
    until = NOW + timedelta(hours=1)
    with sealing.transaction() as transaction, sealing.transaction() as other:
        assert transaction.controls.lapsed_proposals(until, limit=5) == (over[1],)
        assert other.controls.lapsed_proposals(until, limit=5) == ()
        assert other.controls.lapsed_proposals(NOW + timedelta(hours=2), limit=5) == (over[2],)


def test_cases__to_tell__are_open_ones_over_until_it_is_noted(sealing):
    with sealing.transaction() as transaction:
        store = transaction.controls
        cases = [
            case(400 + each, evidence=uuid_of(500 + each), decide_by=NOW + timedelta(hours=each))
            for each in range(1, 5)
        ]
        for each in cases:
            store.open_case(each, DAY)
        store.decide_case(
            replace(cases[2], state=CaseState.LIFTED, decided_at=NOW, decided_by=("ho", "lam"))
        )
        since, until = cases[0].decide_by, cases[3].decide_by
        assert store.cases_to_tell(since, until, limit=5) == (cases[1], cases[3])
        assert store.cases_to_tell(since, until, limit=1) == (cases[1],)
        for _ in range(2):
            store.note_told(cases[1].id, NOW)
        assert store.cases_to_tell(since, until, limit=5) == (cases[3],)
    with sealing.transaction() as transaction:
        assert transaction.retention.delete_before(date.max)["correction_case"] == 4
        noted = transaction.connection.execute("SELECT count(*) FROM tongguan.relief_told")
        assert noted.fetchone() == (0,)
