"""Reads annex files: YAML as scheme files are, and the annexes that come with a bundled scheme."""

import functools
from dataclasses import dataclass
from importlib import resources

from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.annexes import annex_digest, read_annex
from tongguan.core.scheme.faults import Fault, Positions
from tongguan.core.scheme.model import Annex


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedAnnex:
    """An annex with the digest of its canonical text and the place of every node of its file."""

    annex: Annex
    digest: str
    positions: Positions


def load_annex_text(text: bytes) -> LoadedAnnex | tuple[Fault, ...]:
    """The annex in the bytes of a file, or every fault of it; its agreement is not asked yet."""
    parsed = parse_yaml(text)
    if parsed.stopped:
        return parsed.faults
    read = read_annex(parsed.data, parsed.positions)
    if isinstance(read, tuple) or parsed.noted:
        faults = (*parsed.faults, *(read if isinstance(read, tuple) else ()))
        return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column, fault.path)))
    return LoadedAnnex(annex=read, digest=annex_digest(read), positions=parsed.positions)


@functools.cache
def bundled_annexes(version: VersionId) -> tuple[LoadedAnnex, ...]:
    """The annexes that come with a bundled version, by the names of their files; maybe none."""
    folder = resources.files("tongguan") / "schemes" / version / "annexes"
    if not folder.is_dir():
        return ()
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    found = []
    for file in files:
        loaded = load_annex_text(file.read_bytes())
        if isinstance(loaded, tuple):
            raise ValueError(f"bundled annex {file.name}: {loaded[0]}")  # noqa: TRY004 - our file
        found.append(loaded)
    return tuple(found)
