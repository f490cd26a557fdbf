"""``gate decide``: the vectors that are published, and a bundle with codes as scanned."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.builders.authorities import START, Pair, granted, opened_pair, person
from tests.builders.gate_bundle import bundle
from tests.builders.travel import code
from tests.builders.wider_pilot import required
from tests.cli.conftest import Ended, Run
from tongguan.app.gates import enrol_gate, gate_bundle
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.passes import show_passes
from tongguan.core.booking.rules import LegWanted
from tongguan.core.gate.bundle import bundle_text
from tongguan.core.identifiers import ControlPointId, DirectionId, JourneyId, SlotId
from tongguan.core.scheme.canonical import canonical_text

VECTORS = sorted((Path(__file__).parents[2] / "conformance" / "gate").glob("*.json"))
EXIT_CODES = {"admit": 0, "deny": 1, "refer": 1}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_situation__of_a_vector__is_decided_as_published(
    run: Run, tmp_path: Path, vector: Path
) -> None:
    content = json.loads(vector.read_text(encoding="utf-8"))
    file = tmp_path / "situation.json"
    file.write_text(json.dumps(content["situation"]))
    named = vector.parent / "schemes" / f"{content['situation']['version']}.yaml"
    scheme = ("--scheme", named) if named.exists() else ()
    ended = run("gate", "decide", file, "--json", *scheme)
    answer = json.loads(ended.out)
    published = run("gate", "decide", vector, "--json", *scheme)
    assert published == ended, "the file as it is published"
    assert ended.code == EXIT_CODES[answer["outcome"]]
    assert answer["outcome"] == content["expected"]["outcome"]
    assert reasons(ended) == content["expected"]["codes"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"version": 1}',
        b'{"version": "nonsense"}',
        b"\xff\xfe",
        b"A" * 1_000_000,
        b"[" * 100_000,
        b'{"version": "hk-gd-2021-assumed"}',
        b'{"a": 1, "a": 2}',
    ],
)
def test_situation__in_a_bad_file__ends_with_2_and_the_place(
    run: Run, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "situation.json"
    file.write_bytes(content)
    ended = run("gate", "decide", file)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.err) < 2000


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("admit-under-condition-amber", "Watch your health for fourteen days"),
        ("condition-beside-a-referral", "Watch your health for fourteen days"),
    ],
)
def test_situation__under_a_condition__tells_it_in_words(run: Run, name: str, said: str) -> None:
    folder = VECTORS[0].parent
    scheme = folder / "schemes" / "gate-rules.yaml"
    ended = run("gate", "decide", folder / f"{name}.json", "--scheme", scheme)
    assert ended.out.count(said) == (2 if ended.code == 0 else 1)


def test_decide__without_situation_or_bundle__ends_with_2(run: Run, tmp_path: Path) -> None:
    assert run("gate", "decide").code == 2
    assert run("gate", "decide", "a.json", "--bundle", "b.json").code == 2
    bundle = tmp_path / "bundle.json"
    for content in (b"", b"{}", b"A" * 1_000_000, b"\x00"):
        bundle.write_bytes(content)
        assert run("gate", "decide", "--bundle", bundle, stdin=b"H1\n").code == 2


@dataclass(frozen=True)
class Scanned:
    """What a traveller shows, and the bundle of the gate before which they stand."""

    bundle: Path
    pass_text: str
    codes: tuple[str, ...]
    number: str
    at: str


@pytest.fixture(scope="module")
def scanned(
    cluster: object, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scanned]:
    """A family on its way out on 14 December, half an hour after ten."""
    directory = tmp_path_factory.mktemp("gate")
    names = iter(("gate_hk", "gate_gd"))

    def url() -> str:
        name = next(names)
        cluster.drop_database(name)  # type: ignore[attr-defined]
        cluster.ensure_database(name, template=migrated_template)  # type: ignore[attr-defined]
        return cluster.url(name)  # type: ignore[attr-defined,no-any-return]

    with opened_pair(url, directory) as pair:
        yield _scanned(pair, directory)


def _scanned(pair: Pair, directory: Path) -> Scanned:
    pair.activate()
    traveller = person()
    application = granted(pair.hk, traveller).application
    journey = JourneyId(str(uuid4()))
    day = (START + timedelta(days=1)).date()
    book_journey(
        pair.hk,
        JourneyRequest(
            id=journey,
            application=application.id,
            legs=tuple(
                LegWanted(
                    direction=DirectionId(direction),
                    day=day,
                    slot=SlotId(slot),
                    control_point=ControlPointId("SZB"),
                )
                for direction, slot in (("HK-GD", "morning"), ("GD-HK", "evening"))
            ),
        ),
    )
    out = next(each for each in show_passes(pair.hk, journey) if each.place.leg == "out")
    pair.set_time(START + timedelta(days=1))
    codes = tuple(code(authority, traveller) for authority in (pair.hk, pair.gd))
    pair.sync()
    gate = enrol_gate(pair.hk, name="lane", control_point=ControlPointId("SZB"), token="t" * 40)
    bundle = directory / "bundle.json"
    bundle.write_bytes(bundle_text(gate_bundle(pair.hk, gate.gate)))
    return Scanned(
        bundle=bundle,
        pass_text=out.text,
        codes=codes,
        number=traveller.document.number,
        at="2021-12-14T10:30:00+08:00",
    )


@pytest.fixture
def decide(run: Run, scanned: Scanned) -> Callable[..., Ended]:
    """Decides at the gate, with some of what is shown replaced."""

    def call(*more: object, **changes: object) -> Ended:
        shown = {
            "pass_text": scanned.pass_text,
            "codes": scanned.codes,
            "at": scanned.at,
            "number": scanned.number,
        } | changes
        options: list[object] = ["--bundle", scanned.bundle, "--at", shown["at"]]
        if shown["pass_text"] is not None:
            options += ["--pass", shown["pass_text"]]
        for each in shown["codes"]:
            options += ["--code", each]
        typed = f"{shown['number']}\n".encode()
        return run("gate", "decide", *options, "--json", *more, stdin=typed)

    return call


def reasons(ended: Ended) -> list[str]:
    return [each["code"] for each in json.loads(ended.out)["reasons"]]


def test_bundle__with_all_in_order__admits(decide: Callable[..., Ended]) -> None:
    ended = decide()
    assert (ended.code, reasons(ended)) == (0, ["admitted"])


def test_bundle__with_another_persons_document__denies(decide: Callable[..., Ended]) -> None:
    ended = decide(number="H99999999")
    assert ended.code == 1
    assert "pass_other_holder" in reasons(ended)


def test_bundle__at_another_control_point__denies(decide: Callable[..., Ended]) -> None:
    ended = decide("--control-point", "LMC")
    assert ended.code == 1
    assert "wrong_control_point" in reasons(ended)


def test_bundle__with_a_text_that_is_no_code__ends_with_2_and_names_the_option(
    decide: Callable[..., Ended], scanned: Scanned
) -> None:
    for text in ("", "TG1:", "TG1:???", "HC1:ABC", "A" * 100_000, scanned.pass_text[:-3]):
        ended = decide(pass_text=text)
        assert ended.code == 2, text[:20]
        assert "--pass" in ended.err
        assert len(ended.err) < 2000
    ended = decide(codes=(scanned.codes[0], "scribble"))
    assert ended.code == 2
    assert "--code (2)" in ended.err


def test_bundle__with_a_pass_shown_as_a_health_code__refers(
    decide: Callable[..., Ended], scanned: Scanned
) -> None:
    ended = decide(codes=(scanned.pass_text, scanned.codes[1]))
    assert ended.code == 1
    assert "health_code_unreadable" in reasons(ended)


@pytest.mark.parametrize(
    "test",
    [
        "",
        "nasal-swab",
        "nasal-swab@noon",
        "@2021-12-13T09:00+08:00",
        "a@1@2@3",
        "nasal-swab@2021-12-13T09:00+08:00@2021-12-13T08:59+08:00",
    ],
)
def test_bundle__with_a_test_that_cannot_be__ends_with_2(
    decide: Callable[..., Ended], test: str
) -> None:
    ended = decide("--test", test)
    assert ended.code == 2
    assert "--test" in ended.err


def test_bundle__with_a_paper_nobody_asks_for__admits(decide: Callable[..., Ended]) -> None:
    assert decide("--test", "nasal-swab@2021-12-13T09:00+08:00").code == 0


@pytest.mark.parametrize("number", ["", "   ", "()", "1" * 100])
def test_bundle__without_a_document_number__ends_with_2(
    decide: Callable[..., Ended], number: str
) -> None:
    assert decide(number=number).code == 2


@pytest.mark.parametrize("at", ["now", "2021-12-14T10:30", "2021-13-14T10:30+08:00"])
def test_bundle__at_no_instant__ends_with_2(decide: Callable[..., Ended], at: str) -> None:
    ended = decide(at=at)
    assert ended.code == 2
    assert "--at" in ended.err


CHILD = {"born_on": "2019-12-14", "read_by": "officer-7"}


def test_papers__in_a_file__meet_what_the_scheme_requires(run: Run, tmp_path: Path) -> None:
    """The text of the bundle was never signed, so the phase is not active whatever is shown."""
    carried = tmp_path / "bundle.json"
    carried.write_bytes(bundle_text(bundle(version=canonical_text(required()))))
    papers = tmp_path / "papers.json"
    options = ("--bundle", carried, "--at", "2021-12-13T12:00:00+08:00", "--json")

    without = run("gate", "decide", *options, stdin=b"H12345678\n")
    assert "health_requirement_not_shown" in reasons(without)
    papers.write_text(json.dumps(CHILD))
    shown = run("gate", "decide", *options, "--papers", papers, stdin=b"H12345678\n")
    wanted = [each for each in reasons(without) if each != "health_requirement_not_shown"]
    assert reasons(shown) == wanted


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"{}", "read_by"),
        (json.dumps(CHILD | {"doses": [{"number": 2}]}).encode(), "doses/0/given_on"),
        (json.dumps(CHILD | {"colour": "green"}).encode(), "colour"),
    ],
)
def test_papers__that_cannot_be_read__end_with_2_and_the_place(
    run: Run, tmp_path: Path, content: bytes, said: str
) -> None:
    carried, papers = tmp_path / "bundle.json", tmp_path / "papers.json"
    carried.write_bytes(bundle_text(bundle()))
    papers.write_bytes(content)
    ended = run("gate", "decide", "--bundle", carried, "--papers", papers, stdin=b"H1\n")
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
