import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.builders.corpora import corpus
from tests.builders.seals import (
    AUTHORITY_USAGE,
    BEGIN,
    END,
    NOW,
    SIGNER,
    SOUND,
    TEST,
    VACCINATION,
    Authority,
    Signer,
    base64url,
    changed,
    elliptic_key,
    fault_of,
    flipped,
    from_base64url,
    judged,
    rsa_key,
    text_of,
    trusting,
    with_sig,
    without_sig,
)
from tongguan.core.certificates import ber
from tongguan.core.certificates.issuance import read_issuance
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.vds_nc import Sound, check_integrity, verify_vds_nc
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verified,
)

ORDERS = {
    "ES256": 2**256 - 2**224 + 2**192 - 0x4319055258E8617B0C46353D039CDAAF,
    "ES384": 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
}
"""Of the groups of the curves."""


def by(signer: Signer, data: dict[str, Any] = VACCINATION) -> CertificateFault | None:
    """What comes of a seal whose signer's own certificate is trusted; None where it holds."""
    seal = signer.seal(data)
    verdict = judged(text_of(seal), trusting(from_base64url(seal["sig"]["cer"])))
    return verdict.code if isinstance(verdict, Refused) else None


def issued(signer: Signer, *authorities: Authority) -> CertificateFault | None:
    """What comes of a seal whose signer's issuers are trusted, and not the signer."""
    trust = trusting(*(each.certificate() for each in authorities))
    verdict = judged(text_of(signer.seal()), trust)
    return verdict.code if isinstance(verdict, Refused) else None


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512"])
def test_seal__holds__under_each_algorithm(algorithm: str) -> None:
    seal = Signer(algorithm=algorithm).seal()
    certificate = from_base64url(seal["sig"]["cer"])
    verdict = judged(text_of(seal), trusting(certificate))
    assert isinstance(verdict, Verified)
    assert verdict.kind is CertificateKind.VDS_NC
    assert verdict.issuer == "SGP"
    key_id = base64.b64encode(hashlib.sha256(certificate).digest()[:8]).decode()
    assert verdict.key_id == key_id
    assert verdict.claims == VACCINATION
    assert verdict.issued_at is None
    assert verdict.expires_at is None


def test_seal_of_a_test__holds__and_says_when_it_was_reported() -> None:
    verdict = judged(text_of(SIGNER.seal(TEST)))
    assert isinstance(verdict, Verified)
    assert verdict.issued_at is not None
    assert verdict.issued_at.isoformat() == "2023-02-09T20:00:00+08:00"


def test_seal__holds__spaced_out_reordered_unpadded_and_alone_in_an_array() -> None:
    seal = SIGNER.seal()
    seal["data"] = {"msg": seal["data"]["msg"], "hdr": seal["data"]["hdr"]}
    for name in ("cer", "sigvl"):
        seal["sig"][name] = seal["sig"][name].rstrip("=")
    text = "\n" + json.dumps([seal], indent=4) + "\n"
    assert isinstance(judged(text), Verified)


def test_seal__holds__with_text_that_is_escaped_in_another_way() -> None:
    data = changed(
        lambda d: d["msg"]["pid"].update(n='陳  大文 "\\\u0007\u2028\U0001f9ea'), VACCINATION
    )
    seal = SIGNER.seal(data)
    assert isinstance(judged(json.dumps(seal, ensure_ascii=True)), Verified)
    assert isinstance(judged(json.dumps(seal, ensure_ascii=False)), Verified)


@pytest.mark.parametrize("algorithm", sorted(ORDERS))
def test_twin_signature__holds_and_is_the_same_seal(algorithm: str) -> None:
    signer = Signer(algorithm=algorithm)
    seal = signer.seal()
    trust = trusting(from_base64url(seal["sig"]["cer"]))
    signature = from_base64url(seal["sig"]["sigvl"])
    half = len(signature) // 2
    s = ORDERS[algorithm] - int.from_bytes(signature[half:])
    twin = changed(
        lambda each: each["sig"].update(sigvl=base64url(signature[:half] + s.to_bytes(half))), seal
    )
    assert twin != seal
    assert judged(text_of(twin), trust) == judged(text_of(seal), trust)
    assert isinstance(judged(text_of(twin), trust), Verified)


