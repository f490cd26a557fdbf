"""Whether a record agrees with what a scheme says about the same source."""

from dataclasses import dataclass

from tongguan.adapters.sources.addresses import plain_address
from tongguan.adapters.sources.keeping import KeptSource
from tongguan.adapters.sources.reading import instant_as_text
from tongguan.core.identifiers import ClaimId
from tongguan.core.scheme.model import Source, Version
from tongguan.core.texts import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """One thing that both say, or that only the file says."""

    key: str
    scheme: str
    file: str
    agrees: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """The scheme's entry for the source, point by point, and the claims that cite it."""

    entry: Source
    comparisons: tuple[Comparison, ...]
    claims: tuple[ClaimId, ...]

    @property
    def agrees(self) -> bool:
        """Whether every point agrees."""
        return all(each.agrees for each in self.comparisons)


def entry_for(version: Version, *, url: str, name: str | None) -> Source | None:
    """The scheme's entry of this address, else the one of this name."""
    same = [each for each in version.sources if plain_address(each.url) == url]
    named = [each for each in version.sources if each.id == name]
    return next(iter((*same, *named)), None)


def agreement_of(kept: KeptSource, entry: Source, version: Version) -> Agreement:
    """How the kept record and the scheme's entry compare."""
    source = kept.source
    return Agreement(
        entry=entry,
        comparisons=(
            _alike("title", entry.title, source.title),
            _publishers(entry, source),
            _alike("url", entry.url, source.url, agrees=plain_address(entry.url) == source.url),
            _alike(
                "published", instant_as_text(entry.published), instant_as_text(source.published)
            ),
            _alike("language", entry.language, source.language),
            *(_in_note(instant_as_text(each.at), entry) for each in kept.reading.other_times),
        ),
        claims=tuple(claim.id for claim in version.claims if claim.source == entry.id),
    )


def _alike(key: str, scheme: str, file: str, *, agrees: bool | None = None) -> Comparison:
    same = scheme == file if agrees is None else agrees
    return Comparison(key=key, scheme=scheme, file=file, agrees=same)


def _publishers(entry: Source, source: Source) -> Comparison:
    # A scheme may add the publisher's name in another language, or its full form.
    written, read = entry.publisher.casefold(), source.publisher.casefold()
    alike = written in read or read in written
    return _alike("publisher", entry.publisher, source.publisher, agrees=alike)


def _in_note(at: str, entry: Source) -> Comparison:
    """Each further time of the file must be told by the entry's note, in every language."""
    notes = [entry.note.in_language(each) for each in Language] if entry.note else []
    told = bool(notes) and all(at in note for note in notes)
    return Comparison(key="other_time", scheme=at if told else "", file=at, agrees=told)
