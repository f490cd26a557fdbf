"""Whether a phase may be activated, and what holds because of the acts so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tongguan.core.identifiers import PhaseId, VersionDigest
from tongguan.core.scheme.acts import Act
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.history import History, history_of
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.obstacles import (
    Obstacle,
    ObstacleCode,
    already_obstacle,
    end_obstacles,
    obstacles_to,
    other_phase_obstacle,
    suspension_obstacles,
    unknown_phase_obstacle,
)
from tongguan.core.scheme.state import PhaseStanding, PhaseState, acts_in_order, find_phase

__all__ = ["ActivationDecision", "Obstacle", "ObstacleCode", "may_activate", "phase_state"]

Texts = Mapping[VersionDigest, Version]
"""Versions by the digest of their canonical text."""
_NO_TEXTS: Texts = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivationDecision:
    """Whether a phase may be activated now: exactly when nothing stands against it."""

    obstacles: tuple[Obstacle, ...]

    @property
    def permitted(self) -> bool:
        """Whether it may."""
        return not self.obstacles


def may_activate(
    version: Version,
    digest: VersionDigest,
    acts: Iterable[Act],
    phase_id: PhaseId,
    now: datetime,
    *,
    others: Texts = _NO_TEXTS,
) -> ActivationDecision:
    """Whether the phase may be activated now, or everything that stands against it.

    ``acts`` are all those of the scheme, on whatever text; the order does not matter. ``others``
    are the other texts that were adopted; acts on a text that is not known stop nothing.
    """
    phase = find_phase(version, phase_id)
    if phase is None:
        return ActivationDecision(obstacles=(unknown_phase_obstacle(phase_id),))
    parties = {party.id for party in version.parties}
    of_parties = (act for act in acts if act.authority in parties and act.scheme == version.scheme)
    known = acts_in_order(of_parties, now)
    history = history_of({**others, digest: version}, known, now)
    obstacles = (
        *obstacles_to(version, digest, known, phase, now),
        *suspension_obstacles(_acts_met(history, digest, phase_id, now), phase, now),
        *_of_other_phases(history, digest, phase_id, now),
    )
    state = history.standing(digest, phase, now).state
    if state is not PhaseState.NOT_ACTIVE:
        return ActivationDecision(obstacles=(already_obstacle(phase, state), *obstacles))
    ends = end_obstacles(version, history.acts_on(digest, phase_id, now), phase, now)
    return ActivationDecision(obstacles=(*obstacles, *ends))


def phase_state(
    version: Version,
    digest: VersionDigest,
    acts: Iterable[Act],
    phase_id: PhaseId,
    now: datetime,
    *,
    others: Texts = _NO_TEXTS,
    figures: Iterable[DailyFigures] = (),
) -> PhaseStanding:
    """The state of a phase at an instant; ``acts`` and ``figures`` are all those of the scheme."""
    phase = find_phase(version, phase_id)
    if phase is None:
        return PhaseStanding(state=PhaseState.NOT_ACTIVE, since=None)
    history = history_of({**others, digest: version}, acts, now)
    return history.standing(digest, phase, now, figures)


def _acts_met(
    history: History, digest: VersionDigest, phase_id: PhaseId, now: datetime
) -> Sequence[Act]:
    """The acts on the phase, and what it would take over from one that has ended.

    The suspension of one that holds is no obstacle: it goes over as it stands, and stops nobody
    from giving a better text its place.
    """
    if any(history.held_beside(digest, phase_id, now)):
        return history.acts.get((digest, phase_id), ())
    return history.acts_on(digest, phase_id, now)


def _of_other_phases(
    history: History, digest: VersionDigest, phase_id: PhaseId, now: datetime
) -> tuple[Obstacle, ...]:
    return tuple(
        other_phase_obstacle(history.texts[other].id, phase.id)
        for other, phase in history.held_beside(digest, phase_id, now)
        if not history.follows(digest, other)
    )
