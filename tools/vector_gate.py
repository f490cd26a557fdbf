"""The gate at which vectors of passes and health codes are judged, and what goes beside them."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from credential_examples import (
    HEALTH_CODE_KEY,
    NOW,
    PASS_KEY,
    health_code_claims,
    pass_claims,
)
from credential_test_keys import (
    GD,
    HK,
    NOT_AFTER,
    NOT_BEFORE,
    agreement_test_key,
    authority_test_keys,
    signing_test_key,
)

from tongguan.core.credentials.holder import HolderKey, holder_key, holder_tag
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.health.code import encode_health_code
from tongguan.core.identifiers import SchemeId
from tongguan.core.passes.code import encode_pass
from tongguan.core.recognition.references import (
    RecognisedUse,
    Reference,
    StatementKind,
    sign_recognition,
    statement_about,
)
from tongguan.core.recognition.trust_lists import (
    sign_trust_list,
    trust_list_digest,
    trust_list_of,
)

SCHEME = SchemeId("hk-gd-2021")
PERIOD = "2021-12"
REVOKED_INDEX = 4712
WITHDRAWN_AT = NOW + timedelta(hours=1)
"""From then on this gate's authority does not recognise the other's health codes."""
_RECOGNISED_AT = datetime(2021, 12, 1, tzinfo=UTC)
_DOCUMENT = {"type": "passport", "number": "H12345678", "issuer": "GBR"}
_CAPACITY = 8192
_VERSION_DIGEST = "0123456789abcdef" + "00" * 24


def holder_test_key() -> HolderKey:
    """What both sides derive from each other's agreement keys for the month of the examples."""
    return holder_key(
        agreement_test_key(HK), agreement_test_key(GD).public, scheme_id=SCHEME, period=PERIOD
    )


def _tag(number: str) -> bytes:
    return holder_tag(
        holder_test_key(),
        document_type=_DOCUMENT["type"],
        document_number=number,
        issuing_country=_DOCUMENT["issuer"],
    )


HOLDER_TAG = _tag(_DOCUMENT["number"])
OTHER_HOLDER_TAG = _tag("H12345679")
PASS = encode_pass(pass_claims(holder_tag=HOLDER_TAG), PASS_KEY)
CODE = encode_health_code(health_code_claims(holder_tag=HOLDER_TAG), HEALTH_CODE_KEY)
_CODE_OF_HK = encode_health_code(
    health_code_claims(holder_tag=HOLDER_TAG, issuer=HK, code_id=bytes(15) + b"\1"),
    signing_test_key(KeyUse.HEALTH_CODE, HK),
)


_LIST = trust_list_of(GD, authority_test_keys(GD), ("gd-assumed-1",), version=1, at=_RECOGNISED_AT)
_REFERENCE = Reference(
    by=HK,
    of=GD,
    list_version=_LIST.version,
    list_digest=trust_list_digest(_LIST),
    usages=(RecognisedUse.HEALTH_CODE,),
    begins=NOT_BEFORE,
    ends=NOT_AFTER,
)


def _recognitions() -> Iterator[bytes]:
    """Both sign the reference; the gate's own authority withdraws it an hour after noon."""
    for kind, authority, at in (
        (StatementKind.SIGN, HK, _RECOGNISED_AT),
        (StatementKind.SIGN, GD, _RECOGNISED_AT),
        (StatementKind.WITHDRAW, HK, WITHDRAWN_AT),
    ):
        statement = statement_about(_REFERENCE, kind, authority, at)
        yield sign_recognition(statement, signing_test_key(KeyUse.SCHEME, authority)).message


def _base64(message: bytes) -> str:
    return base64.b64encode(message).decode()


def gate_file(warning: str) -> dict[str, Any]:
    """What the gate knows, who stands before it, and what they show beside the vector."""
    lists = (("HK", "pass"), ("HK", "health-code"), ("GD", "health-code"))
    return {
        "warning": warning,
        "authority": HK,
        "trust_lists": [
            _base64(sign_trust_list(_LIST, signing_test_key(KeyUse.SCHEME, GD)).message)
        ],
        "recognitions": [_base64(each) for each in _recognitions()],
        "document": _DOCUMENT,
        "beside": {"pass": PASS, "codes": {"HK": _CODE_OF_HK, "GD": CODE}},
        "situation": {
            "version": "hk-gd-2021-assumed",
            "version_digest": _VERSION_DIGEST,
            "phase": {"id": "pilot", "state": "active"},
            "direction": "HK-GD",
            "control_point": "SZB",
            "now": None,
            "pass": None,
            "codes": [],
            "holder": {"document_type": _DOCUMENT["type"], "tags": {PERIOD: HOLDER_TAG.hex()}},
            "earlier_use": None,
            "status_lists": [
                {
                    "issuer": issuer,
                    "list": name,
                    "purpose": "revocation",
                    "issued_at": "2021-12-13T03:30:00Z",
                    "capacity": _CAPACITY,
                    "set": [REVOKED_INDEX],
                }
                for issuer, name in lists
            ],
        },
    }
