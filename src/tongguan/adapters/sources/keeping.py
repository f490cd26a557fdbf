"""Records and sanitised texts in the data directory: ``sources/ID.yaml``, ``.html``, ``.txt``."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.adapters.sources.reading import Reading, reading_as_data, reading_from_data
from tongguan.adapters.sources.records import (
    record_as_data,
    record_from_data,
    record_of,
    yaml_lines,
)
from tongguan.adapters.sources.refusals import SourceRefusal, SourceRefusedError
from tongguan.core.identifiers import SourceId
from tongguan.core.scheme.model import Source

_HEAD: Final = "# Made by `tongguan source add`. What stands under `source` is what claims cite.\n"
_OF_THE_RECORD: Final = ("title", "publisher", "url", "language")
_OF_THE_TEXT: Final = ("fragment", "plain")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSource:
    """A record with the reading of its file."""

    source: Source
    reading: Reading


def kept_as_data(kept: KeptSource) -> dict[str, Any]:
    """The record, and beside it what the reading adds, without the text."""
    left_out = (*_OF_THE_RECORD, *_OF_THE_TEXT)
    read = reading_as_data(kept.reading)
    return {
        "source": record_as_data(kept.source),
        "reading": {key: value for key, value in read.items() if key not in left_out},
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """The sources of one data directory; raises OSError where it cannot be written or read."""

    data: Path

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self.data / "sources"

    def ids(self) -> tuple[SourceId, ...]:
        """Every source that is kept, in alphabetical order."""
        return tuple(SourceId(each.stem) for each in sorted(self.folder.glob("[a-z]*.yaml")))

    def find(self, name: str) -> KeptSource | None:
        """The source of this name; ``SourceRefusedError`` when its files are damaged."""
        # The name becomes part of a path, so only one that is on the shelf is looked up.
        if name not in self.ids():
            return None
        try:
            return self._read(name)
        except (FileNotFoundError, KeyError, TypeError, ValueError, SourceRefusedError):
            raise SourceRefusedError(SourceRefusal.RECORD_DAMAGED, id=name) from None

    def keep(self, reading: Reading, name: SourceId) -> tuple[KeptSource, bool]:
        """The kept source and whether it is new; the same file again changes nothing.

        Raises ``SourceRefusedError`` when another file, or another record of the same file, is kept
        under this name.
        """
        kept = KeptSource(source=record_of(reading, name), reading=reading)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = "\n".join(yaml_lines(kept_as_data(kept)))
        with self._alone():
            if name not in self.ids():
                # The record comes last: cut midway, nothing is on the shelf yet.
                self._write(name, "html", reading.fragment)
                self._write(name, "txt", reading.plain)
                self._write(name, "yaml", f"{_HEAD}{written}\n")
                return kept, True
            if self.find(name) != kept:
                raise SourceRefusedError(SourceRefusal.ID_KEPT_OTHERWISE, id=name)
            return kept, False

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else keeps a source here meanwhile."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _read(self, name: str) -> KeptSource:
        parsed = parse_yaml(self._file(name, "yaml").read_bytes())
        data = parsed.data if isinstance(parsed.data, dict) and not parsed.faults else {}
        source, beside = record_from_data(data.get("source")), data.get("reading")
        reading = reading_from_data(
            {
                **(beside if isinstance(beside, dict) else {}),
                **{key: getattr(source, key) for key in _OF_THE_RECORD},
                "fragment": self._file(name, "html").read_text(encoding="utf-8"),
                "plain": self._file(name, "txt").read_text(encoding="utf-8"),
            }
        )
        if source.id != name:
            raise SourceRefusedError(SourceRefusal.RECORD_DAMAGED, id=name)
        return KeptSource(source=source, reading=reading)

    def _file(self, name: str, kind: str) -> Path:
        return self.folder / f"{name}.{kind}"

    def _write(self, name: str, kind: str, content: str) -> None:
        self._draft(name, content).replace(self._file(name, kind))

    def _draft(self, name: str, content: str) -> Path:
        draft = self.folder / f".{name}.{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return draft
