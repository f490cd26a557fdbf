"""The acts gone through once, in the order of their instants: which activations took effect.

An activation takes effect if, at its own instant, every party had signed the text, nothing
unknown blocked it, its days had come and no other phase held but one of a text that this one
follows: that phase is replaced, which ends it at the same instant. A suspension is no part of
this: it suspends a phase and never undoes its activation, so that nothing one side signs later,
under whatever date, takes away what both have signed. As no side lifts the other's suspension, it
goes over to the phase of the text that follows, whether that one replaced the suspended phase or
came after its end: either side ends a phase alone, under a date that it says itself. A breaker of
the text that follows goes on where the one of the same name was. Every authority that has the same
texts and acts comes to the same history.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.core.calendar import local_day
from tongguan.core.identifiers import PhaseId, VersionDigest
from tongguan.core.scheme.acts import Act, ActKind
from tongguan.core.scheme.breakers import Since
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
    replaced: Mapping[PhaseKey, Act]
    """Of each phase whose place a later text took, the activation by which it did."""

    def standing(
        self,
        digest: VersionDigest,
        phase: Phase,
        at: datetime,
        figures: Iterable[DailyFigures] = (),
    ) -> PhaseStanding:
        """The standing of a phase at an instant not before the last act.

        One that was replaced has ended by the activation that took its place. Figures suspend what
        they suspend; the history itself never asks for them.
        """
        key = (digest, phase.id)
        standing = standing_after(
            self.texts[digest],
            phase,
            self.activated.get(key),
            self.acts_on(digest, phase.id, at),
            at,
            figures=figures,
            breakers_since=self.breakers_since(digest, phase),
        )
        by = self.replaced.get(key)
        if by is None or _had_ended(standing, by.at):
            return standing
        return PhaseStanding(state=PhaseState.ENDED, since=by.at, by=(by.authority,), acts=(by,))

    def in_force_before(self, digest: VersionDigest) -> tuple[VersionDigest, ...]:
        """The other texts of the scheme of which a phase was activated, the oldest first."""
        scheme = self.texts[digest].scheme
        found = (each for (each, _), act in self.activated.items() if act.scheme == scheme)
        return tuple(dict.fromkeys(each for each in found if each != digest))

    def follows(self, digest: VersionDigest, earlier: VersionDigest) -> bool:
        """Whether a text follows another of its scheme, directly or through texts known here."""
        version, before = self.texts[digest], self.texts[earlier]
        if version.scheme != before.scheme or version.number <= before.number:
            return False
        if version.follows == before.id:
            return True
        return any(
            between.id == version.follows
            and between.number < version.number
            and self.follows(each, earlier)
            for each, between in self.texts.items()
        )

    def began(self, digest: VersionDigest, phase_id: PhaseId | None) -> Act:
        """The activation since when, through texts that replaced one another, people cross.

        ``KeyError`` for a phase that was never active.
        """
        before = [
            self.began(*each)
            for each, by in self.replaced.items()
            if (by.digest, by.phase) == (digest, phase_id)
        ]
        return min(before, key=lambda act: act.at, default=self.activated[digest, phase_id])

    def acts_on(
        self, digest: VersionDigest, phase_id: PhaseId | None, at: datetime
    ) -> Sequence[Act]:
        """The acts on a phase, with the suspensions and resumptions that it takes over."""
        about = self.acts.get((digest, phase_id), ())
        inherited = [
            act
            for each in self._before((digest, phase_id))
            for act in self.acts.get(each, ())
            if act.kind in (ActKind.SUSPEND, ActKind.RESUME)
        ]
        return acts_in_order((*inherited, *about), at) if inherited else about

    def breakers_since(self, digest: VersionDigest, phase: Phase) -> Since:
        """Since when each breaker is asked: its first text, of those that follow one another."""
        key = (digest, phase.id)
        since: dict[str, datetime] = {}
        if key not in self.activated:
            return since
        names = {each.id for each in phase.breakers}
        for each in (key, *self._before(key)):
            names &= self._breakers_of(each)
            since.update(dict.fromkeys(names, self.activated[each].at))
        return since

    def _breakers_of(self, key: PhaseKey) -> set[str]:
        phase = None if key[1] is None else find_phase(self.texts[key[0]], key[1])
        return set() if phase is None else {each.id for each in phase.breakers}

    def _before(self, key: PhaseKey) -> list[PhaseKey]:
        """The phases before this one, each activated last before the next, whose text follows it.

        The newest first; for one that is not active yet, those before it if it were now. Neither
        who ended one nor when is asked.
        """
        scheme, found, later = self.texts[key[0]].scheme, list[PhaseKey](), key
        activated = [each for each, act in self.activated.items() if act.scheme == scheme]
        earlier = activated[: activated.index(key)] if key in activated else activated
        for each in reversed(earlier):
            if not self.follows(later[0], each[0]):
                break
            found.append(each)
            later = each
        return found

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
    ) -> Iterator[tuple[VersionDigest, Phase]]:
        """The other phases of the scheme that hold at an instant, be they of one text or two."""
        # One that was replaced has ended, whatever else: long records have hardly any other.
        standing = (
            (key[0], act) for key, act in self.activated.items() if key not in self.replaced
        )
        for other_digest, act in standing:
            version = self.texts[other_digest]
            other = None if act.phase is None else find_phase(version, act.phase)
            is_beside = (other_digest, act.phase) != (digest, phase_id)
            if other is None or not is_beside or act.scheme != self.texts[digest].scheme:
                continue
            if self.standing(other_digest, other, at).state in _HOLDING:
                yield other_digest, other


def history_of(
    texts: Mapping[VersionDigest, Version], acts: Iterable[Act], now: datetime
) -> History:
    """What came of the acts up to an instant; those on other texts or of strangers are nothing."""
    about: defaultdict[PhaseKey, list[Act]] = defaultdict(list)
    activated: dict[PhaseKey, Act] = {}
    replaced: dict[PhaseKey, Act] = {}
    history = History(texts=texts, acts=about, activated=activated, replaced=replaced)
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
            for other, beside in tuple(history.held_beside(act.digest, phase.id, act.at)):
                replaced[other, beside.id] = act
            activated[key] = act
    return History(texts=texts, acts=dict(about), activated=activated, replaced=replaced)


def last_act_at(acts: Iterable[Act], now: datetime) -> datetime | None:
    """The instant of the last act up to now: the history is the same from then on until the next.

    What stands changes meanwhile, as suspensions begin and phases end; what became of the acts
    does not.
    """
    return max((act.at for act in acts if act.at <= now), default=None)


def _had_ended(standing: PhaseStanding, at: datetime) -> bool:
    """Whether a phase had ended by an instant."""
    ended = standing.state is PhaseState.ENDED
    return ended and standing.since is not None and standing.since <= at


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
        and all(
            history.follows(digest, other) for other, _ in history.held_beside(digest, phase.id, at)
        )
    )
