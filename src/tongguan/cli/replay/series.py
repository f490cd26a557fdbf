"""A scheme's series of versions, from the first text to the last amendment, and their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tongguan.adapters.scheme_files import LoadedScheme, bundled_schemes, load_bundled, replay_of
from tongguan.core.identifiers import PhaseId, VersionId
from tongguan.core.scheme.model import Phase
from tongguan.core.scheme.unknowns import Unknown, blocking

_DAYS_BETWEEN: Final = 2
"""From one version to the next; the talks moved every parameter within weeks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lived:
    """A version that can be activated, and the day of the replay on which it is."""

    loaded: LoadedScheme
    phase: PhaseId
    day: date

    @property
    def text(self) -> Phase:
        """The phase as this version has it."""
        return next(each for each in self.loaded.version.phases if each.id == self.phase)


def replayable() -> tuple[VersionId, ...]:
    """The bundled schemes that come with a series of amendments."""
    return tuple(each for each in bundled_schemes() if replay_of(each))


def series_of(scheme: VersionId) -> tuple[LoadedScheme, ...]:
    """Every version in order: what the first amendment changes and stands on, then the series."""
    amended = [load_bundled(each) for each in replay_of(scheme)]
    before: list[LoadedScheme] = []
    follows = amended[0].version.follows
    while follows is not None:
        loaded = load_bundled(follows)
        before.append(loaded)
        follows = loaded.version.follows
    return (*reversed(before), *amended)


def unknowns_that_block(loaded: LoadedScheme) -> tuple[Unknown, ...]:
    """What keeps the first phase of a version from being activated."""
    return blocking(loaded.version, loaded.version.phases[0].id)


def lived(series: Sequence[LoadedScheme]) -> tuple[Lived, ...]:
    """The versions that can be activated, each on a day of the replay's own.

    The talks were over before anyone crossed. The replay lives their versions as if each had been
    signed during the pilot, two days apart, and none before the day it names itself.
    """
    found: list[Lived] = []
    for loaded in series:
        phase = loaded.version.phases[0]
        if unknowns_that_block(loaded) or phase.not_before is None:
            continue
        day = phase.not_before.first
        if found:
            day = max(day, found[-1].day + timedelta(days=_DAYS_BETWEEN))
        found.append(Lived(loaded=loaded, phase=phase.id, day=day))
    return tuple(found)
