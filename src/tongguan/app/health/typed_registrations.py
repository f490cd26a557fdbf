"""Registrations that one officer typed, and that turn worse by what is declared under them.

Whoever typed a registration had its slip in hand. A person's own word has no limit and nobody
answers for it, so nothing is held here; but an officer whose people declare so much is looked into.
"""

from datetime import datetime, timedelta
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import ring
from tongguan.app.ports import Transaction
from tongguan.app.registration.store import Registration
from tongguan.core.evidence.certified import as_trusted
from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import AlarmDue, AlarmKind, officer_causer, unit_causer
from tongguan.core.evidence.records import Route
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.judgement import judge
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import RegistrationId

_LATEST: Final = 200
"""Registrations that are looked through: what turned just now is among the latest."""


def ring_where_typed_turn(
    authority: Authority,
    transaction: Transaction,
    rules: HealthRules,
    registration: Registration,
    *,
    now: datetime,
) -> None:
    """Raise an alarm on who typed a registration, where as many of theirs turned as raise any.

    Within the hour, or within the days of an alarm by target, so that patience gains nothing; since
    others last looked into such an alarm. The caller holds the person and has just kept their code.
    """
    officer = registration.registered_by
    if officer is None or not _is_turned(authority, transaction, rules, registration.id, now):
        return
    unit = transaction.controls.unit_of(officer)
    units = () if unit is None else (unit_causer(unit),)
    subject = officer_causer(officer)
    transaction.evidence.hold_causers(sorted((subject, *units)))
    acts = _turned(authority, transaction, rules, officer, now)
    for each in (subject, *units) if acts else ():
        ring(transaction, AlarmDue(kind=AlarmKind.CAUSER, subject=each, acts=acts), at=now)


def _turned(
    authority: Authority, transaction: Transaction, rules: HealthRules, officer: str, now: datetime
) -> int:
    """How many turned, where that is enough for an alarm; 0 where it is not."""
    for window, least in _windows(rules.controls):
        since = max([now - window, *_looked_into(transaction, officer)])
        typed = transaction.registrations.typed_and_declared(officer, since, limit=_LATEST)
        turned = [each for each in typed if _is_turned(authority, transaction, rules, each, now)]
        if len(turned) >= least:
            return len(turned)
    return 0


def _windows(controls: Controls) -> tuple[tuple[timedelta, int], ...]:
    return (
        (controls.alarm_window, controls.alarm_acts[Route.OFFICERS]),
        (controls.target_window, controls.target_acts[Route.OFFICERS]),
    )


def _looked_into(transaction: Transaction, officer: str) -> list[datetime]:
    return [
        each.reviewed_at
        for each in transaction.controls.alarms()
        if each.subject == officer_causer(officer) and each.reviewed_at is not None
    ]


def _is_turned(
    authority: Authority,
    transaction: Transaction,
    rules: HealthRules,
    registration: RegistrationId,
    now: datetime,
) -> bool:
    """Whether its own word alone gives a colour: what others say of a person is not counted."""
    judged = judge(
        as_trusted(
            transaction.evidence.of_registration(registration), authority.certificate_issuers
        ),
        registration=registration,
        risk_places=transaction.evidence_sources.risk_places(),
        rules=rules.colours,
        now=now,
    )
    return judged.colour is not Colour.GREEN
