"""Vectors of ICAO's visible digital seals (VDS-NC): good ones in every form, one per defect."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certificate_test_keys import NOW, twin_signature
from certificate_vector import SECOND, CertificateVector, bad, flipped, good
from credential_test_keys import der_of
from seal_examples import (
    BEGINS_LATER,
    ENDED,
    ENDED_AUTHORITY,
    ENDS_NOW,
    FOR_EU,
    FOR_TESTS,
    FOR_VACCINATIONS,
    FOREIGN_AUTHORITY,
    FORGED,
    OF_CHINA,
    OTHER_AUTHORITY,
    P384,
    P521,
    PLAIN,
    PLAIN_AUTHORITY,
    REPORTED_AT,
    SEAL_AUTHORITY,
    SOUND,
    STRANGER,
    SUCCESSOR,
    TEST,
    VACCINATION,
    Signer,
    base64url,
    changed,
    signer_named,
    text_of,
)

from tongguan.core.certificates.verdict import CertificateFault


def seal_vectors() -> Iterator[CertificateVector]:
    """Every vector of the format."""
    yield from _good_seals()
    yield from _good_chains()
    yield from _bad_texts()
    yield from _bad_forms()
    yield from _bad_algorithms()
    yield from _bad_trust()
    yield from _bad_uses()
    yield from _bad_signatures()
    yield from _bad_claims()
    yield from _bad_instants()


def _good(
    name: str,
    about: str,
    text: str,
    *,
    signer: Signer = PLAIN,
    data: Mapping[str, Any] = VACCINATION,
    trust: str | None = None,
    at: datetime = NOW,
) -> CertificateVector:
    key_id = hashlib.sha256(signer.issuer.certificate()).digest()[:8]
    return good(
        name,
        about,
        text,
        trust=[trust or signer.file],
        issuer=data["hdr"]["is"],
        key_id=base64.b64encode(key_id).decode("ascii"),
        claims=data,
        at=at,
    )


def _bad(
    reason: CertificateFault,
    name: str,
    about: str,
    shown: object,
    *,
    trust: str = PLAIN.file,
    at: datetime = NOW,
) -> CertificateVector:
    text = shown if isinstance(shown, str) else text_of(shown)
    return bad(reason, name, about, text, trust=[trust], at=at)


def _good_seals() -> Iterator[CertificateVector]:
    yield _good("vaccination", "a seal about vaccinations, ES256", SOUND)
    yield _good("test", "a seal about a test", text_of(PLAIN.seal(TEST)), data=TEST)
    for name, about, signer in (
        ("es384", "ES384 under a key on P-384", P384),
        ("es512", "ES512 under a key on P-521", P521),
    ):
        yield _good(name, about, text_of(signer.seal()), signer=signer)
    twin = base64url(twin_signature(PLAIN.sign(VACCINATION)))
    yield _good(
        "twin_signature",
        "the signature (r, n - s): another text, the same seal by its identifier",
        text_of(PLAIN.seal(sigvl=twin)),
    )
    seal = PLAIN.seal()
    turned = {name: seal[name] for name in reversed(seal)}
    yield _good("spaced_out", "spaced out, members in another order", json.dumps(turned, indent=2))
    yield _good("in_an_array", "alone in an array", text_of([seal]))
    bare = {name: value.rstrip("=") for name, value in seal["sig"].items()}
    yield _good("without_padding", "Base64 without padding", text_of({**seal, "sig": bare}))
    reported = changed(TEST, "msg/dat/ri", f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    text = text_of(PLAIN.seal(reported))
    yield _good("reported_now", "a test reported at this very second", text, data=reported)


def _good_chains() -> Iterator[CertificateVector]:
    text = text_of(ENDS_NOW.seal())
    about = "judged at the last second of its key's certificate"
    yield _good("key_last_second", about, text, signer=ENDS_NOW)
    limited = text_of(FOR_VACCINATIONS.seal())
    about = "signed by a key for seals about vaccinations alone"
    yield _good("vaccination_by_a_key_for_it", about, limited, signer=FOR_VACCINATIONS)
    about = "its certificate is not trusted, but the authority that issued it"
    yield _good("issued_by_an_authority", about, SOUND, trust=PLAIN_AUTHORITY[0])
    signer = signer_named("of-seal-authority", authority=SEAL_AUTHORITY)
    about = "issued by an authority for nothing but seals"
    text = text_of(signer.seal())
    file = SEAL_AUTHORITY[0]
    yield _good("issued_by_an_authority_for_seals", about, text, signer=signer, trust=file)
    region = changed(VACCINATION, "hdr/is", "HKG")
    text = text_of(OF_CHINA.seal(region))
    about = "of the region HKG, under a certificate that names the state"
    yield _good("region_of_a_state", about, text, signer=OF_CHINA, data=region)


def _bad_texts() -> Iterator[CertificateVector]:
    reason = CertificateFault.TOO_LONG
    yield _bad(reason, "too_long", "spaces up to more than 16 KiB", SOUND + " " * 16 * 1024)
    reason = CertificateFault.UNKNOWN_FORMAT
    yield _bad(reason, "no_seal", "JSON, but no seal", {"data": VACCINATION})
    reason = CertificateFault.UNREADABLE_ENVELOPE
    deep = '{"data":' + "[" * 2000 + "]" * 2000 + ',"sig":{}}'
    twice = SOUND.replace('"dob":"1980-02-29"', '"dob":"1990-02-28","dob":"1980-02-29"')
    for name, about, text in (
        ("cut", "the last byte is missing", SOUND[:-1]),
        ("trailing_byte", "a letter follows the seal", SOUND + "x"),
        ("second_seal_behind", "two seals, one after another", SOUND + SOUND),
        ("duplicate_key", "two dates of birth", twice),
        ("too_deep", "two thousand nested arrays", deep),
        ("number_inexact", "2^53, not exact everywhere", _with_number("9007199254740992")),
        ("number_endless", "a number beyond every double", _with_number("1e999")),
        ("not_a_number", "NaN", _with_number("NaN")),
        ("half_a_character", "half of a surrogate pair", SOUND.replace("KIM", "\\ud83e")),
    ):
        yield _bad(reason, f"json_{name}", about, text)


def _with_number(number: str) -> str:
    return SOUND.replace('"seq":1,', f'"seq":{number},')


def _bad_forms() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNREADABLE_ENVELOPE
    seal = PLAIN.seal()
    certificate = PLAIN.issuer.certificate()
    signature = base64url(PLAIN.sign(VACCINATION))
    for name, about, wrong in (
        ("two_seals", "two in one array", [seal, seal]),
        ("member_more", "a member beside data and signature", {**seal, "more": 1}),
        ("member_more_in_data", "a member beside header and message", _grown("", PLAIN)),
        ("member_more_in_header", "a member more in the header", _grown("hdr", PLAIN)),
        ("member_more_in_signature", "a member more, not signed", PLAIN.seal(more=1)),
        ("no_certificate", "no certificate", PLAIN.seal(cer=None)),
        ("no_signature", "no signature", PLAIN.seal(sigvl=None)),
        ("certificate_cut", "a byte is missing", PLAIN.seal(cer=base64url(certificate[:-1]))),
        ("certificate_empty", "an empty sequence", PLAIN.seal(cer=base64url(b"\x30\x00"))),
        ("certificate_with_spaces", "a space within", PLAIN.seal(cer=f" {seal['sig']['cer']}")),
        ("signature_padding", "one of two signs of padding", PLAIN.seal(sigvl=signature[:-1])),
        ("signature_other_character", "a sign too many", PLAIN.seal(sigvl=signature + "*")),
        ("state_lower_case", "sgp", _sealed("hdr/is", "sgp")),
        ("state_absent", "no state", _sealed("hdr/is", None)),
        ("version_text", "a version as text", _sealed("hdr/v", "1")),
    ):
        yield _bad(reason, f"form_{name}", about, wrong)


def _grown(path: str, signer: Signer) -> dict[str, Any]:
    return signer.seal(changed(VACCINATION, f"{path}/more".lstrip("/"), 1))


def _sealed(path: str, value: object, data: Mapping[str, Any] = VACCINATION) -> dict[str, Any]:
    """A sound seal over data of which one member is another."""
    return PLAIN.seal(changed(data, path, value))


def _bad_algorithms() -> Iterator[CertificateVector]:
    reason = CertificateFault.ALGORITHM_NOT_ACCEPTED
    absent = PLAIN.seal(alg=None)
    yield _bad(reason, "algorithm_absent", "no algorithm", absent)
    for name, about, algorithm in (
        ("none", "none", "none"),
        ("es384", "ES384 under a key on P-256", "ES384"),
        ("hs256", "HS256, a code with a shared secret", "HS256"),
        ("es256k", "ES256K, of another curve", "ES256K"),
        ("lower_case", "es256", "es256"),
        ("number", "-7, as COSE has it", -7),
    ):
        yield _bad(reason, f"algorithm_{name}", about, PLAIN.seal(alg=algorithm))
    short = P384.seal(alg="ES256", sigvl=base64url(PLAIN.sign(VACCINATION)))
    about = "ES256 and 64 bytes under a key on P-384"
    yield _bad(reason, "algorithm_es256_under_p384", about, short, trust=P384.file)


def _bad_trust() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNKNOWN_KEY
    about = "neither its certificate nor the authority that issued it is trusted"
    yield _bad(reason, "issuer_not_trusted", about, STRANGER.seal())
    about = "the seal of good/vaccination; its key was withdrawn, the successor is trusted"
    yield _bad(reason, "issuer_no_longer_trusted", about, SOUND, trust=SUCCESSOR.file)
    about = "names a trusted authority, which never signed its certificate"
    yield _bad(reason, "certificate_forged", about, FORGED.seal(), trust=PLAIN_AUTHORITY[0])
    certificate = flipped(PLAIN.issuer.certificate(), -1)
    seal = PLAIN.seal(cer=base64url(certificate))
    about = "one bit of its certificate"
    yield _bad(reason, "certificate_bit_flip", about, seal, trust=PLAIN_AUTHORITY[0])
    below = signer_named(
        "below-a-signer", authority=(PLAIN.file, PLAIN.issuer), signed_with=PLAIN.key
    )
    about = "its certificate was issued by a signer, who may issue none"
    yield _bad(reason, "certificate_by_a_signer", about, below.seal())
    reason = CertificateFault.KEY_NOT_VALID
    for name, about, signer in (
        ("key_expired", "its key's certificate ended a second ago", ENDED),
        ("key_not_yet_valid", "its key's certificate begins in a second", BEGINS_LATER),
    ):
        yield _bad(reason, name, about, signer.seal(), trust=signer.file)
    signer = signer_named("of-ended-authority", authority=ENDED_AUTHORITY)
    about = "the trusted authority's certificate ended a second ago"
    yield _bad(reason, "authority_expired", about, signer.seal(), trust=ENDED_AUTHORITY[0])


def _bad_uses() -> Iterator[CertificateVector]:
    reason = CertificateFault.KEY_USE_WRONG
    for name, about, signer, data in (
        ("eu", "its key is for vaccination certificates of the EU", FOR_EU, VACCINATION),
        ("tests", "vaccinations under a key for tests", FOR_TESTS, VACCINATION),
        ("vaccinations", "a test under a key for vaccinations", FOR_VACCINATIONS, TEST),
        ("another_state", "of Singapore, under a key of China", OF_CHINA, VACCINATION),
    ):
        yield _bad(reason, f"key_use_{name}", about, signer.seal(data), trust=signer.file)
    for name, about, authority, country in (
        ("authority", "its authority is for other certificates", OTHER_AUTHORITY, "SG"),
        ("authority_of_another_state", "its authority is Malaysia's", FOREIGN_AUTHORITY, None),
    ):
        signer = signer_named(f"of-{name}", authority=authority, country=country)
        yield _bad(reason, f"key_use_{name}", about, signer.seal(), trust=authority[0])


def _bad_signatures() -> Iterator[CertificateVector]:
    reason = CertificateFault.BAD_SIGNATURE
    signature = PLAIN.sign(VACCINATION)
    half = len(signature) // 2
    wider = bytes(16) + signature[:half] + bytes(16) + signature[half:]
    zero = signature[:half] + b"\0" + signature[half:]
    for name, about, wrong in (
        ("bit_flip_in_r", "one bit of r", flipped(signature, 0)),
        ("bit_flip_in_s", "one bit of s", flipped(signature, -1)),
        ("of_another_key", "beside the certificate of a trusted key", STRANGER.sign(VACCINATION)),
        ("over_sha384", "over another hash", PLAIN.sign(VACCINATION, over="ES384")),
        ("63_bytes", "a byte is missing", signature[:-1]),
        ("trailing_byte", "a byte follows", signature + b"\0"),
        ("96_bytes_under_p256", "r and s in 48 bytes each", wider),
        ("zero_before_s", "the same r and s in 65 bytes", zero),
        ("der", "in DER", der_of(signature)),
        ("zero", "r and s are zero", bytes(64)),
    ):
        yield _bad(reason, f"signature_{name}", about, PLAIN.seal(sigvl=base64url(wrong)))
    short = P384.seal(sigvl=base64url(signature))
    about = "ES384 and 64 bytes, made by a P-256 key"
    yield _bad(reason, "signature_64_bytes_under_p384", about, short, trust=P384.file)
    other = PLAIN.seal(cer=base64url(SUCCESSOR.issuer.certificate()))
    about = "the certificate of another trusted key beside it: the wrong key named"
    yield _bad(reason, "certificate_of_another_key", about, other, trust=SUCCESSOR.file)
    for name, about, old, new in (
        ("payload_bit_flip", "a day of vaccination, one bit", "2021-03-03", "2021-03-02"),
        ("payload_member_more", "a member more in the message", '"msg":{', '"msg":{"more":1,'),
        ("payload_space", "a space within a name", "Vaccine A", "Vaccine  A"),
    ):
        yield _bad(reason, name, about, SOUND.replace(old, new, 1))


def _bad_claims() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNREADABLE_CLAIMS
    dose = "msg/ve/0/vd/0"
    for name, about, seal in (
        ("version_2", "version 2", _sealed("hdr/v", 2)),
        ("type_unknown", "a seal about something else", _sealed("hdr/t", "icao.visa")),
        ("no_identifier", "no identifier", _sealed("msg/uvci", None)),
        ("no_name", "no name", _sealed("msg/pid/n", None)),
        ("no_vaccination", "no vaccination", _sealed("msg/ve", [])),
        ("day_of_no_calendar", "30 February", _sealed(f"{dose}/dvc", "2021-02-30")),
        ("dose_negative", "a dose of number -1", _sealed(f"{dose}/seq", -1)),
        ("test_in_its_place", "a test's message", PLAIN.seal(TEST | {"hdr": VACCINATION["hdr"]})),
        ("no_result", "a test without a result", _sealed("msg/tr/r", None, TEST)),
        (
            "instant_without_zone",
            "an instant without a zone",
            _sealed("msg/dat/ri", "2021-12-12T20:00:00", TEST),
        ),
        (
            "reported_before_sampled",
            "a test reported a second before it was sampled",
            _sealed("msg/dat/ri", "2021-12-12T11:59:59+08:00", TEST),
        ),
    ):
        yield _bad(reason, f"claims_{name}", about, seal)


def _bad_instants() -> Iterator[CertificateVector]:
    reason = CertificateFault.NOT_YET_VALID
    about = "a test judged a second before it was reported"
    yield _bad(reason, "not_yet_valid", about, PLAIN.seal(TEST), at=REPORTED_AT - SECOND)
