"""The issuers that somebody trusts, as files of a directory."""

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


class TrustDirectoryError(Exception):
    """The directory cannot be read; the message says what is wrong."""


def read_trust_directory(directory: Path) -> Trusted:
    """The certificates (PEM), key sets and revocation lists (JSON) below a directory.

    What is none of them is passed over: whoever is not there is not trusted.
    ``TrustDirectoryError`` where a file cannot be read, or there is too much.
    """
    files = _files(directory)
    certificates = [each for content in files.values() for each in read_pem(content)]
    return Trusted(
        trust=TrustStore(certificates=tuple(certificates)), issuers=card_issuers_from(files)
    )


def certificate_issuers_of(directory: Path) -> Trusted:
    """The issuers whose certificates count in a deployment; nobody's without a folder of them.

    ``TrustDirectoryError`` names the folder where it cannot be read.
    """
    folder = directory / FOLDER_NAME
    if not folder.exists():
        return Trusted()
    try:
        return read_trust_directory(folder)
    except TrustDirectoryError as error:
        raise TrustDirectoryError(f"{folder}: {error}") from None


def _files(directory: Path) -> dict[str, bytes]:
    if not directory.is_dir():
        raise TrustDirectoryError("not a directory")
    found: dict[str, bytes] = {}
    try:
        for path in sorted(each for each in directory.rglob("*") if each.is_file()):
            if len(found) >= FILES_MAX:
                raise TrustDirectoryError(f"more than {FILES_MAX} files")
            with path.open("rb") as file:
                content = file.read(FILE_BYTES_MAX + 1)
            name = path.relative_to(directory).as_posix()
            if len(content) > FILE_BYTES_MAX:
                raise TrustDirectoryError(f"{name}: more than {FILE_BYTES_MAX} bytes")
            found[name] = content
    except OSError as error:
        raise TrustDirectoryError(error.strerror or type(error).__name__) from None
    return found
