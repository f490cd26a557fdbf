"""Alarms and adverse acts, shown to officers; whoever is involved closes none."""

from dataclasses import dataclass

from tongguan.app.authorities import Authority
from tongguan.app.control.store import Alarm
from tongguan.app.evidence.consequences import NoHealthRulesError
from tongguan.app.evidence.sources import causers_of
from tongguan.app.evidence.store import AdverseAct
from tongguan.app.ports import Transaction
from tongguan.app.stores import AuditEntry
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import AlarmKind, officers_of, uninvolved, unit_causer
from tongguan.core.evidence.records import Standing, standing_of
from tongguan.core.identifiers import EvidenceSourceId


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmShown:
    """An alarm as one officer sees it."""

    alarm: Alarm
    is_involved: bool
    """The officer, or the unit, is among those it is about, or acted together with them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ActShown:
    """An adverse act that nobody else has looked at, as one officer sees it."""

    act: AdverseAct
    is_involved: bool
    waits: bool
    """It is evidence that is still held: released or lifted, and not found in order as an act."""


def alarms_shown(
    authority: Authority, *, officer: str, open_only: bool = True
) -> tuple[AlarmShown, ...]:
    """Alarms to an officer who belongs to a unit, the latest first; the look is recorded."""
    with authority.database.transaction() as transaction:
        unit = transaction.controls.unit_of(officer)
        if unit is None:
            return ()
        found = transaction.controls.alarms(open_only=open_only)
        _note_look(transaction, officer, "health_alarm.look", len(found))
        controls = controls_of(authority)
        return tuple(
            AlarmShown(
                alarm=each,
                is_involved=not uninvolved(
                    [unit], involved_in(transaction, each, controls), officers=[officer]
                ),
            )
            for each in reversed(found)
        )


def acts_shown(authority: Authority, *, officer: str, limit: int = 50) -> tuple[ActShown, ...]:
    """Acts to review, so many held ones and as many others, to an officer who has a unit.

    The look is recorded.
    """
    with authority.database.transaction() as transaction:
        unit = transaction.controls.unit_of(officer)
        if unit is None:
            return ()
        found = transaction.evidence.acts_to_review(limit=limit)
        _note_look(transaction, officer, "adverse_act.look", len(found))
        return tuple(
            ActShown(
                act=each,
                is_involved=not uninvolved([unit], each.causers, officers=[officer]),
                waits=waits_for_release(transaction, each),
            )
            for each in found
        )


def waits_for_release(transaction: Transaction, act: AdverseAct) -> bool:
    """Whether the act is evidence that is held: whoever reviewed it would hide it, and held it
    would stay.
    """
    kept = transaction.evidence.get(act.evidence) if act.held else None
    return kept is not None and standing_of(kept, transaction.now) is Standing.HELD


def involved_in(transaction: Transaction, alarm: Alarm, controls: Controls) -> frozenset[str]:
    """Everybody who answers for what is behind an alarm, not its subject alone.

    Who acted together with a unit would otherwise close that unit's alarm for it, and a colleague
    that of an officer whose registrations are disputed, behind which there is no act.
    """
    if alarm.kind is AlarmKind.PLACES:
        source = EvidenceSourceId(alarm.subject.partition(":")[2])
        found = transaction.evidence_sources.get(source)
        return frozenset({alarm.subject, *(() if found is None else causers_of(found))})
    is_causer = alarm.kind is AlarmKind.CAUSER
    window = controls.alarm_window if is_causer else controls.target_window
    since = alarm.raised_at - window
    acts = transaction.evidence.acts_since(since, causer=alarm.subject if is_causer else None)
    behind = [each for each in acts if is_causer or alarm.subject in each.targets]
    causers = {causer for each in behind for causer in each.causers}
    if not is_causer:
        return frozenset(causers)
    refusals = transaction.registrations.refusals_since(since)
    causers |= {causer for each in refusals if alarm.subject in each for causer in each}
    for officer in officers_of([alarm.subject]):
        units = transaction.controls.units_of(officer, since=since)
        causers |= {unit_causer(each) for each in units}
    return frozenset(causers | {alarm.subject})


def controls_of(authority: Authority) -> Controls:
    """The authority's figures; ``NoHealthRulesError`` where it issues no health codes."""
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    return authority.health_rules.controls


def _note_look(transaction: Transaction, officer: str, action: str, shown: int) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now, actor=officer, action=action, subject="all", outcome=str(shown)
        )
    )
