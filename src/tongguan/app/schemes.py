"""Versions adopted, acts signed and received, and what holds at an instant because of them."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from tongguan.app.authorities import Authority
from tongguan.app.canonical_versions import parse_version, parsed_version
from tongguan.app.holder_keys import pinned_keys
from tongguan.app.ports import Transaction
from tongguan.app.record_port import Record
from tongguan.app.stores import AuditEntry, StoredVersion
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.keys import KeySet
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import PhaseId, VersionDigest, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.acts import (
    ActKind,
    SignedAct,
    read_kept_act,
)
from tongguan.core.scheme.annex_statements import (
    SignedAnnex,
    annexes_in_force,
    read_kept_annex,
)
from tongguan.core.scheme.annexes import with_annexes
from tongguan.core.scheme.canonical import digest_of
from tongguan.core.scheme.figures import DailyFigures, read_kept_figures
from tongguan.core.scheme.history import History, history_of, last_act_at
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.state import PhaseStanding, PhaseState, find_phase
from tongguan.core.scheme.suspensions import Suspension

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far the other side's clock may be ahead of this one's."""


class NothingHoldsError(Exception):
    """No phase has been activated, so there is nothing to apply under."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """The version and phase activated last, and its state now.

    The phase ends with the earliest of the days that the text, an authority since, or the end of
    the scheme's data gives it.
    """

    version: Version
    digest: VersionDigest
    phase: Phase
    state: PhaseState
    since: datetime | None
    suspensions: tuple[Suspension, ...] = ()
    """Announced and neither lifted nor over, those to come too; empty once the phase is over."""
    first_day: date | None = None
    """The service day on which it was activated, or the first of the texts it replaced was."""

    def takes_applications(self) -> Decision | None:
        """``None`` while the phase is active; else a refusal that says what it is."""
        if self.state is PhaseState.ACTIVE:
            return None
        codes = {
            PhaseState.SUSPENDED: ReasonCode.PHASE_SUSPENDED,
            PhaseState.ENDED: ReasonCode.PHASE_ENDED,
        }
        reason = Reason(
            code=codes.get(self.state, ReasonCode.PHASE_NOT_ACTIVE),
            clause=f"phases/{self.phase.id}",
            claims=self.phase.basis.claims,
        )
        return Decision(outcome=Outcome.REFUSE, reasons=(reason,))

    def delete_after(self, last_day: date) -> date:
        """``delete_after`` under this text."""
        return delete_after(self.version, last_day)


def delete_after(version: Version, last_day: date) -> date:
    """The last day personal data of a matter that ends on ``last_day`` is kept."""
    kept = last_day + timedelta(days=version.data.retention_days or 0)
    return min(kept, version.data.ends or kept)


def adopt_version(authority: Authority, canonical: bytes) -> VersionDigest:
    """Keep a version's canonical text; again is harmless. ``VersionRefusedError`` for any other."""
    digest = digest_of(canonical)
    version = parse_version(digest, canonical)
    with authority.database.transaction() as transaction:
        stored = StoredVersion(
            id=version.id, digest=digest, canonical=canonical, adopted_at=transaction.now
        )
        if transaction.schemes.adopt(stored):
            note_done(transaction, authority, "scheme.adopt", version.id, digest[:16])
    return digest


def holding_now(authority: Authority) -> Holding | None:
    """What holds at this moment."""
    with authority.database.transaction() as transaction:
        return what_holds(transaction)


def what_holds(transaction: Transaction) -> Holding | None:
    """The phase activated last, with its state now; ``None`` before any activation took effect.

    An activation that did not take effect, or of a text that was never adopted here, counts for
    nothing: no side can push out by itself what both have signed, and what was once activated is
    suspended or ended but never gone.
    """
    return _holding(_record(transaction), whole_second(transaction.now))


def _record(transaction: Transaction) -> Record:
    """What is on record, its texts read."""
    record = transaction.record.read()
    for digest in record.digests:
        version_by_digest(transaction, digest)
    return record


@lru_cache(maxsize=64)
def _holding(record: Record, second: datetime) -> Holding | None:
    """Nothing changes within a second while nothing is added to the record."""
    history = _history(record, second)
    last = history.last_activated()
    if last is None:
        return None
    digest, phase = last
    standing = history.standing(digest, phase, second, _breaker_figures(record, phase))
    version = _as_run(record, history.texts[digest], digest, second)
    return Holding(
        version=version,
        digest=digest,
        phase=replace(find_phase(version, phase.id) or phase, ends=history.last_day(digest, phase)),
        state=standing.state,
        since=standing.since,
        suspensions=standing.suspensions,
        first_day=local_day(history.began(digest, phase.id).at, version.zone),
    )


