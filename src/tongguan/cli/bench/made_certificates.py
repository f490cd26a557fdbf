"""EU certificates for a benchmark: made up, signed with keys that exist for one run alone."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tongguan.core.certificates.eu_dcc import PREFIX
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.x509 import IssuerCertificate, read_certificate
from tongguan.core.credentials import base45, container
from tongguan.core.scheme.model import (
    Basis,
    DosesTaken,
    ExemptByAge,
    HealthRequirement,
    NegativeTest,
    Recovered,
)
from tongguan.core.texts import Text

NOW: Final = datetime(2021, 12, 13, 4, tzinfo=UTC)
COUNTRIES: Final = ("AT", "DE", "ES", "FR", "IE", "IT", "NL", "PL")
"""One key each."""
ES256: Final = ec.ECDSA(hashes.SHA256())
PRODUCTS: Final = ("EU/1/20/1507", "EU/1/20/1528", "EU/1/21/1529")
NUCLEIC_ACID: Final = "LP6464-4"
COVID_19: Final = "840539006"
NOT_DETECTED: Final = "260415000"
_MAKERS: Final = dict(
    zip(PRODUCTS, ("ORG-100031184", "ORG-100030215", "ORG-100001699"), strict=True)
)
_FAMILY_NAMES: Final = ("Müller-Lüdenscheid", "Ó Ceallaigh", "García Márquez", "Nowak-Kowalska")
_GIVEN_NAMES: Final = ("Maximilian Josef", "Siobhán Máire", "María del Carmen", "Stanisław Jan")
_SITE: Final = "Teststation Hauptbahnhof, Halle 2"
_COORDINATE_BYTES: Final = 32

REQUIREMENTS: Final = (
    HealthRequirement(
        id="vaccinated_tested_or_recovered",
        name=Text(
            zh_hant="已接種、檢測或康復",
            zh_hans="已接种、检测或康复",
            en="Vaccinated, tested or recovered",
        ),
        directions=(),
        basis=Basis(),
        ways=(
            DosesTaken(doses_min=2, products=PRODUCTS, days_since_min=14, days_since_max=270),
            NegativeTest(within_hours=48, specimens=(NUCLEIC_ACID,)),
            Recovered(days_since_min=11, days_since_max=180),
            ExemptByAge(years_below=3),
        ),
    ),
)
"""What each of them meets in one way or another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeCertificate:
    """A certificate, and what a bare verification of its signature needs."""

    text: str
    message: bytes
    """As signed, before it was packed into the text."""
    document: Mapping[str, Any]
    key: ec.EllipticCurvePublicKey
    signed: bytes
    """The bytes that the signature is over."""
    der_signature: bytes


def make_certificates(count: int) -> tuple[TrustStore, tuple[MadeCertificate, ...]]:
    """So many certificates of as many persons: vaccinated, tested, recovered; and whom to trust."""
    draw = random.Random(5)  # noqa: S311 - made-up people, the same ones in each run
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in COUNTRIES]
    issuers = [_issuer(*each) for each in zip(COUNTRIES, keys, strict=True)]
    made = []
    for number in range(count):
        which = number % len(COUNTRIES)
        document = _document(number, COUNTRIES[which], draw)
        made.append(_signed(document, issuers[which], keys[which]))
    return TrustStore(certificates=tuple(issuers)), tuple(made)


def text_of(message: bytes) -> str:
    """The signed message as the text of a QR code."""
    return PREFIX + base45.encode(container.compress(message))


def _issuer(country: str, key: ec.EllipticCurvePrivateKey) -> IssuerCertificate:
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "Benchmark"),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=300))
        .not_valid_after(NOW + timedelta(days=300))
    )
    der = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    read = read_certificate(der)
    if read is None:
        raise RuntimeError("a certificate of our own is not read")
    return read


def _document(number: int, country: str, draw: random.Random) -> dict[str, Any]:
    family, given = draw.choice(_FAMILY_NAMES), draw.choice(_GIVEN_NAMES)
    kind = _KINDS[number % len(_KINDS)]
    common = {
        "tg": COVID_19,
        "co": country,
        "is": "Ministry of Health and Social Affairs",
        "ci": f"URN:UVCI:01:{country}:{draw.getrandbits(128):032X}#{draw.choice('ABCDEFGH')}",
    }
    born = NOW.date() - timedelta(days=draw.randrange(6_000, 30_000))
    return {
        "ver": "1.3.0",
        "nam": {
            "fn": family,
            "fnt": _machine_readable(family),
            "gn": given,
            "gnt": _machine_readable(given),
        },
        "dob": born.isoformat(),
        kind: [common | _entry(kind, draw)],
    }


_KINDS: Final = "vvvtvvrt"


def _entry(kind: str, draw: random.Random) -> dict[str, Any]:
    if kind == "v":
        product = draw.choice(PRODUCTS)
        given_on = NOW.date() - timedelta(days=draw.randrange(20, 200))
        return {
            "vp": "1119349007",
            "mp": product,
            "ma": _MAKERS[product],
            "dn": 2,
            "sd": 2,
            "dt": given_on.isoformat(),
        }
    if kind == "t":
        sampled_at = NOW - timedelta(minutes=draw.randrange(60, 2_600))
        return {
            "tt": NUCLEIC_ACID,
            "nm": "Multiplex RT-PCR",
            "sc": sampled_at.isoformat().replace("+00:00", "Z"),
            "tr": NOT_DETECTED,
            "tc": _SITE,
        }
    first = NOW.date() - timedelta(days=draw.randrange(20, 170))
    return {
        "fr": first.isoformat(),
        "df": (first + timedelta(days=11)).isoformat(),
        "du": (first + timedelta(days=180)).isoformat(),
    }


def _machine_readable(name: str) -> str:
    plain = name.upper().replace("Ü", "UE").replace("Ł", "L").replace("-", "<").replace(" ", "<")
    return "".join(_PLAIN.get(letter, letter) for letter in plain)


_PLAIN: Final = dict(zip("ÓÁÍ", "OAI", strict=True))


def _signed(
    document: dict[str, Any], issuer: IssuerCertificate, key: ec.EllipticCurvePrivateKey
) -> MadeCertificate:
    seconds = int(NOW.timestamp())
    day = 86_400
    payload = cbor2.dumps(
        {1: issuer.country, 4: seconds + 80 * day, 6: seconds - 600, -260: {1: document}}
    )
    header = cbor2.dumps({1: -7, 4: issuer.key_id})
    signed = cbor2.dumps(["Signature1", header, b"", payload])
    der_signature = key.sign(signed, ES256)
    message = _sign1(header, payload, raw_signature(der_signature))
    return MadeCertificate(
        text=text_of(message),
        message=message,
        document=document,
        key=key.public_key(),
        signed=signed,
        der_signature=der_signature,
    )


def raw_signature(der_signature: bytes) -> bytes:
    """As COSE writes it: r and s, 32 bytes each."""
    return b"".join(
        half.to_bytes(_COORDINATE_BYTES) for half in decode_dss_signature(der_signature)
    )


def _sign1(header: bytes, payload: bytes, signature: bytes) -> bytes:
    parts: Sequence[object] = [header, {}, payload, signature]
    return cbor2.dumps(cbor2.CBORTag(18, parts))
