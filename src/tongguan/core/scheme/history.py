"""The acts gone through once, in the order of their instants: which activations took effect.

An activation takes effect if, at its own instant, every party had signed the text, nothing
unknown blocked it, its days had come and no other phase held. A suspension is no part of this: it
suspends a phase and never undoes its activation, so that nothing one side signs later, under
whatever date, takes away what both have signed. Every authority that has the same texts and acts
comes to the same history.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.core.calendar import local_day
from tongguan.core.identifiers import PhaseId, VersionDigest
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.obstacles import date_obstacles
from tongguan.core.scheme.state import (
    PhaseStanding,
    PhaseState,
    acts_in_order,
    find_phase,
    standing_after,
)
from tongguan.core.scheme.unknowns import blocking

PhaseKey = tuple[VersionDigest, PhaseId | None]
"""A phase of a text; ``None`` for the text as a whole, which signatures are about."""
_HOLDING = (PhaseState.ACTIVE, PhaseState.SUSPENDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """Texts, the acts of their parties up to an instant, and the activations that took effect."""

    texts: Mapping[VersionDigest, Version]
    acts: Mapping[PhaseKey, Sequence[Act]]
    """In the order in which they take effect."""
    activated: Mapping[PhaseKey, Act]
    """The activations that took effect, in their order; the first of each phase."""

    def standing(
        self,
        digest: VersionDigest,
        phase: Phase,
        at: datetime,
        figures: Iterable[DailyFigures] = (),
    ) -> PhaseStanding:
        """The standing of a phase at an instant not before the last act.

        Figures suspend what they suspend; the history itself never asks for them.
        """
        key = (digest, phase.id)
        about, activation = self.acts.get(key, ()), self.activated.get(key)
        version = self.texts[digest]
        return standing_after(version, phase, activation, about, at, figures=figures)

    def last_activated(self) -> tuple[VersionDigest, Phase] | None:
        """The phase whose activation took effect last; there is always one once there was one."""
        for (digest, _), act in reversed(tuple(self.activated.items())):
            phase = None if act.phase is None else find_phase(self.texts[digest], act.phase)
            if phase is not None:
                return digest, phase
        return None

    def last_day(self, digest: VersionDigest, phase: Phase) -> date | None:
        """The last service day, drawn in by the ends signed so far and the end of the data."""
        days = [phase.ends, self.texts[digest].data.ends]
        days.extend(act.last_day for act in self.acts.get((digest, phase.id), ()))
        return min((day for day in days if day is not None), default=None)

    def held_beside(
        self, digest: VersionDigest, phase_id: PhaseId, at: datetime
    ) -> Iterator[tuple[Version, Phase]]:
        """The other phases of the scheme that hold at an instant, be they of one text or two."""
        for other_digest, act in ((key[0], act) for key, act in self.activated.items()):
            version = self.texts[other_digest]
            other = None if act.phase is None else find_phase(version, act.phase)
            is_beside = (other_digest, act.phase) != (digest, phase_id)
            if other is None or not is_beside or act.scheme != self.texts[digest].scheme:
                continue
            if self.standing(other_digest, other, at).state in _HOLDING:
                yield version, other


def history_of(
    texts: Mapping[VersionDigest, Version], acts: Iterable[Act], now: datetime
) -> History:
    """What came of the acts up to an instant; those on other texts or of strangers are nothing."""
    about: defaultdict[PhaseKey, list[Act]] = defaultdict(list)
    activated: dict[PhaseKey, Act] = {}
    history = History(texts=texts, acts=about, activated=activated)
    blocked: dict[PhaseKey, bool] = {}
    for act in acts_in_order((each for each in acts if _is_of_a_party(each, texts)), now):
        key = (act.digest, act.phase)
        if act.kind is not ActKind.ACTIVATE_PHASE:
            about[key].append(act)
            continue
        phase = None if act.phase is None else find_phase(texts[act.digest], act.phase)
        if phase is None or key in activated:
            continue
        if not _might_begin(history, act.digest, phase, act.at):
            continue
        if key not in blocked:  # the dear question comes last, and once
            blocked[key] = bool(blocking(texts[act.digest], phase.id))
        if not blocked[key]:
            activated[key] = act
    return History(texts=texts, acts=dict(about), activated=activated)


def _is_of_a_party(act: Act, texts: Mapping[VersionDigest, Version]) -> bool:
    """An authority that is trusted for something else has no say in a version."""
    version = texts.get(act.digest)
    return (
        version is not None
        and act.scheme == version.scheme
        and any(party.id == act.authority for party in version.parties)
    )


def _might_begin(history: History, digest: VersionDigest, phase: Phase, at: datetime) -> bool:
    version = history.texts[digest]
    signed = {act.authority for act in history.acts.get((digest, None), ())}
    return (
        all(party.id in signed for party in version.parties)
        and not date_obstacles(version, phase, local_day(at, version.zone), at)
        and not any(history.held_beside(digest, phase.id, at))
    )
