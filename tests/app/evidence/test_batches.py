"""Batches of evidence: taken whole, once, by a source that may say it, or refused whole."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.evidence import (
    Source,
    a_contact,
    a_test,
    enrolled,
    entry,
    kept_of,
    source_signing_key,
)
from tests.builders.travel import code, registered
from tongguan.app.evidence.batches import receive_batch
from tongguan.app.evidence.risk_places import risk_places
from tongguan.app.evidence.sources import withdraw_source
from tongguan.app.health.codes import explain
from tongguan.core.evidence.batch_content import EndedPlace, ListedPlace
from tongguan.core.evidence.batch_faults import BatchFault
from tongguan.core.evidence.records import EvidenceKind, Route, Standing
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.declaration import DeclaredStay, HealthDeclaration
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.identifiers import DivisionCode
from tongguan.core.people import Person


def colour(pair: Pair, who: Person) -> Colour:
    return explain(pair.hk, registered(pair.hk, who)).colour


def told(pair: Pair, who: Person) -> list[str]:
    with pair.hk.database.transaction() as transaction:
        return [each.code for each in transaction.controls.told(pair.hk.index.person(who.document))]


def live_codes(pair: Pair, who: Person) -> int:
    with pair.hk.database.transaction() as transaction:
        return len(transaction.health_codes.live(pair.hk.index.person(who.document)))


def test_positive__from_an_enrolled_laboratory__turns_red_at_once_and_says_so(active: Pair) -> None:
    who = person()
    code(active.hk, who)
    laboratory = enrolled(active.hk)
    receipt = laboratory.says(a_test(who))
    assert (receipt.is_new, receipt.refused) == (True, None)
    assert receipt.standings == {Standing.COUNTS: 1}
    judged = explain(active.hk, registered(active.hk, who))
    assert judged.colour is Colour.RED
    assert judged.reasons == (HealthReason.SUSPECTED,)
    assert judged.findings[0].source == "lab-kowloon"
    assert judged.findings[0].until == START + timedelta(days=14) - timedelta(hours=6)
    assert live_codes(active, who) == 0
    assert told(active, who) == [HealthNoticeCode.FINDING_COUNTS]
    with active.hk.database.transaction() as transaction:
        (act,) = transaction.evidence.acts_since(START)
    assert (act.causers, act.held) == (("source:lab-kowloon",), False)


def test_negative__from_a_laboratory__is_no_adverse_act(active: Pair) -> None:
    who = person()
    code(active.hk, who)
    assert enrolled(active.hk).says(a_test(who, result="negative")).standings == {
        Standing.COUNTS: 1
    }
    assert live_codes(active, who) == 1
    assert told(active, who) == []
    with active.hk.database.transaction() as transaction:
        assert transaction.evidence.acts_since(START) == ()


def test_batch__again__is_known_and_changes_nothing(active: Pair) -> None:
    laboratory, who = enrolled(active.hk), person()
    message = laboratory.message(a_test(who))
    first, again = (receive_batch(active.hk, message) for _ in range(2))
    assert first.is_new
    assert not again.is_new
    assert again.standings == first.standings
    assert len(kept_of(active.hk, who)) == 1
    assert told(active, who) == [HealthNoticeCode.FINDING_COUNTS]


def test_entry__again_in_another_batch__is_kept_once(active: Pair) -> None:
    laboratory, who = enrolled(active.hk), person()
    said = a_test(who)
    laboratory.says(said)
    later = a_test(person(2))
    receipt = laboratory.says(said, later)
    assert receipt.is_new
    assert len(kept_of(active.hk, who)) == 1
    assert len(kept_of(active.hk, person(2))) == 1


def test_entry__of_other_content_under_a_known_id__refuses_all_of_it(active: Pair) -> None:
    laboratory, who = enrolled(active.hk), person()
    said = a_test(who)
    laboratory.says(said)
    other = a_test(who, result="negative", id=said.id)
    for changed in (other, a_test(person(2), id=said.id)):
        receipt = laboratory.says(a_test(person(3)), changed)
        assert receipt.refused is not None
        assert receipt.refused.code is BatchFault.ID_REUSED
        assert receipt.refused.place == "entries/1/id"
    assert kept_of(active.hk, person(3)) == ()


def test_withdrawal__by_its_source__judges_again_and_tells(active: Pair) -> None:
    laboratory, who = enrolled(active.hk), person()
    registered(active.hk, who)
    said = a_test(who)
    laboratory.says(said)
    assert colour(active, who) is Colour.RED
    receipt = laboratory.takes_back(said.id)
    assert receipt.withdrawn == 1
    assert colour(active, who) is Colour.GREEN
    assert told(active, who) == [
        HealthNoticeCode.FINDING_WITHDRAWN,
        HealthNoticeCode.FINDING_COUNTS,
    ]
    assert laboratory.takes_back(said.id).withdrawn == 0


def test_withdrawal__of_what_another_said_or_nobody__is_refused(active: Pair) -> None:
    laboratory, other = enrolled(active.hk), enrolled(active.hk, name="lab-islands")
    said = a_test()
    laboratory.says(said)
    for unknown in (said.id, a_test().id):
        receipt = other.takes_back(unknown)
        assert receipt.refused is not None
        assert receipt.refused.code is BatchFault.NOT_ITS_OWN
    assert kept_of(active.hk, person())[0].events == ()


def test_withdrawal__of_a_discharge__brings_the_case_back_as_an_adverse_act(active: Pair) -> None:
    office, who = enrolled(active.hk, SourceKind.ORDER_OFFICE, "centre"), person()
    registered(active.hk, who)
    days = [date(2021, 11, 20), date(2021, 11, 29)]
    case = entry(
        who,
        EvidenceKind.CASE_ORDER,
        {"reference": "C1", "state": "confirmed"},
        on=days[0],
        ends_at=START + timedelta(days=30),
    )
    discharge = entry(who, EvidenceKind.DISCHARGE, {"reference": "C1"}, on=days[1])
    office.says(case)
    office.says(discharge)
    assert colour(active, who) is Colour.GREEN
    office.takes_back(discharge.id)
    assert colour(active, who) is Colour.RED
    assert told(active, who)[0] == HealthNoticeCode.FAVOURABLE_WITHDRAWN
    with active.hk.database.transaction() as transaction:
        assert [each.evidence for each in transaction.evidence.acts_since(START)] == [
            case.id,
            discharge.id,
        ]


def test_orders__beyond_the_limit__are_held_and_raise_an_alarm(active: Pair) -> None:
    office = enrolled(active.hk, SourceKind.ORDER_OFFICE, "centre", unit="tracing")
    assert active.hk.health_rules is not None
    limit = active.hk.health_rules.controls.unreviewed_max[Route.ORDER_OFFICE]
    people = [person(number) for number in range(1, limit + 3)]
    receipt = office.says(*(a_contact(each) for each in people))
    assert receipt.standings == {Standing.COUNTS: limit, Standing.HELD: 2}
    registered(active.hk, people[-1])
    assert colour(active, people[-1]) is Colour.GREEN
    assert told(active, people[-1]) == []
    with active.hk.database.transaction() as transaction:
        acts = transaction.evidence.acts_since(START)
        subjects = {each.subject for each in transaction.controls.alarms(open_only=True)}
    assert [each.held for each in acts] == [False] * limit + [True] * 2
    assert {"source:centre", "unit:tracing"} <= subjects
    assert any(each.startswith("batch:") for each in subjects)
    assert any(each.startswith("reference:") for each in subjects)


def test_second_finding__under_the_same_colour__counts_against_its_causer_too(
    active: Pair,
) -> None:
    who = person()
    enrolled(active.hk).says(a_test(who))
    enrolled(active.hk, SourceKind.ORDER_OFFICE, "centre").says(a_contact(who))
    with active.hk.database.transaction() as transaction:
        causers = [each.causers for each in transaction.evidence.acts_since(START)]
    assert causers == [("source:lab-kowloon",), ("source:centre", "unit:unit-of-centre")]


def _unenrolled(pair: Pair, laboratory: Source) -> bytes:
    stranger = Source(authority=pair.hk, id=laboratory.id, key=source_signing_key(laboratory.id))
    return stranger.message(a_test())


def _withdrawn(pair: Pair, laboratory: Source) -> bytes:
    withdraw_source(pair.hk, laboratory.id, by="console")
    return laboratory.message(a_test())


def _changed(pair: Pair, laboratory: Source) -> bytes:
    message = laboratory.message(a_test(result="negative"))
    return message.replace(b"negative", b"positive")


def _for_another(pair: Pair, laboratory: Source) -> bytes:
    return Source(authority=pair.gd, id=laboratory.id, key=laboratory.key).message(a_test())


def _as_another(pair: Pair, laboratory: Source) -> bytes:
    other = enrolled(pair.hk, name="lab-islands")
    return Source(authority=pair.hk, id=other.id, key=laboratory.key).message(a_test())


def _of_another_kind(pair: Pair, laboratory: Source) -> bytes:
    return laboratory.message(a_contact())


def _ahead(pair: Pair, laboratory: Source) -> bytes:
    return laboratory.message(a_test(), at=START + timedelta(minutes=2))


def _sampled_ahead(pair: Pair, laboratory: Source) -> bytes:
    return laboratory.message(a_test(at=START + timedelta(hours=3)))


def _places(pair: Pair, laboratory: Source) -> bytes:
    listed = ListedPlace(division=DivisionCode("440300"), first_on=date(2021, 12, 1), last_on=None)
    return laboratory.message(listed=(listed,))


@pytest.mark.parametrize(
    ("made", "code_"),
    [
        (_unenrolled, BatchFault.UNKNOWN_KEY),
        (_withdrawn, BatchFault.SOURCE_WITHDRAWN),
        (_changed, BatchFault.BAD_SIGNATURE),
        (_for_another, BatchFault.OTHER_AUTHORITY),
        (_as_another, BatchFault.OTHER_SOURCE),
        (_of_another_kind, BatchFault.MAY_NOT_SAY),
        (_ahead, BatchFault.DATED_AHEAD),
        (_sampled_ahead, BatchFault.DATED_AHEAD),
        (_places, BatchFault.MAY_NOT_SAY),
    ],
)
def test_batch__without_its_due__is_refused_and_changes_nothing(
    active: Pair, made: Callable[[Pair, Source], bytes], code_: BatchFault
) -> None:
    who = person()
    code(active.hk, who)
    receipt = receive_batch(active.hk, made(active, enrolled(active.hk)))
    assert receipt.refused is not None
    assert receipt.refused.code is code_
    assert all(each.evidence.route == "declaration" for each in kept_of(active.hk, who))
    assert live_codes(active, who) == 1
    assert risk_places(active.hk) == ()


def test_batch__of_more_than_the_rules_let_in__is_refused(active: Pair) -> None:
    assert active.hk.health_rules is not None
    laboratory = enrolled(active.hk, SourceKind.ORDER_OFFICE, "centre")
    entries = [a_contact(person(number)) for number in range(1, 102)]
    receipt = laboratory.says(*entries)
    assert receipt.refused is not None
    assert receipt.refused.code is BatchFault.TOO_MANY_ENTRIES


@pytest.mark.parametrize(
    "at", [START - timedelta(days=366), START + timedelta(days=365)], ids=["before", "after"]
)
def test_key__outside_its_dates__is_refused(active: Pair, at: datetime) -> None:
    laboratory = enrolled(active.hk)
    message = laboratory.message(a_test())
    active.set_time(max(at, START))
    if at < START:
        with pytest.raises(ValueError, match="dates"):
            laboratory.message(a_test(at=at), at=at)
        return
    receipt = receive_batch(active.hk, message)
    assert receipt.refused is not None
    assert receipt.refused.code is BatchFault.KEY_OUTSIDE_DATES


def test_places__listed_and_ended__are_its_sources_own(active: Pair) -> None:
    lister = enrolled(active.hk, SourceKind.RISK_PLACES, "places")
    other = enrolled(active.hk, SourceKind.RISK_PLACES, "others")
    division = DivisionCode("440300")
    first_on = date(2021, 12, 10)
    listed = ListedPlace(division=division, first_on=first_on, last_on=None)
    assert lister.says(listed=(listed,)).places == 1
    ended = EndedPlace(division=division, last_on=date(2021, 12, 12))
    refused = other.says(ended=(ended,)).refused
    assert refused is not None
    assert refused.code is BatchFault.NOT_ITS_OWN
    assert [each.last_on for each in risk_places(active.hk)] == [None]
    assert lister.says(ended=(ended,)).places == 1
    assert [each.last_on for each in risk_places(active.hk)] == [date(2021, 12, 12)]


def test_place__listed__is_a_risk_for_whoever_declared_to_have_been_there(active: Pair) -> None:
    who = person()
    stays = tuple(
        DeclaredStay(division=DivisionCode(division), last_on=date(2021, 12, 11))
        for division in ("440305", "440100")
    )
    code(active.hk, who, HealthDeclaration(stays=stays))
    assert colour(active, who) is Colour.GREEN
    lister = enrolled(active.hk, SourceKind.RISK_PLACES, "places")
    division, first_on = DivisionCode("440300"), date(2021, 12, 10)
    lister.says(listed=(ListedPlace(division=division, first_on=first_on, last_on=None),))
    active.set_time(START + timedelta(minutes=1))
    assert colour(active, who) is Colour.AMBER
    assert live_codes(active, who) == 1  # until the end of its day; the next one is amber
    ended = EndedPlace(division=division, last_on=date(2021, 12, 10))
    lister.says(ended=(ended,), at=START + timedelta(minutes=1))
    assert colour(active, who) is Colour.GREEN


def test_refusal__of_a_signed_batch__is_noted_and_of_a_strangers_is_not(active: Pair) -> None:
    laboratory = enrolled(active.hk)
    laboratory.says(a_contact())
    receive_batch(active.hk, b"nonsense")
    with active.hk.database.transaction() as transaction:
        entries = transaction.audit.latest(limit=50)
    noted = [each.outcome for each in entries if each.action == "evidence.receive"]
    assert noted == ["may_not_say"]
