"""A signed batch: what a laboratory, an office or a post says of many people at once.

COSE_Sign1 over canonical JSON (RFC 8785), every member present, under the one key with which the
source was enrolled. A batch is read whole or refused whole, and no bytes raise anything.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import rfc8785

from tongguan.core.area.divisions import is_division, prefix_of
from tongguan.core.calendar import local_day
from tongguan.core.certificates.strict_json import MalformedJsonError, read_strict_json
from tongguan.core.credentials import cose
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyState, KeyUse, PublicKey, SigningKey
from tongguan.core.evidence.batch_content import Batch, batch_as_data, read_content
from tongguan.core.evidence.batch_facts import BatchEntry, check_days, latest_instant
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError, BatchRefused
from tongguan.core.evidence.records import Route
from tongguan.core.evidence.sources import MAY_SAY, ROUTES, EvidenceSource, SourceKind
from tongguan.core.gate.nodes import NodeFaultError
from tongguan.core.identifiers import AuthorityId, DivisionCode

MEDIA_TYPE: Final = "application/tongguan-evidence+json"
MESSAGE_BYTES_MAX: Final = 2 * 1024 * 1024
PLACES_MAX: Final = 1000
"""Risk places listed and ended in one batch: they are named one by one."""
_PROVINCE_DIGITS: Final = 2


class UnsayableBatchError(ValueError):
    """A batch that nobody could read again; it names the code and the place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchTerms:
    """On what terms an authority reads batches."""

    authority: AuthorityId
    zone: str
    """Of its days."""
    entries_max: Mapping[Route, int]
    now: datetime
    clock_tolerance: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedBatch:
    """A batch whose source's signature was verified."""

    batch: Batch
    source: EvidenceSource
    digest: str
    """SHA-256 of what was signed, in hexadecimal: the same however the signature is written."""
    message: bytes = field(repr=False)


def source_key(source: EvidenceSource) -> PublicKey:
    """The source's key; ValueError for a public half or dates that no key has."""
    return PublicKey(
        authority=AuthorityId(source.id),
        use=KeyUse.EVIDENCE,
        state=KeyState.ACTIVE if source.withdrawn_at is None else KeyState.REVOKED,
        not_before=source.not_before,
        not_after=source.not_after,
        public=source.public,
    )


def sign_batch(batch: Batch, key: SigningKey) -> bytes:
    """The batch as its source's signed message.

    ``UnsayableBatchError`` for what could not be read again; whether the receiver takes it depends
    on its terms. ``KeyNotUsableError`` unless it is a key for evidence within its dates.
    """
    try:
        payload = rfc8785.dumps(batch_as_data(batch))
        _read_payload(payload)
    except BatchFaultError as error:
        raise UnsayableBatchError(f"{error.code} {error.place}".strip()) from None
    except (KeyError, ValueError, OverflowError) as error:
        raise UnsayableBatchError(str(error)) from None
    message = cose.sign(
        payload, media_type=MEDIA_TYPE, key=key, use=KeyUse.EVIDENCE, at=batch.issued_at
    )
    if len(message) > MESSAGE_BYTES_MAX:
        raise UnsayableBatchError(BatchFault.TOO_LARGE.value)
    return message


def read_batch(
    message: bytes, *, sources: Sequence[EvidenceSource], terms: BatchTerms
) -> SignedBatch | BatchRefused:
    """The batch in a message, when an enrolled source vouches for it now and may say it all."""
    opened = _opened(message, sources)
    if isinstance(opened, BatchRefused):
        return opened
    parts, source = opened
    try:
        _check_source(source, terms)
        batch = _read_payload(parts.payload)
        _check_terms(batch, source, terms)
        _check_places(batch, terms)
        for number, entry in enumerate(batch.entries):
            _check_entry(f"entries/{number}", entry, source, terms)
    except BatchFaultError as error:
        return BatchRefused(code=error.code, place=error.place, source=source.id)
    digest = hashlib.sha256(parts.payload).hexdigest()
    return SignedBatch(batch=batch, source=source, digest=digest, message=message)


def _opened(
    message: bytes, sources: Sequence[EvidenceSource]
) -> tuple[cose.SignedMessage, EvidenceSource] | BatchRefused:
    """The message taken apart and its source, whose signature was verified."""
    if len(message) > MESSAGE_BYTES_MAX:
        return BatchRefused(code=BatchFault.TOO_LARGE)
    parts = cose.parse(message, bytes_max=MESSAGE_BYTES_MAX)
    if isinstance(parts, Unreadable):
        return BatchRefused(code=BatchFault.UNREADABLE_ENVELOPE)
    if parts.media_type != MEDIA_TYPE:
        return BatchRefused(code=BatchFault.WRONG_TYPE)
    for source in sources:
        key = source_key(source)
        if key.key_id == parts.key_id:
            if key.verifies(parts.signature, parts.to_be_signed):
                return parts, source
            return BatchRefused(code=BatchFault.BAD_SIGNATURE)
    return BatchRefused(code=BatchFault.UNKNOWN_KEY)


