"""What a batch may be dated, when its source's key must hold, and in which form instants stand."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.builders.authorities import START
from tests.builders.evidence import a_contact, a_test, batch, entry, source_signing_key
from tests.core.evidence.test_batch import KEY, TERMS, payload, read, refused, source
from tongguan.core.evidence.batch import SignedBatch, read_batch, sign_batch
from tongguan.core.evidence.batch_content import batch_as_data
from tongguan.core.evidence.batch_facts import DAYS_MAX, BatchEntry
from tongguan.core.evidence.batch_faults import BatchFault, BatchRefused
from tongguan.core.evidence.records import EvidenceKind
from tongguan.core.evidence.sources import EvidenceSource, SourceKind

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
TODAY = date(2021, 12, 13)
LABORATORY, OFFICE = SourceKind.LABORATORY, SourceKind.ORDER_OFFICE


def judged(enrolled: EvidenceSource, issued_at: datetime) -> tuple[BatchFault, str] | None:
    message = sign_batch(batch("source", a_test(), at=issued_at), KEY)
    answer = read_batch(message, sources=[enrolled], terms=TERMS)
    return (answer.code, answer.place) if isinstance(answer, BatchRefused) else None


def test_batch__dated_outside_the_keys_dates__is_refused() -> None:
    """Though the key holds by now: nobody dates a batch back to before they were enrolled."""
    outside = (BatchFault.KEY_OUTSIDE_DATES, "issued_at")
    begun = source(not_before=START - HOUR)
    assert judged(begun, START - HOUR - SECOND) == outside
    assert judged(begun, START - HOUR) is None

    soon_over = source(not_after=START + 30 * SECOND)
    assert judged(soon_over, START + 30 * SECOND) == outside
    assert judged(soon_over, START + 29 * SECOND) is None


def test_batch__by_a_key_that_has_ended__is_refused_whenever_it_is_dated() -> None:
    outside = (BatchFault.KEY_OUTSIDE_DATES, "")
    assert judged(source(not_after=START), START - HOUR) == outside
    assert judged(source(not_after=START + SECOND), START - HOUR) is None


def test_source__no_longer_in_its_dates_or_withdrawn__is_refused() -> None:
    message = sign_batch(batch("source", a_test()), KEY)
    cases = {
        BatchFault.KEY_OUTSIDE_DATES: source(not_before=START + timedelta(seconds=1)),
        BatchFault.SOURCE_WITHDRAWN: source(withdrawn_at=START),
        BatchFault.UNKNOWN_KEY: source(public=source_signing_key("source").public.public),
    }
    for code, enrolled in cases.items():
        answer = read_batch(message, sources=[enrolled], terms=TERMS)
        assert isinstance(answer, BatchRefused)
        assert answer.code is code


def a_quarantine(last_on: date) -> BatchEntry:
    facts = {"last_on": last_on.isoformat(), "reference": "Q1"}
    return entry(None, EvidenceKind.QUARANTINE_ORDER, facts, on=TODAY)


def test_quarantine__ends__no_later_than_any_order() -> None:
    longest = TODAY + timedelta(days=DAYS_MAX)
    assert isinstance(
        read(sign_batch(batch("source", a_quarantine(longest)), KEY), OFFICE), SignedBatch
    )
    for last_on in (longest + timedelta(days=1), date(2100, 1, 1), date.max):
        said = batch("source", a_quarantine(last_on))
        assert refused(said, OFFICE) == (BatchFault.END_UNFIT, "entries/0/facts/last_on")


def of_members(data: Any, *path: str | int) -> Any:
    for step in path:
        data = data[step]
    return data


@pytest.mark.parametrize(
    ("said", "kind", "path", "member"),
    [
        (a_test(), LABORATORY, (), "issued_at"),
        (replace(a_test(), ends_at=START), LABORATORY, ("entries", 0), "ends_at"),
        (a_test(), LABORATORY, ("entries", 0, "facts"), "sampled_at"),
        (a_test(), LABORATORY, ("entries", 0, "facts"), "reported_at"),
        (a_contact(), OFFICE, ("entries", 0), "ends_at"),
    ],
    ids=["issued", "end_of_result", "sampled", "reported", "end_of_order"],
)
def test_instant__written_otherwise__is_not_the_one_form(
    said: BatchEntry, kind: SourceKind, path: tuple[str | int, ...], member: str
) -> None:
    """Two texts of one batch would have two digests, and count as two."""
    data = batch_as_data(batch("source", said))
    assert isinstance(read(payload(data), kind), SignedBatch)
    instant = datetime.fromisoformat(of_members(data, *path)[member])
    for text in (
        f"{instant + timedelta(hours=8):%Y-%m-%dT%H:%M:%S}+08:00",
        f"{instant:%Y-%m-%dT%H:%M:%S}+00:00",
    ):
        assert datetime.fromisoformat(text) == instant
        of_members(data, *path)[member] = text
        answer = read(payload(data), kind)
        assert isinstance(answer, BatchRefused)
        assert answer.code is BatchFault.NOT_CANONICAL
