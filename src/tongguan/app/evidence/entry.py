"""The door: the one place where evidence enters, and where anything becomes of it.

Whatever route it takes, the person is judged before and after. What makes the colour worse is an
adverse act: it is kept with those who answer for it, counted, and held beyond their limit; what
counts revokes codes that show too good a colour, and the person is told, all in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import Bench, lists_of, moment
from tongguan.app.evidence.vouching import is_vouched, may_take_back
from tongguan.app.ports import Transaction
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    KeptEvidence,
    Route,
    Standing,
    standing_of,
)
from tongguan.core.evidence.routes import OutOfRoute, answers_for, event_fault, evidence_fault
from tongguan.core.identifiers import PersonKey


class NotByTheDoorError(ValueError):
    """Evidence or an event that its route does not allow: our own bug, for callers ask before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """What came of it."""

    standing: Standing
    """Of the evidence now."""
    is_adverse: bool
    is_new: bool
    """Whether anything was kept. An event that is adverse and not new was beyond the limit of
    those who answer for it: the attempt is kept and counted, and nothing became of it."""


def hold(
    transaction: Transaction,
    persons: Iterable[PersonKey],
    causers: Iterable[str],
    targets: Iterable[str],
) -> None:
    """Let nobody else act on these people, nor in these names, until the transaction ends.

    The order of locks is persons, then causers and targets, each sorted. Whoever passes the door
    once need not call it; who passes it for several people calls it first, with everything.
    """
    shared = {*causers, *targets}
    for person in sorted(set(persons)):
        transaction.evidence.hold_person(person)
        shared.update(lists_of(transaction, person))
    transaction.evidence.hold_causers(sorted(shared))


def enter(
    authority: Authority, transaction: Transaction, evidence: Evidence, *, request_hash: bytes
) -> Entered:
    """Keep evidence; at most once for an id.

    ``received_at`` is settled here. Raises ``RequestIdReusedError`` for another content under a
    known id, ``NotByTheDoorError`` for what its route does not allow.
    """
    transaction.evidence.hold_person(evidence.person)
    known = _known(transaction, evidence, request_hash)
    if known is not None:
        return known
    bench = Bench.of(authority, transaction, evidence.person)
    evidence = replace(evidence, received_at=bench.now)
    fault = evidence_fault(evidence, bench.rules.controls)
    if fault is not None:
        raise NotByTheDoorError(fault.value)
    if not is_vouched(transaction, evidence, bench.registration):
        raise NotByTheDoorError(OutOfRoute.NOT_VOUCHED.value)
    if not transaction.evidence.add(evidence, request_hash, bench.delete_after(evidence)):
        raise RequestIdReusedError  # the same id for two persons at the same moment
    effect = bench.effect((*bench.kept, KeptEvidence(evidence=evidence)))
    bench.keep_together(effect.kept)
    standing = Standing.COUNTS
    if effect.is_adverse and bench.keep_act(evidence, evidence.causers):
        held = EvidenceEvent(evidence=evidence.id, kind=EventKind.HELD, at=bench.now, by=())
        transaction.evidence.add_event(held)
        standing = Standing.HELD
    elif effect.is_adverse:
        bench.let_count(evidence, evidence.causers, effect)
    return Entered(standing=standing, is_adverse=effect.is_adverse, is_new=True)


def become(
    authority: Authority,
    transaction: Transaction,
    event: EvidenceEvent,
    *,
    causers: tuple[str, ...],
) -> Entered:
    """Keep what became of evidence; ``at`` is settled here.

    Nothing becomes of evidence that was lifted, withdrawn or superseded. Raises ``KeyError`` for
    evidence that is not kept, ``NotByTheDoorError`` for an event that its evidence does not allow.
    Who releases what officers entered answers for nothing new: they looked, and caused none of it.
    Who releases what no officer's name stands behind answers for it from then on, as an officer:
    else a key and two who release what it signed would have no limit. Who upholds a finding answers
    for it where relief, begun or to come, would have given better. The person is told of a finding
    that counts or is gone; of a case, by whoever decides it.
    """
    found = transaction.evidence.get(event.evidence)
    if found is None:
        raise KeyError(event.evidence)
    transaction.evidence.hold_person(found.evidence.person)
    bench = Bench.of(authority, transaction, found.evidence.person)
    kept = next(each for each in bench.kept if each.evidence.id == event.evidence)
    fault = event_fault(kept.evidence, event)
    if fault is None and not answers_for(kept.evidence, event, causers):
        fault = OutOfRoute.CAUSERS
    if fault is None and not may_take_back(transaction, kept.evidence, event):
        fault = OutOfRoute.NOT_VOUCHED
    if fault is not None:
        raise NotByTheDoorError(fault.value)
    standing = standing_of(kept, bench.now)
    if standing in _OVER or (event.kind is EventKind.RELEASED and standing is not Standing.HELD):
        return Entered(standing=standing, is_adverse=False, is_new=False)
    event = replace(event, at=bench.now)
    became = replace(kept, events=(*kept.events, event))
    then = tuple(became if each is kept else each for each in bench.kept)
    effect = replace(bench, now=_relief_from(kept, event)).effect(then)
    route = Route.OFFICERS if event.kind in _BY_OFFICERS else kept.evidence.route
    if effect.is_adverse and bench.keep_act(kept.evidence, causers, route=route):
        return Entered(standing=standing, is_adverse=True, is_new=False)
    transaction.evidence.add_event(event)
    bench.keep_together(effect.kept)
    if effect.is_adverse:
        bench.let_count(kept.evidence, causers, effect, event)
    bench.tell_of_what_is_gone(event, effect)
    standing = standing_of(became, bench.now)
    return Entered(standing=standing, is_adverse=effect.is_adverse, is_new=True)


_OVER = frozenset({Standing.LIFTED, Standing.SUPERSEDED, Standing.WITHDRAWN})
_BY_OFFICERS = frozenset({EventKind.LIFTED, EventKind.RELEASED, EventKind.UPHELD})
"""What two officers do is theirs, under their limits, whatever way the evidence came."""


def _relief_from(kept: KeptEvidence, event: EvidenceEvent) -> datetime:
    """The instant by which what an event does is judged: its own, but for what is upheld in time.

    That takes away the relief that would have come by itself, so it is judged when that would come.
    """
    clocks = [each.decide_by for each in kept.events if each.decide_by is not None]
    return event.at if event.kind is not EventKind.UPHELD else max(event.at, *clocks[-1:])


def _known(transaction: Transaction, evidence: Evidence, request_hash: bytes) -> Entered | None:
    """What came of the same evidence before; ``None`` when it is new."""
    kept_hash = transaction.evidence.request_hash(evidence.id)
    if kept_hash is None:
        return None
    kept = transaction.evidence.get(evidence.id)
    if kept_hash != request_hash or kept is None or kept.evidence.person != evidence.person:
        raise RequestIdReusedError
    return Entered(
        standing=standing_of(kept, moment(transaction, [kept])),
        is_adverse=bool(transaction.evidence.acts_of(evidence.id)),
        is_new=False,
    )
