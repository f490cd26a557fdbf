"""Issuers' certificates: read as a strict parser reads them, and where that one refuses."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import dcc
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.x509 import (
    CERTIFICATE_BYTES_MAX,
    IssuerKey,
    read_certificate,
    read_pem,
)

DER = dcc.certificate_der(dcc.private_key(), usages=[dcc.TEST_USAGE, "1.3.6.1.5.5.7.3.2"])
SERIAL = bytes.fromhex("020101")
USAGE_EXTENSION = bytes.fromhex("0603551d25")


def spki(key: IssuerKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag, 0x82]) + len(content).to_bytes(2) + content


def certificate_with(
    *, dates: tuple[bytes, bytes] | None = None, extensions: bytes = b"", key: bytes = b""
) -> bytes:
    """Put together by hand, with lengths longer than need be, and no signature worth the name."""
    algorithm = element(0x30, bytes.fromhex("06082a8648ce3d040302"))
    begin, end = dates or (b"\x17\x0d200101000000Z", b"\x17\x0d300101000000Z")
    name = element(
        0x30,
        element(0x31, element(0x30, bytes.fromhex("0603550406"), b"\x13\x02fi")),
        element(0x31, element(0x30, bytes.fromhex("0603550403"), b"\x0c\x05ab\x1b\xc3\xa9")),
    )
    signed = element(
        0x30,
        bytes.fromhex("a003020102"),
        SERIAL,
        algorithm,
        name,
        element(0x30, begin, end),
        name,
        key or spki(dcc.private_key().public_key()),
        extensions,
    )
    return element(0x30, signed, algorithm, b"\x03\x02\x00\x00")


def extension(*parts: bytes) -> bytes:
    return element(0xA3, element(0x30, *parts))


@pytest.mark.parametrize("kind", ["P-256", "P-384", "P-521", "RSA", "Ed25519"])
def test_certificate__is_read__with_each_kind_of_key(kind: str) -> None:
    key = dcc.private_key(kind)
    certificate = dcc.issuer_certificate(key, country="at", usages=[dcc.TEST_USAGE])
    assert spki(certificate.public_key) == spki(key.public_key())
    assert (certificate.country, certificate.subject) == ("AT", "Signer 1")
    assert certificate.extended_key_usages == {dcc.TEST_USAGE}
    assert certificate.not_before == dcc.NOW - timedelta(days=300)
    assert certificate.not_after == dcc.NOW + timedelta(days=300)
    assert certificate.key_id == certificate.fingerprint[:8]
    assert len(certificate.fingerprint) == 32


def test_certificate__has_no_usages__where_the_extension_is_absent() -> None:
    assert dcc.default_certificate().extended_key_usages is None


def test_certificate__is_read__where_it_is_not_strict() -> None:
    constraints = element(0x30, bytes.fromhex("0603551d13"), b"\x04\x05\x30\x03\x01\x01\x00")
    usages = element(
        0x30,
        USAGE_EXTENSION,
        b"\x01\x01\x00",
        element(0x04, element(0x30, bytes.fromhex("06082b06010505070302"))),
    )
    certificate = read_certificate(certificate_with(extensions=extension(constraints, usages)))
    assert certificate is not None
    assert certificate.extended_key_usages == {"1.3.6.1.5.5.7.3.2"}
    assert (certificate.country, certificate.subject) == ("FI", "ab\ufffdé")
    assert certificate.not_before == datetime(2020, 1, 1, tzinfo=UTC)


def test_certificate__has_empty_usages__where_the_extension_lists_none() -> None:
    empty = element(0x30, USAGE_EXTENSION, b"\x04\x02\x30\x00")
    certificate = read_certificate(certificate_with(extensions=extension(empty)))
    assert certificate is not None
    assert certificate.extended_key_usages == frozenset()


USAGES = element(
    0x30, USAGE_EXTENSION, element(0x04, element(0x30, bytes.fromhex("06082b06010505070302")))
)


@pytest.mark.parametrize(
    "extensions",
    [
        extension(USAGES, USAGES),
        extension(element(0x30, USAGE_EXTENSION, b"\x04\x02\x30\x05")),
        extension(element(0x30, USAGE_EXTENSION, b"\x04\x03\x30\x01\x06")),
        extension(element(0x30, USAGE_EXTENSION, element(0x04, element(0x30, b"\x06\x01\x80")))),
        extension(element(0x30, USAGE_EXTENSION)),
        element(0xA3, b"\x04\x00"),
    ],
    ids=["twice", "cut", "no identifier", "unended identifier", "no value", "no list"],
)
def test_certificate__is_refused__where_its_usages_cannot_be_read(extensions: bytes) -> None:
    assert read_certificate(certificate_with(extensions=extensions)) is None


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        (b"\x17\x0d491231235959Z", datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (b"\x17\x0d500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (b"\x17\x0b2201010000Z", datetime(2022, 1, 1, tzinfo=UTC)),
        (b"\x17\x11220101080000+0800", datetime(2022, 1, 1, tzinfo=UTC)),
        (b"\x18\x0f20500101000000Z", datetime(2050, 1, 1, tzinfo=UTC)),
        (b"\x18\x1120220101000000.5Z", datetime(2022, 1, 1, tzinfo=UTC)),
    ],
)
def test_certificate__is_read__with_each_form_of_date(written: bytes, instant: datetime) -> None:
    dates = (b"\x17\x0d200101000000Z", written)
    certificate = read_certificate(certificate_with(dates=dates))
    assert certificate is not None
    assert certificate.not_after == instant


@pytest.mark.parametrize(
    "written",
    [
        b"\x17\x0d221301000000Z",
        b"\x17\x0c220101000000",
        b"\x17\x0d22010100000\xb2Z",
        b"\x02\x01\x01",
    ],
)
def test_certificate__is_refused__with_a_date_that_is_none(written: bytes) -> None:
    dates = (b"\x17\x0d200101000000Z", written)
    assert read_certificate(certificate_with(dates=dates)) is None


def test_certificate__is_refused__with_a_key_of_another_kind_or_size() -> None:
    short = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 - must be refused
    curve = ec.generate_private_key(ec.SECP256K1()).public_key()
    assert read_certificate(certificate_with(key=spki(short))) is None
    assert read_certificate(certificate_with(key=spki(curve))) is None
    off_curve = spki(dcc.private_key().public_key())[:-1] + b"\x00"
    off_by_one = spki(dcc.private_key().public_key())[:-1] + b"\x01"
    assert None in {
        read_certificate(certificate_with(key=off_curve)),
        read_certificate(certificate_with(key=off_by_one)),
    }


def test_certificate__is_refused__with_an_exponent_that_only_costs_time() -> None:
    numbers = (1 << 2047 | 1, 1 << 2000 | 1)
    integers = [element(0x02, b"\x00", each.to_bytes(256)) for each in numbers]
    key = element(
        0x30,
        element(0x30, bytes.fromhex("06092a864886f70d0101010500")),
        element(0x03, b"\x00", element(0x30, *integers)),
    )
    assert read_certificate(certificate_with(key=key)) is None


@pytest.mark.parametrize(
    "der",
    [b"", b"\x30", b"\x30\x80\x00\x00", DER + b"\x00", DER[:-1], b"\x30\x84\xff\xff\xff\xff" + DER],
)
def test_certificate__is_refused__when_it_is_none(der: bytes) -> None:
    assert read_certificate(der) is None


def test_certificate__is_refused__when_it_is_too_long() -> None:
    assert read_certificate(bytes(CERTIFICATE_BYTES_MAX + 1)) is None


@given(at=st.integers(0, len(DER) - 1), byte=st.integers(0, 255))
def test_certificate__never_raises__when_it_is_changed(at: int, byte: int) -> None:
    read_certificate(DER[:at] + bytes([byte]) + DER[at + 1 :])
    read_certificate(DER[:at])


@given(der=st.binary(max_size=200))
def test_certificate__never_raises__for_any_bytes(der: bytes) -> None:
    assert read_certificate(der) is None
    assert read_pem(der) == ()


def pem(der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def test_pem__is_read__with_what_stands_between() -> None:
    other = dcc.certificate_der(dcc.private_key("P-384"))
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA=AA\n-----END CERTIFICATE-----\n"
    text = (
        b"subject=AT\r\n"
        + pem(DER)
        + broken
        + pem(b"\x30\x00")
        + pem(other).replace(b"\n", b"\r\n")
    )
    assert [each.der for each in read_pem(text)] == [DER, other]


def test_trust__finds__by_key_id_each_certificate_once() -> None:
    first, second = dcc.default_certificate(), dcc.default_certificate("P-384")
    trust = TrustStore(certificates=(first, second, first))
    assert trust.find(first.key_id) == (first,)
    assert trust.find(second.key_id) == (second,)
    assert trust.find(b"") == ()
    assert TrustStore().find(first.key_id) == ()
