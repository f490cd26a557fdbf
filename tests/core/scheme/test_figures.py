"""Signed daily figures: by whom, about what, and which of several counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.figures import CASES, FIRST, figures, metric
from tests.builders.schemes import GD, HK, version
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import (
    KeyNotUsableError,
    KeySet,
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
    public_half,
)
from tongguan.core.identifiers import AuthorityId, MetricId
from tongguan.core.scheme.acts import read_signed_act
from tongguan.core.scheme.figures import (
    DailyFigures,
    figures_by_day,
    figures_fault,
    read_kept_figures,
    read_received_figures,
    read_signed_figures,
    sign_figures,
)
from tongguan.core.scheme.model import MetricUnit

PRIVATE = ec.derive_private_key(7, ec.SECP256R1())
DECLARED = version(
    metrics=(
        metric(),
        metric("use", unit=MetricUnit.PERCENT, reported_by=(HK,)),
        metric("wait", unit=MetricUnit.MINUTES),
    )
)


def key(use: KeyUse = KeyUse.SCHEME, by: AuthorityId = HK) -> SigningKey:
    public = PublicKey(
        authority=by,
        use=use,
        state=KeyState.ACTIVE,
        not_before=datetime(2021, 12, 1, tzinfo=UTC),
        not_after=datetime(2022, 12, 1, tzinfo=UTC),
        public=public_half(PRIVATE),
    )
    return SigningKey(public=public, private=PRIVATE)


def test_figures__signed__are_read_back() -> None:
    said = figures(FIRST, 3)
    signed = sign_figures(said, key())
    trusted = KeySet(keys=(key().public,))
    for read in (read_signed_figures(signed.message, trusted), read_kept_figures(signed.message)):
        assert not isinstance(read, Unreadable)
        assert read.statement == said
        assert hash(read.statement) == hash(said)


def test_figures__are_never__taken_for_an_act() -> None:
    signed = sign_figures(figures(FIRST, 3), key())
    read = read_signed_act(signed.message, KeySet(keys=(key().public,)))
    assert isinstance(read, Unreadable)
    assert read.code is ReadFault.WRONG_TYPE


def test_figures__are_signed__by_their_own_authority_with_a_scheme_key() -> None:
    with pytest.raises(ValueError, match="its own"):
        sign_figures(figures(FIRST, 3, by=GD), key())
    with pytest.raises(KeyNotUsableError):
        sign_figures(figures(FIRST, 3), key(KeyUse.PASS))
    signed = sign_figures(figures(FIRST, 3), key())
    for reading in (read_signed_figures, read_received_figures):
        read = reading(signed.message, KeySet(keys=(key(by=GD).public,)))
        assert isinstance(read, Unreadable)
        assert read.code is ReadFault.KEY_NOT_VALID


def test_figures__that_say_nothing_or_have_no_zone__cannot_be() -> None:
    for changes in ({"values": {}}, {"at": datetime(2021, 12, 13)}):  # noqa: DTZ001
        with pytest.raises(ValueError, match="figures"):
            DailyFigures(
                **{
                    "authority": HK,
                    "scheme": DECLARED.scheme,
                    "day": FIRST,
                    "at": datetime(2021, 12, 13, tzinfo=UTC),
                    "values": {CASES: 1},
                }
                | changes
            )


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (figures(FIRST, 3), None),
        (figures(FIRST, 10_000_000), None),
        (figures(FIRST, 3, scheme="another"), "text_not_adopted"),
        (figures(FIRST, 3, metric_id=MetricId("unheard-of")), "metric_unknown"),
        (figures(FIRST, 100, metric_id=MetricId("use")), None),
        (figures(FIRST, 101, metric_id=MetricId("use")), "out_of_bounds"),
        (figures(FIRST, 10_081, metric_id=MetricId("wait")), "out_of_bounds"),
        (
            figures(FIRST, 3, by=GD, metric_id=MetricId("use")),
            "not_reported_by_this_authority",
        ),
        (figures(FIRST, 3, at=datetime(2021, 12, 12, 15, 59, tzinfo=UTC)), "day_to_come"),
        (figures(FIRST, 3, at=datetime(2021, 12, 12, 16, 0, tzinfo=UTC)), None),
    ],
)
def test_figures__mean_something__only_as_a_text_declares(
    said: DailyFigures, fault: str | None
) -> None:
    assert figures_fault(said, [DECLARED]) == fault


@given(order=st.randoms(use_true_random=False))
def test_correction__counts__from_when_it_is_dated_in_whatever_order(order: object) -> None:
    first = figures(FIRST, 3)
    later = figures(FIRST, 8, at=first.at + timedelta(days=1))
    other = figures(FIRST, 9, by=GD)
    stray = figures(FIRST, 99, scheme="another")
    said = [first, later, other, stray, later]
    order.shuffle(said)  # type: ignore[attr-defined]
    before = figures_by_day(said, DECLARED, later.at - timedelta(seconds=1))
    after = figures_by_day(said, DECLARED, later.at)
    assert {key: each.values[CASES] for key, each in before.items()} == {
        (HK, FIRST): 3,
        (GD, FIRST): 9,
    }
    assert after[HK, FIRST].values[CASES] == 8


def test_statements_of_one_second__count__the_same_on_both_sides() -> None:
    one, two = figures(FIRST, 3), figures(FIRST, 4)
    now = one.at
    assert figures_by_day([one, two], DECLARED, now) == figures_by_day([two, one], DECLARED, now)
    assert date(2021, 12, 13) == FIRST