@pytest.mark.parametrize("position", [0, 31, 32, 63])
def test_bit_flip_in_signature__is_bad_signature(position: int) -> None:
    signature = SIGNER.sign(VACCINATION)
    assert fault_of(with_sig(sigvl=base64url(flipped(signature, position)))) is (
        CertificateFault.BAD_SIGNATURE
    )


@pytest.mark.parametrize(
    ("written", "changed_to"), [("2021-03-03", "2021-03-13"), ("MUSTER", "NUSTER"), ("SGP", "SGQ")]
)
def test_change_of_data__is_refused(written: str, changed_to: str) -> None:
    code = fault_of(SOUND.replace(written, changed_to, 1))
    assert code in (CertificateFault.BAD_SIGNATURE, CertificateFault.KEY_USE_WRONG)


def test_member_more_in_data__is_bad_signature() -> None:
    seal = SIGNER.seal()
    seal["data"]["msg"]["more"] = 1
    assert fault_of(text_of(seal)) is CertificateFault.BAD_SIGNATURE


@pytest.mark.parametrize("length", [0, 1, 63, 65, 96])
def test_signature_of_another_length__is_bad_signature(length: int) -> None:
    signature = (SIGNER.sign(VACCINATION) * 2)[:length]
    assert fault_of(with_sig(sigvl=base64url(signature))) is CertificateFault.BAD_SIGNATURE


def test_signature_with_a_zero_more_in_s__is_bad_signature() -> None:
    signature = SIGNER.sign(VACCINATION)
    longer = signature[:32] + b"\x00" + signature[32:]
    assert fault_of(with_sig(sigvl=base64url(longer))) is CertificateFault.BAD_SIGNATURE


def test_signature_of_zeros__is_bad_signature() -> None:
    assert fault_of(with_sig(sigvl=base64url(bytes(64)))) is CertificateFault.BAD_SIGNATURE


def test_signature_in_der__is_bad_signature() -> None:
    key = SIGNER.key

    signature = key.sign(rfc8785.dumps(VACCINATION), ec.ECDSA(hashes.SHA256()))
    assert fault_of(with_sig(sigvl=base64url(signature))) is CertificateFault.BAD_SIGNATURE


def test_short_signature_under_p384__is_refused() -> None:
    seal = Signer(algorithm="ES384").seal()
    trust = trusting(from_base64url(seal["sig"]["cer"]))
    seal["sig"]["sigvl"] = base64url(SIGNER.sign(VACCINATION))
    assert fault_of(text_of(seal), trust) is CertificateFault.BAD_SIGNATURE
    seal["sig"]["alg"] = "ES256"
    assert fault_of(text_of(seal), trust) is CertificateFault.ALGORITHM_NOT_ACCEPTED


@pytest.mark.parametrize("alg", ["ES384", "ES512", "ES256K", "HS256", "none", "es256", "", None, 1])
def test_another_algorithm__is_not_accepted(alg: object) -> None:
    assert fault_of(with_sig(alg=alg)) is CertificateFault.ALGORITHM_NOT_ACCEPTED


def test_no_algorithm__is_not_accepted() -> None:
    assert fault_of(without_sig("alg")) is CertificateFault.ALGORITHM_NOT_ACCEPTED


def test_signature_over_another_hash__is_bad_signature() -> None:
    key = SIGNER.key

    r, s = decode_dss_signature(key.sign(rfc8785.dumps(VACCINATION), ec.ECDSA(hashes.SHA384())))
    signature = r.to_bytes(32) + s.to_bytes(32)
    assert fault_of(with_sig(sigvl=base64url(signature))) is CertificateFault.BAD_SIGNATURE


