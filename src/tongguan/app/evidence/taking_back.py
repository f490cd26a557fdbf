"""Taking back all that a source said since its word stopped holding: its key was stolen, say.

An act of the authority at its console, and of no officer. Each step is a transaction of its own
with everybody in it held in the one order of locks; whoever was coloured by the source is judged
again and told in it. A run that was interrupted is begun again and goes on where it ended, for
what was taken back is not taken back twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.control.alarms import controls_of
from tongguan.app.control.store import CaseState
from tongguan.app.evidence.entry import Entered, become, hold
from tongguan.app.health.corrections import close_case
from tongguan.app.ports import Transaction
from tongguan.app.stores import AuditEntry
from tongguan.core.evidence.limits import CONSOLE, is_held, source_causer
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    KeptEvidence,
    Standing,
    standing_of,
)
from tongguan.core.evidence.sources import Unsound
from tongguan.core.identifiers import EvidenceId, EvidenceSourceId, PersonKey

STEP_EVIDENCE_MAX: Final = 50
"""Of so much the persons are held at once: a second or so, for which nobody need wait long."""
_BEFORE_ALL: Final = EvidenceId("00000000-0000-0000-0000-000000000000")


class SinceAheadError(ValueError):
    """The time from which on nothing stands is still to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenBack:
    """What came of it: how many, and never who."""

    since: datetime
    """From then on nothing of the source stands: the earliest time that was ever named."""
    taken: int
    """Evidence taken back now; not what was taken back, lifted or superseded before."""
    held: int
    """Of these: it had been held, and counted for nothing anyway."""
    persons: int
    """Whom these were about."""
    withheld: int
    """Not taken back: colours would become worse beyond what may happen before officers of two
    units have looked. Once they have, the same again takes back the rest."""
    places: int
    """Places of high risk that it had listed."""
    own_withdrawals: int
    """What it had taken back itself since then, of old or new: that stands, for nothing that was
    withdrawn ever counts again. Whoever is believed has to say anew what was right."""


def take_back(
    authority: Authority,
    source: EvidenceSourceId,
    *,
    since: datetime,
    because: Unsound,
    by: str,
) -> TakenBack | None:
    """Withdraw a source, and take back all that was received from it since; again is harmless.

    ``None`` where no such source was ever enrolled. Raises ``SinceAheadError``, and
    ``NoHealthRulesError`` where the authority runs no health code. Places that the source ended
    stay ended: to list them again is for a source that is believed.
    """
    controls_of(authority)
    begun = _begin(authority, source, since, because, by)
    if begun is None:
        return None
    since, places, own_withdrawals = begun
    after, persons = (since, _BEFORE_ALL), set[PersonKey]()
    taken = held = withheld = 0
    while True:
        step = _step(authority, source, after, by)
        if step is None:
            break
        after = step.last
        persons |= step.persons
        taken, held = taken + step.taken, held + step.held
        withheld += step.withheld
    return TakenBack(
        since=since,
        taken=taken,
        held=held,
        persons=len(persons),
        withheld=withheld,
        places=places,
        own_withdrawals=own_withdrawals,
    )


def _begin(
    authority: Authority, source: EvidenceSourceId, since: datetime, because: Unsound, by: str
) -> tuple[datetime, int, int] | None:
    """Withdraw the source and its places; since when nothing stands, how many places, and how much
    it had taken back itself.

    The source's name is held as by its batches, so that none of them is on its way in afterwards.
    """
    with authority.database.transaction() as transaction:
        transaction.evidence.hold_causers([source_causer(source)])
        if since > transaction.now:
            raise SinceAheadError(since)
        store = transaction.evidence_sources
        if store.get(source) is None:
            return None
        store.withdraw(source, transaction.now)
        store.disbelieve(source, since, because)
        found = store.get(source)
        assert found is not None  # noqa: S101 - no source is ever deleted
        assert found.unsound_since is not None  # noqa: S101 - it was just written
        places = store.take_back_places(source, found.unsound_since, transaction.now)
        outcome = f"{because.value} since {found.unsound_since.isoformat()}, {places} places"
        _note(transaction, by, source, outcome)
        own_withdrawals = transaction.evidence.withdrawn_by(source, found.unsound_since)
        return found.unsound_since, places, own_withdrawals


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """What came of one step, and where the next begins."""

    last: tuple[datetime, EvidenceId]
    taken: int
    held: int
    withheld: int
    persons: frozenset[PersonKey]


def _step(
    authority: Authority, source: EvidenceSourceId, after: tuple[datetime, EvidenceId], by: str
) -> _Step | None:
    with authority.database.transaction() as transaction:
        found = transaction.evidence.said_by(source, after=after, limit=STEP_EVIDENCE_MAX)
        if not found:
            return None
        hold(
            transaction,
            [each.evidence.person for each in found],
            causers=[CONSOLE],
            targets={target for each in found for target in each.evidence.targets},
        )
        taken, withheld = [], 0
        for each in found:
            entered = _take(authority, transaction, each)
            if entered is None or (entered.is_adverse and not entered.is_new):
                withheld += 1
            elif entered.is_new:
                taken.append(each)
        _note(transaction, by, source, f"{len(taken)} taken back, {withheld} withheld")
        return _Step(
            last=max((each.evidence.received_at, each.evidence.id) for each in found),
            taken=len(taken),
            held=sum(standing_of(each, transaction.now) is Standing.HELD for each in taken),
            withheld=withheld,
            persons=frozenset(each.evidence.person for each in taken),
        )


def _take(authority: Authority, transaction: Transaction, kept: KeptEvidence) -> Entered | None:
    """What came of it; ``None`` where the attempt was held before and would be again."""
    evidence = kept.evidence
    if _waits_for_review(authority, transaction, evidence):
        return None
    event = EvidenceEvent(
        evidence=evidence.id, kind=EventKind.WITHDRAWN, at=transaction.now, by=(CONSOLE,)
    )
    entered = become(authority, transaction, event, causers=(CONSOLE,))
    if entered.is_new:
        close_case(transaction, evidence.id, CaseState.LIFTED, by=(CONSOLE,))
    return entered


def _waits_for_review(authority: Authority, transaction: Transaction, evidence: Evidence) -> bool:
    """Whether one try is kept and rings already, and nobody has made room since: one is enough."""
    acts = transaction.evidence.acts_of(evidence.id)
    if not any(each.held and each.causers == (CONSOLE,) for each in acts):
        return False
    unreviewed = {CONSOLE: transaction.evidence.unreviewed(CONSOLE)}
    return is_held(evidence.route, unreviewed, controls_of(authority))


def _note(transaction: Transaction, by: str, source: EvidenceSourceId, outcome: str) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=by,
            action="evidence_source.take_back",
            subject=source,
            outcome=outcome,
        )
    )
