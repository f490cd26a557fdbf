"""In each bad COSE file the signature fits, unless the signature is its defect.

Read here as loosely as any reader might: a file whose signature is wrong besides would be refused
by a reader that never looks at the defect the file is named after.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import cbor2
import hcert_examples
import pytest
from credential_test_keys import GD, HK, signing_test_key, trusted_test_keys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from tongguan.core.credentials import base45
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.keys import KeyUse

FOLDER = Path(__file__).resolve().parents[2] / "conformance" / "credentials"
KINDS = ("pass", "code", "status-list", "key-set", "hcert")
HCERT_DER = "hcert/bad/signature_der"
BEFORE_THE_MESSAGE = ("prefix_", "too_long", "base45_", "compression_")
"""How the names of files begin that hold no message."""
WITHOUT_PARTS = {
    "message_cut",
    "message_detached",
    "message_length_beyond_end",
    "message_not_cbor",
    "message_three_parts",
    "message_too_deep",
}
"""Files whose message does not have all that a signature is over."""
FILES = [
    path
    for kind in KINDS
    for path in sorted((FOLDER / kind / "bad").iterdir())
    if not path.stem.startswith(BEFORE_THE_MESSAGE)
]
Verifies = Callable[[bytes, bytes], bool]


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def verifies(signer: hcert_examples.Signer, signature: bytes, signed: bytes) -> bool:
    """Whether it is the signature that the key makes, by its own algorithm."""
    public: Any = signer.issuer.key.public_key()
    sha2 = hashes.SHA384() if signer.algorithm == hcert_examples.ES384 else hashes.SHA256()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            half = (public.key_size + 7) // 8
            if len(signature) != 2 * half:
                return False
            r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
            public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(sha2))
        elif isinstance(public, rsa.RSAPublicKey):
            salt = padding.PSS(padding.MGF1(sha2), sha2.digest_size)
            public.verify(signature, signed, salt, sha2)
        else:
            public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def keys() -> Iterator[tuple[bytes, Verifies]]:
    """Every test key by its id, those included that nobody trusts."""
    for use, authority in ((KeyUse.PASS, HK), (KeyUse.HEALTH_CODE, GD)):
        unknown = signing_test_key(use, authority, label="unknown").public
        yield unknown.key_id, unknown.verifies
    for public in trusted_test_keys().keys:
        yield public.key_id, public.verifies
    for signer in (*hcert_examples.TRUSTED, hcert_examples.STRANGER):
        yield signer.key_id, partial(verifies, signer)


KEYS = dict(keys())


def messages(path: Path) -> Iterator[bytes]:
    vector = load(path)
    if "message" in vector:
        yield base64.b64decode(vector["message"])
        return
    for text in vector.get("texts", [vector.get("text")]):
        stream = base45.decode(text[4:])
        assert isinstance(stream, bytes)
        yield zlib.decompress(stream)


def loosely(data: bytes) -> Any:
    """The first value in the bytes, whatever its form and whatever follows; None for none."""
    try:
        value = cbor2.CBORDecoder(BytesIO(data)).decode()
    except cbor2.CBORDecodeError:
        return None
    while isinstance(value, cbor2.CBORTag):
        value = value.value
    return value


def parts_of(message: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Header, payload and signature, where all three are there."""
    match loosely(message):
        case [bytes(protected), _, bytes(payload), bytes(signature), *_]:
            return protected, payload, signature
    return None


def fits(protected: bytes, payload: bytes, signature: bytes) -> bool:
    """Whether the key that is named made the signature; any, where none or no known one is."""
    header = loosely(protected)
    named = header.get(4) if isinstance(header, dict) else None
    candidates = [KEYS[named]] if named in KEYS else KEYS.values()
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    return any(each(signature, signed) for each in candidates)


def signature_is_defect(path: Path) -> bool:
    is_not_it = load(path)["expect"]["reason"] == ReadFault.BAD_SIGNATURE
    return is_not_it or path.stem.startswith("message_signature_")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_signature__of_a_bad_file__fits_unless_it_is_the_defect(path: Path) -> None:
    found = [parts_of(each) for each in messages(path)]
    assert (None in found) is (path.stem in WITHOUT_PARTS)
    for parts in found:
        if parts is not None:
            assert fits(*parts) is not signature_is_defect(path)


@pytest.mark.parametrize(
    "name", ["pass/bad/message_signature_der", "code/bad/message_signature_der", HCERT_DER]
)
def test_signature__in_der__is_that_of_the_key(name: str) -> None:
    """Whoever takes DER for a signature would let these through."""
    [message] = messages(FOLDER / f"{name}.json")
    parts = parts_of(message)
    assert parts is not None
    protected, payload, der = parts
    r, s = decode_dss_signature(der)
    assert fits(protected, payload, r.to_bytes(32) + s.to_bytes(32))


@pytest.mark.parametrize("kind", ["shc", "vds-nc"])
def test_signature__in_der_of_a_text__is_der(kind: str) -> None:
    text = load(FOLDER / kind / "bad" / "signature_der.json")["text"]
    encoded = text.rpartition(".")[2] if kind == "shc" else json.loads(text)["sig"]["sigvl"]
    good = load(FOLDER / kind / "good" / "vaccination.json")["text"]
    plain = good.rpartition(".")[2] if kind == "shc" else json.loads(good)["sig"]["sigvl"]
    r, s = decode_dss_signature(base64.urlsafe_b64decode(encoded + "=="))
    assert r.to_bytes(32) + s.to_bytes(32) == base64.urlsafe_b64decode(plain + "==")