@pytest.mark.parametrize("usage", ["1.3.6.1.4.1.1847.2021.1.2", AUTHORITY_USAGE, "2.5.29.37.0"])
def test_key_for_another_use__is_wrong_use(usage: str) -> None:
    assert by(Signer(usage=usage)) is CertificateFault.KEY_USE_WRONG


def test_key_that_limits_nothing__holds() -> None:
    assert by(Signer(usage=None)) is None


@pytest.mark.parametrize(
    ("document_type", "data", "fault"),
    [
        ("NV", VACCINATION, None),
        ("NT", TEST, None),
        ("NT", VACCINATION, CertificateFault.KEY_USE_WRONG),
        ("NV", TEST, CertificateFault.KEY_USE_WRONG),
    ],
)
def test_key_for_a_type__is_for_that_type(
    document_type: str, data: dict[str, Any], fault: CertificateFault | None
) -> None:
    assert by(Signer(document_type=document_type), data) is fault


@pytest.mark.parametrize(
    ("country", "state", "fault"),
    [
        ("SG", "SGP", None),
        ("sg", "SGP", None),
        (None, "SGP", None),
        ("DE", "D", None),
        ("CN", "CHN", None),
        ("CN", "HKG", None),
        ("HK", "HKG", None),
        ("FR", "UTO", None),
        ("MY", "SGP", CertificateFault.KEY_USE_WRONG),
        ("HK", "CHN", CertificateFault.KEY_USE_WRONG),
        ("SG", "XYZ", CertificateFault.KEY_USE_WRONG),
    ],
)
def test_key_of_a_country__is_for_seals_of_that_state(
    country: str | None, state: str, fault: CertificateFault | None
) -> None:
    data = changed(lambda each: each["hdr"].update({"is": state}), VACCINATION)
    assert by(Signer(country=country), data) is fault


@pytest.mark.parametrize(
    ("begin", "end", "fault"),
    [
        (NOW, END, None),
        (BEGIN, NOW, None),
        (NOW + timedelta(seconds=1), END, CertificateFault.KEY_NOT_VALID),
        (BEGIN, NOW - timedelta(seconds=1), CertificateFault.KEY_NOT_VALID),
    ],
)
def test_certificate__counts_within_its_dates_to_the_second(
    begin: Any, end: Any, fault: CertificateFault | None
) -> None:
    assert by(Signer(begin=begin, end=end)) is fault


def test_certificate_that_nobody_trusts__is_unknown_key() -> None:
    assert fault_of(SOUND, TrustStore()) is CertificateFault.UNKNOWN_KEY
    other = Signer(authority=Authority(key=elliptic_key("other")))
    verdict = judged(SOUND, trusting(other.certificate()))
    assert isinstance(verdict, Refused)
    assert verdict.code is CertificateFault.UNKNOWN_KEY
    assert verdict.issuer is None


@pytest.mark.parametrize(
    "authority",
    [
        Authority(),
        Authority(usage=AUTHORITY_USAGE),
        Authority(key=elliptic_key("larger", "ES384")),
        Authority(key=rsa_key("authority")),
    ],
)
def test_certificate_of_a_trusted_authority__counts(authority: Authority) -> None:
    assert issued(Signer(authority=authority), Authority(key=rsa_key("x")), authority) is None


def test_certificate_signed_with_pss__counts() -> None:
    authority = Authority(key=rsa_key("authority"))
    fill = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    assert issued(Signer(authority=authority, fill=fill), authority) is None


def test_certificate_in_an_authoritys_name_by_another_key__is_unknown_key() -> None:
    forged = Signer(issued_with=elliptic_key("forger"))
    assert issued(forged, Authority()) is CertificateFault.UNKNOWN_KEY


def test_certificate_that_names_another_issuer__is_unknown_key() -> None:
    elsewhere = Authority(country="MY")
    assert issued(Signer(authority=elsewhere), Authority()) is CertificateFault.UNKNOWN_KEY


