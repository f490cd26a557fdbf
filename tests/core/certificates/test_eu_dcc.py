"""EU Digital COVID Certificates: good ones say what they say, each bad one its own fault."""

import base64
import zlib
from datetime import datetime, timedelta

import cbor2
import pytest

from tests.builders import dcc
from tests.builders.dcc import DOCUMENT, EXPIRES_AT, ISSUED_AT, NOW, fault, verify
from tongguan.core.certificates.eu_dcc import (
    TEXT_CHARACTERS_MAX,
    StatementKind,
    statement_kind,
)
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verified,
)
from tongguan.core.credentials import base45

SECOND = timedelta(seconds=1)
PAYLOAD = cbor2.dumps(dcc.claims_of())


def test_dcc__verifies__and_tells_its_claims() -> None:
    verdict = verify(dcc.dcc_text())
    assert verdict == Verified(
        kind=CertificateKind.EU_DCC,
        issuer="AT",
        key_id=base64.b64encode(dcc.default_certificate().key_id).decode(),
        issued_at=ISSUED_AT,
        expires_at=EXPIRES_AT,
        claims=DOCUMENT,
    )


USES = [dcc.TEST_USAGE, dcc.VACCINATION_USAGE, dcc.RECOVERY_USAGE]
OLDER_USES = [each.replace("1.4.1.1847", "1.4.1.0.1847") for each in USES]


@pytest.mark.parametrize("uses", [USES, OLDER_USES], ids=["registered", "older"])
@pytest.mark.parametrize(("right", "name"), [(0, "t"), (1, "v"), (2, "r")])
def test_dcc__is_refused__by_a_key_for_another_kind(uses: list[str], right: int, name: str) -> None:
    document = {"ver": "1.3.0", "nam": {"fnt": "A"}, name: [{"ci": "URN:UVCI:01:AT:1#1"}]}
    for use in range(3):
        for extra in ([], ["1.3.6.1.5.5.7.3.2"]):
            certificate = dcc.issuer_certificate(dcc.private_key(), usages=[uses[use], *extra])
            header = {1: dcc.ES256, 4: certificate.key_id}
            payload = cbor2.dumps(dcc.claims_of(document))
            text = dcc.text_of(dcc.signed_message(payload, protected=header))
            trust = dcc.trust_in(certificate)
            if use == right:
                assert isinstance(verify(text, trust=trust), Verified)
            else:
                assert fault(text, trust=trust) is CertificateFault.KEY_USE_WRONG


@pytest.mark.parametrize("uses", [USES, OLDER_USES], ids=["registered", "older"])
def test_dcc__is_refused__by_a_key_for_both_other_kinds(uses: list[str]) -> None:
    certificate = dcc.issuer_certificate(dcc.private_key(), usages=[uses[0], uses[2]])
    header = {1: dcc.ES256, 4: certificate.key_id}
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    assert fault(text, trust=dcc.trust_in(certificate)) is CertificateFault.KEY_USE_WRONG


@pytest.mark.parametrize("usages", [None, ["1.3.6.1.5.5.7.3.2"], USES, OLDER_USES[1:]])
def test_dcc__verifies__by_a_key_without_limits_or_with_its_own(usages: list[str] | None) -> None:
    certificate = dcc.issuer_certificate(dcc.private_key(), usages=usages)
    header = {1: dcc.ES256, 4: certificate.key_id}
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    assert isinstance(verify(text, trust=dcc.trust_in(certificate)), Verified)


def test_dcc__holds__from_issue_to_expiry_both_included() -> None:
    text = dcc.dcc_text()
    assert isinstance(verify(text, now=ISSUED_AT), Verified)
    assert isinstance(verify(text, now=EXPIRES_AT), Verified)
    assert fault(text, now=ISSUED_AT - SECOND) is CertificateFault.NOT_YET_VALID
    assert fault(text, now=EXPIRES_AT + SECOND) is CertificateFault.EXPIRED


def test_dcc__is_read__with_instants_as_floats() -> None:
    text = dcc.dcc_text(
        issued_at=ISSUED_AT.timestamp() + 0.5, expires_at=float(EXPIRES_AT.timestamp())
    )
    verdict = verify(text)
    assert isinstance(verdict, Verified)
    assert verdict.issued_at == ISSUED_AT + SECOND / 2


