"""Batches of evidence that enrolled sources signed: taken whole, through the door, or refused."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import rfc8785

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.control.store import CaseState
from tongguan.app.evidence.consequences import NoHealthRulesError
from tongguan.app.evidence.entry import Entered, become, enter, hold
from tongguan.app.evidence.risk_places import PLACES, take_places
from tongguan.app.evidence.sources import causers_of
from tongguan.app.health.corrections import close_case
from tongguan.app.ports import Transaction
from tongguan.app.schemes import CLOCK_TOLERANCE, Holding, holding_or_raise
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.evidence.batch import BatchTerms, SignedBatch, read_batch
from tongguan.core.evidence.batch_content import entry_as_data
from tongguan.core.evidence.batch_facts import BatchEntry, end_of, ground_of
from tongguan.core.evidence.batch_faults import BatchFault, BatchFaultError, BatchRefused
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    Standing,
    standing_of,
)
from tongguan.core.evidence.sources import ROUTES
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import EvidenceId

_OVER = frozenset({Standing.LIFTED, Standing.SUPERSEDED, Standing.WITHDRAWN})


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchReceipt:
    """What came of a batch: how many, and never who."""

    is_new: bool
    refused: BatchRefused | None = None
    standings: Mapping[Standing, int] = field(default_factory=dict)
    """Of its entries, once each."""
    withdrawn: int = 0
    withheld: int = 0
    """Withdrawals that would make colours worse, beyond what the source may do unseen: not done."""
    places: int = 0
    """Listed and ended."""


def receive_batch(authority: Authority, message: bytes) -> BatchReceipt:
    """Take a batch that an enrolled source signed; known again is harmless, refused changes
    nothing.

    Raises ``NoHealthRulesError`` where the authority runs no health code, ``NothingHoldsError``
    before any phase was activated.
    """
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    rules = authority.health_rules
    try:
        with authority.database.transaction() as transaction:
            holding = holding_or_raise(transaction)
            read = read_batch(
                message,
                sources=transaction.evidence_sources.all(),
                terms=_terms(authority, rules, transaction),
            )
            if isinstance(read, SignedBatch):
                return _Reception(
                    authority=authority,
                    transaction=transaction,
                    rules=rules,
                    holding=holding,
                    signed=read,
                ).receive()
    except _RefusedError as error:
        read = error.refused
    if read.source is not None:
        _note_refused(authority, read)
    return BatchReceipt(is_new=False, refused=read)


def _terms(authority: Authority, rules: HealthRules, transaction: Transaction) -> BatchTerms:
    return BatchTerms(
        authority=authority.id,
        zone=rules.colours.zone,
        entries_max=rules.controls.batch_entries_max,
        now=transaction.now,
        clock_tolerance=CLOCK_TOLERANCE,
    )


class _RefusedError(Exception):
    """Takes back what the transaction has done so far; never leaves this module."""

    def __init__(self, refused: BatchRefused) -> None:
        super().__init__(refused.code.value)
        self.refused = refused


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reception:
    """One batch on its way through the door."""

    authority: Authority
    transaction: Transaction
    rules: HealthRules
    holding: Holding
    signed: SignedBatch

    def receive(self) -> BatchReceipt:
        """Keep it all; ``_RefusedError`` where a part of it cannot be kept."""
        signed, batch = self.signed, self.signed.batch
        today = local_day(self.transaction.now, self.rules.colours.zone)
        is_new = self.transaction.evidence_sources.add_batch(
            signed.digest,
            signed.source.id,
            signed.message,
            self.transaction.now,
            self.holding.delete_after(today),
        )
        if not is_new:
            return self._again()
        try:
            entries = [self._evidence(each) for each in batch.entries]
            self._hold(entries)
            self._require_source()
            standings = Counter(self._entered(entries))
            withdrawn, withheld = self._withdrawn()
            take_places(self.transaction, signed, self.rules)
        except BatchFaultError as error:
            refused = BatchRefused(code=error.code, place=error.place, source=signed.source.id)
            raise _RefusedError(refused) from None
        places = len(batch.listed) + len(batch.ended)
        self._note(f"{len(entries)} entries, {withdrawn} withdrawn, {places} places")
        return BatchReceipt(
            is_new=True,
            standings=standings,
            withdrawn=withdrawn,
            withheld=withheld,
            places=places,
        )

    def _again(self) -> BatchReceipt:
        """A batch that is known: what it takes back and could not is tried once more."""
        self._hold(())
        try:
            self._require_source()
        except BatchFaultError:
            withdrawn, withheld = 0, 0  # nothing more is done in its name
        else:
            withdrawn, withheld = self._withdrawn_at_last()
        if withdrawn:
            self._note(f"{withdrawn} withdrawn at last")
        return BatchReceipt(
            is_new=False,
            standings=Counter(self._standings()),
            withdrawn=withdrawn,
            withheld=withheld,
        )

    def _hold(self, entries: Iterable[Evidence]) -> None:
        """Everybody at once, in the one order of locks."""
        kept = (self.transaction.evidence.get(each.id) for each in self.signed.batch.withdrawals)
        touched = [*entries, *(each.evidence for each in kept if each is not None)]
        hold(
            self.transaction,
            [each.person for each in touched],
            causers=(*causers_of(self.signed.source), *self._lists()),
            targets={target for each in touched for target in each.targets},
        )

    def _lists(self) -> tuple[str, ...]:
        """Who lists places waits for everybody who does: how many count is looked at of all."""
        return (PLACES,) if self.signed.batch.listed else ()

    def _require_source(self) -> None:
        """It may have been withdrawn while the batch waited for what it holds now."""
        source = self.transaction.evidence_sources.get(self.signed.source.id)
        if source is None or source.withdrawn_at is not None:
            raise BatchFaultError(BatchFault.SOURCE_WITHDRAWN)

    def _entered(self, entries: Iterable[Evidence]) -> Iterator[Standing]:
        for number, (entry, evidence) in enumerate(
            zip(self.signed.batch.entries, entries, strict=True)
        ):
            request = {"source": self.signed.source.id, **entry_as_data(entry)}
            request_hash = self.authority.index.request(rfc8785.dumps(request))
            try:
                yield enter(
                    self.authority, self.transaction, evidence, request_hash=request_hash
                ).standing
            except RequestIdReusedError:
                place = f"entries/{number}/id"
                raise BatchFaultError(BatchFault.ID_REUSED, place) from None

    def _withdrawn(self) -> tuple[int, int]:
        """How many were taken back, and how many not; what had been before counts no more."""
        source, withdrawn, withheld = self.signed.source, 0, 0
        for number, each in enumerate(self.signed.batch.withdrawals):
            kept = self.transaction.evidence.get(each.id)
            if kept is None or kept.evidence.source != source.id:
                raise BatchFaultError(BatchFault.NOT_ITS_OWN, f"withdrawals/{number}/id")
            entered = self._take_back(each.id)
            withdrawn += entered.is_new
            withheld += entered.is_adverse and not entered.is_new
        return withdrawn, withheld

    def _withdrawn_at_last(self) -> tuple[int, int]:
        """The same of a known batch; an attempt that nobody has looked at is not made again."""
        withdrawn, withheld = 0, 0
        causers = set(causers_of(self.signed.source))
        for each in self.signed.batch.withdrawals:
            acts = self.transaction.evidence.acts_of(each.id)
            tried = [act for act in acts if act.held and set(act.causers) == causers]
            kept = self.transaction.evidence.get(each.id)
            if not tried or kept is None or standing_of(kept, self.transaction.now) in _OVER:
                continue
            if any(act.reviewed_at is None for act in tried):
                withheld += 1
                continue
            entered = self._take_back(each.id)
            withdrawn += entered.is_new
            withheld += entered.is_adverse and not entered.is_new
        return withdrawn, withheld

    def _take_back(self, evidence: EvidenceId) -> Entered:
        """Withdraw one; a case about it is decided for the person with it."""
        source = self.signed.source
        event = EvidenceEvent(
            evidence=evidence,
            kind=EventKind.WITHDRAWN,
            at=self.transaction.now,
            by=(source.id,),
        )
        entered = become(self.authority, self.transaction, event, causers=causers_of(source))
        if entered.is_new:
            close_case(self.transaction, evidence, CaseState.LIFTED, by=(source.id,))
        return entered

    def _evidence(self, entry: BatchEntry) -> Evidence:
        signed, source = self.signed, self.signed.source
        reference = entry.facts.get("reference")
        targets = [f"batch:{signed.digest}"]
        if reference is not None:
            targets.append(self.authority.index.reference_target(reference))
        return Evidence(
            id=entry.id,
            person=self.authority.index.person(entry.document),
            registration=None,
            route=ROUTES[source.kind],
            kind=entry.kind,
            ground=ground_of(entry),
            source=source.id,
            causers=causers_of(source),
            on=entry.on,
            facts=entry.facts,
            issued_at=signed.batch.issued_at,
            received_at=self.transaction.now,
            ends_at=end_of(entry, self.rules.colours.zone),
            batch=signed.digest,
            targets=tuple(targets),
        )

    def _standings(self) -> Iterator[Standing]:
        """Of the entries of a known batch, as far as they are still kept."""
        for each in self.signed.batch.entries:
            kept = self.transaction.evidence.get(each.id)
            if kept is not None:
                yield standing_of(kept, self.transaction.now)

    def _note(self, outcome: str) -> None:
        _note(self.transaction, self.signed.source.id, self.signed.batch.id, outcome)


def _note_refused(authority: Authority, refused: BatchRefused) -> None:
    """An enrolled source signed something that is refused: worth a line, unlike any stranger's."""
    with authority.database.transaction() as transaction:
        _note(transaction, str(refused.source), refused.place or "batch", refused.code.value)


def _note(transaction: Transaction, source: str, subject: str, outcome: str) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=f"source {source}",
            action="evidence.receive",
            subject=subject,
            outcome=outcome,
        )
    )
