"""Certificates of other issuers that people bring: whose they are, once, and what follows."""

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders import cards, dcc
from tests.builders.authorities import Pair, deployment, opened_pair
from tests.builders.brought import (
    BORN,
    EVERYBODY,
    POSITIVE,
    SAMPLED_AT,
    believing,
    card_of,
    dcc_document,
    dcc_of_test,
    dcc_twins,
    immunization,
    observation,
    pem_of,
    refusal,
    registered_as,
    seal_of,
    sealed_test,
    taken,
    traveller,
)
from tests.builders.claims import claimed, upheld
from tests.builders.evidence import kept_of
from tests.builders.officers import with_units
from tests.builders.travel import registration_request
from tongguan.adapters.trust_directory import FOLDER_NAME
from tongguan.app.authorities import Authority
from tongguan.app.health.certificate_issuers import issuer_keys
from tongguan.app.health.certificates import (
    CertificateRead,
    CertificateRefusal,
    CertificateRefused,
    CertificateTaken,
    bring_certificate,
    brought_certificates,
    read_certificate,
)
from tongguan.app.health.codes import explain
from tongguan.app.health.conversion import facts_to_state
from tongguan.app.registration.store import Registration
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.certificates.verdict import CertificateFault
from tongguan.core.evidence.records import EvidenceKind, Route, Standing, standing_of
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import RegistrationId
from tongguan.core.people import Person

DOSE = dcc.dcc_text(dcc_document())
CARD, OTHER_CARD = (card_of(immunization(day)) for day in ("2021-03-04", "2021-04-04"))
NEGATIVE_TEST = {"result": "negative", "sampled_at": "2021-12-11T19:00:00Z"}


def dose(number: int) -> str:
    """One of as many certificates as are needed."""
    known = dcc.DOCUMENT["v"][0]
    return dcc.dcc_text(dcc_document(v=[known | {"ci": f"URN:UVCI:01:AT:{number}"}]))


def taken_over(authority: Authority, who: Person) -> Registration:
    """The number given to a new registration of the same person, who showed the document."""
    request = registration_request(who, id=RegistrationId(str(uuid4())), phone="+852 5550 0000")
    return upheld(authority, claimed(authority, request), officer="lee")


def colour(authority: Authority, registration: Registration) -> Colour:
    return explain(authority, registration.id).colour


@pytest.fixture
def hk(active: Pair) -> Authority:
    return believing(with_units(active.hk))


FORMATS: dict[str, dict[str, str]] = {
    DOSE: {"number": "2", "product": "EU/1/20/1528", "format": "eu_dcc"},
    dcc_of_test(): {**NEGATIVE_TEST, "specimen": "LP6464-4", "format": "eu_dcc"},
    CARD: {"number": "1", "product": "CVX-207", "format": "smart_health_card"},
    card_of(observation()): {
        **NEGATIVE_TEST,
        "specimen": "LOINC-94500-6",
        "format": "smart_health_card",
    },
    sealed_test(): {**NEGATIVE_TEST, "specimen": "molecular(PCR)", "format": "vds_nc"},
}


def test_certificate__of_each_format__is_evidence_of_who_brought_it(hk: Authority) -> None:
    for number, (text, facts) in enumerate(FORMATS.items(), 1):
        registration = registered_as(hk, traveller(number))
        read = read_certificate(hk, registration, text)
        assert isinstance(read, CertificateRead)
        assert (read.needs_officer, len(read.facts)) == (False, 1)

        assert taken(hk, registration, text) == 1

        (kept,) = brought_certificates(hk, registration)
        evidence = kept.evidence
        assert (evidence.route, evidence.registration) == (Route.CERTIFICATE, registration.id)
        assert (evidence.causers, evidence.ground) == ((), None)
        said = dict(evidence.facts)
        assert hk.certificate_issuers.has_key(said.pop("key_id"))
        assert said == facts
        assert evidence.source in {"AT", cards.ISSUER, "SGP"}
        assert colour(hk, registration) is Colour.GREEN


