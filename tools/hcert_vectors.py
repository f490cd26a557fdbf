"""Vectors of EU Digital COVID Certificates: good ones in every form, one for each defect."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import cbor2
from certificate_test_keys import NOW, twin_signature
from certificate_vector import SECOND, CertificateVector, bad, flipped, good
from credential_test_keys import der_of
from fixed_deflate import deflate, deflate_zlib
from hcert_examples import (
    BEGINS_LATER,
    ED25519,
    EDDSA,
    ENDED,
    ENDS_NOW,
    ES256,
    ES384,
    EXPIRES_AT,
    ISSUED_AT,
    LONG_LENGTHS,
    MESSAGE,
    OF_KIND,
    P384,
    PERSON,
    PLAIN,
    PS256,
    RECOVERY,
    RSA,
    SOUND,
    STRANGER,
    SUCCESSOR,
    TEST,
    VACCINATION,
    Signer,
    claims_of,
    parts_of,
    text_of,
    text_of_stream,
)

from tongguan.core.certificates.verdict import CertificateFault

_LONG = b"\xd2" + cbor2.dumps(parts_of(claims_of(VACCINATION | {"more": "A" * 70_000})))
_BIGNUM = cbor2.CBORTag(2, int(EXPIRES_AT.timestamp()).to_bytes(4))


def hcert_vectors() -> Iterator[CertificateVector]:
    """Every vector of the format."""
    yield from _good_kinds()
    yield from _good_algorithms()
    yield from _good_forms()
    yield from _good_instants()
    yield from _bad_texts()
    yield from _bad_messages()
    yield from _bad_algorithms()
    yield from _bad_keys()
    yield from _bad_signatures()
    yield from _bad_claims()
    yield from _bad_instants()


def _good(
    name: str,
    about: str,
    text: str,
    *,
    signer: Signer = PLAIN,
    document: Mapping[str, Any] = VACCINATION,
    at: datetime = NOW,
) -> CertificateVector:
    return good(
        name,
        about,
        text,
        trust=[signer.file],
        issuer="AT",
        key_id=base64.b64encode(signer.key_id).decode("ascii"),
        claims=document,
        at=at,
    )


def _bad(
    reason: CertificateFault,
    name: str,
    about: str,
    shown: str | list[Any] | bytes,
    *,
    trust: Signer = PLAIN,
    at: datetime = NOW,
) -> CertificateVector:
    text = shown if isinstance(shown, str) else text_of(shown)
    return bad(reason, name, about, text, trust=[trust.file], at=at)


def _good_kinds() -> Iterator[CertificateVector]:
    for name, document in (("vaccination", VACCINATION), ("test", TEST), ("recovery", RECOVERY)):
        text = text_of(parts_of(claims_of(document)))
        yield _good(name, f"a certificate of {name}", text, document=document)
        signer = OF_KIND[next(kind for kind in OF_KIND if kind in document)]
        limited = text_of(parts_of(claims_of(document), signer=signer))
        yield _good(
            f"{name}_by_a_key_for_it",
            f"signed by a key that may sign certificates of {name} alone",
            limited,
            signer=signer,
            document=document,
        )


def _good_algorithms() -> Iterator[CertificateVector]:
    es384 = replace(P384, algorithm=ES384)
    for name, about, signer in (
        ("es256_p384", "ES256 under a key on P-384: SHA-256, a signature of 96 bytes", P384),
        ("es384_p384", "ES384 under a key on P-384", es384),
        ("ps256", "PS256 under an RSA key of 2048 bits", RSA),
        ("eddsa", "EdDSA under an Ed25519 key", ED25519),
    ):
        yield _good(name, about, text_of(parts_of(signer=signer)), signer=signer)


def _good_forms() -> Iterator[CertificateVector]:
    *others, signature = parts_of()
    yield _good(
        "twin_signature",
        "the signature (r, n - s): another text, the same certificate by its identifier",
        text_of([*others, twin_signature(signature)]),
    )
    yield _good("cwt_tag", "the CWT tag 61 around the tag 18", text_of(b"\xd8\x3d" + MESSAGE))
    yield _good("no_tag", "the message without a tag", text_of(MESSAGE[1:]))
    stored = b"\x78\x01\x01" + len(MESSAGE).to_bytes(2, "little")
    stored += (0xFFFF ^ len(MESSAGE)).to_bytes(2, "little") + MESSAGE
    stored += deflate_zlib(MESSAGE)[-4:]
    yield _good(
        "stored",
        "a zlib stream that is not compressed: another text, the same certificate",
        text_of_stream(stored),
    )
    named = {1: ES256, 4: PLAIN.key_id}
    yield _good(
        "headers_unprotected",
        "algorithm and key id in the unprotected header alone",
        text_of(parts_of(header=b"", unprotected=named)),
    )
    yield _good(
        "headers_in_both",
        "another key id in the unprotected header: the protected one counts",
        text_of(parts_of(unprotected={4: bytes(8)})),
    )
    for name, about, message in LONG_LENGTHS:
        yield _good(name, about, text_of(message))
    signed = PLAIN.sign(b"", cbor2.dumps(claims_of()))
    yield _good(
        "header_empty",
        "an empty protected header, written as an empty map and signed as no bytes",
        text_of([b"\xa0", named, cbor2.dumps(claims_of()), signed]),
    )
    seconds = {"issued": ISSUED_AT.timestamp() + 0.5, "expires": EXPIRES_AT.timestamp()}
    yield _good(
        "instants_as_floats",
        "the instants as floating-point numbers",
        text_of(parts_of(claims_of(**seconds))),
    )
    tagged = {**TEST["t"][0], "sc": cbor2.CBORTag(0, TEST["t"][0]["sc"])}
    yield _good(
        "instant_tagged",
        "the instant of sampling under the tag 0",
        text_of(parts_of(claims_of(TEST | {"t": [tagged]}))),
        document=TEST,
    )
    indefinite = b"\xbf" + cbor2.dumps(claims_of())[1:] + b"\xff"
    yield _good(
        "indefinite_length",
        "claims in a map of indefinite length",
        text_of(parts_of(indefinite)),
    )


def _good_instants() -> Iterator[CertificateVector]:
    yield _good("first_second", "judged at the very second of issue", SOUND, at=ISSUED_AT)
    yield _good("last_second", "judged at the very second of expiry", SOUND, at=EXPIRES_AT)
    yield _good(
        "key_last_second",
        "judged at the last second of its key's certificate",
        text_of(parts_of(signer=ENDS_NOW)),
        signer=ENDS_NOW,
    )


def _bad_texts() -> Iterator[CertificateVector]:
    reason = CertificateFault.TOO_LONG
    yield _bad(reason, "too_long", "4,297 characters", "HC1:" + "0" * 4293)
    reason = CertificateFault.UNKNOWN_FORMAT
    yield _bad(reason, "prefix_of_another_version", "HC2:", "HC2:" + SOUND[4:])
    yield _bad(reason, "prefix_lower_case", "hc1:", "hc1:" + SOUND[4:])
    reason = CertificateFault.UNREADABLE_BASE45
    for name, about, encoded in (
        ("lower_case", "lower case after the prefix", SOUND[4:].lower()),
        ("overflow", "a group above FFFF", "GGW" + SOUND[4:]),
        ("dangling", "one character too many", "BB8A"),
        ("overflow_at_the_end", "a last group above FF", "BB8::"),
        ("other_character", "a line break at the end", SOUND[4:] + "\n"),
    ):
        yield _bad(reason, f"base45_{name}", about, "HC1:" + encoded)
    stream = deflate_zlib(MESSAGE)
    for name, about, wrong in (
        ("none", "the bare message", MESSAGE),
        ("cut", "the last byte is missing", stream[:-1]),
        ("cut_in_half", "half of the stream is missing", stream[: len(stream) // 2]),
        ("trailing_byte", "a byte follows the stream", stream + b"\0"),
        ("checksum", "one bit of the checksum", flipped(stream, -1)),
        ("raw_deflate", "deflate without zlib's head and checksum", deflate(MESSAGE)),
        ("bomb", "inflates to 250,000 bytes", deflate_zlib(bytes(250_000))),
        ("beyond_64_kib", "a sound message that inflates to 70 kB", deflate_zlib(_LONG)),
    ):
        reason = CertificateFault.UNREADABLE_COMPRESSION
        yield _bad(reason, f"compression_{name}", about, text_of_stream(wrong))


def _bad_messages() -> Iterator[CertificateVector]:
    protected, unprotected, payload, signature = parts_of()
    twice = b"\xa3\x01\x26\x01\x26" + protected[3:]
    needed = {1: ES256, 2: [99], 4: PLAIN.key_id, 99: 1}
    shown: tuple[tuple[str, str, list[Any] | bytes], ...] = (
        ("cut", "the last byte is missing", MESSAGE[:-1]),
        ("trailing_byte", "a byte follows the message", MESSAGE + b"\0"),
        ("tag_17", "COSE_Mac0 in place of COSE_Sign1", b"\xd1" + MESSAGE[1:]),
        ("tag_twice", "the tag 18 twice", b"\xd2" + MESSAGE),
        ("too_deep", "two hundred nested arrays", b"\xd2" + b"\x81" * 200 + b"\x01"),
        ("not_cbor", "a break without a beginning", b"\xff"),
        ("length_beyond_end", "an array of 2^63 members", b"\xd2\x9b\x7f" + b"\xff" * 7),
        ("three_parts", "no signature", [protected, unprotected, payload]),
        ("five_parts", "a part too many", [protected, unprotected, payload, signature, b""]),
        ("detached", "no payload", [protected, unprotected, None, signature]),
        ("duplicate_key", "the algorithm twice", parts_of(header=twice)),
        ("header_trailing_byte", "a byte follows the header", parts_of(header=protected + b"\0")),
        ("header_critical", "a header that must be understood", parts_of(header=needed)),
        ("header_key_true", "true for 1", parts_of(header={True: ES256, 4: PLAIN.key_id})),
        ("key_id_text", "a key id as text", parts_of(header={1: ES256, 4: "plain"})),
    )
    for name, about, message in shown:
        yield _bad(CertificateFault.UNREADABLE_ENVELOPE, f"message_{name}", about, message)


def _bad_algorithms() -> Iterator[CertificateVector]:
    reason = CertificateFault.ALGORITHM_NOT_ACCEPTED
    for name, about, algorithm in (
        ("none", "0, which is reserved", 0),
        ("eddsa", "EdDSA under a key on P-256", EDDSA),
        ("ps256", "PS256 under a key on P-256", PS256),
        ("es384", "ES384 under a key on P-256", ES384),
        ("es512", "ES512 under a key on P-256", -36),
        ("hs256", "HS256, a code with a shared secret", 5),
        ("rs256", "RS256, which COSE advises against", -257),
        ("float", "-7.0", -7.0),
        ("text", "ES256 as text", "ES256"),
    ):
        header = {1: algorithm, 4: PLAIN.key_id}
        yield _bad(reason, f"algorithm_{name}", about, parts_of(header=header))
    absent = parts_of(header={4: PLAIN.key_id})
    yield _bad(reason, "algorithm_absent", "no algorithm in either header", absent)
    for name, signer in (("rsa", RSA), ("ed25519", ED25519)):
        swapped = parts_of(signer=signer, header={1: ES256, 4: signer.key_id})
        about = f"ES256 under the {name} key"
        yield _bad(reason, f"algorithm_es256_under_{name}", about, swapped, trust=signer)


def _bad_keys() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNKNOWN_KEY
    wrong = {1: ES256, 4: flipped(PLAIN.key_id, 0)}
    yield _bad(reason, "key_id_wrong", "one bit of the key id", parts_of(header=wrong))
    cut = {1: ES256, 4: PLAIN.key_id[:7]}
    yield _bad(reason, "key_id_cut", "seven bytes of the key id", parts_of(header=cut))
    yield _bad(reason, "key_id_absent", "no key id", parts_of(header={1: ES256}))
    yield _bad(reason, "issuer_not_trusted", "nobody trusts it", parts_of(signer=STRANGER))
    yield _bad(
        reason,
        "issuer_no_longer_trusted",
        "the certificate of good/vaccination; its key was withdrawn, the successor is trusted",
        SOUND,
        trust=SUCCESSOR,
    )
    reason = CertificateFault.KEY_NOT_VALID
    for name, about, signer in (
        ("key_expired", "its key's certificate ended a second ago", ENDED),
        ("key_not_yet_valid", "its key's certificate begins in a second", BEGINS_LATER),
    ):
        yield _bad(reason, name, about, parts_of(signer=signer), trust=signer)
    reason = CertificateFault.KEY_USE_WRONG
    for name, document, signer in (
        ("vaccination_by_a_key_for_tests", VACCINATION, OF_KIND["t"]),
        ("test_by_a_key_for_recoveries", TEST, OF_KIND["r"]),
        ("recovery_by_a_key_for_vaccinations", RECOVERY, OF_KIND["v"]),
    ):
        about = "its key may sign certificates of another kind alone"
        parts = parts_of(claims_of(document), signer=signer)
        yield _bad(reason, f"key_use_{name}", about, parts, trust=signer)


def _bad_signatures() -> Iterator[CertificateVector]:
    reason = CertificateFault.BAD_SIGNATURE
    protected, unprotected, payload, signature = parts_of()
    half = len(signature) // 2
    wider = bytes(16) + signature[:half] + bytes(16) + signature[half:]
    zero = signature[:half] + b"\0" + signature[half:]
    changed = flipped(payload, payload.index(b"2021-08-01") + 9)
    other_header = cbor2.dumps({4: PLAIN.key_id, 1: ES256})
    for name, about, parts in (
        ("payload_bit_flip", "one bit of the payload", [protected, {}, changed, signature]),
        ("header_changed", "the header in another order", [other_header, {}, payload, signature]),
    ):
        yield _bad(reason, name, about, parts)
    for name, about, wrong in (
        ("bit_flip_in_r", "one bit of r", flipped(signature, 0)),
        ("bit_flip_in_s", "one bit of s", flipped(signature, -1)),
        ("of_another_key", "under the id of a trusted key", STRANGER.sign(protected, payload)),
        ("over_sha384", "over another hash", _over_sha384(protected, payload)),
        ("63_bytes", "a byte is missing", signature[:-1]),
        ("96_bytes_under_p256", "r and s in 48 bytes each", wider),
        ("zero_before_s", "the same r and s in 65 bytes", zero),
        ("der", "in DER", der_of(signature)),
        ("zero", "r and s are zero", bytes(64)),
        ("empty", "no bytes", b""),
    ):
        yield _bad(reason, f"signature_{name}", about, [protected, unprotected, payload, wrong])
    header, _, _, own = parts_of(signer=P384)
    for name, about, wrong in (
        ("64_bytes_under_p384", "64 bytes, made by a P-256 key", PLAIN.sign(header, payload)),
        ("cut_to_64_bytes_under_p384", "the first 64 bytes of 96", own[:64]),
    ):
        parts = [header, {}, payload, wrong]
        yield _bad(reason, f"signature_{name}", about, parts, trust=P384)
    header, _, _, own = parts_of(signer=RSA)
    parts = [header, {}, payload, flipped(own, -1)]
    yield _bad(reason, "signature_bit_flip_in_ps256", "one bit", parts, trust=RSA)
    header, _, _, own = parts_of(signer=ED25519)
    parts = [header, {}, payload, flipped(own, -1)]
    yield _bad(reason, "signature_bit_flip_in_eddsa", "one bit", parts, trust=ED25519)


def _over_sha384(header: bytes, payload: bytes) -> bytes:
    return replace(PLAIN, algorithm=ES384).sign(header, payload)


def _bad_claims() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNREADABLE_CLAIMS
    sound = cbor2.dumps(claims_of())
    twice = bytes([sound[0] + 1]) + sound[1:] + b"\x01\x62DE"
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    number = float("nan")
    for name, about, payload in (
        ("not_cbor", "no CBOR", b"\xff"),
        ("trailing_byte", "a byte follows the claims", sound + b"\0"),
        ("cut", "the last byte is missing", sound[:-1]),
        ("duplicate_key", "two issuers", twice),
        ("too_deep", "two hundred nested arrays", claims_of(VACCINATION | {"more": deep})),
        ("tag_shared", "a value that refers to itself", b"\xd8\x1c\x81\xd8\x1d\x00"),
        ("tag_bignum", "a number in bytes", claims_of(expires=_BIGNUM)),
        ("array", "an array in place of the claims", list(claims_of().values())),
        ("no_certificate", "no health certificate", {1: "AT", 4: 1646280000, 6: 1638504000}),
        ("version_2", "a certificate of version 2 alone", claims_of() | {-260: {2: VACCINATION}}),
        ("no_kind", "no entries", claims_of(PERSON)),
        ("two_kinds", "a vaccination and a test", claims_of(VACCINATION | TEST)),
        ("entry_text", "an entry that is text", claims_of(PERSON | {"v": ["vaccinated"]})),
        ("bytes_within", "bytes, which JSON does not know", claims_of(VACCINATION | {"x": b"x"})),
        ("number_key", "a key that is a number", claims_of(VACCINATION | {1: "x"})),
        ("not_a_number", "NaN in the certificate", claims_of(VACCINATION | {"x": number})),
        ("no_issue", "no instant of issue", claims_of() | {6: None}),
        ("no_expiry", "no instant of expiry", _without(claims_of(), 4)),
        ("expiry_text", "an instant as text", claims_of(expires="2022-03-03T04:00:00Z")),
        ("expiry_endless", "an instant outside the calendar", claims_of(expires=2**62)),
        ("issuer_number", "an issuer that is a number", claims_of() | {1: 40}),
    ):
        yield _bad(reason, f"claims_{name}", about, parts_of(payload))


def _without(claims: Mapping[int, Any], number: int) -> dict[int, Any]:
    return {key: value for key, value in claims.items() if key != number}


def _bad_instants() -> Iterator[CertificateVector]:
    reason = CertificateFault.NOT_YET_VALID
    about = "judged a second before it was issued"
    yield _bad(reason, "not_yet_valid", about, SOUND, at=ISSUED_AT - SECOND)
    reason = CertificateFault.EXPIRED
    yield _bad(reason, "expired", "judged a second after it expired", SOUND, at=EXPIRES_AT + SECOND)
