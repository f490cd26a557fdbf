"""Whose a certificate is, what it says, and that nothing in one can break whoever reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import dcc, seals
from tests.builders.authorities import START
from tests.builders.brought import (
    BORN,
    EVERYBODY,
    POSITIVE,
    card_of,
    dcc_document,
    entry_of_test,
    immunization,
    observation,
    seal_of,
    traveller,
)
from tests.builders.kept import OWN
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.certificates.verdict import CertificateKind, Verified
from tongguan.core.certificates.verify import verify_certificate
from tongguan.core.credentials.cwt import is_identifier
from tongguan.core.evidence.batch_facts import TestOutcome as Outcome
from tongguan.core.evidence.certified import (
    Likeness,
    as_trusted,
    certified_evidence,
    fact_of,
    is_adverse_fact,
    likeness,
)
from tongguan.core.evidence.certified_facts import (
    FACTS_MAX,
    Certified,
    CertifiedName,
    read_certified,
)
from tongguan.core.evidence.records import Evidence, KeptEvidence, Route, Standing, standing_of
from tongguan.core.evidence.routes import ROUTE_RULES
from tongguan.core.evidence.statement import StatedDose, StatedTest
from tongguan.core.identifiers import PersonKey
from tongguan.core.people import Assurance, Person

NAME = CertifiedName(surname="MUESTER", given_names="ANNA", born=BORN)


def holder(name: str = "MUESTER ANNA", born: date | None = BORN) -> Person:
    return replace(traveller(name=name, born=born), assurance=Assurance.VERIFIED)


def verified(claims: Mapping[str, Any], kind: CertificateKind = CertificateKind.EU_DCC) -> Verified:
    return Verified(
        kind=kind,
        issuer="AT",
        key_id="AAAAAAAAAAA=",
        issued_at=None,
        expires_at=None,
        claims=claims,
    )


def evidence(certified: Certified, of: Verified) -> tuple[Evidence, ...]:
    return certified_evidence(
        certified,
        of,
        person=PersonKey(b"p" * 16),
        registration=OWN,
        certificate="00",
        zone="Asia/Hong_Kong",
        now=START,
    )


@pytest.mark.parametrize(
    ("said", "known", "found"),
    [
        ("MUESTER ANNA", "MUESTER ANNA", Likeness.SAME),
        ("MUESTER ANNA", "M\u00fcster, Anna", Likeness.SAME),
        ("OERSTED SOEREN", "\u00d8rsted S\u00f8ren", Likeness.SAME),
        ("STRASSER<ZOE", "Stra\u00dfer Zo\u00eb", Likeness.SAME),
        ("CHAN TAI MAN", "CHAN TAIMAN", Likeness.SAME),
        ("CHAN TAI MAN", "TAI MAN CHAN", Likeness.UNSURE),
        ("CHAN TAI MAN", "\u9673\u5927\u6587", Likeness.UNSURE),
        ("CHAN TAI MAN", "\u9673\u5927\u6587 CHAN TAI MAN", Likeness.UNSURE),
        ("\u9673\u5927\u6587", "\u9673\u5927\u6587", Likeness.UNSURE),
        ("", "", Likeness.UNSURE),
        ("CHAN TAI MAN", "CHAN TAI MEI", Likeness.UNSURE),
        ("CHAN 1", "CHAN 1", Likeness.UNSURE),
    ],
    ids=range(12),
)
def test_name__is_the_same__only_letter_by_letter(said: str, known: str, found: Likeness) -> None:
    surname, _, given_names = said.partition(" ")
    name = CertifiedName(surname=surname, given_names=given_names, born=BORN)
    assert likeness(name, holder(known)) is found


@pytest.mark.parametrize(
    ("name", "who", "found"),
    [
        (NAME, holder(), Likeness.SAME),
        (replace(NAME, born=date(1970, 1, 3)), holder(), Likeness.ANOTHER),
        (replace(NAME, born=None), holder(), Likeness.UNSURE),
        (NAME, holder(born=None), Likeness.UNSURE),
        (NAME, replace(holder(), assurance=Assurance.DOCUMENT_READ), Likeness.UNSURE),
        (
            replace(NAME, born=date(1970, 1, 3)),
            replace(holder(), assurance=Assurance.ASSERTED),
            Likeness.ANOTHER,
        ),
    ],
    ids=["same", "another-day", "no-day-there", "no-day-here", "not-seen", "not-seen-another"],
)
def test_certificate__is_a_persons__by_name_and_day_that_an_officer_saw(
    name: CertifiedName, who: Person, found: Likeness
) -> None:
    assert likeness(name, who) is found


def read(text: str) -> Certified:
    verdict = verify_certificate(text, trust=EVERYBODY.trust, issuers=EVERYBODY.issuers, now=START)
    assert isinstance(verdict, Verified), verdict
    return read_certified(verdict)


def test_names__of_each_format__are_read_alike() -> None:
    assert read(dcc.dcc_text(dcc_document())).name == NAME
    assert read(seal_of()).name == NAME
    card = read(card_of(immunization("2021-03-04")))
    assert card.name == CertifiedName(surname="M\u00fcster", given_names="Anna", born=BORN)


@pytest.mark.parametrize("born", ["1970", "1970-01", "", "1970-W01-1", None, 1970], ids=repr)
def test_born__that_is_no_day__is_none(born: object) -> None:
    assert read_certified(verified(dcc_document(dob=born))).name.born is None


def test_doses_of_a_card__are_numbered_by_their_days_and_once_each() -> None:
    days = ("2021-06-01", "2021-03-04", "2021-06-01", "2021-04-04")
    facts = read(card_of(*map(immunization, days))).facts
    assert [(each.number, each.on) for each in facts if isinstance(each, StatedDose)] == [
        (1, date(2021, 3, 4)),
        (2, date(2021, 4, 4)),
        (3, date(2021, 6, 1)),
    ]


def test_card__of_two_people__is_about_nobody() -> None:
    second = {"resourceType": "Patient", "name": [{"family": "CHAN"}]}
    name = read(card_of(immunization("2021-03-04"), second)).name
    assert name == CertifiedName(surname="", given_names="", born=None)


def test_facts__more_than_anybody_carries__are_cut() -> None:
    entries = [entry_of_test(tt=f"T{number}") for number in range(FACTS_MAX + 8)]
    assert len(read_certified(verified(dcc_document(t=entries))).facts) == FACTS_MAX


def test_evidence__says_its_route_and_goes_by_its_rule() -> None:
    document = dcc_document(t=[entry_of_test(), entry_of_test(tr=POSITIVE, ci="2")])
    of = verified(document)
    certified = read_certified(of)
    made = evidence(certified, of)
    assert [each.route for each in made] == [Route.CERTIFICATE] * 2
    assert {each.kind for each in made} <= ROUTE_RULES[Route.CERTIFICATE].kinds
    assert [each.ground is not None for each in made] == [False, True]
    assert [is_adverse_fact(each) for each in certified.facts] == [False, True]
    assert tuple(map(fact_of, made)) == certified.facts
    assert len({each.id for each in made}) == 2
    another = replace(of, key_id="BBBBBBBBBBA=")
    assert {each.id for each in evidence(certified, another)}.isdisjoint(each.id for each in made)
    assert [each.id for each in evidence(certified, of)] == [each.id for each in made]


@pytest.mark.parametrize(
    ("issuer", "source"),
    [
        ("AT", "AT"),
        ("A\x00T\ud800", "A\ufffdT\ufffd"),
        ("", "AAAAAAAAAAA="),
        ("x" * 999, "x" * 200),
    ],
    ids=["plain", "controls", "none", "long"],
)
def test_source__holds__nothing_that_a_database_cannot(issuer: str, source: str) -> None:
    of = replace(verified(dcc_document(t=[entry_of_test()])), issuer=issuer)
    (made,) = evidence(read_certified(of), of)
    assert made.source == source


@pytest.mark.parametrize(
    ("issued_at", "kept"),
    [
        (None, START),
        (START - timedelta(days=1), START - timedelta(days=1)),
        (datetime(1, 1, 1, tzinfo=UTC), START),
        (START + timedelta(days=1), START),
    ],
    ids=["none", "before", "of-no-computer", "after"],
)
def test_evidence__is_dated__within_what_is_kept(
    issued_at: datetime | None, kept: datetime
) -> None:
    of = replace(verified(dcc_document(t=[entry_of_test()])), issued_at=issued_at)
    assert evidence(read_certified(of), of)[0].issued_at == kept


def test_key__that_is_not_enrolled__takes_back_what_rests_on_it_at_every_instant() -> None:
    of = verified(dcc_document(t=[entry_of_test()]))
    kept = tuple(KeptEvidence(evidence=each) for each in evidence(read_certified(of), of))
    for instant in (START - timedelta(days=99), START, START + timedelta(days=99)):
        (found,) = as_trusted(kept, Trusted())
        assert standing_of(found, instant) is Standing.WITHDRAWN
    signer = replace(of, key_id=dcc_key_id())
    enrolled = tuple(
        KeptEvidence(evidence=each) for each in evidence(read_certified(signer), signer)
    )
    assert as_trusted(enrolled, EVERYBODY) == enrolled


def dcc_key_id() -> str:
    verdict = verify_certificate(
        dcc.dcc_text(dcc_document()), trust=EVERYBODY.trust, issuers=EVERYBODY.issuers, now=START
    )
    assert isinstance(verdict, Verified)
    return verdict.trusted_key_id


# --- hostile content, signed by somebody who is believed ------------------------------------------

texts = st.text(max_size=12) | st.sampled_from(
    (
        *("840539006", "260415000", "2021-12-11T19:00:00Z", "negative", "RA01", "207", "94500-6"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2021-08-01", "completed"),
        *("Immunization", "Observation", "Patient", "icao.vacc", "icao.test", "\ud800", "\x00"),
    )
)
scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False) | texts
KEYS = (
    *("t", "v", "r", "tg", "tr", "tt", "sc", "dn", "dt", "mp", "ci", "nam", "fnt", "gnt", "dob"),
    *("vc", "iss", "credentialSubject", "fhirBundle", "entry", "resource", "resourceType"),
    *("status", "code", "coding", "system", "vaccineCode", "occurrenceDateTime", "name", "given"),
    *("hdr", "msg", "pid", "ve", "vd", "dvc", "seq", "dat", "n", "is", "uvci", "dis", "r", "tc"),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | texts, inner, max_size=5)
    ),
    max_leaves=24,
)
SOUND: Mapping[CertificateKind, tuple[Mapping[str, Any], ...]] = {
    CertificateKind.EU_DCC: (dcc_document(), dcc_document(t=[entry_of_test()])),
    CertificateKind.SMART_HEALTH_CARD: (
        {
            "iss": "x",
            "vc": {
                "credentialSubject": {
                    "fhirBundle": {
                        "entry": [
                            {"resource": immunization("2021-03-04")},
                            {"resource": observation()},
                        ]
                    }
                }
            },
        },
    ),
    CertificateKind.VDS_NC: (seals.VACCINATION, seals.TEST),
}


@st.composite
def hostile(draw: st.DrawFn) -> Verified:
    """Claims of a format with one value of it, anywhere, in the place of another."""
    kind = draw(st.sampled_from(CertificateKind))
    claims = draw(st.sampled_from(SOUND[kind]))
    return verified(changed(draw, claims), kind)


def changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, Mapping) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: changed(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], changed(draw, value[at]), *value[at + 1 :]]
    return draw(values)


INSTEAD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**15, [], {}, [[]], [{}], {"": None}, "", "\ud800\x00", "9" * 5000),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2021-W01-1", "x" * 70_000),
)


def each_changed(value: Any) -> Iterator[Any]:
    """The value with each of its members, however deep, in every other kind."""
    yield from INSTEAD
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield {name: each for name, each in value.items() if name != key}
            yield from ({**value, key: each} for each in each_changed(inner))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            for each in each_changed(inner):
                yield [*value[:at], each, *value[at + 1 :]]


@pytest.mark.parametrize("kind", CertificateKind)
def test_claims__with_one_member_of_another_kind__give_facts_or_none(kind: CertificateKind) -> None:
    tried = 0
    for sound in SOUND[kind]:
        for claims in each_changed(sound):
            check_claims(verified(claims, kind))
            tried += 1
    assert tried > 300


@given(hostile())
def test_claims__whatever_stands_in_them__give_facts_or_none(of: Verified) -> None:
    check_claims(of)


def check_claims(of: Verified) -> None:
    """Facts that can be kept, or none; never an exception."""
    if not isinstance(of.claims, Mapping):
        return
    if of.kind is CertificateKind.EU_DCC and not is_readable_dcc(of.claims):
        return
    certified = read_certified(of)
    assert isinstance(certified.identity, bytes)
    likeness(certified.name, holder())
    made = evidence(certified, of)
    assert tuple(map(fact_of, made)) == certified.facts
    for each in certified.facts:
        word = each.specimen if isinstance(each, StatedTest) else each.product
        assert is_identifier(word)
        assert not isinstance(each, StatedTest) or each.outcome is not Outcome.INCONCLUSIVE


def is_readable_dcc(claims: Mapping[str, Any]) -> bool:
    """What the reader of these certificates hands on: entries of exactly one kind, all objects."""
    kinds = [claims.get(kind) for kind in ("r", "t", "v") if claims.get(kind)]
    return (
        len(kinds) == 1
        and isinstance(kinds[0], list)
        and all(isinstance(each, dict) for each in kinds[0])
    )
