"""Reads scheme files from disk, complete ones and amendments, and those that are bundled."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Final

from tongguan.adapters.scheme_yaml import SIZE_BYTES_MAX, ParsedYaml, parse_yaml
from tongguan.core.identifiers import VersionDigest, VersionId
from tongguan.core.scheme.amendment import amended, read_amendment
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.faults import Fault, FaultCode
from tongguan.core.scheme.language.reader import Reader, shown
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version

AMENDMENTS_DEEP_MAX: Final = 32
"""Amendments that may stand one upon another before one must be written out in full."""
FILES_BESIDE_MAX: Final = 500
"""Files of a folder that are looked through for the version that an amendment changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedScheme:
    """A version with the text that is signed."""

    version: Version
    canonical: bytes
    digest: VersionDigest


@dataclass(frozen=True, kw_only=True, slots=True)
class _SchemeFile:
    """A file that says it is of a version."""

    name: str
    """As a person is told it."""
    text: bytes


def load_scheme_file(path: Path) -> LoadedScheme | tuple[Fault, ...]:
    """The version in a file, or every fault of the file.

    Raises OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        text = file.read(SIZE_BYTES_MAX + 1)
    return load_scheme_text(text, folder=path.parent)


def load_scheme_text(
    text: bytes, *, folder: Path | None = None
) -> LoadedScheme | tuple[Fault, ...]:
    """The version in the bytes of a file, or every fault of it.

    A file of changes becomes the complete version; the one that it changes comes with the project
    or stands in ``folder``.
    """
    return _load_text(text, folder, ())


def _load_text(
    text: bytes, folder: Path | None, changing: tuple[str, ...]
) -> LoadedScheme | tuple[Fault, ...]:
    """``changing`` are the ids of the amendments under way, the outermost first."""
    parsed = parse_yaml(text)
    if parsed.stopped:
        return parsed.faults
    read: Version | tuple[Fault, ...]
    if isinstance(parsed.data, dict) and "amends" in parsed.data:
        read = _amended_version(parsed, folder, changing)
    else:
        read = read_version(parsed.data, parsed.positions)
    if isinstance(read, tuple) or parsed.noted:
        faults = (*parsed.faults, *(read if isinstance(read, tuple) else ()))
        return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column, fault.path)))
    canonical = canonical_text(read)
    return LoadedScheme(version=read, canonical=canonical, digest=digest_of(canonical))


def load_beside(version: VersionId, folder: Path) -> LoadedScheme | None:
    """The version of this id that comes along, or the one file of the folder that says it is.

    ``None`` where there is none, where several differ, and where the file has faults of its own.
    """
    if version in bundled_versions():
        return load_bundled(version)
    found = _files_of(version, folder)
    loaded = _load_text(found[0].text, folder, ()) if len(found) == 1 else ()
    return loaded if isinstance(loaded, LoadedScheme) else None


def _amended_version(
    parsed: ParsedYaml, folder: Path | None, changing: tuple[str, ...]
) -> Version | tuple[Fault, ...]:
    amendment = read_amendment(parsed.data, parsed.positions)
    if isinstance(amendment, tuple):
        return amendment
    reader = Reader(data=parsed.data, positions=parsed.positions)
    under_way = (*changing, amendment.id)
    if amendment.amends in under_way:
        circle = " → ".join((*under_way, amendment.amends))
        reader.fault(FaultCode.AMENDMENT_CIRCLE, ("amends",), value=shown(circle))
        return tuple(reader.faults)
    if len(under_way) > AMENDMENTS_DEEP_MAX:
        maximum = str(AMENDMENTS_DEEP_MAX)
        reader.fault(FaultCode.AMENDMENT_TOO_DEEP, ("amends",), maximum=maximum)
        return tuple(reader.faults)
    found = _files_of(amendment.amends, folder)
    if len(found) != 1:
        return _not_one_base(found, amendment.amends, reader)
    (base_file,) = found
    if amendment.amends in bundled_versions():
        base: LoadedScheme | tuple[Fault, ...] = load_bundled(amendment.amends)
    else:
        base = _load_text(base_file.text, folder, under_way)
    if isinstance(base, tuple):
        return _faults_of_base(base, amendment.amends, base_file.name, reader)
    return amended(amendment, base.version, parsed.data, parsed.positions)


_OF_AMENDMENTS: Final = (FaultCode.AMENDMENT_CIRCLE, FaultCode.AMENDMENT_TOO_DEEP)


def _not_one_base(
    found: tuple[_SchemeFile, ...], amends: VersionId, reader: Reader
) -> tuple[Fault, ...]:
    """The fault where no file is the version to change, or several that differ say they are."""
    if found:
        files = ", ".join(each.name for each in found)
        reader.fault(FaultCode.AMENDMENT_BASE_AMBIGUOUS, ("amends",), value=amends, files=files)
    else:
        facts = {"value": amends, "allowed": ", ".join(bundled_schemes())}
        reader.fault(FaultCode.AMENDMENT_BASE_UNKNOWN, ("amends",), **facts)
    return tuple(reader.faults)


def _faults_of_base(
    faults: tuple[Fault, ...], amends: VersionId, file: str, reader: Reader
) -> tuple[Fault, ...]:
    """One fault for all of the base; a circle is named as what it is from wherever it is seen."""
    first = faults[0]
    if first.code in _OF_AMENDMENTS:
        line, column = reader.positions.get(("amends",), (1, 1))
        return (replace(first, path="amends", line=line, column=column),)
    facts = {"value": amends, "count": str(len(faults)), "line": str(first.line), "file": file}
    detail = f"{first.path} ({first.code.value})" if first.path else first.code.value
    reader.fault(FaultCode.AMENDMENT_BASE_FAULTY, ("amends",), detail=detail, **facts)
    return tuple(reader.faults)


def _files_of(version: VersionId, folder: Path | None) -> tuple[_SchemeFile, ...]:
    """The files of this id, the one that comes with the project first; of equal ones, one.

    Copies that say the same do no harm; which of two that differ is meant only a person knows.
    """
    found: dict[bytes, _SchemeFile] = {}
    if version in bundled_versions():
        path = _bundled_file(version)
        name = f"tongguan/schemes/{path.relative_to(_schemes()).as_posix()}"
        found[path.read_bytes()] = _SchemeFile(name=name, text=path.read_bytes())
    for path in _files_beside(folder):
        with path.open("rb") as file:
            text = file.read(SIZE_BYTES_MAX + 1)
        if text not in found and _says_id(text, version):
            found[text] = _SchemeFile(name=shown(path.name), text=text)
    return tuple(found.values())


def _files_beside(folder: Path | None) -> tuple[Path, ...]:
    if folder is None or not folder.is_dir():
        return ()
    found = (each for each in folder.iterdir() if each.suffix in {".yaml", ".yml"})
    return tuple(sorted(each for each in found if each.is_file()))[:FILES_BESIDE_MAX]


def _says_id(text: bytes, version: VersionId) -> bool:
    """Whether the file is of this version, by the line at its top level that says so."""
    pattern = rb"(?m)^id:[ \t]*[\"']?" + re.escape(version.encode()) + rb"[\"']?[ \t]*(?:#.*)?\r?$"
    return re.search(pattern, text) is not None


def bundled_schemes() -> tuple[VersionId, ...]:
    """The versions that come with the project, in alphabetical order."""
    return tuple(
        VersionId(entry.name)
        for entry in sorted(_schemes().iterdir(), key=lambda entry: entry.name)
        if entry.is_dir() and (entry / "scheme.yaml").is_file()
    )


@functools.cache
def replay_of(version: VersionId) -> tuple[VersionId, ...]:
    """The versions that a bundled scheme's series of amendments makes, in their order."""
    return tuple(
        each for each, path in _amendment_files().items() if path.parent.parent.name == version
    )


