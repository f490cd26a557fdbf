"""What follows when something is said of a person: the judgement before and after, who answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from tongguan.app.authorities import Authority
from tongguan.app.control.store import Alarm
from tongguan.app.evidence.store import AdverseAct
from tongguan.app.health.notices import tell
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.evidence.certified import as_trusted
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.effect import gone_findings, is_adverse, new_findings
from tongguan.core.evidence.limits import CONSOLE, AlarmDue, AlarmKind, alarms_due, is_held
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    KeptEvidence,
    RiskPlace,
    Route,
)
from tongguan.core.evidence.routes import ROUTE_RULES
from tongguan.core.health.judgement import Finding, Judgement, ends_case, gravity, judge
from tongguan.core.health.notices import HealthNoticeCode
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import EvidenceId, PersonKey, RegistrationId


class NoHealthRulesError(LookupError):
    """The authority runs no health code, so that nothing can be said of anybody."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Effect:
    """What something does to a person's colour."""

    before: Judgement
    after: Judgement
    """By what the person's open registration declares too."""
    is_adverse: bool
    under_discharge: tuple[Finding, ...]
    """What is new and would count, if nobody had discharged the person since."""
    kept: tuple[KeptEvidence, ...]
    """Everything that is kept of the person afterwards."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Bench:
    """Everything by which one person is judged within a transaction that holds them."""

    authority: Authority
    transaction: Transaction
    person: PersonKey
    kept: tuple[KeptEvidence, ...]
    now: datetime
    rules: HealthRules
    holding: Holding
    registration: RegistrationId | None
    """The open one."""
    risk_places: tuple[RiskPlace, ...] = field(repr=False)

    @classmethod
    def of(cls, authority: Authority, transaction: Transaction, person: PersonKey) -> "Bench":
        """``NoHealthRulesError`` where the authority has none; ``NothingHoldsError`` before any
        phase was activated.
        """
        if authority.health_rules is None:
            raise NoHealthRulesError(authority.id)
        kept = transaction.evidence.of_person(person)
        registration = transaction.registrations.open_of(person)
        return cls(
            authority=authority,
            transaction=transaction,
            person=person,
            kept=kept,
            now=moment(transaction, kept),
            rules=authority.health_rules,
            holding=holding_or_raise(transaction),
            registration=None if registration is None else registration.id,
            risk_places=transaction.evidence_sources.risk_places(),
        )

    def delete_after(self, evidence: Evidence) -> date:
        """The last day the evidence is kept: while a rule may still look back at it, and on."""
        zone = self.rules.colours.zone
        days = max((rule.days or 0 for rule in self.rules.colours.rules), default=0)
        looked_back_at = evidence.on + timedelta(days=days)
        ends = [] if evidence.ends_at is None else [local_day(evidence.ends_at, zone)]
        return self.holding.delete_after(max([local_day(self.now, zone), looked_back_at, *ends]))

    def effect(self, kept: tuple[KeptEvidence, ...]) -> Effect:
        """What it does that this is kept now; whatever the person declares may hide nothing."""
        before, after = (self._judged(each, self.registration) for each in (self.kept, kept))
        others_before, others_after = (self._judged(each, None) for each in (self.kept, kept))
        # A case that a discharge ends counts against nobody until the discharge is gone; whoever
        # enters such cases answers for them now.
        bare_before, bare_after = (
            self._judged(_without_discharges(each), self.registration) for each in (self.kept, kept)
        )
        count = {each.evidence for each in after.findings}
        return Effect(
            before=before,
            after=after,
            is_adverse=is_adverse(before, after)
            or is_adverse(others_before, others_after)
            or is_adverse(bare_before, bare_after),
            under_discharge=tuple(
                each for each in new_findings(bare_before, bare_after) if each.evidence not in count
            ),
            kept=kept,
        )

    def is_finding(self, evidence: EvidenceId) -> bool:
        """Whether evidence counts against the person now."""
        judged = self._judged(self.kept, self.registration)
        return any(each.evidence == evidence for each in judged.findings)

    def keep_together(self, kept: Sequence[KeptEvidence]) -> None:
        """Keep each discharge as long as every case that it ends, and those as long as it.

        Else the case would come back when the discharge is deleted, and nobody had done it.
        """
        left = [each.evidence for each in kept if not _is_over(each)]
        for discharge in left:
            cases = [each.id for each in left if ends_case(discharge, each)]
            if cases:
                self.transaction.evidence.keep_together([discharge.id, *cases])

    def keep_act(
        self, evidence: Evidence, causers: tuple[str, ...], *, route: Route | None = None
    ) -> bool:
        """Keep and count an adverse act; whether it is beyond what its causers may do, and held.

        By the limits of the evidence's route, or of another whose hand it was. Nobody answers for
        a person's own word: there is nothing to count.
        """
        if not causers:
            return False
        route = route or evidence.route
        return self.count_act(evidence.id, route, causers, targets=evidence.targets)

    def count_act(
        self,
        subject: EvidenceId,
        route: Route,
        causers: tuple[str, ...],
        *,
        targets: tuple[str, ...] = (),
    ) -> bool:
        """The same of whatever was done to this person: evidence, or a claim of their number."""
        store = self.transaction.evidence
        targets = tuple(sorted({*targets, *lists_of(self.transaction, self.person)}))
        store.hold_causers(sorted({*causers, *targets}))
        unreviewed = {each: store.unreviewed(each) for each in causers}
        act = AdverseAct(
            serial=0,
            evidence=subject,
            route=route,
            causers=causers,
            targets=targets,
            at=self.now,
            held=is_held(route, unreviewed, self.rules.controls),
        )
        raise_alarms(self.transaction, self.rules.controls, act)
        store.add_act(act)
        if act.held:
            self._note(causers, "evidence.hold", subject, "held")
        return act.held

    def let_count(
        self,
        evidence: Evidence,
        causers: tuple[str, ...],
        effect: Effect,
        event: EvidenceEvent | None = None,
    ) -> None:
        """Revoke codes that show too good a colour; tell the person what others did."""
        for code in self.transaction.health_codes.acceptable(self.person):
            judged = self._judged(effect.kept, code.registration)
            if gravity(code.colour) < gravity(judged.colour):
                self.transaction.health_codes.revoke(code.id, self.now)
        if not causers and not ROUTE_RULES[evidence.route].is_limited:
            return
        kind = None if event is None else event.kind
        self._note(causers, f"evidence.{kind or 'enter'}", evidence.id, "counts")
        if event is not None and kind in _GONE:
            facts = {"who": evidence.source, "colour": effect.after.colour.value}
            self._tell(
                HealthNoticeCode.SOURCE_WITHDRAWN_FAVOURABLE
                if event.by == (CONSOLE,)
                else HealthNoticeCode.FAVOURABLE_WITHDRAWN,
                facts,
            )
        elif kind is not EventKind.UPHELD:
            self._tell_of_what_counts(effect)

    def tell_of_what_is_gone(self, event: EvidenceEvent, effect: Effect) -> None:
        """Tell the person that a finding is gone, when others saw to it."""
        code = _GONE.get(event.kind)
        if code is None:
            return
        if event.by == (CONSOLE,):
            code = HealthNoticeCode.SOURCE_WITHDRAWN
        for finding in gone_findings(effect.before, effect.after):
            if finding.evidence == event.evidence:
                facts = {"ground": finding.reason.value, "who": finding.source}
                self._tell(code, facts)

    def _tell_of_what_counts(self, effect: Effect) -> None:
        found = new_findings(effect.before, effect.after)
        for each in found:
            facts = {
                "ground": each.reason.value,
                "colour": each.colour.value,
                "who": each.source,
                "until": "" if each.until is None else each.until.astimezone(UTC).isoformat(),
                "evidence": each.evidence,
            }
            ends = each.until is not None
            self._tell(
                HealthNoticeCode.FINDING_COUNTS if ends else HealthNoticeCode.FINDING_COUNTS_ON,
                facts,
            )
        for each in effect.under_discharge:
            facts = {"ground": each.reason.value, "who": each.source, "evidence": each.evidence}
            self._tell(HealthNoticeCode.CASE_UNDER_DISCHARGE, facts)

    def _tell(self, code: HealthNoticeCode, facts: dict[str, str]) -> None:
        today = local_day(self.now, self.rules.colours.zone)
        delete_after = self.holding.delete_after(today)
        tell(self.transaction, self.person, code, facts, delete_after=delete_after)

    def _judged(
        self, kept: Iterable[KeptEvidence], registration: RegistrationId | None
    ) -> Judgement:
        return judge(
            as_trusted(kept, self.authority.certificate_issuers),
            registration=registration,
            risk_places=self.risk_places,
            rules=self.rules.colours,
            now=self.now,
        )

    def _note(
        self, causers: tuple[str, ...], action: str, subject: EvidenceId, outcome: str
    ) -> None:
        self._audit(", ".join(causers) or "traveller", action, subject, outcome)

    def _audit(self, actor: str, action: str, subject: str, outcome: str) -> None:
        entry = AuditEntry(
            at=self.now, actor=actor, action=action, subject=subject, outcome=outcome
        )
        self.transaction.audit.record(entry)


_GONE = {
    EventKind.LIFTED: HealthNoticeCode.FINDING_LIFTED,
    EventKind.WITHDRAWN: HealthNoticeCode.FINDING_WITHDRAWN,
}


def raise_alarms(transaction: Transaction, controls: Controls, act: AdverseAct) -> None:
    """Raise the alarms that are due with an act, whose causers and targets the caller holds."""
    store = transaction.controls
    opened: set[tuple[AlarmKind, str]] = {
        (each.kind, each.subject) for each in store.alarms(open_only=True)
    }
    asked = {
        *((AlarmKind.CAUSER, each) for each in act.causers),
        *((AlarmKind.TARGET, each) for each in act.targets),
    }
    if asked <= opened:
        return
    since = act.at - max(controls.alarm_window, controls.target_window)
    subjects = sorted(subject for _, subject in asked - opened)
    recent = transaction.evidence.unreviewed_sharing(subjects, since=since)
    for due in alarms_due(act, recent, opened, controls):
        ring(transaction, due, at=act.at)


def ring(transaction: Transaction, due: AlarmDue, *, at: datetime) -> None:
    """Raise an alarm; one that is open about the same rings on, with the greater number."""
    transaction.controls.raise_alarm(
        Alarm(serial=0, kind=due.kind, subject=due.subject, acts=due.acts, raised_at=at)
    )
    transaction.audit.record(
        AuditEntry(
            at=at,
            actor="tongguan",
            action="health_alarm.raise",
            subject=due.subject,
            outcome=due.kind.value,
        )
    )


def answer_for(
    transaction: Transaction,
    controls: Controls,
    acts: Sequence[AdverseAct],
    causers: tuple[str, ...],
) -> bool:
    """Let officers answer for acts that were nobody's hand; ``False``, and nothing, beyond a limit.

    As many as one causer may have by the ways that the acts came: who looks through the results of
    a laboratory answers for more of them than for orders. All count against these officers, so that
    they do little else until others have looked.
    """
    store = transaction.evidence
    targets = {target for each in acts for target in each.targets}
    store.hold_causers(sorted({*causers, *targets}))
    limits = [controls.unreviewed_max.get(each.route) for each in acts]
    room = min((each for each in limits if each is not None), default=len(acts)) - len(acts)
    if any(store.unreviewed(each) > room for each in causers):
        return False
    for each in acts:
        act = replace(each, serial=0, causers=causers, at=transaction.now)
        raise_alarms(transaction, controls, act)
        store.add_act(act)
    return True


def moment(transaction: Transaction, kept: Sequence[KeptEvidence]) -> datetime:
    """Now; but who waited for another may have begun before what that one kept."""
    instants = [event.at for each in kept for event in each.events]
    return max([transaction.now, *instants, *(each.evidence.received_at for each in kept)])


def _without_discharges(kept: Iterable[KeptEvidence]) -> list[KeptEvidence]:
    return [each for each in kept if each.evidence.kind is not EvidenceKind.DISCHARGE]


def _is_over(kept: KeptEvidence) -> bool:
    return any(each.kind in _FOR_GOOD for each in kept.events)


_FOR_GOOD = frozenset({EventKind.LIFTED, EventKind.SUPERSEDED, EventKind.WITHDRAWN})


def lists_of(transaction: Transaction, person: PersonKey) -> tuple[str, ...]:
    """The sponsors' lists that a person shares with others, as targets."""
    return tuple(f"sponsor:{each}" for each in transaction.sponsors.of_person(person))
