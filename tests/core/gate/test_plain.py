"""Situations written as plain JSON: the published vectors, and what is wrong with a bad file."""

import copy
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.gate import (
    DIGEST,
    going_home,
    paper,
    papers,
    pass_claims,
    situation,
    suspension,
    used,
)
from tests.builders.gate_cases import CASES
from tests.builders.gate_cases_requirements import dose, exempted
from tests.builders.gate_plain import situation_as_plain
from tests.builders.schemes import version
from tests.core.gate.test_decide_properties import situations
from tongguan.adapters.scheme_files import (
    LoadedScheme,
    bundled_schemes,
    load_bundled,
    load_scheme_text,
)
from tongguan.core.gate.decide import DENYING, REFERRING, decide
from tongguan.core.gate.nodes import Expected, NodeFault
from tongguan.core.gate.plain import read_situation, read_situation_text
from tongguan.core.gate.situation import GateSituation
from tongguan.core.health.requirements import Recovery
from tongguan.core.identifiers import VersionDigest, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Version

FOLDER = Path(__file__).parents[3] / "conformance" / "gate"
VECTORS = sorted(FOLDER.glob("*.json"))


@cache
def scheme_of_vectors(version_id: str) -> LoadedScheme:
    """The bundled version of this id, or the made-up one beside the vectors."""
    if version_id in bundled_schemes():
        return load_bundled(VersionId(version_id))
    loaded = load_scheme_text((FOLDER / "schemes" / f"{version_id}.yaml").read_bytes())
    assert isinstance(loaded, LoadedScheme), loaded
    return loaded


@pytest.mark.parametrize("file", VECTORS, ids=[file.stem for file in VECTORS])
def test_vector__is_decided__as_it_says(file: Path) -> None:
    vector = json.loads(file.read_text(encoding="utf-8"))
    scheme = scheme_of_vectors(vector["situation"]["version"])

    given_ = read_situation(vector["situation"], scheme.version, scheme.digest)

    assert isinstance(given_, GateSituation), given_
    decision = decide(given_)
    assert decision.outcome.value == vector["expected"]["outcome"]
    assert [code.value for code in decision.codes] == vector["expected"]["codes"]
    assert set(vector) == {"title", "situation", "expected"}


def test_vectors__show__every_reason_of_the_gate() -> None:
    shown = {
        code
        for file in VECTORS
        for code in json.loads(file.read_text(encoding="utf-8"))["expected"]["codes"]
    }

    assert shown == {
        *DENYING,
        *REFERRING,
        ReasonCode.ADMITTED,
        ReasonCode.ADMITTED_UNDER_CONDITION,
        ReasonCode.RIGHT_OF_ENTRY,
    }


@pytest.mark.parametrize("case", CASES, ids=[case[0].replace(" ", "_") for case in CASES])
def test_situation__written_and_read__decides_the_same(case: Any) -> None:
    _, given_, outcome, codes = case

    read = read_situation(written(given_), given_.version, DIGEST)

    assert isinstance(read, GateSituation)
    assert decide(read) == decide(given_)
    assert (decide(read).outcome, decide(read).codes) == (outcome, codes)


@given(given_=situations())
def test_situation__written_and_read__is_the_same(given_: GateSituation) -> None:
    read = read_situation(written(given_), given_.version, DIGEST)

    assert isinstance(read, GateSituation)
    assert decide(read) == decide(given_)
    assert situation_as_plain(read) == situation_as_plain(given_)


FULL = situation(
    suspensions=(suspension(control_points=("SZB",), directions=("HK-GD",)),),
    earlier_use=used(),
    pass_=pass_claims(not_before=pass_claims().slot_start),
    tests=(paper("12T09:00", "12T20:00"),),
    papers=papers(
        doses=(dose(),),
        recoveries=(Recovery(first_positive_on=date(2021, 11, 1)),),
        medical_exemptions=(exempted(date(2021, 12, 20)),),
        born_on=date(1980, 1, 1),
    ),
)


def written(given_: GateSituation) -> Any:
    return json.loads(json.dumps(situation_as_plain(given_)))


