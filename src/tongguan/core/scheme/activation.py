"""Whether a phase may be activated, and what holds because of the acts so far.

Acts are gone through once, in the order of their instants. An activation counts only if nothing
stood against it at its own instant, so every authority comes to the same state from the same acts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tongguan.core.calendar import local_day
from tongguan.core.identifiers import PhaseId, VersionDigest
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.obstacles import (
    Obstacle,
    ObstacleCode,
    already_obstacle,
    obstacles_to,
    other_phase_obstacle,
    unknown_phase_obstacle,
)
from tongguan.core.scheme.state import (
    PhaseStanding,
    PhaseState,
    acts_about,
    acts_in_order,
    find_phase,
    standing_after,
)

__all__ = ["ActivationDecision", "Obstacle", "ObstacleCode", "may_activate", "phase_state"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivationDecision:
    """Whether a phase may be activated now: exactly when nothing stands against it."""

    obstacles: tuple[Obstacle, ...]

    @property
    def permitted(self) -> bool:
        """Whether it may."""
        return not self.obstacles


@dataclass(frozen=True, kw_only=True, slots=True)
class _Record:
    """A text, the acts up to an instant, and the activations among them that took effect."""

    version: Version
    digest: VersionDigest
    acts: tuple[Act, ...]
    activated: Mapping[PhaseId, Act]

    def standing(self, phase: Phase, at: datetime) -> PhaseStanding:
        """The standing of a phase of the text at an instant."""
        about = acts_about(self.acts, self.digest, phase.id)
        return standing_after(self.version, phase, self.activated.get(phase.id), about, at)


def may_activate(
    version: Version, digest: VersionDigest, acts: Iterable[Act], phase_id: PhaseId, now: datetime
) -> ActivationDecision:
    """Whether the phase may be activated now, or everything that stands against it.

    ``acts`` are all those of the scheme, on whatever text; the order does not matter.
    """
    phase = find_phase(version, phase_id)
    if phase is None:
        return ActivationDecision(obstacles=(unknown_phase_obstacle(phase_id),))
    record = _record(version, digest, acts, now)
    obstacles = _all_obstacles(record, phase, now)
    state = record.standing(phase, now).state
    if state is not PhaseState.NOT_ACTIVE:
        obstacles = (already_obstacle(phase, state), *obstacles)
    return ActivationDecision(obstacles=obstacles)


def phase_state(
    version: Version, digest: VersionDigest, acts: Iterable[Act], phase_id: PhaseId, now: datetime
) -> PhaseStanding:
    """The state of a phase at an instant; ``acts`` are all those of the scheme."""
    phase = find_phase(version, phase_id)
    if phase is None:
        return PhaseStanding(state=PhaseState.NOT_ACTIVE, since=None)
    return _record(version, digest, acts, now).standing(phase, now)


def _record(version: Version, digest: VersionDigest, acts: Iterable[Act], now: datetime) -> _Record:
    # An authority that is trusted for something else has no say in this version.
    parties = {party.id for party in version.parties}
    of_parties = (act for act in acts if act.authority in parties)
    known = acts_in_order(of_parties, version.scheme, now)
    activated: dict[PhaseId, Act] = {}
    for index, act in enumerate(known):
        if act.kind is not ActKind.ACTIVATE_PHASE or act.digest != digest or act.phase is None:
            continue
        phase = find_phase(version, act.phase)
        if phase is None or act.phase in activated:
            continue
        before = _Record(version=version, digest=digest, acts=known[:index], activated=activated)
        if not _all_obstacles(before, phase, act.at):
            activated[act.phase] = act
    return _Record(version=version, digest=digest, acts=known, activated=activated)


def _all_obstacles(record: _Record, phase: Phase, at: datetime) -> tuple[Obstacle, ...]:
    return (
        *obstacles_to(record.version, record.digest, record.acts, phase, at),
        *_of_own_text(record, phase, at),
        *_of_other_texts(record, at),
    )


def _of_own_text(record: _Record, phase: Phase, at: datetime) -> tuple[Obstacle, ...]:
    return tuple(
        other_phase_obstacle(record.version.id, other.id)
        for other in record.version.phases
        if other.id != phase.id
        and record.standing(other, at).state in (PhaseState.ACTIVE, PhaseState.SUSPENDED)
    )


def _of_other_texts(record: _Record, at: datetime) -> tuple[Obstacle, ...]:
    """Of another text nothing but acts is known here: a phase of it holds until it was ended."""
    today = local_day(at, record.version.zone)
    begun = {
        (act.version, act.digest, act.phase): None
        for act in record.acts
        if act.kind is ActKind.ACTIVATE_PHASE and act.digest != record.digest
    }
    ended = {
        (act.version, act.digest, act.phase)
        for act in record.acts
        if act.last_day is not None and act.last_day < today
    }
    return tuple(
        other_phase_obstacle(name, phase_id)
        for name, text, phase_id in begun
        if phase_id is not None and (name, text, phase_id) not in ended
    )