def all_annexes(transaction: Transaction, digest: VersionDigest) -> tuple[SignedAnnex, ...]:
    """Every annex to a text kept here, in the order received; each was verified before."""
    return _annexes(transaction.record.read(), digest)


@lru_cache(maxsize=64)
def _annexes(record: Record, digest: VersionDigest) -> tuple[SignedAnnex, ...]:
    return tuple(_read_annex(signed) for text, signed in record.annexes if text == digest)


@lru_cache(maxsize=256)
def _read_annex(message: bytes) -> SignedAnnex:
    return read_kept_annex(message)


def _as_run(record: Record, version: Version, digest: VersionDigest, second: datetime) -> Version:
    """The text with booking as the annexes that hold now run it; its digest stays the text's."""
    kept = _annexes(record, digest)
    if not kept:
        return version
    held = annexes_in_force(version, digest, [each.statement for each in kept], second)
    return with_annexes(version, [each.annex for each in held])


def last_known_holding(transaction: Transaction) -> Holding | None:
    """What holds; else the phase that was to hold last, not active, for the way home to stand on.

    A gate has people before it whatever became of the acts that made it a gate.
    """
    holding = what_holds(transaction)
    if holding is not None:
        return holding
    acts = [each.act for each in all_acts(transaction)]
    activations = [act for act in acts if act.kind is ActKind.ACTIVATE_PHASE]
    named = [(act.digest, act.phase) for act in sorted(activations, key=lambda act: act.at)]
    adopted = [(each.digest, None) for each in transaction.schemes.versions()]
    for digest, phase_id in reversed((*adopted, *named)):
        if (digest, None) not in adopted:
            continue
        version = version_by_digest(transaction, digest)
        phase = find_phase(version, phase_id) if phase_id else next(iter(version.phases), None)
        if phase is not None:
            return Holding(
                version=version,
                digest=digest,
                phase=phase,
                state=PhaseState.NOT_ACTIVE,
                since=None,
            )
    return None


def history_now(transaction: Transaction) -> History:
    """What came of every act kept here, by now."""
    return _history(_record(transaction), whole_second(transaction.now))


def _history(record: Record, second: datetime) -> History:
    """What came of the acts that were signed by then."""
    last = last_act_at((each.act for each in _acts(record)), second)
    return _history_since(record, _BEFORE_ALL if last is None else last)


@lru_cache(maxsize=64)
def _history_since(record: Record, last: datetime) -> History:
    """A long record takes long to go through, and until the next act there is nothing new in it."""
    texts = {each: text for each in record.digests if (text := parsed_version(each)) is not None}
    return history_of(texts, [each.act for each in _acts(record)], last)


def texts_before(transaction: Transaction, digest: VersionDigest) -> dict[VersionDigest, Version]:
    """The other texts of the scheme that were in force, the oldest first."""
    history = history_now(transaction)
    return {each: history.texts[each] for each in history.in_force_before(digest)}


def canonical_texts_before(transaction: Transaction, digest: VersionDigest) -> tuple[bytes, ...]:
    """The other texts of the scheme that were in force, as they were signed."""
    found = (transaction.schemes.by_digest(each) for each in texts_before(transaction, digest))
    return tuple(each.canonical for each in found if each is not None)


def adopted_texts(transaction: Transaction) -> dict[VersionDigest, Version]:
    """Every text adopted here."""
    texts = transaction.record.read().digests
    return {each: version_by_digest(transaction, each) for each in texts}


def holding_or_raise(transaction: Transaction) -> Holding:
    """What holds; ``NothingHoldsError`` before any activation."""
    holding = what_holds(transaction)
    if holding is None:
        raise NothingHoldsError
    return holding


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeRecord:
    """A version with everything that was done about it."""

    version: Version
    digest: VersionDigest
    acts: tuple[SignedAct, ...]
    standings: tuple[tuple[PhaseId, PhaseStanding], ...]


def scheme_records(authority: Authority) -> tuple[SchemeRecord, ...]:
    """Every version adopted, the newest first."""
    with authority.database.transaction() as transaction:
        return tuple(
            _scheme_record(transaction, each) for each in reversed(transaction.schemes.versions())
        )


