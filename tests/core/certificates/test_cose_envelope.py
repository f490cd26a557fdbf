"""COSE_Sign1 as countries write it: whose it is, by which algorithm, and whether it is signed."""

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.builders import dcc
from tests.builders.dcc import DOCUMENT, fault, verify
from tongguan.core.certificates.eu_dcc import (
    certificate_ids,
)
from tongguan.core.certificates.verdict import (
    CertificateFault,
    Refused,
    Verified,
)

PAYLOAD = cbor2.dumps(dcc.claims_of())
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize("tag", [b"", b"\xd2", b"\xd8\x3d\xd2"], ids=["none", "sign1", "cwt"])
def test_dcc__verifies__under_each_legal_tag(tag: bytes) -> None:
    assert isinstance(verify(dcc.text_of(dcc.signed_message(PAYLOAD), tag=tag)), Verified)


def test_dcc__is_refused__under_a_cwt_tag_alone() -> None:
    text = dcc.text_of(dcc.signed_message(PAYLOAD), tag=b"\xd8\x3d")
    assert fault(text) is CertificateFault.UNREADABLE_ENVELOPE


@pytest.mark.parametrize(
    ("kind", "algorithm", "length"),
    [
        ("P-256", dcc.ES256, 64),
        ("P-384", dcc.ES256, 96),
        ("RSA", dcc.PS256, 256),
        ("Ed25519", dcc.EDDSA, 64),
    ],
)
def test_dcc__verifies__under_each_accepted_algorithm(
    kind: str, algorithm: int, length: int
) -> None:
    certificate = dcc.default_certificate(kind)
    message = dcc.signed_message(
        PAYLOAD, key=dcc.private_key(kind), protected={1: algorithm, 4: certificate.key_id}
    )
    assert len(cbor2.loads(message)[3]) == length
    assert isinstance(verify(dcc.text_of(message), trust=dcc.trust_in(certificate)), Verified)


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("P-256", dcc.PS256),
        ("P-256", dcc.EDDSA),
        ("P-256", -35),
        ("P-256", -36),
        ("P-256", -47),
        ("P-256", 5),
        ("P-256", 0),
        ("P-256", -7.0),
        ("P-256", "ES256"),
        ("P-256", True),
        ("P-256", None),
        ("P-384", -36),
        ("P-521", -36),
        ("P-521", dcc.ES256),
        ("RSA", dcc.ES256),
        ("RSA", -257),
        ("Ed25519", dcc.ES256),
    ],
)
def test_dcc__is_refused__for_an_algorithm_that_is_not_the_keys(
    kind: str, algorithm: object
) -> None:
    certificate = dcc.default_certificate(kind)
    message = dcc.signed_message(
        PAYLOAD, key=dcc.private_key(kind), protected={1: algorithm, 4: certificate.key_id}
    )
    code = fault(dcc.text_of(message), trust=dcc.trust_in(certificate))
    assert code is CertificateFault.ALGORITHM_NOT_ACCEPTED


def test_dcc__is_refused__without_an_algorithm() -> None:
    message = dcc.signed_message(PAYLOAD, protected={4: dcc.default_certificate().key_id})
    assert fault(dcc.text_of(message)) is CertificateFault.ALGORITHM_NOT_ACCEPTED


def test_dcc__verifies__with_both_headers_unprotected() -> None:
    header = {1: dcc.ES256, 4: dcc.default_certificate().key_id}
    message = dcc.signed_message(PAYLOAD, protected=b"", unprotected=header)
    assert isinstance(verify(dcc.text_of(message)), Verified)


def test_dcc__believes__the_protected_header_before_the_other() -> None:
    right = {1: dcc.ES256, 4: dcc.default_certificate().key_id}
    wrong = {1: dcc.PS256, 4: b"otherkey"}
    message = dcc.signed_message(PAYLOAD, protected=right, unprotected=wrong)
    assert isinstance(verify(dcc.text_of(message)), Verified)
    message = dcc.signed_message(PAYLOAD, protected=right | {4: b"otherkey"}, unprotected=right)
    assert fault(dcc.text_of(message)) is CertificateFault.UNKNOWN_KEY
    message = dcc.signed_message(PAYLOAD, protected=right | {1: dcc.PS256}, unprotected=right)
    assert fault(dcc.text_of(message)) is CertificateFault.ALGORITHM_NOT_ACCEPTED


