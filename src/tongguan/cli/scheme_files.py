"""Which version a command means: one that comes with the project, a file, or one adopted."""

from pathlib import Path
from typing import Final

from tongguan.adapters.scheme_files import (
    LoadedScheme,
    bundled_schemes,
    bundled_versions,
    load_bundled,
    load_scheme_text,
)
from tongguan.cli.problems import SendersFaultError, clipped, faulty
from tongguan.cli.reading import STANDARD_INPUT, read_bytes, shown_path
from tongguan.cli.speech import say, spoken_language
from tongguan.core.identifiers import VersionId
from tongguan.core.scheme.faults import Fault

FILE_BYTES_MAX: Final = 1_000_000


def named_scheme(name: str) -> LoadedScheme:
    """The version of this id that comes with the project, or that of this file.

    ``SendersFaultError`` for neither.
    """
    if name in bundled_versions():
        return load_bundled(VersionId(name))
    if "/" not in name and not name.endswith((".yaml", ".yml")):
        known = ", ".join(bundled_schemes())
        raise faulty(clipped(name, 80), "no_scheme", known=known)
    return faultless_scheme(Path(name))


def faultless_scheme(path: Path) -> LoadedScheme:
    """The version in a file; ``SendersFaultError`` names the first fault and how many there are."""
    loaded = checked_scheme(path)
    if isinstance(loaded, LoadedScheme):
        return loaded
    first = loaded[0]
    raise SendersFaultError(
        place_of(path, first),
        f"{first.message.in_language(spoken_language())} "
        + say("problems.more_faults", count=len(loaded), file=shown_path(path)),
    )


def checked_scheme(path: Path) -> LoadedScheme | tuple[Fault, ...]:
    """The version in a file or its faults; ``SendersFaultError`` for what is no file to read."""
    folder = None if path == STANDARD_INPUT else path.parent
    return load_scheme_text(read_bytes(path, size_bytes_max=FILE_BYTES_MAX), folder=folder)


def place_of(path: Path, fault: Fault) -> str:
    """Where a fault stands: file, line and column, and the path within the text."""
    where = f"{shown_path(path)}:{fault.line}:{fault.column}"
    return f"{where} {clipped(fault.path, 200)}" if fault.path else where
