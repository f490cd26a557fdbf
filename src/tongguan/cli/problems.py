"""How a command ends when it cannot do what it was asked: a place, a sentence, an exit code.

0 is done, or yes. 1 is an answer: no (refused, denied, referred, outside the range). 2 is the
sender's fault (a file, a text, an option). 3 is the machine's (no database, a port that is taken).
"""

from enum import IntEnum
from typing import Final

from tongguan.cli.speech import say


class ExitCode(IntEnum):
    """What the exit code of a command means."""

    DONE = 0
    REFUSED = 1
    SENDERS_FAULT = 2
    MACHINES_FAULT = 3
    OUR_FAULT = 70
    INTERRUPTED = 130


SHOWN_CHARACTERS_MAX: Final = 300


class CommandError(Exception):
    """A command stops here; says where and what in the runner's language."""

    exit_code = ExitCode.SENDERS_FAULT

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}: {sentence}")
        self.place = place
        self.sentence = sentence


class SendersFaultError(CommandError):
    """A file, a text or an option is wrong; nothing was changed."""


class MachinesFaultError(CommandError):
    """Something the command needs is not there: a database, a port, the other authority."""

    exit_code = ExitCode.MACHINES_FAULT


def faulty(place: str, key: str, /, **facts: object) -> SendersFaultError:
    """The sender's fault at a place, in the words of ``commands.problems.<key>``."""
    return SendersFaultError(place, say(f"problems.{key}", **facts))


def failing(place: str, key: str, /, **facts: object) -> MachinesFaultError:
    """The machine's fault at a place, in the words of ``commands.problems.<key>``."""
    return MachinesFaultError(place, say(f"problems.{key}", **facts))


def clipped(text: str, characters_max: int = SHOWN_CHARACTERS_MAX) -> str:
    """The text on one line, printable, and cut where it is too long to read."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    return plain if len(plain) <= characters_max else f"{plain[: characters_max - 1]}…"