def test_dcc__is_refused__for_a_header_that_must_be_understood() -> None:
    header = {1: dcc.ES256, 2: [99], 4: dcc.default_certificate().key_id, 99: 1}
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    assert fault(text) is CertificateFault.UNREADABLE_ENVELOPE


@pytest.mark.parametrize("key_id", [b"", b"\x00" * 8, None])
def test_dcc__is_refused__under_a_wrong_key_id(key_id: bytes | None) -> None:
    header = {1: dcc.ES256} | ({} if key_id is None else {4: key_id})
    text = dcc.text_of(dcc.signed_message(PAYLOAD, protected=header))
    assert fault(text) is CertificateFault.UNKNOWN_KEY


def test_dcc__is_tried__with_every_certificate_of_its_key_id() -> None:
    right = dcc.default_certificate()
    other = dcc.default_certificate("P-384")
    trust = dcc.trust_in(right)
    object.__setattr__(trust, "_by_key_id", {right.key_id: (other, right)})
    assert isinstance(verify(dcc.dcc_text(), trust=trust), Verified)


def test_dcc__is_refused__for_every_flipped_bit_of_its_signed_bytes() -> None:
    message = dcc.signed_message(PAYLOAD)
    for position in range(0, 8 * len(message), 5):
        flipped = bytearray(message)
        flipped[position // 8] ^= 1 << position % 8
        assert isinstance(verify(dcc.text_of(bytes(flipped))), Refused)
    flipped = bytearray(message)
    flipped[-1] ^= 1
    assert fault(dcc.text_of(bytes(flipped))) is CertificateFault.BAD_SIGNATURE


@pytest.mark.parametrize("kind", ["P-256", "P-384"])
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 96, 132])
def test_dcc__is_refused__for_a_signature_of_another_length(kind: str, length: int) -> None:
    certificate = dcc.default_certificate(kind)
    message = dcc.signed_message(
        PAYLOAD, protected={1: dcc.ES256, 4: certificate.key_id}, signature=b"\x01" * length
    )
    code = fault(dcc.text_of(message), trust=dcc.trust_in(certificate))
    assert code is CertificateFault.BAD_SIGNATURE


@pytest.mark.parametrize("kind", ["P-256", "P-384"])
def test_dcc__is_refused__for_its_signature_in_wider_halves(kind: str) -> None:
    certificate = dcc.default_certificate(kind)
    message = dcc.signed_message(
        PAYLOAD, key=dcc.private_key(kind), protected={1: dcc.ES256, 4: certificate.key_id}
    )
    *parts, signature = cbor2.loads(message)
    half = len(signature) // 2
    wider = bytes(8) + signature[:half] + bytes(8) + signature[half:]
    trust = dcc.trust_in(certificate)
    assert isinstance(verify(dcc.text_of(message), trust=trust), Verified)
    code = fault(dcc.text_of(cbor2.dumps([*parts, wider])), trust=trust)
    assert code is CertificateFault.BAD_SIGNATURE


def test_dcc__is_refused__for_64_bytes_of_another_key_under_a_p384_key() -> None:
    certificate = dcc.default_certificate("P-384")
    message = dcc.signed_message(
        PAYLOAD, key=dcc.private_key("P-256"), protected={1: dcc.ES256, 4: certificate.key_id}
    )
    assert len(cbor2.loads(message)[3]) == 64
    code = fault(dcc.text_of(message), trust=dcc.trust_in(certificate))
    assert code is CertificateFault.BAD_SIGNATURE


