"""Readers of what goes between two authorities: lists of keys, recognitions, statements of facts.

Each input is tried as a message and, under a good signature, as what a message holds.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TypeVar

from credential_test_keys import GD, HK, signing_test_key

from fuzz.target import Target, expect, text_of
from tongguan.core.credentials import container, cose
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse
from tongguan.core.evidence import statement as facts
from tongguan.core.evidence.batch_facts import TestOutcome
from tongguan.core.evidence.statement import (
    FactsStatement,
    StatedDose,
    StatedGround,
    StatedTest,
    encode_statement,
    read_statement,
)
from tongguan.core.health.grounds import HealthReason
from tongguan.core.recognition import references, trust_lists
from tongguan.core.recognition.references import (
    RecognisedUse,
    Reference,
    StatementKind,
    read_signed_recognition,
    sign_recognition,
    statement_about,
)
from tongguan.core.recognition.trust_lists import (
    read_signed_trust_list,
    sign_trust_list,
    trust_list_of,
)
from tongguan.core.scheme.statements import SignedStatement, Stated

_AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
_SCHEME = signing_test_key(KeyUse.SCHEME, GD)
_FACTS = signing_test_key(KeyUse.FACTS, GD)
_KEYS = KeySet(keys=(_SCHEME.public, _FACTS.public))
_LIST = sign_trust_list(trust_list_of(GD, _KEYS, ("gd-1",), version=1, at=_AT), _SCHEME)
_REFERENCE = Reference(
    by=HK,
    of=GD,
    list_version=1,
    list_digest="ab" * 32,
    usages=tuple(RecognisedUse),
    begins=_AT,
    ends=datetime(2022, 1, 13, 1, 0, tzinfo=UTC),
)
_RECOGNITION = sign_recognition(statement_about(_REFERENCE, StatementKind.SIGN, GD, _AT), _SCHEME)
_STATEMENT = FactsStatement(
    statement_id=bytes(range(16)),
    issuer=GD,
    holder_tag=bytes(range(12)),
    holder_period="2021-12",
    issued_at=_AT,
    valid_until=datetime(2021, 12, 13, 15, 59, 59, tzinfo=UTC),
    tests=(StatedTest(sampled_at=_AT, outcome=TestOutcome.NEGATIVE, specimen="nasal_swab"),),
    doses=(StatedDose(on=date(2021, 6, 1), number=2, product="vero-cell"),),
    grounds=(
        StatedGround(reason=HealthReason.HIGH_RISK_STAY, on=date(2021, 12, 1)),
        StatedGround(
            reason=HealthReason.ARRIVED_FROM_OUTSIDE, on=date(2021, 12, 2), scheme="return2hk"
        ),
        StatedGround(reason=HealthReason.CONFIRMED, on=date(2021, 12, 3), ends_at=_AT),
    ),
)
_TEXT = encode_statement(_STATEMENT, _FACTS)
_MESSAGE = container.from_text(_TEXT)
_BYTES_MAX = 64 * 1024
_Statement = TypeVar("_Statement", bound=Stated)


def one_trust_list(data: bytes) -> None:
    """A list is read only as its authority wrote it."""
    _one_signed(
        data,
        trust_lists.MEDIA_TYPE,
        read_signed_trust_list,
        lambda each: sign_trust_list(each, _SCHEME),
    )


def one_recognition(data: bytes) -> None:
    """A statement of recognition is read only as its authority wrote it."""
    _one_signed(
        data,
        references.MEDIA_TYPE,
        read_signed_recognition,
        lambda each: sign_recognition(each, _SCHEME),
    )


def _one_signed(
    data: bytes,
    media_type: str,
    read: Callable[[bytes, KeySet], SignedStatement[_Statement] | Unreadable],
    sign: Callable[[_Statement], SignedStatement[_Statement]],
) -> None:
    """What is signed has one form: whatever is read of it is written as the same bytes."""
    signed = cose.sign(data, media_type=media_type, key=_SCHEME, use=KeyUse.SCHEME, at=_AT)
    for message in (data, signed):
        found = read(message, _KEYS)
        if not isinstance(found, Unreadable):
            expect(_payload(sign(found.statement).message) == _payload(message), "two forms")


def one_statement(data: bytes) -> None:
    """A statement of facts is read only as its authority wrote it."""
    signed = cose.sign(data, media_type=facts.MEDIA_TYPE, key=_FACTS, use=KeyUse.FACTS, at=_AT)
    for text in (text_of(data), container.to_text(data), container.to_text(signed)):
        found = read_statement(text, _KEYS)
        if isinstance(found, FactsStatement):
            again = container.from_text(encode_statement(found, _FACTS))
            message = container.from_text(text)
            expect(
                isinstance(again, bytes)
                and isinstance(message, bytes)
                and _payload(again) == _payload(message),
                "two forms",
            )


def _payload(message: bytes) -> bytes:
    parts = cose.parse(message, bytes_max=_BYTES_MAX)
    return b"" if isinstance(parts, Unreadable) else parts.payload


def _of(message: bytes) -> Callable[[], Iterator[bytes]]:
    def seeds() -> Iterator[bytes]:
        yield message
        yield _payload(message)

    return seeds


def _texts() -> Iterator[bytes]:
    yield _TEXT.encode("ascii")
    if isinstance(_MESSAGE, bytes):
        yield from _of(_MESSAGE)()


TARGETS = (
    Target(name="trust_list", one_input=one_trust_list, seeds=_of(_LIST.message)),
    Target(name="recognition", one_input=one_recognition, seeds=_of(_RECOGNITION.message)),
    Target(name="statement", one_input=one_statement, seeds=_texts),
)
