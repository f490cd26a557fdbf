"""Vectors of SMART Health Cards: good ones in every form, one for each defect."""

import json
from collections.abc import Iterator

from card_content_vectors import card_content_vectors
from card_examples import (
    BEGINS_AT,
    BEGINS_LATER,
    CLAIMS,
    ENDED,
    ENDS_NOW,
    EXPIRES_AT,
    EXPIRING,
    FOR_EU,
    FOR_SEALS,
    KEY,
    KEY_SET,
    LABORATORY_RESULT,
    LIST_NEW,
    LISTED,
    LISTED_ISSUER,
    LISTED_KEY_SET,
    OTHER_ISSUER,
    OTHER_KEY,
    OTHER_KEY_SET,
    P384,
    PLAIN,
    REVOKED_BEFORE,
    SOUND,
    STRANGER,
    SUCCESSOR,
    bad_card,
    base64url,
    body_of,
    card_of,
    claims_of,
    codes_of,
    good_card,
    header_of,
    key_id_of,
    with_revocation_id,
    with_signature,
)
from certificate_test_keys import ecdsa_signature, twin_signature
from certificate_vector import CertificateVector, flipped
from credential_test_keys import der_of
from fixed_deflate import deflate

from tongguan.core.certificates.verdict import CertificateFault


def card_vectors() -> Iterator[CertificateVector]:
    """Every vector of the format."""
    yield from _good_forms()
    yield from _good_keys()
    yield from _good_instants()
    yield from _bad_codes()
    yield from _bad_envelopes()
    yield from _bad_algorithms()
    yield from _bad_keys()
    yield from _bad_signatures()
    yield from card_content_vectors()


def _good_forms() -> Iterator[CertificateVector]:
    first, second, third = codes_of(SOUND, 3)
    yield good_card("vaccination", "a card about a vaccination, as a compact JWS", SOUND)
    result = claims_of(LABORATORY_RESULT)
    yield good_card("test", "a card about a laboratory's result", card_of(result), claims=result)
    yield good_card("code", "a card in one QR code", codes_of(SOUND))
    yield good_card("codes", "a card in three QR codes", [first, second, third])
    yield good_card(
        "codes_in_any_order", "a card in three QR codes, in another order", [third, first, second]
    )
    file = json.dumps({"verifiableCredential": [SOUND]})
    yield good_card("file", "a card as the one of a file", file)
    signature = ecdsa_signature(KEY, SOUND.rpartition(".")[0].encode("ascii"))
    yield good_card(
        "twin_signature",
        "the signature (r, n - s): another text, the same card",
        with_signature(twin_signature(signature)),
    )
    body = body_of(CLAIMS)
    stored = b"\x01" + len(body).to_bytes(2, "little")
    stored += (0xFFFF ^ len(body)).to_bytes(2, "little") + body
    yield good_card("stored", "a stream that is not compressed", card_of(payload=stored))


def _good_keys() -> Iterator[CertificateVector]:
    yield good_card(
        "other_issuer",
        "two issuers are trusted, each for its own cards",
        card_of(key=OTHER_KEY, claims=CLAIMS | {"iss": OTHER_ISSUER}),
        claims=CLAIMS | {"iss": OTHER_ISSUER},
        key=OTHER_KEY,
        trust=[KEY_SET, OTHER_KEY_SET],
    )
    for name, about, (file, key, _) in (
        ("key_in_a_certificate", "the key stands in a certificate that names its address", PLAIN),
        ("key_last_second", "judged at the last second of its key's certificate", ENDS_NOW),
    ):
        yield good_card(name, about, card_of(key=key), key=key, trust=[file])
    claims = with_revocation_id()
    yield good_card(
        "revoked_before_it_was_issued",
        "an older card of the same identifier was revoked",
        card_of(claims),
        claims=claims,
        trust=[KEY_SET, REVOKED_BEFORE],
    )
    claims = with_revocation_id(iss=LISTED_ISSUER)
    yield good_card(
        "not_on_the_newest_list",
        "its issuer keeps a list, and the newest does not name it",
        card_of(claims, key=LISTED),
        claims=claims,
        key=LISTED,
        trust=[LISTED_KEY_SET, LIST_NEW],
    )


def _good_instants() -> Iterator[CertificateVector]:
    yield good_card("first_second", "judged at the very second it begins", SOUND, at=BEGINS_AT)
    yield good_card(
        "last_second",
        "judged at the very second of expiry",
        card_of(EXPIRING),
        claims=EXPIRING,
        at=EXPIRES_AT,
    )
    fractions = CLAIMS | {"nbf": BEGINS_AT.timestamp() + 0.25}
    yield good_card(
        "fraction_of_a_second", "an instant with fractions", card_of(fractions), claims=fractions
    )