def test_dcc__verifies__only_with_the_hash_that_its_algorithm_names() -> None:
    certificate = dcc.default_certificate("P-384")
    key = dcc.private_key("P-384")
    digests = {-7: hashes.SHA256(), -35: hashes.SHA384()}
    for algorithm in digests:
        header = cbor2.dumps({1: algorithm, 4: certificate.key_id})
        signed = cbor2.dumps(["Signature1", header, b"", PAYLOAD])
        for named, digest in digests.items():
            signature = dcc.raw_signature(key, signed, digest)
            message = dcc.signed_message(PAYLOAD, protected=header, signature=signature)
            verdict = verify(dcc.text_of(message), trust=dcc.trust_in(certificate))
            assert isinstance(verdict, Verified) is (named == algorithm)


def test_dcc__is_the_same_certificate__as_its_twin() -> None:
    message = dcc.signed_message(PAYLOAD)
    header, unprotected, payload, signature = cbor2.loads(message)
    s = P256_ORDER - int.from_bytes(signature[32:])
    twin = cbor2.dumps([header, unprotected, payload, signature[:32] + s.to_bytes(32)])
    assert twin != message
    first, second = verify(dcc.text_of(message)), verify(dcc.text_of(twin))
    assert isinstance(first, Verified)
    assert isinstance(second, Verified)
    assert certificate_ids(first.claims) == certificate_ids(second.claims)
    assert certificate_ids(first.claims) == (DOCUMENT["v"][0]["ci"],)


MESSAGE = dcc.signed_message(PAYLOAD)
PARTS = cbor2.loads(MESSAGE)


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE + b"\x00",
        MESSAGE[:-1],
        b"\xd2" + MESSAGE,
        cbor2.dumps(PARTS[:3]),
        cbor2.dumps([*PARTS, b""]),
        cbor2.dumps([*PARTS[:2], None, PARTS[3]]),
        cbor2.dumps([*PARTS[:2], "text", PARTS[3]]),
        cbor2.dumps([PARTS[0] + b"\x00", *PARTS[1:]]),
        cbor2.dumps([cbor2.dumps([1]), *PARTS[1:]]),
        cbor2.dumps([cbor2.dumps({1: -7, 4: "text"}), *PARTS[1:]]),
        cbor2.dumps([cbor2.dumps({1.0: -7}), *PARTS[1:]]),
        cbor2.dumps([cbor2.dumps({True: -7}), *PARTS[1:]]),
        cbor2.dumps([bytes.fromhex("a301260126 0440"), *PARTS[1:]]),
        cbor2.dumps([PARTS[0], [], *PARTS[2:]]),
        cbor2.dumps({"payload": PAYLOAD}),
        b"\x81" * 40 + b"\x00",
        b"\x9b" + b"\x7f" * 8,
        b"\xc2\x41\x01",
        b"\xd8\x1c\x81\xd8\x1d\x00",
    ],
    ids=lambda _: "message",
)
def test_dcc__is_refused__for_its_envelope(message: bytes) -> None:
    assert fault(dcc.text_of(message)) is CertificateFault.UNREADABLE_ENVELOPE


def test_dcc__is_refused__when_another_key_signed_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    message = dcc.signed_message(PAYLOAD, key=key)
    assert fault(dcc.text_of(message)) is CertificateFault.BAD_SIGNATURE


def test_dcc__verifies__with_a_header_as_long_as_a_certificate() -> None:
    key_id = dcc.default_certificate().key_id
    message = dcc.signed_message(PAYLOAD, protected={1: dcc.ES256, 4: key_id, 33: bytes(1_500)})
    assert isinstance(verify(dcc.text_of(message)), Verified)


def test_dcc__verifies__with_lengths_in_a_longer_form_than_they_need() -> None:
    message = dcc.signed_message(PAYLOAD)
    head = b"\x58" if len(PAYLOAD) < 256 else b"\x59"
    short = head + len(PAYLOAD).to_bytes(1 if head == b"\x58" else 2) + PAYLOAD
    assert message.count(short) == 1
    longer = message.replace(short, b"\x5a" + len(PAYLOAD).to_bytes(4) + PAYLOAD)
    assert isinstance(verify(dcc.text_of(longer)), Verified)
    assert fault(dcc.text_of(longer + b"\x00")) is CertificateFault.UNREADABLE_ENVELOPE
