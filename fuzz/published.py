"""Readers of what an authority publishes and a gate or a peer fetches: keys, lists, acts, figures.

Each input is tried as a message and, under a good signature, as what a message holds.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from credential_test_keys import HK, authority_test_keys, signing_test_key

from fuzz.target import Target, expect
from tongguan.adapters.scheme_files import load_bundled
from tongguan.core.credentials import container, cose, published, status_list, strict_cbor
from tongguan.core.credentials.cwt import ISSUED_AT, ISSUER, OWN_CLAIMS
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.credentials.published import (
    PublishedKeySet,
    claimed_fingerprint,
    key_set_document,
    key_set_text,
    read_key_set_text,
    read_signed_key_set,
    sign_key_set,
)
from tongguan.core.credentials.status_list import (
    CAPACITY_MAX,
    StatusFault,
    StatusList,
    StatusPurpose,
    encode_status_list,
    read_status_list,
)
from tongguan.core.identifiers import (
    ControlPointId,
    DirectionId,
    MetricId,
    PhaseId,
    VersionId,
)
from tongguan.core.scheme import acts, figures
from tongguan.core.scheme.acts import Act, ActKind, act_digest, read_signed_act, sign_act
from tongguan.core.scheme.figures import (
    DailyFigures,
    figures_fault,
    read_signed_figures,
    sign_figures,
)
from tongguan.core.texts import Text

_AT = datetime(2021, 12, 13, 1, 0, tzinfo=UTC)
_KEYS = authority_test_keys(HK)
_SCHEME = signing_test_key(KeyUse.SCHEME, HK)
_STATUS = signing_test_key(KeyUse.STATUS_LIST, HK)
_PIN = _SCHEME.public.fingerprint
_BYTES_MAX = 1024 * 1024
_VERSION = load_bundled(VersionId("return2hk-2020"))
_SET = PublishedKeySet(authority=HK, issued_at=_AT, keys=_KEYS)
_KEY_SET = sign_key_set(_SET, _SCHEME)
_LISTS = tuple(
    StatusList.of(
        indices, issuer=HK, purpose=purpose, list_id="pass", issued_at=_AT, capacity=capacity
    )
    for indices, purpose, capacity in (
        ((), StatusPurpose.REVOCATION, 8),
        ((0, 9, 4711), StatusPurpose.SUSPENSION, 8192),
    )
)
_REASON = Text(zh_hant="原因", zh_hans="原因", en="a reason")


def _act(kind: ActKind, /, **more: object) -> Act:
    is_signature = kind is ActKind.SIGN_VERSION
    return Act(
        kind=kind,
        authority=HK,
        scheme=_VERSION.version.scheme,
        version=_VERSION.version.id,
        digest=_VERSION.digest,
        phase=None if is_signature else PhaseId("pilot"),
        at=_AT,
        **more,  # type: ignore[arg-type]
    )


_ACTS = (
    _act(ActKind.SIGN_VERSION),
    _act(ActKind.ACTIVATE_PHASE),
    _act(ActKind.RESUME, lifts="ab" * 32),
    _act(
        ActKind.SUSPEND,
        reason=_REASON,
        control_points=(ControlPointId("SZB"),),
        directions=(DirectionId("HK-GD"),),
        effective_at=_AT,
        until=datetime(2021, 12, 14, tzinfo=UTC),
        breaker="cases",
    ),
    _act(ActKind.END_PHASE, reason=_REASON, last_day=date(2021, 12, 20)),
)
_FIGURES = DailyFigures(
    authority=HK,
    scheme=_VERSION.version.scheme,
    day=date(2021, 12, 12),
    at=_AT,
    values={MetricId("imported-cases"): 0, MetricId("unlinked-cases"): 10_000_000},
)


def one_status_list(data: bytes) -> None:
    """A list is within its bounds, is written and read as the same list, and answers no more.

    The input is tried as the compressed bits too.
    """
    own = {1: StatusPurpose.REVOCATION.value, 2: "pass", 3: data}
    claims = strict_cbor.encode({ISSUER: HK, ISSUED_AT: int(_AT.timestamp()), OWN_CLAIMS: own})
    for message in (data, _signed_list(data), _signed_list(claims)):
        found = read_status_list(message, _KEYS)
        if isinstance(found, Unreadable):
            continue
        expect(found.capacity <= CAPACITY_MAX, "more indices than a list has")
        expect(message is not data or found in _LISTS, "a list that nobody signed")
        beyond = found.is_set(found.capacity)
        expect(beyond is StatusFault.INDEX_OUT_OF_RANGE, "an answer beyond the list")
        expect(read_status_list(encode_status_list(found, _STATUS), _KEYS) == found, "another list")


def _signed_list(payload: bytes) -> bytes:
    media_type, use = status_list.MEDIA_TYPE, KeyUse.STATUS_LIST
    return cose.sign(payload, media_type=media_type, key=_STATUS, use=use, at=_AT)


def one_key_set(data: bytes) -> None:
    """A set is read only as the pinned key signed it; nobody claims a key that did not sign."""
    read_key_set_text(data)
    media_type, use = published.MEDIA_TYPE, KeyUse.SCHEME
    signed = cose.sign(data, media_type=media_type, key=_SCHEME, use=use, at=_AT)
    for message in (data, signed):
        claimed = claimed_fingerprint(message)
        found = read_signed_key_set(message, fingerprint=_PIN)
        if isinstance(found, PublishedKeySet):
            expect(message is not data or found == _SET, "a key set that nobody signed")
            expect(key_set_text(found) == _payload(message), "two forms of a key set")
            expect(claimed == _PIN, "pinned and yet not claimed")
        if not isinstance(claimed, Unreadable):
            by_claimed = read_signed_key_set(message, fingerprint=claimed)
            expect(isinstance(by_claimed, PublishedKeySet), "claimed by a key that did not sign")


def one_act(data: bytes) -> None:
    """An act is read only as its authority wrote it, and has its name."""
    for message in _as_statement(data, acts.MEDIA_TYPE):
        found = read_signed_act(message, _KEYS)
        if not isinstance(found, Unreadable):
            expect(message is not data or found.act in _ACTS, "an act that nobody signed")
            expect(len(act_digest(found.act)) == 64, "an act without a name")
            again = sign_act(found.act, _SCHEME).message
            expect(_payload(again) == _payload(message), "two forms of an act")


def one_figures(data: bytes) -> None:
    """Figures are read only as their authority wrote them, and mean something or nothing."""
    for message in _as_statement(data, figures.MEDIA_TYPE):
        found = read_signed_figures(message, _KEYS)
        if not isinstance(found, Unreadable):
            is_signed = message is not data or found.statement == _FIGURES
            expect(is_signed, "figures that nobody signed")
            figures_fault(found.statement, (_VERSION.version,))
            again = sign_figures(found.statement, _SCHEME).message
            expect(_payload(again) == _payload(message), "two forms of figures")


def _as_statement(data: bytes, media_type: str) -> tuple[bytes, bytes]:
    use = KeyUse.SCHEME
    return data, cose.sign(data, media_type=media_type, key=_SCHEME, use=use, at=_AT)


def _payload(message: bytes) -> bytes:
    parts = cose.parse(message, bytes_max=_BYTES_MAX)
    return b"" if isinstance(parts, Unreadable) else parts.payload


def _of(*messages: bytes) -> Callable[[], Iterator[bytes]]:
    def seeds() -> Iterator[bytes]:
        for message in messages:
            yield message
            yield _payload(message)

    return seeds


def _status_lists() -> Iterator[bytes]:
    yield from _of(*(encode_status_list(each, _STATUS) for each in _LISTS))()
    for each in _LISTS:
        yield container.compress(each.bits)
    yield container.compress(bytes(CAPACITY_MAX // 8 + 1))


def readable() -> int:
    """How many of the messages to begin from are read."""
    lists = [read_status_list(encode_status_list(each, _STATUS), _KEYS) for each in _LISTS]
    sets = [read_signed_key_set(_KEY_SET, fingerprint=_PIN)]
    said = [read_signed_act(sign_act(each, _SCHEME).message, _KEYS) for each in _ACTS]
    counted = [read_signed_figures(sign_figures(_FIGURES, _SCHEME).message, _KEYS)]
    return sum(not isinstance(each, Unreadable) for each in (*lists, *sets, *said, *counted))


def _key_sets() -> Iterator[bytes]:
    yield from _of(_KEY_SET)()
    yield json.dumps(key_set_document(_SET)).encode("ascii")


TARGETS = (
    Target(name="status_list", one_input=one_status_list, seeds=_status_lists),
    Target(name="key_set", one_input=one_key_set, seeds=_key_sets),
    Target(
        name="act",
        one_input=one_act,
        seeds=_of(*(sign_act(each, _SCHEME).message for each in _ACTS)),
    ),
    Target(
        name="figures",
        one_input=one_figures,
        seeds=_of(sign_figures(_FIGURES, _SCHEME).message),
    ),
)