def members(data: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Every place in the data, from the top."""
    yield path
    entries = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in entries:
        if isinstance(value, dict | list):
            yield from members(value, (*path, key))
        else:
            yield (*path, key)


PLACES = list(members(written(FULL)))
OPTIONAL = {
    "version_digest",
    "pass/home_day",
    "pass/name",
    "pass/not_before",
    "holder/tags/2021-12",
    "phase/suspensions",
    "phase/suspensions/0/authority",
    "phase/suspensions/0/breaker",
    "phase/suspensions/0/control_points",
    "phase/suspensions/0/directions",
    "phase/suspensions/0/until",
    "tests",
    "texts_before",
    "tests/0/reported_at",
    "papers",
    "papers/doses",
    "papers/recoveries",
    "papers/medical_exemptions",
    "papers/medical_exemptions/0/last_day",
    "papers/born_on",
}


def parent_of(data: Any, place: tuple[str | int, ...]) -> Any:
    for key in place[:-1]:
        data = data[key]
    return data


@pytest.mark.parametrize("place", [p for p in PLACES if p and isinstance(p[-1], str)], ids=str)
def test_situation__without_a_member__is_refused_at_its_place(place: tuple[str | int, ...]) -> None:
    data = written(FULL)
    del parent_of(data, place)[place[-1]]
    path = "/".join(map(str, place))

    read = read_situation(data, FULL.version, DIGEST)

    if path in OPTIONAL:
        assert isinstance(read, GateSituation)
    else:
        assert read == NodeFault(path=path, expected=Expected.MEMBER)


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("wrong", [17.5, "", "\n", {"x": 1}, [[]], True], ids=repr)
def test_situation__with_a_wrong_value__is_refused_at_its_place(
    place: tuple[str | int, ...], wrong: object
) -> None:
    data = written(FULL)
    if place:
        parent_of(data, place)[place[-1]] = wrong
    else:
        data = wrong
    path = "/".join(map(str, place))

    read = read_situation(data, FULL.version, DIGEST)

    assert isinstance(read, NodeFault)
    assert read.path == "/" or read.path.startswith(path) or path.startswith(read.path)


def test_situation__with_a_member_too_many__is_refused_with_those_allowed() -> None:
    data = written(situation())
    data["pass"]["colour"] = "green"

    read = read_situation(data, FULL.version, DIGEST)

    assert isinstance(read, NodeFault)
    assert (read.path, read.expected) == ("pass/colour", Expected.NO_SUCH_MEMBER)
    assert "holder_tag" in read.detail


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("version", "hk-gd-2021", Expected.ONE_OF),
        ("now", "2021-12-13T12:00:00", Expected.INSTANT),
        ("now", "2021-12-32T12:00:00Z", Expected.INSTANT),
        ("now", "9999-12-31T23:59:59-12:00", Expected.INSTANT),
        ("now", "0001-01-01T00:00:00+12:00", Expected.INSTANT),
        ("pass/service_day", "2021-02-30", Expected.DAY),
        ("pass/service_day", "20211213", Expected.DAY),
        ("pass/holder_tag", "0001", Expected.HEXADECIMAL),
        ("pass/holder_tag", "ZZ", Expected.HEXADECIMAL),
        ("pass/status_index", -1, Expected.WHOLE_NUMBER),
        ("pass/leg", "sideways", Expected.ONE_OF),
        ("pass/slot_end", "2021-12-13T09:00:00+08:00", Expected.VALUE),
        ("holder/tags", {"December": "00"}, Expected.NO_SUCH_MEMBER),
        ("codes/0/valid_until", "2021-12-13T07:00:00+08:00", Expected.VALUE),
        ("status_lists/0/capacity", 9, Expected.VALUE),
        ("status_lists/0/set", [64], Expected.WHOLE_NUMBER),
        ("tests/0/reported_at", "2021-12-12T08:59:59+08:00", Expected.VALUE),
        ("tests/0/sampled_at", "2021-12-12", Expected.INSTANT),
        ("tests/0/specimen", "a swab", Expected.IDENTIFIER),
        ("papers/doses/0/number", 0, Expected.WHOLE_NUMBER),
        ("papers/doses/0/number", 21, Expected.WHOLE_NUMBER),
        ("papers/doses/0/given_on", "2021-02-30", Expected.DAY),
        ("papers/doses/0/product", "a dose", Expected.IDENTIFIER),
        ("papers/medical_exemptions/0/last_day", "2021-12-09", Expected.VALUE),
        ("papers/born_on", "1980", Expected.DAY),
        ("papers/read_by", "", Expected.IDENTIFIER),
    ],
)
def test_situation__with_a_value_that_cannot_be__is_refused(
    path: str, value: object, expected: Expected
) -> None:
    data = written(FULL)
    *above, last = path.split("/")
    parent = data
    for key in above:
        parent = parent[int(key) if key.isdigit() else key]
    parent[last] = value

    read = read_situation(data, version(), DIGEST)

    assert isinstance(read, NodeFault)
    assert read.expected is expected
    assert read.path.startswith(path.rpartition("/")[0])


def test_situation__without_a_digest__takes_the_versions() -> None:
    data = written(going_home())
    del data["version_digest"]

    read = read_situation(data, version(), DIGEST)

    assert isinstance(read, GateSituation)
    assert read.version_digest == DIGEST


def load(version_id: VersionId) -> tuple[Version, VersionDigest] | None:
    scheme = load_bundled(version_id) if version_id in bundled_schemes() else None
    return None if scheme is None else (scheme.version, scheme.digest)


def test_text__of_a_vector_or_of_its_situation__is_read_alike() -> None:
    vector = (FOLDER / "admit-way-out.json").read_bytes()
    bare = json.dumps(json.loads(vector)["situation"]).encode()

    read = read_situation_text(vector, load)

    assert isinstance(read, GateSituation)
    assert read == read_situation_text(bare, load)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (b"", "/", Expected.JSON),
        (b"\xff\xfe", "/", Expected.JSON),
        (b"a" * 1_000_000, "/", Expected.JSON),
        (b"a" * 2_000_000, "/", Expected.SMALLER),
        (b"[" * 100_000, "/", Expected.JSON),
        (b"[]", "/", Expected.OBJECT),
        (b"{}", "version", Expected.IDENTIFIER),
        (b'{"situation": 7}', "/", Expected.OBJECT),
        (b'{"version": "hk-gd-1997"}', "version", Expected.VALUE),
        (b'{"version": "hk-gd-2021", "version": "x"}', "/", Expected.JSON),
        (b'{"version": "hk-gd-2021"}', "phase", Expected.MEMBER),
    ],
)
def test_text_that_is_no_situation__is_refused__at_its_place(
    text: bytes, path: str, expected: Expected
) -> None:
    read = read_situation_text(text, load)

    assert isinstance(read, NodeFault)
    assert (read.path, read.expected) == (path, expected)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(place=st.sampled_from(PLACES), value=json_values)
def test_reading__never_raises__whatever_stands_anywhere(
    place: tuple[str | int, ...], value: object
) -> None:
    data = copy.deepcopy(written(FULL))
    if place:
        parent_of(data, place)[place[-1]] = value
    else:
        data = value

    read = read_situation(data, FULL.version, DIGEST)

    if isinstance(read, GateSituation):
        decide(read)