def _check_source(source: EvidenceSource, terms: BatchTerms) -> None:
    if source.withdrawn_at is not None:
        raise BatchFaultError(BatchFault.SOURCE_WITHDRAWN)
    if not source_key(source).covers(terms.now):
        raise BatchFaultError(BatchFault.KEY_OUTSIDE_DATES)


def _read_payload(payload: bytes) -> Batch:
    """The batch of the bytes that were signed; ``BatchFaultError`` for all others."""
    try:
        data = read_strict_json(payload.decode("utf-8"))
        if rfc8785.dumps(data) != payload:
            raise BatchFaultError(BatchFault.NOT_CANONICAL)
    except (MalformedJsonError, ValueError, RecursionError, OverflowError):
        raise BatchFaultError(BatchFault.NOT_CANONICAL) from None
    try:
        batch = read_content(data)
    except NodeFaultError as error:
        raise BatchFaultError(BatchFault.WRONG_FORM, error.fault.path) from None
    # What can be written in two ways, such as an instant with its offset, has one form here.
    if batch_as_data(batch) != data:
        raise BatchFaultError(BatchFault.NOT_CANONICAL)
    return batch


def _check_terms(batch: Batch, source: EvidenceSource, terms: BatchTerms) -> None:
    if batch.source != source.id:
        raise BatchFaultError(BatchFault.OTHER_SOURCE, "source")
    if batch.authority != terms.authority:
        raise BatchFaultError(BatchFault.OTHER_AUTHORITY, "authority")
    if batch.issued_at > terms.now + terms.clock_tolerance:
        raise BatchFaultError(BatchFault.DATED_AHEAD, "issued_at")
    if not source_key(source).covers(batch.issued_at):
        raise BatchFaultError(BatchFault.KEY_OUTSIDE_DATES, "issued_at")
    if batch.size == 0:
        raise BatchFaultError(BatchFault.EMPTY)
    said = (batch.entries, "entries"), (batch.withdrawals, "withdrawals")
    places = (batch.listed, "risk_places/listed"), (batch.ended, "risk_places/ended")
    lists_places = source.kind is SourceKind.RISK_PLACES
    for unfit, place in said if lists_places else places:
        if unfit:
            raise BatchFaultError(BatchFault.MAY_NOT_SAY, place)
    limit = PLACES_MAX if lists_places else terms.entries_max.get(ROUTES[source.kind], 0)
    if batch.size > limit:
        raise BatchFaultError(BatchFault.TOO_MANY_ENTRIES)
    ids = [*(each.id for each in batch.entries), *(each.id for each in batch.withdrawals)]
    if len(set(ids)) != len(ids):
        raise BatchFaultError(BatchFault.ID_TWICE)


def _check_places(batch: Batch, terms: BatchTerms) -> None:
    last_day = local_day(terms.now + terms.clock_tolerance, terms.zone)
    for number, listed in enumerate(batch.listed):
        place = f"risk_places/listed/{number}"
        _check_division(listed.division, place)
        if len(prefix_of(listed.division)) <= _PROVINCE_DIGITS:
            raise BatchFaultError(BatchFault.PLACE_TOO_WIDE, f"{place}/division")
        if listed.first_on > last_day:
            raise BatchFaultError(BatchFault.DATED_AHEAD, f"{place}/first_on")
        if listed.last_on is not None and listed.last_on < listed.first_on:
            raise BatchFaultError(BatchFault.DAY_UNFIT, f"{place}/last_on")
    for number, ended in enumerate(batch.ended):
        _check_division(ended.division, f"risk_places/ended/{number}")


def _check_division(division: DivisionCode, place: str) -> None:
    if not is_division(division):
        raise BatchFaultError(BatchFault.DIVISION_UNKNOWN, f"{place}/division")


def _check_entry(place: str, entry: BatchEntry, source: EvidenceSource, terms: BatchTerms) -> None:
    if entry.kind not in MAY_SAY[source.kind]:
        raise BatchFaultError(BatchFault.MAY_NOT_SAY, f"{place}/kind")
    now = terms.now + terms.clock_tolerance
    if entry.on > local_day(now, terms.zone):
        raise BatchFaultError(BatchFault.DATED_AHEAD, f"{place}/on")
    latest = latest_instant(entry.facts)
    if latest is not None and latest > now:
        raise BatchFaultError(BatchFault.DATED_AHEAD, f"{place}/facts")
    check_days(entry, terms.zone, place=place)
