"""The file of a gate device: strict, whole or absent, its owner's alone, and never forgetful."""

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import hong_kong, used
from tests.builders.gate_bundle import NOON, PASS_ID, bundle, presented
from tests.builders.schemes import OUT, SZB
from tongguan.core.decisions import Outcome
from tongguan.core.gate.bundle import Bundle, bundle_text, read_bundle
from tongguan.core.gate.nodes import Expected, NodeFault
from tongguan.core.gate.situation import EarlierUse
from tongguan.core.identifiers import PassId
from tongguan.core.reasons import ReasonCode
from tongguan.gate.bundle import CarriedBundle, keep_bundle, load_bundle, record_use
from tongguan.gate.checkpoint import open_checkpoint

RECEIVED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OTHER = PassId(b"q" * 16)


def test_bundle__round_trips__through_its_text() -> None:
    whole = bundle(uses=((PASS_ID, used()),))

    read = read_bundle(bundle_text(whole))

    assert read == whole
    assert isinstance(read, Bundle)
    assert bundle_text(read) == bundle_text(whole)


def test_device__decides__from_its_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"

    kept = keep_bundle(file, bundle_text(bundle()), received_at=RECEIVED)
    gate = open_checkpoint(file)

    assert isinstance(kept, CarriedBundle)
    assert kept.clock_offset == bundle().made_at - RECEIVED
    assert not isinstance(gate, NodeFault)
    later = RECEIVED + timedelta(minutes=1)
    assert gate.decide(presented(), direction=OUT, device_clock=later).outcome is Outcome.ADMIT
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["gate.json"]


def test_pass__used_at_this_gate__is_known_here_at_once(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    keep_bundle(file, bundle_text(bundle()), received_at=NOON)
    first = EarlierUse(used_at=NOON, control_point=SZB)

    record_use(file, PASS_ID, first)
    record_use(file, PASS_ID, EarlierUse(used_at=hong_kong(13, "12:30"), control_point=SZB))

    gate = open_checkpoint(file)
    assert not isinstance(gate, NodeFault)
    assert gate.knowledge.uses == {PASS_ID: first}
    found = gate.decide(presented(), direction=OUT, device_clock=NOON)
    assert found.codes == (ReasonCode.PASS_ALREADY_USED,)


def test_uses_known_here__outlive__a_new_bundle(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    keep_bundle(file, bundle_text(bundle()), received_at=NOON)
    record_use(file, PASS_ID, EarlierUse(used_at=NOON, control_point=SZB))
    other = (OTHER, used())

    kept = keep_bundle(file, bundle_text(bundle(uses=(other,))), received_at=NOON)

    assert isinstance(kept, CarriedBundle)
    assert set(dict(kept.bundle.uses)) == {PASS_ID, OTHER}
    much_later = bundle(made_at=NOON + timedelta(days=8))
    kept = keep_bundle(file, bundle_text(much_later), received_at=NOON)
    assert isinstance(kept, CarriedBundle)
    assert kept.bundle.uses == ()


def test_bundle_at_fault__changes__nothing(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    keep_bundle(file, bundle_text(bundle()), received_at=NOON)
    before = file.read_bytes()
    unsound = bundle_text(bundle(version=b"{}"))

    for text in (b"", b"{}", b"[" * 100_000, bundle_text(bundle())[:-1], unsound):
        assert isinstance(keep_bundle(file, text, received_at=NOON), NodeFault)

    assert file.read_bytes() == before


@pytest.mark.parametrize("older_by", [timedelta(seconds=1), timedelta(days=3)])
def test_bundle__older_than_the_one_kept__is_refused_and_sets_no_clock_back(
    tmp_path: Path, older_by: timedelta
) -> None:
    file = tmp_path / "gate.json"
    keep_bundle(file, bundle_text(bundle()), received_at=RECEIVED)
    before = file.read_bytes()

    old = bundle_text(bundle(made_at=bundle().made_at - older_by))
    refused = keep_bundle(file, old, received_at=RECEIVED)

    assert isinstance(refused, NodeFault)
    assert refused.path == "made_at"
    assert file.read_bytes() == before


def test_bundle__the_same_once_more__sets_no_clock_back(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    first = keep_bundle(file, bundle_text(bundle()), received_at=RECEIVED)

    again = keep_bundle(file, bundle_text(bundle()), received_at=RECEIVED + timedelta(days=3))

    assert isinstance(first, CarriedBundle)
    assert isinstance(again, CarriedBundle)
    assert again.clock_offset == first.clock_offset


def test_power_failing_while_writing__leaves__the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "gate.json"
    keep_bundle(file, bundle_text(bundle()), received_at=NOON)
    before = file.read_bytes()

    def failing(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("tongguan.gate.bundle.os.fsync", failing)
    with pytest.raises(OSError, match="no space"):
        record_use(file, PASS_ID, used())

    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["gate.json"]


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))
        else:
            yield (*path, key)


DOCUMENT = json.loads(bundle_text(bundle(uses=((PASS_ID, used()),))))
PLACES = [place for place in places(DOCUMENT) if place]


def changed(place: tuple[str | int, ...], value: object) -> bytes:
    data = json.loads(json.dumps(DOCUMENT))
    parent = data
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = value
    return json.dumps(data).encode()


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_bundle__with_a_wrong_value__is_refused_at_its_place(place: tuple[str | int, ...]) -> None:
    for wrong in (1.5, "", "é", [[]], {"x": 1}, None):
        read = read_bundle(changed(place, wrong))
        assert isinstance(read, NodeFault)
        path = "/".join(map(str, place))
        assert read.path.startswith(path) or path.startswith(read.path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", Expected.JSON),
        (b"\xff", Expected.JSON),
        (b'{"form": 1, "form": 1}', Expected.JSON),
        (b'{"form": NaN}', Expected.JSON),
        (b"[" * 200_000, Expected.JSON),
        (b"7", Expected.OBJECT),
        (b'{"form": 1}', Expected.WHOLE_NUMBER),
        (b'{"form": 2}', Expected.WHOLE_NUMBER),
        (b'{"form": 3}', Expected.MEMBER),
    ],
)
def test_text_that_is_no_bundle__is_refused__with_what_is_expected(
    text: bytes, expected: Expected
) -> None:
    read = read_bundle(text)

    assert isinstance(read, NodeFault)
    assert read.expected is expected


@given(text=st.binary(max_size=60))
def test_reading__never_raises__whatever_the_bytes(text: bytes) -> None:
    assert isinstance(read_bundle(text), NodeFault)


def test_file_at_fault__is_named__not_guessed_at(tmp_path: Path) -> None:
    file = tmp_path / "gate.json"
    for text, path in ((b"x", "/"), (b'{"bundle": {}}', "clock_offset_seconds")):
        file.write_bytes(text)
        found = load_bundle(file)
        assert isinstance(found, NodeFault)
        assert found.path == path