def test_seal__of_several_doses__is_as_many_facts(hk: Authority) -> None:
    registration = registered_as(hk)
    assert taken(hk, registration, seal_of()) == 2
    found = brought_certificates(hk, registration)
    assert {each.evidence.kind for each in found} == {EvidenceKind.DOSE}
    assert {each.evidence.on for each in found} == {date(2021, 3, 3), date(2021, 4, 3)}


def test_certificate__again__changes_nothing(hk: Authority) -> None:
    registration = registered_as(hk)
    taken(hk, registration, DOSE)
    before = kept_of(hk, registration.holder)
    answer = bring_certificate(hk, registration, DOSE)
    assert isinstance(answer, CertificateTaken)
    assert (answer.entered, answer.replayed) == (0, True)
    assert kept_of(hk, registration.holder) == before


TWINS = {
    "dcc": (dose(1), dose(1)),
    "dcc-twin": dcc_twins(),
    "card": (CARD, cards.twin(CARD)),
    "card-codes": (OTHER_CARD, " ".join(cards.codes(OTHER_CARD, 2))),
}


def test_certificate__in_other_bytes__is_the_same_one(hk: Authority) -> None:
    registration, another = registered_as(hk), registered_as(hk, traveller(2))
    for name, (first, twin) in TWINS.items():
        assert first != twin, name
        assert taken(hk, registration, first) >= 0
        assert taken(hk, registration, twin) == 0, name
        for text, how in ((first, {}), (twin, {}), (twin, {"officer": "ho"})):
            assert refusal(hk, another, text, **how) == CertificateRefusal.ALREADY_BROUGHT, name


def test_certificate__of_a_registration_that_was_replaced__may_be_brought_again(
    hk: Authority,
) -> None:
    who = traveller()
    first = registered_as(hk, who, is_verified=False)
    taken(hk, first, DOSE, officer="ho")
    second = taken_over(hk, who)
    assert taken(hk, second, DOSE) == 1
    assert brought_certificates(hk, first) == ()
    (kept,) = brought_certificates(hk, second)
    assert kept.evidence.registration == second.id


# --- whose it is ----------------------------------------------------------------------------------


def test_certificate__of_another_day_of_birth__is_never_theirs(hk: Authority) -> None:
    registration = registered_as(hk, traveller(born=date(1970, 1, 3)))
    assert refusal(hk, registration, DOSE) == CertificateRefusal.NOT_THIS_PERSON
    with_officer = refusal(hk, registration, DOSE, officer="ho")
    assert with_officer == CertificateRefusal.NOT_THIS_PERSON


UNSURE: dict[str, tuple[Person, bool]] = {
    "another-name": (traveller(name="MUESTER HANNA"), True),
    "chinese-name": (traveller(name="\u9673\u5927\u6587"), True),
    "given-name-first": (traveller(name="ANNA MUESTER"), True),
    "no-day-of-birth": (traveller(born=None), True),
    "nobody-saw-the-document": (traveller(), False),
}


def test_certificate__that_a_program_cannot_match__takes_an_officer(hk: Authority) -> None:
    for number, (name, (who, is_verified)) in enumerate(UNSURE.items(), 1):
        whose = replace(who, document=traveller(number).document)
        registration, text = registered_as(hk, whose, is_verified=is_verified), dose(number)
        read = read_certificate(hk, registration, text)
        assert isinstance(read, CertificateRead)
        assert read.needs_officer, name
        assert refusal(hk, registration, text) == CertificateRefusal.LOOK_NEEDED, name
        of_nobody = refusal(hk, registration, text, officer="stranger")
        assert of_nobody == CertificateRefusal.OFFICER_WITHOUT_UNIT
        assert taken(hk, registration, text, officer="ho") == 1
        (kept,) = brought_certificates(hk, registration)
        assert kept.evidence.facts["confirmed_by"] == "contact-tracing"
        assert taken(hk, registration, text) == 0  # it was said once that it is theirs


