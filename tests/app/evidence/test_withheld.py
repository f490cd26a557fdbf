"""Withdrawals that were withheld: the same batch, sent again after a look, does them."""

from datetime import timedelta

from tests.builders.authorities import START, Pair
from tests.builders.henan import HONEST, discharges, give_discharges, world
from tests.builders.officers import proposed, reviewed
from tongguan.app.evidence.batches import BatchReceipt, receive_batch
from tongguan.app.evidence.sources import withdraw_source
from tongguan.core.evidence.batch_content import Withdrawal, WithdrawalReason

FIVE = 5


def test_withheld__sent_again_after_a_look__are_done_as_far_as_the_limit_goes(
    active: Pair,
) -> None:
    made = world(active, 8)
    give_discharges(made, 8)
    message = made.office.message(
        withdrawals=tuple(
            Withdrawal(id=each, reason=WithdrawalReason.CLERICAL_ERROR) for each in discharges(made)
        )
    )

    def acts() -> int:
        with made.hk.database.transaction() as transaction:
            return len(transaction.evidence.acts_since(START - timedelta(days=1)))

    def sent() -> tuple[bool, int, int]:
        answer: BatchReceipt = receive_batch(made.hk, message)
        assert answer.refused is None
        return answer.is_new, answer.withdrawn, answer.withheld

    assert sent() == (True, FIVE, 3)
    assert (sent(), acts()) == ((False, 0, 3), 8)  # nobody has looked: no attempt more
    with made.hk.database.transaction() as transaction:
        serials = [each.serial for each in transaction.evidence.acts_to_review(limit=20)]
    proposed(reviewed(made.hk, acts=serials, by=HONEST[0]))
    assert sent() == (False, 3, 0)
    assert len(made.red()) == 8
    assert sent() == (False, 0, 0)


def test_withheld__of_a_source_that_was_withdrawn_since__stay_undone(active: Pair) -> None:
    made = world(active, 7)
    give_discharges(made, 7)
    said = tuple(
        Withdrawal(id=each, reason=WithdrawalReason.CLERICAL_ERROR) for each in discharges(made)
    )
    message = made.office.message(withdrawals=said)
    assert receive_batch(made.hk, message).withheld == 2
    with made.hk.database.transaction() as transaction:
        serials = [each.serial for each in transaction.evidence.acts_to_review(limit=20)]
    proposed(reviewed(made.hk, acts=serials, by=HONEST[0]))
    withdraw_source(made.hk, made.office.id, by="console")
    assert receive_batch(made.hk, message).withdrawn == 0
    assert len(made.red()) == FIVE