def test_certificate_issued_by_no_authority__is_unknown_key() -> None:
    signer = Signer(authority=Authority(is_authority=False))
    assert issued(signer, signer.authority) is CertificateFault.UNKNOWN_KEY


def test_authority_for_another_use__is_wrong_use() -> None:
    signer = Signer(authority=Authority(usage="1.3.6.1.4.1.1847.2021.1.2"))
    assert issued(signer, signer.authority) is CertificateFault.KEY_USE_WRONG


def test_authority_of_another_country__is_wrong_use() -> None:
    signer = Signer(country=None, authority=Authority(country="MY"))
    assert issued(signer, signer.authority) is CertificateFault.KEY_USE_WRONG


def test_authority_outside_its_dates__is_not_valid() -> None:
    signer = Signer(authority=Authority(end=NOW - timedelta(seconds=1)))
    assert issued(signer, signer.authority) is CertificateFault.KEY_NOT_VALID


def test_bit_flip_in_the_certificate__is_refused_wherever_it_is() -> None:
    certificate = SIGNER.certificate()
    trust = trusting(Authority().certificate(), certificate)
    for position in range(0, len(certificate), 7):
        seal = SIGNER.seal()
        seal["sig"]["cer"] = base64url(flipped(certificate, position))
        assert isinstance(judged(text_of(seal), trust), Refused), position


def sequence(content: bytes) -> bytes:
    return bytes([ber.SEQUENCE, 0x82]) + len(content).to_bytes(2) + content


@pytest.mark.parametrize(
    "certificate",
    [
        sequence(b""),
        sequence(sequence(b"") * 3),
        sequence(sequence(bytes([ber.INTEGER, 1, 7])) + sequence(b"") + b"\x03\x01\x00"),
    ],
)
def test_certificate_with_nothing_in_it__is_refused(certificate: bytes) -> None:
    assert read_issuance(certificate) is None
    code = fault_of(with_sig(cer=base64url(certificate)))
    assert code is CertificateFault.UNREADABLE_ENVELOPE


def test_certificate_that_is_not_strict_der__is_verified_over_its_bytes() -> None:
    """As Japan's seals: parameters stand where the algorithm has none."""
    ecdsa = bytes.fromhex("300a06082a8648ce3d040302")
    loose = bytes.fromhex("300c06082a8648ce3d0403020500")
    strict, *_ = ber.read_all(ber.read_one(SIGNER.certificate()).content)
    assert strict.content.count(ecdsa) == 1
    signed = sequence(strict.content.replace(ecdsa, loose))
    key = Authority().key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    bits = bytes([ber.BIT_STRING, len(signature) + 1, 0]) + signature
    certificate = sequence(signed + loose + bits)
    seal = SIGNER.seal()
    seal["sig"]["cer"] = base64url(certificate)
    trust = trusting(Authority().certificate())
    assert isinstance(judged(text_of(seal), trust), Verified)
    seal["sig"]["cer"] = base64url(flipped(certificate, len(certificate) - 1))
    assert fault_of(text_of(seal), trust) is CertificateFault.UNKNOWN_KEY


def test_integrity__is_of_whoever_signed_it() -> None:
    sound = check_integrity(SOUND)
    assert isinstance(sound, Sound)
    assert sound.seal_type == "icao.vacc"
    broken = check_integrity(SOUND.replace("MUSTER", "NUSTER"))
    assert isinstance(broken, Refused)
    assert broken.code is CertificateFault.BAD_SIGNATURE


def test_published_seals__hold__where_their_certificates_are_trusted() -> None:
    directory = corpus("vds-nc")
    text = (directory / "jpn-triple-vaccine.txt").read_text(encoding="utf-8")
    certificate = from_base64url(json.loads(text)[0]["sig"]["cer"])
    verdict = verify_vds_nc(text, trust=trusting(certificate), now=NOW)
    assert isinstance(verdict, Verified)
    assert verdict.issuer == "JPN"