def test_name__written_as_documents_write_it__is_the_same(hk: Authority) -> None:
    names = ("M\u00fcster Anna", "muester, anna", "MUE-STER ANNA", "MUESTER  ANNA")
    for number, name in enumerate(names, 1):
        registration = registered_as(hk, traveller(number, name=name))
        assert taken(hk, registration, dose(number)) == 1, name


# --- what it says ---------------------------------------------------------------------------------


def test_positive_result__brought__counts_against_its_bringer_alone(hk: Authority) -> None:
    registration, text = registered_as(hk), dcc_of_test(tr=POSITIVE)
    taken(hk, registration, text)
    (finding,) = explain(hk, registration.id).findings
    assert (finding.route, finding.colour) == (Route.CERTIFICATE, Colour.RED)
    assert finding.until == SAMPLED_AT + timedelta(days=14)
    with hk.database.transaction() as transaction:
        assert transaction.evidence.acts_since(SAMPLED_AT) == ()


def test_positive_result__that_no_program_can_match__is_entered_by_no_officer(
    hk: Authority,
) -> None:
    registration, text = registered_as(hk, is_verified=False), dcc_of_test(tr=POSITIVE)
    for how in ({}, {"officer": "ho"}):
        assert refusal(hk, registration, text, **how) == CertificateRefusal.POSITIVE_UNMATCHED


NOTHING = {
    "recovery": dcc.dcc_text(dcc_document(r=[{"tg": "840539006", "fr": "2021-09-01"}])),
    "another-disease": dcc_of_test(tg="6142004"),
    "no-result": dcc_of_test(tr="385432009"),
    "no-zone": dcc_of_test(sc="2021-12-11T19:00:00"),
    "flu-vaccine": card_of(immunization("2021-03-04", code="150")),
    "not-given": card_of(immunization("2021-03-04", status="not-done")),
    "another-test": card_of(observation(code="92142-9")),
    "preliminary": card_of(observation(status="preliminary")),
    "unclear": sealed_test("indeterminate"),
}


def test_certificate__without_a_fact_that_is_kept__is_refused(hk: Authority) -> None:
    registration = registered_as(hk)
    for name, text in NOTHING.items():
        assert refusal(hk, registration, text) == CertificateRefusal.NOTHING_KEPT, name


def test_fact__that_has_not_been__is_refused(hk: Authority) -> None:
    registration = registered_as(hk)
    for text in (
        dcc_of_test(sc=(SAMPLED_AT + timedelta(days=5)).isoformat()),
        dcc.dcc_text(dcc_document(v=[dcc.DOCUMENT["v"][0] | {"dt": "2021-12-14"}])),
    ):
        assert refusal(hk, registration, text) == CertificateRefusal.DATED_AHEAD


NO_CERTIFICATES = {
    "": CertificateFault.UNKNOWN_FORMAT,
    "HC1:AAAA": CertificateFault.UNREADABLE_BASE45,
    "HC1:%%%": CertificateFault.UNREADABLE_BASE45,
    "shc:/12": CertificateFault.UNREADABLE_ENVELOPE,
    "{}": CertificateFault.UNKNOWN_FORMAT,
    "x" * 70_000: CertificateFault.TOO_LONG,
    dcc.dcc_text(dcc_document(), expires_at=1_600_000_000): CertificateFault.EXPIRED,
}


def test_text__that_is_no_certificate__says_why(hk: Authority) -> None:
    registration = registered_as(hk)
    for text, fault in NO_CERTIFICATES.items():
        for call in (read_certificate, bring_certificate):
            answer = call(hk, registration, text)
            assert isinstance(answer, CertificateRefused)
            assert (answer.code, answer.fault) == (CertificateRefusal.UNVERIFIED, fault)
    assert kept_of(hk, registration.holder) == ()


