"""What is due comes first: whoever books finds what holds applied and expired holds given back."""

from collections.abc import Callable
from typing import Final, TypeVar

from tongguan.app.authorities import Authority
from tongguan.app.holds import expire_holds
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.app.transitions import (
    TransitionPendingError,
    apply_what_holds,
    require_applied,
)

_Decided = TypeVar("_Decided")
_ATTEMPTS_MAX: Final = 4
"""One for a transition, one for holds, one for a transition that came between; and the last."""


class HoldsDueError(Exception):
    """Something is held beyond its hour: it is given back first."""


def with_nothing_due(
    authority: Authority, decide: Callable[[Transaction, Holding], _Decided]
) -> _Decided:
    """Decide in one transaction that holds the text, with nothing left that has to come before.

    What is due is done in a transaction of its own; then it is begun again.
    """
    are_holds_given_back = False
    for _ in range(_ATTEMPTS_MAX - 1):
        try:
            return _decided(authority, decide, are_holds_given_back=are_holds_given_back)
        except TransitionPendingError:
            apply_what_holds(authority)
        except HoldsDueError:
            expire_holds(authority)
            # More may have become due by now; they are no older than this call.
            are_holds_given_back = True
    return _decided(authority, decide, are_holds_given_back=are_holds_given_back)


def _decided(
    authority: Authority,
    decide: Callable[[Transaction, Holding], _Decided],
    *,
    are_holds_given_back: bool,
) -> _Decided:
    with authority.database.transaction() as transaction:
        # No text may take the place of the one that is read here before this is decided.
        if transaction.begin_to_book() and not are_holds_given_back:
            raise HoldsDueError
        holding = holding_or_raise(transaction)
        require_applied(authority, transaction, holding)
        return decide(transaction, holding)