def _bad_codes() -> Iterator[CertificateVector]:
    first, second, third = codes_of(SOUND, 3)
    other = codes_of(SOUND, 2)
    (single,) = codes_of(SOUND)
    reason = CertificateFault.CHUNK_MISSING
    for name, about, shown in (
        ("missing", "the second of three codes is missing", [first, third]),
        ("alone", "the first of three codes alone", [first]),
        ("twice", "one code twice, another missing", [first, second, second]),
        ("of_another_count", "the first of two among three", [other[0], second, third]),
        ("of_another_kind", "a code that is none of a card", [first, second, "HC1:NCF"]),
    ):
        yield bad_card(reason, f"chunk_{name}", about, shown)
    reason = CertificateFault.UNREADABLE_NUMERIC
    for name, about, text in (
        ("odd", "one digit too many", single + "1"),
        ("letter", "a letter among the digits", single[:-1] + "A"),
        ("too_high", "99, which is no character", single + "99"),
        ("empty", "no digits", "shc:/"),
        ("number_zero", "the code 0 of 3", first.replace("/1/3/", "/0/3/")),
    ):
        yield bad_card(reason, f"numeric_{name}", about, text)
    reason = CertificateFault.TOO_LONG
    too_many = [f"shc:/{n}/99/00" for n in range(1, 100)]
    yield bad_card(reason, "too_many_codes", "a hundred codes", [*too_many, "shc:/1/99/00"])
    yield bad_card(reason, "code_too_long", "more than a QR code holds", "shc:/" + "0" * 7100)
    reason = CertificateFault.UNKNOWN_FORMAT
    yield bad_card(reason, "prefix_upper_case", "SHC:/", "SHC" + single[3:])


def _bad_envelopes() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNREADABLE_ENVELOPE
    kid = key_id_of(KEY)
    twice = f'{{"zip":"DEF","alg":"ES256","alg":"ES256","kid":"{kid}"}}'.encode()
    deep = b'{"zip":"DEF","alg":"ES256","kid":"' + kid.encode() + b'","x":'
    deep += b"[" * 200 + b"]" * 200 + b"}"
    for name, about, header in (
        ("not_json", "no JSON", b"{"),
        ("array", "no object", b"[]"),
        ("duplicate_key", "the algorithm twice", twice),
        ("trailing_byte", "a letter follows the header", body_of(header_of()) + b"x"),
        ("too_deep", "two hundred nested arrays", deep),
        ("not_utf8", "a byte that is no UTF-8", body_of(header_of()) + b"\xff"),
        ("zip_absent", "no compression named", header_of(zip=None)),
        ("zip_other", "another compression", header_of(zip="GZ")),
        ("key_id_absent", "no key id", header_of(kid=None)),
        ("key_id_number", "a key id that is a number", header_of(kid=7)),
        ("critical", "an extension that must be understood", header_of(crit=["x"], x=1)),
    ):
        yield bad_card(reason, f"header_{name}", about, card_of(header=header))
    head, payload, signature = SOUND.split(".")
    for name, about, text in (
        ("padding", "padding, which a JWS has not", f"{SOUND}=="),
        ("other_character", "a sign that is none of Base64 for URLs", f"{SOUND[:-4]}+{SOUND[-3:]}"),
        ("unused_bits", "other unused bits: two texts of one card", f"{SOUND[:-1]}{_next(SOUND)}"),
        ("trailing_byte", "a line break at the end", f"{SOUND}\n"),
        ("empty_header", "no header", f".{payload}.{signature}"),
        ("two_cards_in_a_file", "two cards, which are to be judged one by one", _file(2)),
        ("no_card_in_a_file", "a file of no cards", _file(0)),
        ("four_parts_in_a_file", "a part too many", _file(1, f"{head}.{SOUND}")),
        ("file_trailing_byte", "a letter follows the file", _file(1) + "x"),
        (
            "file_duplicate_key",
            "two lists of cards",
            _file(1)[:-1] + ', "verifiableCredential": []}',
        ),
    ):
        yield bad_card(reason, f"form_{name}", about, text)


def _file(count: int, card: str = SOUND) -> str:
    return json.dumps({"verifiableCredential": [card] * count})