def scheme_record(authority: Authority, version: VersionId) -> SchemeRecord | None:
    """The text adopted last under a version's name, or ``None``."""
    with authority.database.transaction() as transaction:
        stored = transaction.schemes.latest(version)
        return None if stored is None else _scheme_record(transaction, stored)


def version_by_digest(transaction: Transaction, digest: VersionDigest) -> Version:
    """An adopted version; ``KeyError`` when this text was never adopted."""
    known = parsed_version(digest)
    if known is not None:
        return known
    stored = transaction.schemes.by_digest(digest)
    if stored is None:
        raise KeyError(digest)
    return parse_version(digest, stored.canonical)


def text_of(
    authority: Authority, digest: VersionDigest, phase_id: PhaseId
) -> tuple[Version, Phase]:
    """The text and phase under which something was applied for or booked.

    It names what a later text may no longer have. ``KeyError`` for a text never adopted here.
    """
    with authority.database.transaction() as transaction:
        return text_by_digest(transaction, digest, phase_id)


def text_by_digest(
    transaction: Transaction, digest: VersionDigest, phase_id: PhaseId
) -> tuple[Version, Phase]:
    """An adopted version and a phase of it; ``KeyError`` when there is none such."""
    version = version_by_digest(transaction, digest)
    phase = find_phase(version, phase_id)
    if phase is None:
        raise KeyError(phase_id)
    return version, phase


def trusted_keys(authority: Authority, transaction: Transaction) -> KeySet:
    """This authority's keys and those of every peer it has pinned, its own first."""
    peers = transaction.peers.peers()
    return _joined(
        (
            authority.keys.key_set(),
            *(pinned_keys(each.key_set, each.fingerprint) for each in peers),
        )
    )


@lru_cache(maxsize=16)
def _joined(sets: tuple[KeySet, ...]) -> KeySet:
    return KeySet.joined(sets)


def all_acts(transaction: Transaction) -> tuple[SignedAct, ...]:
    """Every act kept here, in the order received; each was verified before it was kept."""
    return _acts(transaction.record.read())


@lru_cache(maxsize=64)
def _acts(record: Record) -> tuple[SignedAct, ...]:
    return tuple(_read_act(each) for each in record.acts)


@lru_cache(maxsize=4096)
def _read_act(message: bytes) -> SignedAct:
    return read_kept_act(message)


def acts_on(transaction: Transaction, digest: VersionDigest) -> tuple[SignedAct, ...]:
    """The acts about one version's text."""
    return tuple(each for each in all_acts(transaction) if each.act.digest == digest)


def all_figures(transaction: Transaction) -> tuple[DailyFigures, ...]:
    """All daily figures kept here, in the order received; each was verified before."""
    return _figures(transaction.record.read())


@lru_cache(maxsize=64)
def _figures(record: Record) -> tuple[DailyFigures, ...]:
    return tuple(_read_figures(each) for each in record.figures)


@lru_cache(maxsize=4096)
def _read_figures(message: bytes) -> DailyFigures:
    return read_kept_figures(message).statement


def breaker_figures(transaction: Transaction, phase: Phase) -> tuple[DailyFigures, ...]:
    """The figures that a phase asks for as it stands: none, unless a breaker acts by itself."""
    return _breaker_figures(transaction.record.read(), phase)


def _breaker_figures(record: Record, phase: Phase) -> tuple[DailyFigures, ...]:
    asked = any(each.by_itself and each.keeps is not None for each in phase.breakers)
    return _figures(record) if asked else ()


def _scheme_record(transaction: Transaction, stored: StoredVersion) -> SchemeRecord:
    version = version_by_digest(transaction, stored.digest)
    acts = all_acts(transaction)
    history = history_now(transaction)
    figures = {each.id: breaker_figures(transaction, each) for each in version.phases}
    now = whole_second(transaction.now)
    return SchemeRecord(
        version=version,
        digest=stored.digest,
        acts=tuple(each for each in acts if each.act.digest == stored.digest),
        standings=tuple(
            (each.id, history.standing(stored.digest, each, now, figures[each.id]))
            for each in version.phases
        ),
    )


def note_done(
    transaction: Transaction, authority: Authority, action: str, subject: str, outcome: str
) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=f"authority {authority.id}",
            action=action,
            subject=subject,
            outcome=outcome,
        )
    )
