"""Tests as an officer reads them from a paper, and how long the agreement lets one count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from tongguan.core.calendar import Interval, instant_of, local_day
from tongguan.core.scheme.model import AgeAnchor, HealthTestRequirement, JudgedAt

_ONE_INSTANT = datetime.resolution


class SampledTest(Protocol):
    """A negative test, whoever vouches for it."""

    @property
    def sampled_at(self) -> datetime:
        """When the specimen was taken."""

    @property
    def reported_at(self) -> datetime | None:
        """When the result was; ``None`` where nobody says."""

    @property
    def specimen(self) -> str:
        """The kind, by the name that the agreement gives it."""


class AgeLimit(Protocol):
    """How old a test may be and of which kind, wherever a scheme says so."""

    @property
    def within_hours(self) -> int | None:
        """Hours from the anchor; else ``within_days`` is stated."""

    @property
    def within_days(self) -> int | None:
        """Calendar days from the anchor's day."""

    @property
    def anchor(self) -> AgeAnchor:
        """What the age counts from."""

    @property
    def specimens(self) -> tuple[str, ...] | None:
        """Kinds accepted; ``None``: any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PresentedTest:
    """A negative test on a paper that names this person, as an officer read it.

    No signature stands behind it but the officer's word. ValueError when it was reported before
    it was sampled.
    """

    sampled_at: datetime
    reported_at: datetime | None
    """``None`` where the paper does not say."""
    specimen: str
    """The kind, by the name that the agreement gives it."""
    read_by: str
    """The officer's account."""

    def __post_init__(self) -> None:
        """ValueError that names the field."""
        if self.reported_at is not None and self.reported_at < self.sampled_at:
            raise ValueError("reported_at is before sampled_at")


class PaperFault(StrEnum):
    """Why a test does not do, from what could best be mended to what could least."""

    FROM_FUTURE = "from_future"
    """What is written on the paper, or typed from it, has not happened yet."""
    TIME_NOT_STATED = "time_not_stated"
    """The paper does not say the time from which the age counts."""
    TOO_OLD = "too_old"
    SPECIMEN_NOT_ACCEPTED = "specimen_not_accepted"


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplingWindow:
    """What a traveller must know before leaving home: which test will still be good."""

    requirement: HealthTestRequirement
    earliest: datetime
    """A test sampled (or reported, as the requirement says) from here on serves the whole slot."""


def valid_until(requirement: AgeLimit, anchor: datetime, zone: str) -> datetime:
    """The last instant at which a test of this anchor is still good, that instant included.

    Hours count from the anchor itself; calendar days from the anchor's day in the zone, whose
    last day counts to its end. The checker sees to it that one of the two is stated.
    """
    if requirement.within_hours is not None:
        return anchor + timedelta(hours=requirement.within_hours)
    day_after = local_day(anchor, zone) + timedelta(days=(requirement.within_days or 0) + 1)
    return instant_of(day_after, time(0), zone) - _ONE_INSTANT


def anchor_of(requirement: AgeLimit, test: SampledTest) -> datetime | None:
    """The instant from which the test's age counts; ``None`` where the paper does not say it."""
    return test.sampled_at if requirement.anchor is AgeAnchor.SAMPLING else test.reported_at


def paper_fault(
    requirement: AgeLimit,
    test: SampledTest,
    *,
    judged: datetime,
    now: datetime,
    zone: str,
) -> PaperFault | None:
    """Why the test does not meet the requirement, whose age is judged at ``judged``, if at all."""
    anchor = anchor_of(requirement, test)
    if requirement.specimens is not None and test.specimen not in requirement.specimens:
        return PaperFault.SPECIMEN_NOT_ACCEPTED
    if max(test.sampled_at, test.reported_at or test.sampled_at) > now:
        return PaperFault.FROM_FUTURE
    if anchor is None:
        return PaperFault.TIME_NOT_STATED
    return PaperFault.TOO_OLD if judged > valid_until(requirement, anchor, zone) else None


def earliest_sampling(requirement: HealthTestRequirement, slot: Interval, zone: str) -> datetime:
    """The earliest anchor with which a test is good throughout the slot.

    Where the test is judged at the slot's start, good at its start; else good until its end, so
    that nobody has to come early in the slot. Minutes of grace for the late are not reckoned in.
    """
    at_start = requirement.judged_at is JudgedAt.SLOT_START
    if requirement.within_hours is not None:
        judged = slot.start if at_start else slot.end
        return judged - timedelta(hours=requirement.within_hours)
    judged = slot.start if at_start else slot.end - _ONE_INSTANT
    first_day = local_day(judged, zone) - timedelta(days=requirement.within_days or 0)
    return instant_of(first_day, time(0), zone)


def sampling_windows(
    requirements: Iterable[HealthTestRequirement], slot: Interval, zone: str
) -> tuple[SamplingWindow, ...]:
    """For each requirement the earliest test that serves the slot."""
    return tuple(
        SamplingWindow(requirement=each, earliest=earliest_sampling(each, slot, zone))
        for each in requirements
    )
