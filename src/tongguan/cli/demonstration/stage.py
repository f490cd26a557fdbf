"""Sets the stage for one demonstration, lets it be played, and draws up the report."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import Final

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.acts import SuspensionOrder, resume_phase, suspend_phase
from tongguan.app.gates import enrolled_gates, gate_bundle
from tongguan.cli.demonstration import rows
from tongguan.cli.demonstration.cut_off import CutOffGate
from tongguan.cli.demonstration.in_process import InProcessServices
from tongguan.cli.demonstration.laboratory import enrolled_laboratory
from tongguan.cli.demonstration.observations import Observations
from tongguan.cli.demonstration.opening import activate, send_acts
from tongguan.cli.demonstration.over_http import OverHttpServices
from tongguan.cli.demonstration.play import Play
from tongguan.cli.demonstration.population import Frame, make_population
from tongguan.cli.demonstration.rehearsal import Guest, rehearse
from tongguan.cli.demonstration.report import DayReport, QuotaReport, Report
from tongguan.cli.demonstration.services import GatePost, Services
from tongguan.cli.demonstration.travellers import Journeying
from tongguan.cli.demonstration.visits import Gates
from tongguan.cli.pair import Pair, until_answered
from tongguan.core.booking.releases import days_ahead_max
from tongguan.core.calendar import instant_of
from tongguan.core.gate.bundle import bundle_text
from tongguan.core.identifiers import ControlPointId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import EACH, Direction, Leg, Phase, Quota, QuotaPer
from tongguan.core.texts import Text

ELSEWHERE: Final = ControlPointId("LMC")
"""Lok Ma Chau, which was shut then: a gate there knows no scheme."""
_SIGNING_AT: Final = time_of_day(7)
_SUSPENSION: Final = SuspensionOrder(
    why=Text(
        zh_hant="口岸臨時停電。",
        zh_hans="口岸临时停电。",
        en="The power failed at the control point.",
    )
)


class NotPlayableError(ValueError):
    """The scheme does not state enough for people to travel under it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be played."""

    loaded: LoadedScheme
    days: int
    applicants: int
    seed: int
    starts_on: date | None = None
    """The first day of travel; the first that the phase may begin on when ``None``."""

    @property
    def phase(self) -> Phase:
        """The first phase that says when it may begin, which way, and where."""
        for phase in self.loaded.version.phases:
            if phase.not_before and phase.entry and phase.entry.control_points and phase.directions:
                return phase
        raise NotPlayableError(self.loaded.version.id)

    @property
    def directions(self) -> dict[Leg, Direction]:
        """The way out and the way home."""
        found = {each.leg: each for each in self.phase.directions}
        if set(found) != set(Leg) or not all(each.slots for each in found.values()):
            raise NotPlayableError(self.loaded.version.id)
        return found

    @property
    def first_day(self) -> date:
        """The first day of travel."""
        if self.starts_on is not None:
            return self.starts_on
        begins = self.phase.not_before
        if begins is None:
            raise NotPlayableError(self.loaded.version.id)
        return begins.first

    @property
    def control_point(self) -> ControlPointId:
        """Where everybody crosses."""
        points = self.phase.entry.control_points if self.phase.entry else None
        if not points:
            raise NotPlayableError(self.loaded.version.id)
        return points[0].id

    @property
    def frame(self) -> Frame:
        """What the population needs to know."""
        booking = [each.booking for each in self.directions.values() if each.booking]
        return Frame(
            phase=self.phase,
            first_day=self.first_day,
            days=self.days,
            slots=len(self.directions[Leg.OUT].slots or ()),
            horizon_days=min((days_ahead_max(each) for each in booking), default=1),
        )


@dataclass(slots=True)
class OnStage:
    """The course of events at two authorities in this process."""

    pair: Pair
    plan: Plan
    post: GatePost
    cut_off: CutOffGate
    guest: Guest | None = None

    def set_time(self, instant: datetime) -> None:
        """Let it be this instant at both authorities."""
        until_answered(lambda: self.pair.set_time(instant))

    def synchronise(self) -> None:
        """Let both authorities fetch what the other published; the guest tries the gate once."""
        until_answered(self.pair.synchronise)
        if self.guest is not None:
            self.guest.step_up("real")
            self.guest = None

    def suspend(self) -> None:
        """Suspend crossing at once; the other side hears of it with the next exchange."""
        loaded, phase = self.plan.loaded, self.plan.phase
        until_answered(
            lambda: suspend_phase(self.pair.booking, loaded.digest, phase.id, _SUSPENSION)
        )
        self._send_acts()

    def resume(self) -> None:
        """Lift the suspension."""
        # An act is dated by the second: the lifting must not share that of the suspension.
        until_answered(lambda: self.pair.set_time(self.pair.now() + timedelta(minutes=1)))
        loaded, phase = self.plan.loaded, self.plan.phase
        until_answered(lambda: resume_phase(self.pair.booking, loaded.digest, phase.id))
        self._send_acts()

    def _send_acts(self) -> None:
        until_answered(lambda: send_acts(self.pair.booking, to=self.pair.other))

    def equip_cut_off_gate(self) -> None:
        """Hand the gate that will be cut off its last bundle."""
        point = self.post.control_point
        gates = until_answered(lambda: enrolled_gates(self.pair.booking))
        gate = next(each for each in gates if each.control_point == point)
        bundle = until_answered(lambda: gate_bundle(self.pair.booking, gate))
        self.cut_off.learn(bundle_text(bundle))


def perform(pair: Pair, plan: Plan, advance: Callable[[], None]) -> Report:
    """Rehearse, sign, activate and play it all in fresh databases; then report from their rows."""
    started = time.monotonic()
    services = InProcessServices(booking=pair.booking, authorities=pair.by_id)
    posts = _posts(plan)
    pair.pin_keys()
    for each in (*posts.values(), _elsewhere(plan)):
        services.enrol(each)
    observations = Observations()
    guest = rehearse(
        pair,
        plan.loaded,
        plan.phase,
        first_day=plan.first_day,
        services=services,
        post=posts[Leg.OUT],
        observations=observations,
    )
    zone = plan.loaded.version.zone
    activate(pair, plan.loaded, plan.phase.id, instant_of(plan.first_day, _SIGNING_AT, zone))
    parties = _play(pair, plan, services, observations, advance, guest=guest)
    seconds = time.monotonic() - started
    return until_answered(
        lambda: draw_up(pair, plan, observations, parties=parties, seconds=seconds)
    )


def perform_at_services(
    pair: Pair, plan: Plan, services: OverHttpServices, advance: Callable[[], None]
) -> Report:
    """Play it at services that run, under what holds there, from their next day on."""
    started = time.monotonic()
    for each in (*_posts(plan).values(), _elsewhere(plan)):
        services.enrol(each)
    observations = Observations()
    parties = _play(pair, plan, services, observations, advance)
    observations.asked_again += services.asked_again
    seconds = time.monotonic() - started
    return until_answered(
        lambda: draw_up(pair, plan, observations, parties=parties, seconds=seconds)
    )


def _play(
    pair: Pair,
    plan: Plan,
    services: Services,
    observations: Observations,
    advance: Callable[[], None],
    *,
    guest: Guest | None = None,
) -> int:
    """Let the people play their parts; how many parties there were."""
    posts = _posts(plan)
    cut_off = CutOffGate(control_point=plan.control_point, now=pair.now)
    course = OnStage(pair=pair, plan=plan, post=posts[Leg.OUT], cut_off=cut_off, guest=guest)
    parties = make_population(plan.frame, applicants=plan.applicants, seed=plan.seed)
    Play(
        common=journeying(plan, services, observations),
        gates=Gates(
            by_leg=posts,
            elsewhere=_elsewhere(plan),
            cut_off=cut_off,
            laboratory=enrolled_laboratory(
                pair.other, services, zone=plan.loaded.version.zone, now=pair.now
            ),
        ),
        course=course,
        advance=advance,
    ).run(parties)
    return len(parties)


def _posts(plan: Plan) -> dict[Leg, GatePost]:
    """Each leg's gate stands at the side that people leave."""
    return {
        leg: GatePost(authority=direction.origin, control_point=plan.control_point)
        for leg, direction in plan.directions.items()
    }


