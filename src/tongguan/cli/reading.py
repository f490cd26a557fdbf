"""Files and texts that a person hands to a command: read whole, within a size, or refused."""

import stat
import sys
from pathlib import Path
from typing import Final

from tongguan.cli.problems import clipped, faulty

SIZE_BYTES_MAX: Final = 1_000_000
STANDARD_INPUT: Final = Path("-")


def read_bytes(path: Path, *, size_bytes_max: int = SIZE_BYTES_MAX) -> bytes:
    """What the file holds; ``-`` is standard input. Raises ``SendersFaultError``."""
    place = shown_path(path)
    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(size_bytes_max + 1)
        else:
            if stat.S_ISDIR(path.stat().st_mode):
                raise faulty(place, "directory")
            with path.open("rb") as file:
                content = file.read(size_bytes_max + 1)
    except FileNotFoundError:
        raise faulty(place, "no_file") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise faulty(place, "unreadable", why=reason or type(error).__name__) from None
    if len(content) > size_bytes_max:
        raise faulty(place, "too_large", bytes_max=size_bytes_max)
    if not content.strip():
        raise faulty(place, "empty")
    return content


def read_text(path: Path, *, size_bytes_max: int = SIZE_BYTES_MAX) -> str:
    """The file as UTF-8 text. Raises ``SendersFaultError``."""
    content = read_bytes(path, size_bytes_max=size_bytes_max)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise faulty(f"{shown_path(path)}:{line}", "not_utf8") from None


def shown_path(path: Path) -> str:
    """A path as a message names it."""
    return clipped(str(path), 200)
