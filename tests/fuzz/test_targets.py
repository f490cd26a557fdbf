"""Every fuzz target for a moment: the same inputs at each run."""

import itertools
import time
from random import Random

import pytest

from fuzz import published
from fuzz.certificates import judge
from fuzz.evidence import readable
from fuzz.mutations import mutations
from fuzz.run import TARGETS, run
from fuzz.target import Target, WrongAnswerError
from tongguan.core.certificates.verdict import CertificateKind, Verified

INPUTS = 3000
SLOWEST_SECONDS = 2.0


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_target__finds_nothing_and_takes_no_time(name: str) -> None:
    target = TARGETS[name]
    stream = mutations(target.seeds(), Random(name))
    for count, data in enumerate(itertools.islice(stream, INPUTS)):
        begun = time.process_time()
        try:
            target.one_input(data)
        except Exception as error:
            error.add_note(f"input {count}: {data.hex()}")
            raise
        assert time.process_time() - begun < SLOWEST_SECONDS, data.hex()


def test_seeds__are_certificates_that_verify() -> None:
    """Near a text that is refused anyway, nothing could be found."""
    verdicts = [judge(seed.decode()) for seed in TARGETS["certificate"].seeds()]
    kinds = {verdict.kind for verdict in verdicts if isinstance(verdict, Verified)}
    assert kinds == set(CertificateKind)


def test_seeds__are_batches_that_are_read() -> None:
    assert readable() == 5  # the kinds of facts, and places


def test_seeds__are_lists_keys_acts_and_figures_that_are_read() -> None:
    assert published.readable() == 9  # two lists, a set, an act of each kind, figures


def test_mutations__are_the_same_for_the_same_seed() -> None:
    first, second = (mutations([b"abc", b"defgh"], Random(5)) for _ in range(2))
    assert list(itertools.islice(first, 500)) == list(itertools.islice(second, 500))


def test_finding__leaves_with_its_input() -> None:
    def one_input(data: bytes) -> None:
        if b"b" not in data:
            raise WrongAnswerError("no b")

    target = Target(name="example", one_input=one_input, seeds=lambda: [b"abc"])
    with pytest.raises(WrongAnswerError) as raised:
        run(target, seed=1, seconds=5)
    assert "example, seed 1" in raised.value.__notes__[0]
