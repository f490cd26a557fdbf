"""Sponsors' lists as the use cases see them: who answers for whom, by keyed index alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from tongguan.core.identifiers import PersonKey, SchemeId, SponsorId


@dataclass(frozen=True, kw_only=True, slots=True)
class SponsorCount:
    """How many people a sponsor has on its list."""

    sponsor: SponsorId
    people: int
    changed_at: datetime


class SponsorStore(Protocol):
    """Lists by scheme and sponsor; no name and no number is kept, only the person's index."""

    def add(
        self,
        scheme: SchemeId,
        sponsor: SponsorId,
        people: Sequence[PersonKey],
        *,
        at: datetime,
        delete_after: date,
    ) -> int:
        """Put people on a list; how many were not there before."""

    def remove(self, scheme: SchemeId, sponsor: SponsorId, people: Sequence[PersonKey]) -> int:
        """Take people off a list; how many were there."""

    def named(
        self, scheme: SchemeId, sponsor: SponsorId, people: Sequence[PersonKey]
    ) -> frozenset[PersonKey]:
        """Those of the people who are on the list."""

    def of_person(self, person: PersonKey) -> tuple[SponsorId, ...]:
        """The sponsors on whose lists the person is, under any scheme."""

    def counts(self, scheme: SchemeId) -> tuple[SponsorCount, ...]:
        """How long each list is, by sponsor."""