def _elsewhere(plan: Plan) -> GatePost:
    return GatePost(authority=plan.directions[Leg.OUT].origin, control_point=ELSEWHERE)


def journeying(plan: Plan, services: Services, observations: Observations) -> Journeying:
    """What all parties of a run share."""
    health = plan.phase.health
    return Journeying(
        frame=plan.frame,
        services=services,
        observations=observations,
        directions=plan.directions,
        control_point=plan.control_point,
        issuers=tuple(each.issuer for each in health.codes) if health else (),
        scheme=plan.loaded.version.scheme,
        zone=plan.loaded.version.zone,
    )


def draw_up(
    pair: Pair, plan: Plan, observations: Observations, *, parties: int, seconds: float
) -> Report:
    """The report from the rows of both databases, and of what was asked and refused."""
    databases = list(pair.databases.values())
    booking = pair.databases[pair.booking.id]
    directions = {leg: each.id for leg, each in plan.directions.items()}
    reasons: Counter[ReasonCode] = rows.reasons_given(pair.by_id.values()) + observations.cut_off
    return Report(
        version=plan.loaded.version.id,
        digest=plan.loaded.digest,
        applicants=plan.applicants,
        parties=parties,
        seed=plan.seed,
        days=_days(pair, plan, observations),
        quotas=tuple(_quota(each, observations) for each in plan.phase.quotas),
        reasons=dict(reasons),
        windows_exceeded=rows.windows_exceeded(booking),
        stranded=rows.stranded(databases, booking, directions),
        passes_used_twice=rows.passes_used_twice(databases),
        journeys_doubled=rows.doubled_journeys(booking),
        acknowledged=sum(len(each) for each in observations.acknowledged.values()),
        lost=rows.lost(databases, observations.acknowledged),
        asked_again=observations.asked_again,
        fsync=all(rows.fsync_is_on(each) for each in databases),
        seconds=seconds,
    )