@pytest.mark.parametrize(
    ("not_before", "not_after"),
    [(NOW + SECOND, EXPIRES_AT), (ISSUED_AT, NOW - SECOND)],
    ids=["begins after now", "ended before now"],
)
def test_dcc__is_refused__outside_the_dates_of_its_key(
    not_before: datetime, not_after: datetime
) -> None:
    certificate = dcc.issuer_certificate(
        dcc.private_key(), not_before=not_before, not_after=not_after
    )
    header = {1: dcc.ES256, 4: certificate.key_id}
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    assert fault(text, trust=dcc.trust_in(certificate)) is CertificateFault.KEY_NOT_VALID


@pytest.mark.parametrize(
    ("not_before", "not_after"),
    [(ISSUED_AT, NOW), (NOW, NOW + SECOND)],
    ids=["ends now", "begins now, after the issue"],
)
def test_dcc__verifies__at_both_ends_of_the_dates_of_its_key(
    not_before: datetime, not_after: datetime
) -> None:
    certificate = dcc.issuer_certificate(
        dcc.private_key(), not_before=not_before, not_after=not_after
    )
    header = {1: dcc.ES256, 4: certificate.key_id}
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    assert isinstance(verify(text, trust=dcc.trust_in(certificate)), Verified)


BOMB = zlib.compress(bytes(1_000_000))
STREAM = zlib.compress(b"\xd2" + dcc.signed_message(PAYLOAD))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("HC1:" + "A" * TEXT_CHARACTERS_MAX, CertificateFault.TOO_LONG),
        ("", CertificateFault.UNKNOWN_FORMAT),
        ("HC2:" + base45.encode(STREAM), CertificateFault.UNKNOWN_FORMAT),
        ("hc1:" + base45.encode(STREAM), CertificateFault.UNKNOWN_FORMAT),
        (base45.encode(STREAM), CertificateFault.UNKNOWN_FORMAT),
        ("HC1:" + base45.encode(STREAM) + "a", CertificateFault.UNREADABLE_BASE45),
        ("HC1:" + base45.encode(STREAM) + "\n", CertificateFault.UNREADABLE_BASE45),
        ("HC1:\ud800", CertificateFault.UNREADABLE_BASE45),
        ("HC1:ZZZ", CertificateFault.UNREADABLE_BASE45),
        ("HC1:", CertificateFault.UNREADABLE_COMPRESSION),
        ("HC1:" + base45.encode(STREAM[:-1]), CertificateFault.UNREADABLE_COMPRESSION),
        ("HC1:" + base45.encode(STREAM[:100]), CertificateFault.UNREADABLE_COMPRESSION),
        ("HC1:" + base45.encode(STREAM + b"\x00"), CertificateFault.UNREADABLE_COMPRESSION),
        ("HC1:" + base45.encode(BOMB), CertificateFault.UNREADABLE_COMPRESSION),
        ("HC1:" + base45.encode(zlib.compress(b"")), CertificateFault.UNREADABLE_ENVELOPE),
    ],
    # No text that a signature changes: every process has to find the same cases.
    ids=lambda value: value.value if isinstance(value, CertificateFault) else "text",
)
def test_dcc__is_refused__before_its_envelope(text: str, code: CertificateFault) -> None:
    assert fault(text) is code


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def claims_with(document: object) -> bytes:
    return cbor2.dumps(dcc.claims_of(document))


