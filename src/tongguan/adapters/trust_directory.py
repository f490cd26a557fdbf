"""The issuers that somebody trusts, as files of a directory."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tongguan.core.certificates.card_issuers import card_issuers_from
from tongguan.core.certificates.trust import TrustStore
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.certificates.x509 import read_pem

FOLDER_NAME: Final = "certificate-issuers"
"""In a deployment's own directory: whose certificates its authority takes as evidence."""
FILES_MAX: Final = 50_000
FILE_BYTES_MAX: Final = 4 * 1024 * 1024
_PEM_BEGINS: Final = b"-----BEGIN CERTIFICATE-----"
_PEM_ENDS: Final = b"-----END CERTIFICATE-----"


class TrustDirectoryError(Exception):
    """The directory cannot be read; the message says what is wrong."""


def read_trust_directory(directory: Path) -> Trusted:
    """The certificates (PEM), key sets and revocation lists (JSON) below a directory.

    What is none of them is passed over: whoever is not there is not trusted.
    ``TrustDirectoryError`` where anything below cannot be read, or there is too much.
    """
    return _trusted(_files(directory))


def _trusted(files: dict[str, bytes]) -> Trusted:
    certificates = [each for content in files.values() for each in read_pem(content)]
    return Trusted(
        trust=TrustStore(certificates=tuple(certificates)), issuers=card_issuers_from(files)
    )


def certificate_issuers_of(directory: Path) -> Trusted:
    """The issuers whose certificates count in a deployment; nobody's without a folder of them.

    What was taken in rests on these keys, so that one which is missing by accident takes back what
    others are held by. ``TrustDirectoryError`` names the folder where anything in it cannot be
    read, and the file that is damaged.
    """
    folder = directory / FOLDER_NAME
    try:
        if not _is_there(folder):
            return Trusted()
        files = _files(folder)
        for name, content in files.items():
            _check_whole(name, content)
        return _trusted(files)
    except TrustDirectoryError as error:
        raise TrustDirectoryError(f"{folder}: {error}") from None


def _is_there(folder: Path) -> bool:
    """Whether anything has the name; a link to nowhere has it too."""
    try:
        folder.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise TrustDirectoryError(_said(error)) from None
    return True


def _check_whole(name: str, content: bytes) -> None:
    """``TrustDirectoryError`` for a file of issuers that was cut off, or gives none."""
    begun, ended = content.count(_PEM_BEGINS), content.count(_PEM_ENDS)
    if begun != ended or (name.lower().endswith(".pem") and not read_pem(content)):
        raise TrustDirectoryError(f"{name}: no whole certificate that can be read")
    if name.lower().endswith(".json") and not _is_json(content):
        raise TrustDirectoryError(f"{name}: no JSON")


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (RecursionError, ValueError):
        return False
    return True


def _files(directory: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    try:
        if not directory.is_dir():
            raise TrustDirectoryError("not a directory")
        for path in sorted(_regular_files(directory)):
            if len(found) >= FILES_MAX:
                raise TrustDirectoryError(f"more than {FILES_MAX} files")
            with path.open("rb") as file:
                content = file.read(FILE_BYTES_MAX + 1)
            name = path.relative_to(directory).as_posix()
            if len(content) > FILE_BYTES_MAX:
                raise TrustDirectoryError(f"{name}: more than {FILE_BYTES_MAX} bytes")
            found[name] = content
    except OSError as error:
        raise TrustDirectoryError(_said(error)) from None
    return found


def _regular_files(directory: Path) -> Iterator[Path]:
    """The files below; ``OSError`` for what cannot be listed, where ``rglob`` would be silent."""
    for folder, _, names in os.walk(directory, onerror=_raised):
        for path in (Path(folder) / name for name in names):
            if stat.S_ISREG(path.stat().st_mode):
                yield path


def _raised(error: OSError) -> None:
    raise error


def _said(error: OSError) -> str:
    return error.strerror or type(error).__name__