def bundled_versions() -> tuple[VersionId, ...]:
    """Every version that comes with the project: the complete ones, then those of amendments."""
    return (*bundled_schemes(), *_amendment_files())


@functools.cache
def load_bundled(version: VersionId) -> LoadedScheme:
    """A version that comes with the project; raises KeyError when there is none of that name."""
    loaded = load_scheme_file(_bundled_file(version))
    if isinstance(loaded, LoadedScheme):
        return loaded
    raise ValueError(f"bundled scheme {version}: {loaded[0]}")


def _bundled_file(version: VersionId) -> Path:
    if version in bundled_schemes():
        return _schemes() / version / "scheme.yaml"
    return _amendment_files()[version]


@functools.cache
def _amendment_files() -> Mapping[VersionId, Path]:
    """The files of ``schemes/*/replay``, in the order of their names, by the id each gives."""
    found: dict[VersionId, Path] = {}
    for path in sorted(_schemes().glob("*/replay/[0-9]*.yaml")):
        stated = re.search(r'(?m)^id: "([a-z0-9-]+)"$', path.read_text(encoding="utf-8"))
        if stated is None:
            raise ValueError(f"bundled amendment {path.name} says no id")
        found[VersionId(stated[1])] = path
    return found


def _schemes() -> Path:
    return Path(str(resources.files("tongguan"))) / "schemes"