NAMED = {"ver": "1.3.0", "nam": {"fnt": "A"}}
ENTRY = {"ci": "URN:UVCI:01:AT:1#1"}


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        PAYLOAD + b"\x00",
        PAYLOAD[:-1],
        cbor2.dumps([1]),
        b"\xa5" + PAYLOAD[1:] + b"\x01\x62AT",
        claims_with(DOCUMENT).replace(b"\x62dn\x02", b"\x62sd\x02"),
        claims_with({**DOCUMENT, "deep": nested(6)}),
        claims_with({**DOCUMENT, "octets": b"1"}),
        claims_with({**DOCUMENT, 1: "key"}),
        claims_with({**DOCUMENT, "none": float("nan")}),
        claims_with({**DOCUMENT, "none": float("inf")}),
        claims_with({**DOCUMENT, "tag": cbor2.CBORTag(4, [1, 2])}),
        claims_with({**DOCUMENT, "tag": cbor2.CBORTag(0, 7)}),
        claims_with({**DOCUMENT, "tag": cbor2.CBORTag(1, "x")}),
        claims_with({**DOCUMENT, "tag": cbor2.CBORTag(1, 1e300)}),
        claims_with({**DOCUMENT, "none": cbor2.undefined}),
        claims_with(NAMED),
        claims_with({**NAMED, "v": []}),
        claims_with({**NAMED, "v": ENTRY}),
        claims_with({**NAMED, "v": [1]}),
        claims_with({**NAMED, "v": "text"}),
        claims_with({**NAMED, "v": [ENTRY], "t": [ENTRY]}),
        claims_with([DOCUMENT]),
        claims_with(None),
        cbor2.dumps(dcc.claims_of() | {-260: {2: DOCUMENT}}),
        cbor2.dumps(dcc.claims_of() | {-260: DOCUMENT}),
        cbor2.dumps(dcc.claims_of() | {1: 7}),
        cbor2.dumps(dcc.claims_of(issued_at="2021")),
        cbor2.dumps(dcc.claims_of(issued_at=None)),
        cbor2.dumps(dcc.claims_of(expires_at=True)),
        cbor2.dumps(dcc.claims_of(expires_at=float("nan"))),
        cbor2.dumps(dcc.claims_of(expires_at=10**18)),
        cbor2.dumps({key: value for key, value in dcc.claims_of().items() if key != 4}),
        cbor2.dumps({key: value for key, value in dcc.claims_of().items() if key != 6}),
    ],
    ids=lambda _: "payload",
)
def test_dcc__is_refused__for_its_claims_though_they_are_signed(payload: bytes) -> None:
    text = dcc.text_of(dcc.signed_message(payload))
    assert fault(text) is CertificateFault.UNREADABLE_CLAIMS


def test_dcc__is_read__with_indefinite_lengths_and_tagged_instants() -> None:
    document = {**NAMED, "t": [{**ENTRY, "sc": cbor2.CBORTag(0, "2021-12-01T08:00:00Z")}]}
    tagged = cbor2.dumps(dcc.claims_of(document))
    verdict = verify(dcc.text_of(dcc.signed_message(tagged)))
    assert isinstance(verdict, Verified)
    assert verdict.claims["t"][0]["sc"] == "2021-12-01T08:00:00Z"
    document["t"][0]["sc"] = cbor2.CBORTag(1, 1638345600)
    verdict = verify(dcc.text_of(dcc.signed_message(cbor2.dumps(dcc.claims_of(document)))))
    assert isinstance(verdict, Verified)
    assert verdict.claims["t"][0]["sc"] == "2021-12-01T08:00:00Z"
    indefinite = b"\xbf" + PAYLOAD[1:] + b"\xff"
    assert isinstance(verify(dcc.text_of(dcc.signed_message(indefinite))), Verified)


def test_dcc__passes_over__kinds_that_are_empty() -> None:
    document = {**DOCUMENT, "t": None, "r": []}
    assert statement_kind(document) is StatementKind.VACCINATION
    assert isinstance(verify(dcc.dcc_text(document)), Verified)


def test_dcc__names__its_issuer_and_key_when_it_is_refused() -> None:
    verdict = verify(dcc.dcc_text(), now=EXPIRES_AT + SECOND)
    assert isinstance(verdict, Refused)
    key_id = base64.b64encode(dcc.default_certificate().key_id).decode()
    assert (verdict.issuer, verdict.key_id) == ("AT", key_id)
    verdict = verify(dcc.dcc_text(), trust=TrustStore())
    assert isinstance(verdict, Refused)
    assert (verdict.code, verdict.issuer) == (CertificateFault.UNKNOWN_KEY, None)
    assert verdict.key_id == key_id


def test_dcc__names_its_issuer__as_the_key_does() -> None:
    certificate = dcc.issuer_certificate(dcc.private_key(), country="LI")
    header = {1: dcc.ES256, 4: certificate.key_id}
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    verdict = verify(text, trust=dcc.trust_in(certificate))
    assert isinstance(verdict, Verified)
    assert verdict.issuer == "LI"