def _days(pair: Pair, plan: Plan, observations: Observations) -> tuple[DayReport, ...]:
    version, booking = plan.loaded.version, pair.databases[pair.booking.id]
    counts = rows.gate_counts(pair.by_id.values(), version.zone)
    booked = rows.booked_by_day(booking, version.scheme)
    out, home = plan.directions[Leg.OUT].id, plan.directions[Leg.HOME].id
    quota = next((each for each in plan.phase.quotas if _is_whole_day(each)), None)
    left: Mapping[date, int] = {}
    if quota is not None:
        left = rows.left_by_day(booking, version.scheme, quota.id, out)
    reports = []
    for number in range(plan.days):
        day = plan.frame.day(number)
        count = counts.get(day, rows.GateCounts())
        reports.append(
            DayReport(
                day=day,
                asked=observations.asked[day],
                booked=booked.get(day, 0),
                crossed_out=count.crossed[out],
                crossed_home=count.crossed[home],
                referred=count.referred,
                denied=count.denied,
                denied_by=dict(count.denied_by),
                left=left.get(day, quota.limit if quota else None),
            )
        )
    return tuple(reports)


def _quota(quota: Quota, observations: Observations) -> QuotaReport:
    return QuotaReport(
        id=quota.id,
        name=quota.name,
        per=quota.per.value,
        limit=quota.limit,
        whole_day=_is_whole_day(quota),
        days_bound=tuple(sorted(observations.bound.get(quota.id, ()))),
    )


def _is_whole_day(quota: Quota) -> bool:
    """Whether it counts everyone who crosses in a direction on a day, and nothing else."""
    return quota.per is QuotaPer.DAY and dict(quota.counts) == {"direction": EACH}
