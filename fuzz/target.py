"""What a target is, and what it says where a reader is wrong."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


class WrongAnswerError(Exception):
    """A reader answered what it never may; any other exception out of a target is as wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One reader with inputs to begin from."""

    name: str
    one_input: Callable[[bytes], None]
    """Returns whatever it is given; ``WrongAnswerError`` and all else is a finding."""
    seeds: Callable[[], Iterable[bytes]]


def expect(holds: bool, wrong: str) -> None:
    """``WrongAnswerError`` unless it holds."""
    if not holds:
        raise WrongAnswerError(wrong)


def text_of(data: bytes) -> str:
    """Any text from any bytes: well-formed UTF-8 is itself, the rest are lone surrogates."""
    return data.decode("utf-8", "surrogateescape")
