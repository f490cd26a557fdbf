"""By whose hand a certificate is brought, and what is known again by its identifier."""

from dataclasses import replace
from datetime import timedelta

import cbor2
import pytest

from tests.builders import dcc
from tests.builders.authorities import Pair
from tests.builders.brought import (
    EVERYBODY,
    POSITIVE,
    SAMPLED_AT,
    believing,
    dcc_document,
    dcc_of_test,
    entry_of_test,
    refusal,
    registered_as,
    taken,
    traveller,
)
from tests.builders.officers import with_units
from tongguan.app.authorities import Authority
from tongguan.app.health.certificates import (
    CertificateRead,
    CertificateRefusal,
    CertificateRefused,
    brought_certificates,
    read_certificate,
)
from tongguan.app.health.codes import explain
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.health.colour_names import Colour

DOSE = dcc.dcc_text(dcc_document())


@pytest.fixture
def hk(active: Pair) -> Authority:
    return believing(with_units(active.hk))


def recorded(authority: Authority) -> list[tuple[str, str, str, str]]:
    """What the record says of certificates, the newest first."""
    with authority.database.transaction() as transaction:
        latest = transaction.audit.latest(limit=50)
    entries = [each for each in latest if each.action.startswith("certificate")]
    return [(each.actor, each.action, each.outcome, each.subject) for each in entries]


def test_officer__is_in_the_record__and_no_name_is(hk: Authority) -> None:
    registration = registered_as(hk, is_verified=False)
    taken(hk, registration, DOSE, officer="ho")
    assert recorded(hk) == [("ho", "certificate.confirm", "eu_dcc", registration.id)]


def test_officer__who_brings_what_the_program_can_match__is_in_the_record_too(
    hk: Authority,
) -> None:
    registration = registered_as(hk)
    taken(hk, registration, DOSE, officer="ho")
    assert recorded(hk) == [("ho", "certificate.bring", "eu_dcc", registration.id)]
    (kept,) = brought_certificates(hk, registration)
    assert "confirmed_by" not in kept.evidence.facts
    taken(hk, registration, dcc_of_test())
    assert recorded(hk)[0] == ("traveller", "certificate.bring", "eu_dcc", registration.id)


@pytest.mark.parametrize("officer", ["ho", "stranger"])
def test_positive_result__in_an_officers_hand__is_never_taken_in(
    hk: Authority, officer: str
) -> None:
    registration, text = registered_as(hk), dcc_of_test(tr=POSITIVE)
    read = read_certificate(hk, registration, text, officer=officer)
    assert read == CertificateRefused(code=CertificateRefusal.POSITIVE_AT_COUNTER)
    refused = refusal(hk, registration, text, officer=officer)
    assert refused == CertificateRefusal.POSITIVE_AT_COUNTER
    assert explain(hk, registration.id).colour is Colour.GREEN
    assert recorded(hk) == []
    taken(hk, registration, text)
    assert explain(hk, registration.id).colour is Colour.RED


STRANGERS = {"fnt": "MEIER", "gnt": "PETER"}


def test_identifier__that_was_confirmed__confirms_nothing_else_under_it(hk: Authority) -> None:
    registration = registered_as(hk, is_verified=False)
    taken(hk, registration, dcc_of_test(), officer="ho")
    later = (SAMPLED_AT + timedelta(hours=9)).isoformat()
    theirs = dcc_document(nam=dcc.DOCUMENT["nam"] | STRANGERS, t=[entry_of_test(sc=later)])
    text = dcc.dcc_text(theirs)
    read = read_certificate(hk, registration, text)
    assert isinstance(read, CertificateRead)
    assert read.needs_officer
    assert refusal(hk, registration, text) == CertificateRefusal.LOOK_NEEDED
    assert len(recorded(hk)) == 1
    adverse = dcc.dcc_text(theirs | {"t": [entry_of_test(sc=later, tr=POSITIVE)]})
    for how in ({}, {"officer": "ho"}):
        refused = refusal(hk, registration, adverse, **how)
        assert refused == CertificateRefusal.POSITIVE_UNMATCHED


def test_certificate__whose_evidence_was_deleted__takes_an_officer_again(hk: Authority) -> None:
    registration, text = registered_as(hk, is_verified=False), dcc_of_test()
    taken(hk, registration, text, officer="ho")
    (kept,) = brought_certificates(hk, registration)
    with hk.database.connection() as connection:
        connection.execute("DELETE FROM tongguan.evidence WHERE id = %s", (kept.evidence.id,))
    assert refusal(hk, registration, text) == CertificateRefusal.LOOK_NEEDED
    assert taken(hk, registration, text, officer="ho") == 1
    (again,) = brought_certificates(hk, registration)
    assert again.evidence.facts == kept.evidence.facts
    assert [actor for actor, *_ in recorded(hk)] == ["ho", "ho"]


def test_certificate__with_an_identifier_of_another_country__is_another_one(
    hk: Authority,
) -> None:
    signer = dcc.issuer_certificate(dcc.private_key(), country="XX")
    known = EVERYBODY.trust.certificates
    trust = TrustStore(certificates=(*known, signer))
    believed = believing(hk, replace(EVERYBODY, trust=trust))
    claims = cbor2.dumps(dcc.claims_of(dcc_document(t=[entry_of_test()])))
    header = {1: dcc.ES256, 4: signer.key_id}
    theirs = dcc.text_of(dcc.signed_message(claims, protected=header))
    assert taken(believed, registered_as(believed), theirs) == 1
    assert taken(believed, registered_as(believed, traveller(2)), dcc_of_test()) == 1


def test_certificates__whose_identifier_is_empty__are_not_one(hk: Authority) -> None:
    for number, ci in enumerate(("", "", " ", None), 1):
        registration = registered_as(hk, traveller(number))
        assert taken(hk, registration, dcc_of_test(ci=ci, tc=f"Centre {number}")) == 1
