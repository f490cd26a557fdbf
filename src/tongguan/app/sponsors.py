"""Sponsors' lists: an officer enters whom a body named in the scheme answers for."""

from collections.abc import Sequence
from dataclasses import dataclass

from tongguan.app.authorities import Authority
from tongguan.app.schemes import holding_or_raise
from tongguan.app.sponsor_port import SponsorCount
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.identifiers import SponsorId
from tongguan.core.people import Document


class SponsorUnknownError(Exception):
    """The phase that holds has no such sponsor: the sender's fault, nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SponsorChange:
    """What came of a change to a list."""

    sponsor: SponsorId
    changed: int
    """People who were put on it, or taken off."""


def nominate(
    authority: Authority, sponsor: SponsorId, people: Sequence[Document], *, officer: str
) -> SponsorChange:
    """Put people on a sponsor's list; again is harmless."""
    return _change(authority, sponsor, people, officer=officer, takes_off=False)


def withdraw_nomination(
    authority: Authority, sponsor: SponsorId, people: Sequence[Document], *, officer: str
) -> SponsorChange:
    """Take people off a sponsor's list; what was granted to them stays."""
    return _change(authority, sponsor, people, officer=officer, takes_off=True)


def sponsor_counts(authority: Authority) -> tuple[SponsorCount, ...]:
    """How many people each sponsor of the scheme that holds has on its list."""
    with authority.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        return transaction.sponsors.counts(holding.version.scheme)


def _change(
    authority: Authority,
    sponsor: SponsorId,
    people: Sequence[Document],
    *,
    officer: str,
    takes_off: bool,
) -> SponsorChange:
    keys = [authority.index.person(each) for each in people]
    with authority.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        if all(each.id != sponsor for each in holding.phase.sponsors):
            raise SponsorUnknownError(sponsor)
        scheme = holding.version.scheme
        if takes_off:
            changed = transaction.sponsors.remove(scheme, sponsor, keys)
        else:
            today = local_day(transaction.now, holding.version.zone)
            changed = transaction.sponsors.add(
                scheme,
                sponsor,
                keys,
                at=transaction.now,
                delete_after=holding.version.data.ends or holding.delete_after(today),
            )
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=officer,
                action="sponsor.withdraw" if takes_off else "sponsor.nominate",
                subject=sponsor,
                outcome=str(changed),
            )
        )
        return SponsorChange(sponsor=sponsor, changed=changed)
