"""Write the conformance vectors of passes, health codes, status lists and key sets.

    python tools/make_credential_vectors.py [FOLDER]

Each vector is one JSON file named after what is right or wrong with it, below its kind's folder in
`good` or `bad`. All keys are test keys that everybody can make again (`credential_test_keys.py`).
"""

import argparse
import json
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from credential_examples import (
    PASS_KEY,
    SCHEME_KEY,
    STATUS_LIST_KEY,
    message_of,
    signed_by_hand,
)
from credential_test_keys import (
    GD,
    HK,
    authority_test_keys,
    public_test_key,
    signing_test_key,
)
from health_code_vectors import health_code_vectors
from own_vector import Vector, bad_message, good_message, plain
from pass_vectors import pass_vectors
from vector_gate import PASS, gate_file, holder_test_key

from tongguan.core.credentials.cwt import ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.holder import holder_tag
from tongguan.core.credentials.keys import KeyUse, SigningKey
from tongguan.core.credentials.published import MEDIA_TYPE as KEY_SET_TYPE
from tongguan.core.credentials.published import (
    PublishedKeySet,
    key_set_document,
    key_set_text,
    sign_key_set,
)
from tongguan.core.credentials.status_list import (
    CAPACITY_MAX,
    StatusList,
    StatusPurpose,
    encode_status_list,
)
from tongguan.core.credentials.status_list import MEDIA_TYPE as STATUS_LIST_TYPE

FOLDER = Path(__file__).resolve().parent.parent / "conformance" / "credentials"
KINDS = ("pass", "code", "status-list", "key-set")
KEYS_AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
WARNING = "TEST KEYS: everybody can make the private halves; never trust them"
SET = PublishedKeySet(authority=HK, issued_at=KEYS_AT, keys=authority_test_keys(HK))
SET_TEXT = key_set_text(SET)
LIST = StatusList.of(
    (0, 9, 4711),
    issuer=HK,
    purpose=StatusPurpose.REVOCATION,
    list_id="pass",
    issued_at=KEYS_AT,
    capacity=8192,
)


def vectors() -> tuple[Vector, ...]:
    """Every vector there is."""
    return (*pass_vectors(), *health_code_vectors(), *_status_lists(), *_key_sets())


def keys_file() -> dict[str, Any]:
    """The key sets that every vector is read under, and the fingerprints to pin."""
    sets = [
        PublishedKeySet(authority=authority, issued_at=KEYS_AT, keys=authority_test_keys(authority))
        for authority in (HK, GD)
    ]
    return {
        "warning": WARNING,
        "pinned": {
            authority: public_test_key(KeyUse.SCHEME, authority).fingerprint
            for authority in (HK, GD)
        },
        "sets": [key_set_document(each) for each in sets],
    }


def holder_file() -> dict[str, Any]:
    """What both sides derive from each other's agreement keys, and the tags of some documents."""
    key = holder_test_key()
    documents = (
        ("hkid", "A123456(7)", "HKG"),
        ("hkid", "a123456 7", "HKG"),
        ("hkid", "Ａ１２３４５６（７）", "HKG"),
        ("home_return_permit", "H12345678", "CHN"),
        ("home_return_permit", "H1234567801", "CHN"),
        ("passport", "H12345678", "CHN"),
    )
    return {
        "warning": WARNING,
        "scheme_id": key.scheme_id,
        "period": key.period,
        "holder_key": key.secret.hex(),
        "tags": [
            {
                "document_type": kind,
                "document_number": number,
                "issuing_country": country,
                "tag": holder_tag(
                    key, document_type=kind, document_number=number, issuing_country=country
                ).hex(),
            }
            for kind, number, country in documents
        ],
    }


def _status_lists() -> Iterator[Vector]:
    kind = "status-list"
    expect = {
        "claims": plain(LIST),
        "set": {"0": True, "1": False, "9": True, "4711": True, "8191": False},
        "out_of_range": [8192, 2**20],
    }
    about = "8,192 indices of which three are set"
    yield good_message(kind, "plain", about, encode_status_list(LIST, STATUS_LIST_KEY), expect)

    def changed(bits: bytes, key: SigningKey = STATUS_LIST_KEY) -> bytes:
        own = {1: "revocation", 2: "pass", 3: bits}
        values = {ISSUER: HK, ISSUED_AT: int(KEYS_AT.timestamp()), OWN_CLAIMS: own}
        return signed_by_hand(values, media_type=STATUS_LIST_TYPE, key=key)

    clear, fault = zlib.compress(b"\0"), ReadFault.UNREADABLE_CLAIMS
    bomb = zlib.compress(bytes(CAPACITY_MAX // 8 + 1))
    for reason, name, about, message in (
        (fault, "bomb", "inflates to too many bits", changed(bomb)),
        (fault, "cut", "the last byte of the bits is missing", changed(clear[:-1])),
        (fault, "empty", "no bits", changed(zlib.compress(b""))),
        (ReadFault.KEY_NOT_VALID, "key_use_pass", "a key for passes", changed(clear, PASS_KEY)),
        (ReadFault.WRONG_TYPE, "type_of_a_pass", "a pass", message_of(PASS)),
    ):
        yield bad_message(kind, reason, name, about, message)


def _key_sets() -> Iterator[Vector]:
    kind = "key-set"
    expect = {"document": key_set_document(SET)}
    message = sign_key_set(SET, SCHEME_KEY)
    yield good_message(kind, "plain", "signed by the pinned scheme key", message, expect)
    foreign = replace(SET, authority=GD, keys=authority_test_keys(GD))
    by_foreign = sign_key_set(foreign, signing_test_key(KeyUse.SCHEME, GD))

    def signed(text: bytes, key: SigningKey = SCHEME_KEY) -> bytes:
        return signed_by_hand(text, media_type=KEY_SET_TYPE, key=key)

    loose = json.dumps(key_set_document(SET)).encode()
    extra = SET_TEXT.replace(b'{"authority"', b'{"admin":true,"authority"', 1)
    fault, unknown = ReadFault.UNREADABLE_CLAIMS, ReadFault.UNKNOWN_KEY
    for reason, name, about, message in (
        (fault, "not_canonical", "JSON with spaces", signed(loose)),
        (fault, "unknown_member", "a member too many", signed(extra)),
        (unknown, "not_pinned", "a sound set under a key not pinned", by_foreign),
        (unknown, "key_use_pass", "by the pass key of the set", signed(SET_TEXT, PASS_KEY)),
    ):
        yield bad_message(kind, reason, name, about, message)


def files() -> dict[str, bytes]:
    """Every file by its path below the folder."""
    made: dict[str, Any] = {
        "keys.json": keys_file(),
        "holder.json": holder_file(),
        "gate.json": gate_file(WARNING),
    }
    for vector in vectors():
        if vector.path in made:
            raise ValueError(f"two vectors are named {vector.path}")
        made[vector.path] = vector.as_data()
    return {
        path: f"{json.dumps(values, ensure_ascii=False, indent=2)}\n".encode()
        for path, values in made.items()
    }


def write(folder: Path) -> int:
    """Write every file anew and remove the vectors that are no more; returns how many files."""
    made = files()
    for kind in KINDS:
        shutil.rmtree(folder / kind, ignore_errors=True)
    for path, content in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return len(made)


def main() -> None:
    """Write the vectors into the folder named, or into the project's own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    print(f"{write(arguments.folder)} files")


if __name__ == "__main__":
    main()
