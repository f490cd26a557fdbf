"""Whose turn it is: groups that are made ready side by side take their places one after another."""

import threading
from types import TracebackType
from typing import Final, Self

WAIT_SECONDS_MAX: Final = 0.2
"""Then a group goes ahead: the order of groups is a courtesy, and the ledger is exact in any.

Whoever is before may itself wait for this group's transaction to end, for a text to take over.
"""


class Turns:
    """Given out in the order of arrival; for any number of threads."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._given = 0
        self._not_over: set[int] = set()

    def next(self) -> "Turn":
        """The turn after all that were given."""
        with self._condition:
            self._given += 1
            self._not_over.add(self._given)
            return Turn(self, self._given)

    def wait(self, number: int) -> None:
        """Until all turns before this one are over, and not for long."""
        with self._condition:
            self._condition.wait_for(lambda: min(self._not_over) == number, WAIT_SECONDS_MAX)

    def over(self, number: int) -> None:
        """Let the next go; again is harmless."""
        with self._condition:
            self._not_over.discard(number)
            self._condition.notify_all()


class Turn:
    """One group's turn: what is done within comes after what is done within every earlier one."""

    def __init__(self, turns: Turns, number: int) -> None:
        self._turns = turns
        self._number = number
        self._is_over = False

    def __enter__(self) -> Self:
        # A second attempt of the same group waits for nobody: it had its turn.
        if not self._is_over:
            self._turns.wait(self._number)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over()

    def over(self) -> None:
        """Let the next go, whether this was used or not; again is harmless."""
        self._is_over = True
        self._turns.over(self._number)