def test_certificate__of_nobody_enrolled__is_not_believed(active: Pair) -> None:
    registration = registered_as(active.hk)
    answer = bring_certificate(active.hk, registration, DOSE)
    assert isinstance(answer, CertificateRefused)
    assert (answer.code, answer.fault) == (
        CertificateRefusal.UNVERIFIED,
        CertificateFault.UNKNOWN_KEY,
    )


def test_issuers__in_the_deployments_folder__are_believed_from_the_start(
    new_database_url: Callable[[], str], tmp_path: Path
) -> None:
    folder = deployment("HK", "", tmp_path / "HK").directory / FOLDER_NAME
    folder.mkdir(parents=True)
    (folder / "at.pem").write_bytes(pem_of(dcc.default_certificate().der))
    with opened_pair(new_database_url, tmp_path) as pair:
        pair.activate()
        assert taken(pair.hk, registered_as(pair.hk), DOSE) == 1
        there = bring_certificate(pair.gd, registered_as(pair.gd), DOSE)
        assert isinstance(there, CertificateRefused)
        assert there.fault is CertificateFault.UNKNOWN_KEY


# --- whose key it rests on ------------------------------------------------------------------------


RESTS_ON = {
    "dcc": dcc_of_test(tr=POSITIVE),
    "card": card_of(observation(result=POSITIVE)),
    "seal-by-its-authority": sealed_test("positive"),
}


def test_certificate__whose_issuer_is_gone__counts_no_more(hk: Authority) -> None:
    without = believing(hk, Trusted())
    for number, (name, text) in enumerate(RESTS_ON.items(), 1):
        registration = registered_as(hk, traveller(number))
        taken(hk, registration, text)
        assert colour(hk, registration) is Colour.RED, name
        assert colour(without, registration) is Colour.GREEN, name
        (kept,) = brought_certificates(without, registration)
        with hk.database.transaction() as transaction:
            assert standing_of(kept, transaction.now) is Standing.WITHDRAWN, name
        facts = facts_to_state(without, registration)
        assert (facts.tests, facts.grounds) == ((), ()), name
        assert colour(believing(without, EVERYBODY), registration) is Colour.RED, name


def test_issuers__are_listed__with_what_rests_on_them(hk: Authority) -> None:
    registration = registered_as(hk)
    for text in (DOSE, dcc_of_test(), CARD, sealed_test()):
        taken(hk, registration, text)
    listed = {each.key_id: each for each in issuer_keys(hk)}
    rest = {each.issuer: each.brought for each in listed.values() if each.brought}
    assert rest == {"AT Signer 1": 2, cards.ISSUER: 1, "SG Authority of seals": 1}
    assert all(each.is_enrolled for each in listed.values())
    gone = [each for each in issuer_keys(believing(hk, Trusted())) if not each.is_enrolled]
    assert sorted(each.brought for each in gone) == [1, 1, 2]


def test_certificate__taken_in__is_in_what_is_stated_to_the_other_side(hk: Authority) -> None:
    registration = registered_as(hk)
    taken(hk, registration, dcc_of_test())
    taken(hk, registration, DOSE)
    facts = facts_to_state(hk, registration)
    assert [each.sampled_at for each in facts.tests] == [SAMPLED_AT]
    assert [(each.on, each.number) for each in facts.doses] == [(date(2021, 8, 1), 2)]


def test_evidence__of_a_certificate__holds_nothing_else_of_it(hk: Authority) -> None:
    registration = registered_as(hk)
    taken(hk, registration, DOSE)
    printed = str([dataclasses.asdict(each) for each in kept_of(hk, registration.holder)])
    for secret in ("MUESTER", "Anna", BORN.isoformat(), "URN:UVCI", "ORG-100030215"):
        assert secret not in printed


def test_registration__that_is_closed__takes_nothing(hk: Authority) -> None:
    who = traveller()
    first = registered_as(hk, who, is_verified=False)
    taken_over(hk, who)
    assert refusal(hk, first, DOSE) == CertificateRefusal.REGISTRATION_CLOSED