def _next(text: str) -> str:
    """Of the last character one that differs in unused bits alone."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(text[-1]) + 1]


def _bad_algorithms() -> Iterator[CertificateVector]:
    reason = CertificateFault.ALGORITHM_NOT_ACCEPTED
    for name, about, algorithm in (
        ("absent", "no algorithm", None),
        ("none", "none", "none"),
        ("hs256", "HS256, a code with a shared secret", "HS256"),
        ("es384", "ES384 under a key on P-256", "ES384"),
        ("rs256", "RS256", "RS256"),
        ("lower_case", "es256", "es256"),
        ("array", "ES256 in an array", ["ES256"]),
    ):
        text = card_of(header=header_of(alg=algorithm))
        yield bad_card(reason, f"algorithm_{name}", about, text)
    unsigned = card_of(header=header_of(alg="none")).rpartition(".")[0] + "."
    yield bad_card(reason, "algorithm_none_unsigned", "none, and no signature", unsigned)


def _bad_keys() -> Iterator[CertificateVector]:
    reason = CertificateFault.UNKNOWN_KEY
    kid = key_id_of(KEY)
    wrong = card_of(header=header_of(kid=("B" if kid[0] == "A" else "A") + kid[1:]))
    yield bad_card(reason, "key_id_wrong", "one character of the key id", wrong)
    yield bad_card(reason, "issuer_not_trusted", "nobody trusts its key", card_of(key=STRANGER))
    yield bad_card(
        reason,
        "issuer_no_longer_trusted",
        "the card of good/vaccination; its key was withdrawn, the successor is trusted",
        SOUND,
        trust=[SUCCESSOR[0]],
    )
    yield bad_card(
        reason,
        "issuer_of_another_key",
        "signed by a trusted issuer, in the name of another",
        card_of(key=OTHER_KEY),
        trust=[KEY_SET, OTHER_KEY_SET],
    )
    short = card_of(header=header_of(kid=key_id_of(P384)))
    about = "64 bytes by a P-256 key under a P-384 key, which stands in the issuer's set"
    yield bad_card(reason, "signature_64_bytes_under_p384", about, short)
    yield bad_card(
        reason, "key_p384", "96 bytes by that key, which may sign no cards", card_of(key=P384)
    )
    reason = CertificateFault.KEY_NOT_VALID
    for name, about, (file, key, _) in (
        ("key_expired", "its key's certificate ended a second ago", ENDED),
        ("key_not_yet_valid", "its key's certificate begins in a second", BEGINS_LATER),
    ):
        yield bad_card(reason, name, about, card_of(key=key), trust=[file])
    reason = CertificateFault.KEY_USE_WRONG
    for name, about, (file, key, _) in (
        ("eu", "its key is for vaccination certificates of the EU", FOR_EU),
        ("seals", "its key is for ICAO's seals", FOR_SEALS),
    ):
        yield bad_card(reason, f"key_use_{name}", about, card_of(key=key), trust=[file])


def _bad_signatures() -> Iterator[CertificateVector]:
    reason = CertificateFault.BAD_SIGNATURE
    head, payload, _ = SOUND.split(".")
    signature = ecdsa_signature(KEY, f"{head}.{payload}".encode("ascii"))
    half = len(signature) // 2
    wider = bytes(16) + signature[:half] + bytes(16) + signature[half:]
    zero = signature[:half] + b"\0" + signature[half:]
    by_other = ecdsa_signature(STRANGER, f"{head}.{payload}".encode("ascii"))
    for name, about, wrong in (
        ("bit_flip_in_r", "one bit of r", flipped(signature, 0)),
        ("bit_flip_in_s", "one bit of s", flipped(signature, -1)),
        ("of_another_key", "under the id of a trusted key", by_other),
        ("63_bytes", "a byte is missing", signature[:-1]),
        ("trailing_byte", "a byte follows", signature + b"\0"),
        ("96_bytes", "r and s in 48 bytes each", wider),
        ("zero_before_s", "the same r and s in 65 bytes", zero),
        ("der", "in DER", der_of(signature)),
        ("zero", "r and s are zero", bytes(64)),
        ("empty", "no bytes", b""),
    ):
        yield bad_card(reason, f"signature_{name}", about, with_signature(wrong))
    other = body_of(CLAIMS).replace(b"2021-08-01", b"2021-08-02")
    changed = ".".join((head, base64url(deflate(other)), base64url(signature)))
    yield bad_card(reason, "payload_changed", "another day of vaccination", changed)
    stream = flipped(deflate(body_of(CLAIMS)), 40)
    text = ".".join((head, base64url(stream), base64url(signature)))
    yield bad_card(reason, "payload_bit_flip", "one bit of the compressed claims", text)
    bomb = ".".join((head, base64url(deflate(bytes(1_000_000))), base64url(signature)))
    yield bad_card(
        reason, "compression_bomb_unsigned", "a bomb that no trusted key signed: unopened", bomb
    )
    first = codes_of(SOUND, 2)[0]
    second = codes_of(card_of(CLAIMS | {"nbf": CLAIMS["nbf"] + 1}), 2)[1]
    yield bad_card(reason, "chunk_of_another_card", "halves of two cards", [first, second])
