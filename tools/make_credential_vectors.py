"""Write the conformance vectors of passes, health codes, status lists and key sets.

    python tools/make_credential_vectors.py [FOLDER]

Each vector is one JSON file named after what is right or wrong with it. All keys are test keys
that everybody can make again (`credential_test_keys.py`).
"""

import argparse
import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from credential_examples import (
    HEALTH_CODE_KEY,
    PASS_KEY,
    SCHEME_KEY,
    STATUS_LIST_KEY,
    health_code_claims,
    message_of,
    signed_by_hand,
    text_of,
    values_of,
)
from credential_test_keys import (
    GD,
    HK,
    agreement_test_key,
    authority_test_keys,
    public_test_key,
    signing_test_key,
)
from pass_vectors import CODE, PASS, Vector, bad_vector, in_base64, pass_vectors, plain

from tongguan.core.credentials.cwt import ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.holder import holder_key, holder_tag
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
from tongguan.core.health.code import MEDIA_TYPE as HEALTH_CODE_TYPE
from tongguan.core.health.code import encode_health_code
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import SchemeId

FOLDER = Path(__file__).resolve().parent.parent / "conformance" / "credentials"
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
    return (*pass_vectors(), *_health_codes(), *_status_lists(), *_key_sets())


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
    key = holder_key(
        agreement_test_key(HK),
        agreement_test_key(GD).public,
        scheme_id=SchemeId("hk-gd-2021"),
        period="2021-12",
    )
    documents = (
        ("hkid", "A123456(7)", "HKG"),
        ("hkid", "a123456 7", "HKG"),
        ("hkid", "Ａ１２３４５６（７）", "HKG"),
        ("home_return_permit", "H12345678", "CHN"),
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


def _health_codes() -> Iterator[Vector]:
    kind = "health_code"
    for colour in Colour:
        claims = health_code_claims(colour=colour)
        yield Vector(
            name=f"health_code_good_{colour}",
            kind=kind,
            about=f"a code that is {colour}",
            given=encode_health_code(claims, HEALTH_CODE_KEY),
            expect={"claims": plain(claims)},
        )
    wrong_key = signed_by_hand(
        values_of(CODE), media_type=HEALTH_CODE_TYPE, key=signing_test_key(KeyUse.PASS, GD)
    )
    fourth = values_of(CODE)
    fourth[OWN_CLAIMS][1] = 3
    fourth_colour = signed_by_hand(fourth, media_type=HEALTH_CODE_TYPE, key=HEALTH_CODE_KEY)
    yield bad_vector(ReadFault.WRONG_TYPE, "health_code_pass_as_health_code", "a pass", PASS, kind)
    yield bad_vector(
        ReadFault.KEY_NOT_VALID,
        "health_code_pass_key",
        "a key for passes",
        text_of(wrong_key),
        kind,
    )
    yield bad_vector(
        ReadFault.UNREADABLE_CLAIMS,
        "health_code_colour_unknown",
        "a fourth colour",
        text_of(fourth_colour),
        kind,
    )


def _status_lists() -> Iterator[Vector]:
    kind = "status_list"
    good = encode_status_list(LIST, STATUS_LIST_KEY)
    yield Vector(
        name="status_list_good",
        kind=kind,
        about="8,192 indices of which three are set",
        given=in_base64(good),
        expect={
            "claims": plain(LIST),
            "set": {"0": True, "1": False, "9": True, "4711": True, "8191": False},
            "out_of_range": [8192, 2**20],
        },
    )

    def changed(bits: bytes, key: SigningKey = STATUS_LIST_KEY) -> str:
        own = {1: "revocation", 2: "pass", 3: bits}
        values = {ISSUER: HK, ISSUED_AT: int(KEYS_AT.timestamp()), OWN_CLAIMS: own}
        return in_base64(signed_by_hand(values, media_type=STATUS_LIST_TYPE, key=key))

    fault = ReadFault.UNREADABLE_CLAIMS
    bomb = zlib.compress(bytes(CAPACITY_MAX // 8 + 1))
    yield bad_vector(fault, "status_list_bomb", "inflates to too many bits", changed(bomb), kind)
    yield bad_vector(fault, "status_list_empty", "no bits", changed(zlib.compress(b"")), kind)
    yield bad_vector(
        ReadFault.KEY_NOT_VALID,
        "status_list_pass_key",
        "a key for passes",
        changed(zlib.compress(b"\0"), PASS_KEY),
        kind,
    )
    yield bad_vector(
        ReadFault.WRONG_TYPE, "status_list_type", "a pass", in_base64(message_of(PASS)), kind
    )


def _key_sets() -> Iterator[Vector]:
    kind = "key_set"
    yield Vector(
        name="key_set_good",
        kind=kind,
        about="signed by the pinned scheme key",
        given=in_base64(sign_key_set(SET, SCHEME_KEY)),
        expect={"document": key_set_document(SET)},
    )
    foreign = replace(SET, authority=GD, keys=authority_test_keys(GD))
    by_foreign = sign_key_set(foreign, signing_test_key(KeyUse.SCHEME, GD))

    def signed(text: bytes, key: SigningKey = SCHEME_KEY) -> str:
        return in_base64(signed_by_hand(text, media_type=KEY_SET_TYPE, key=key))

    loose = json.dumps(key_set_document(SET)).encode()
    extra = SET_TEXT.replace(b'{"authority"', b'{"admin":true,"authority"', 1)
    fault = ReadFault.UNREADABLE_CLAIMS
    yield bad_vector(fault, "key_set_not_canonical", "JSON with spaces", signed(loose), kind)
    yield bad_vector(fault, "key_set_unknown_member", "a member too many", signed(extra), kind)
    yield bad_vector(
        ReadFault.UNKNOWN_KEY,
        "key_set_not_pinned",
        "a sound set under a key not pinned",
        in_base64(by_foreign),
        kind,
    )
    yield bad_vector(
        ReadFault.UNKNOWN_KEY,
        "key_set_pass_key",
        "signed by the pass key of the set",
        signed(SET_TEXT, PASS_KEY),
        kind,
    )


def write(folder: Path) -> int:
    """Write every file anew and remove the vectors that are no more; returns how many."""
    made = vectors()
    place = folder / "vectors"
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob("*.json"):
        old.unlink()
    for vector in made:
        values = asdict(vector)
        _write_json(place / f"{values.pop('name')}.json", values)
    _write_json(folder / "keys.json", keys_file())
    _write_json(folder / "holder.json", holder_file())
    return len(made)


def _write_json(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Write the vectors into the folder named, or into the project's own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    print(f"{write(arguments.folder)} vectors")


if __name__ == "__main__":
    main()
