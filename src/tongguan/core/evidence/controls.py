"""How much one hand may do to colours before others look: an authority's figures, in its rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tongguan.core.evidence.records import Route


@dataclass(frozen=True, kw_only=True, slots=True)
class Controls:
    """Limits that hold whoever asks; each stands in the rules file with its source or as assumed.

    A causer is a unit of officers, an officer, or an enrolled source: ``unit:…``, ``officer:…``,
    ``source:…``. An act counts against each of its causers until officers of two other units have
    reviewed it. There is no window of time, so patience gains nothing.
    """

    unreviewed_max: Mapping[Route, int]
    """Adverse acts of one causer that may count unreviewed; the next is held. Routes by which a
    person's own word enters are absent: nobody else's hand is in them."""
    batch_entries_max: Mapping[Route, int]
    """Entries of one signed batch; a longer one is refused whole. By hand it is one."""
    alarm_acts: Mapping[Route, int]
    """Adverse acts and attempts of one causer within ``alarm_window`` that raise an alarm, by the
    route of the last: what is nothing for a laboratory is much for a hand."""
    alarm_window: timedelta
    target_acts: Mapping[Route, int]
    """The same for people who share something: a batch, a reference, a sponsor's list."""
    target_window: timedelta
    proposal_time: timedelta
    """Within which an officer of another unit has to confirm."""
    correction_time: timedelta
    """The clock of a case; then interim relief begins."""
    claim_time: timedelta
    """The clock of a claim of a number."""
    finding_days_max: int
    """How long evidence by officers may count at most."""
    places_open_max: int
    """Divisions listed as places of high risk that may count at once, whoever listed them."""
