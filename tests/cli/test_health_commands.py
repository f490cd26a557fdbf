"""``health verify``: a verdict for every line, in three formats at once, whatever the line is."""

import base64
import io
import json
from math import isqrt
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.builders import cards, dcc, seals
from tests.cli.conftest import Run
from tongguan.cli.health_commands import TEXT_CHARACTERS_MAX

AT = "2021-12-13T12:00:00+08:00"


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    """A directory with the issuers of all three formats, and some rubbish."""
    directory = tmp_path / "trust"
    directory.mkdir()
    (directory / "at.pem").write_bytes(_pem(dcc.default_certificate().der))
    for number, each in enumerate(seals.TRUST.certificates):
        (directory / f"seal-{number}.pem").write_bytes(_pem(each.der))
    path = directory / cards.key_set_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(cards.key_set(cards.jwk(cards.KEY)))
    (directory / "README").write_bytes(b"\xff\x00 nothing")
    return directory


def _pem(der: bytes) -> bytes:
    encoded = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + encoded + b"-----END CERTIFICATE-----\n"


def told(run: Run, lines: list[str], *arguments: object) -> list[dict[str, Any]]:
    ended = run("health", "verify", *arguments, "--json", stdin="\n".join(lines).encode())
    assert ended.code == 0
    found = [json.loads(line) for line in ended.out.splitlines()]
    assert len(found) == len(lines)
    return found


def test_health_verify__of_the_three_formats__says_what_each_says(run: Run, trust: Path) -> None:
    card = cards.card()
    (of_dcc,) = told(run, [dcc.dcc_text()], "--trust", trust, "--at", AT)
    of_card, of_codes = told(
        run, [card, " ".join(cards.codes(card, 2))], "--trust", trust, "--at", "2026-03-01T12:00Z"
    )
    file = json.dumps({"verifiableCredential": [card]})
    files = told(
        run,
        [file, json.dumps({"verifiableCredential": [card, card]})],
        *("--trust", trust, "--at", "2026-03-01T12:00Z"),
    )
    assert files[0] == of_card
    assert (files[1]["valid"], files[1]["reason"]) == (False, "unreadable_envelope")
    (of_seal,) = told(
        run, [seals.text_of(seals.Signer().seal())], "--trust", trust, "--at", "2023-02-10T08:00Z"
    )

    assert (of_dcc["kind"], of_dcc["valid"], of_dcc["reason"]) == ("eu_dcc", True, None)
    assert (of_dcc["issuer"], of_dcc["claims"]["v"][0]["dn"]) == ("AT", 2)
    assert base64.b64decode(of_dcc["kid"]) == dcc.default_certificate().key_id
    assert (of_card["kind"], of_card["valid"], of_card["issuer"]) == (
        "smart_health_card",
        True,
        cards.ISSUER,
    )
    assert of_codes == of_card
    assert (of_seal["kind"], of_seal["valid"], of_seal["issuer"]) == ("vds_nc", True, "SGP")


def test_health_verify__of_whatever_else__gives_each_line_its_reason(run: Run, trust: Path) -> None:
    lines = [
        dcc.dcc_text()[:-3],
        "",
        "hello",
        "HC1:",
        "{",
        "shc:/1",
        "x" * (TEXT_CHARACTERS_MAX + 1),
        "健康",
        dcc.dcc_text(),
    ]
    found = told(run, lines, "--trust", trust, "--at", AT)
    assert [each["valid"] for each in found] == [False] * 8 + [True]
    assert found[1]["reason"] == found[2]["reason"] == "unknown_format"
    assert found[6]["reason"] == "too_long"
    assert all(each["claims"] is None for each in found[:8])


def test_health_verify__trusting_nobody__believes_nobody(run: Run, trust: Path) -> None:
    lines = [dcc.dcc_text(), cards.card(), seals.text_of(seals.Signer().seal())]
    found = told(run, lines, "--at", AT)
    assert {each["reason"] for each in found} == {"unknown_key"}


def test_health_verify__at_another_time__says_that_it_expired(run: Run, trust: Path) -> None:
    (late,) = told(run, [dcc.dcc_text()], "--trust", trust, "--at", "2023-01-01T00:00Z")
    assert (late["valid"], late["reason"]) == (False, "expired")


def test_health_verify__for_people__shows_no_claims(run: Run, trust: Path, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(dcc.dcc_text().encode() + b"\r\n\xff\xfe\n")
    ended = run("health", "verify", file, "--trust", trust, "--at", AT)
    assert ended.code == 0
    first, second = ended.out.splitlines()
    assert first == "1: EU Digital COVID Certificate: signed by AT, and holds"
    assert second.startswith("2: Not a certificate")
    assert "Anna" not in ended.out


def test_health_verify__of_a_picture__reads_its_codes(
    run: Run, trust: Path, tmp_path: Path
) -> None:
    pages = {"dcc.png": [dcc.dcc_text()], "card.png": cards.codes(cards.card(), 2), "none.png": []}
    for name, texts in pages.items():
        (tmp_path / name).write_bytes(_drawn(texts))
    dates = {"dcc.png": AT, "card.png": "2026-03-01T12:00Z", "none.png": AT}
    found = {}
    for name, at in dates.items():
        ended = run("health", "verify", tmp_path / name, "--trust", trust, "--at", at, "--json")
        assert ended.code == 0
        (line,) = ended.out.splitlines()
        found[name] = json.loads(line)
    assert found["dcc.png"]["valid"]
    assert (found["card.png"]["kind"], found["card.png"]["valid"]) == ("smart_health_card", True)
    assert found["none.png"]["reason"] == "unknown_format"


def _drawn(texts: list[str]) -> bytes:
    """A page with the QR codes of the texts side by side."""
    codes = []
    for text in texts:
        barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
        pixels = bytes(memoryview(barcode.to_image(scale=4, add_quiet_zones=True)))
        width = isqrt(len(pixels))
        codes.append(Image.frombytes("L", (width, width), pixels))
    width = sum(each.width for each in codes) or 100
    page = Image.new("L", (width, max((each.height for each in codes), default=100)), 255)
    left = 0
    for each in codes:
        page.paste(each, (left, 0))
        left += each.width
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        ["/nowhere/at/all"],
        ["--trust", "/nowhere/at/all"],
        ["--at", "yesterday"],
        ["--at", "2021-12-13T12:00"],
        ["/"],
    ],
)
def test_health_verify__of_bad_arguments__is_the_senders_fault(
    run: Run, arguments: list[str]
) -> None:
    ended = run("health", "verify", *arguments)
    assert ended.code == 2
    assert ended.err


def test_health_verify__of_nothing__says_nothing(run: Run) -> None:
    ended = run("health", "verify", stdin=b"")
    assert (ended.code, ended.out) == (0, "")


def test_health_verify__with_requirements__says_whether_they_are_met(
    run: Run, trust: Path, tmp_path: Path
) -> None:
    ways = [
        {"doses": {"doses_min": 9}},
        {"test": {"within_hours": 48}},
        {"age": {"years_below": 3}},
    ]
    two = {"id": "two", "ways": [{"doses": {"doses_min": 1}}]}
    asked = {"zone": "Asia/Hong_Kong", "requirements": [{"id": "entry", "ways": ways}, two]}
    file = tmp_path / "requirements.json"
    file.write_text(json.dumps(asked))
    arguments = ("--trust", trust, "--at", AT, "--requirements", file)
    lines = [dcc.dcc_text(), "nothing"]
    found, nothing = told(run, lines, *arguments)
    assert found["requirements"] == [
        {
            "id": "entry",
            "met": False,
            "met_from": None,
            "faults": [
                {"way": "doses", "fault": "too_few_doses"},
                {"way": "test", "fault": "not_shown"},
                {"way": "age", "fault": "wrong_age"},
            ],
        },
        {"id": "two", "met": True, "until": None},
    ]
    assert nothing["requirements"] == []
    said = run("health", "verify", *arguments, stdin=lines[0].encode()).out
    for line in ("entry: not met", "Vaccination: Too few doses.", "two: met, without an end"):
        assert line in said
    file.write_text('{"zone": "Asia/Hong_Kong"}')
    wrong = run("health", "verify", *arguments, stdin=b"")
    assert (wrong.code, "requirements" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    "sampled", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"]
)
def test_health_verify__of_a_time_that_no_calendar_has__judges_the_lines_after_it(
    run: Run, trust: Path, tmp_path: Path, sampled: str
) -> None:
    file = tmp_path / "requirements.json"
    asked = {"id": "entry", "ways": [{"test": {"within_days": 2}}]}
    file.write_text(json.dumps({"zone": "Asia/Hong_Kong", "requirements": [asked]}))
    entry = {"tg": "840539006", "tt": "LP6464-4", "sc": sampled, "tr": "260415000"}
    document = {name: each for name, each in dcc.DOCUMENT.items() if name != "v"} | {"t": [entry]}
    lines = [dcc.dcc_text(document), dcc.dcc_text()]
    arguments = ("--trust", trust, "--at", AT, "--requirements", file)
    assert [each["valid"] for each in told(run, lines, *arguments)] == [True, True]


def test_health_verify__by_a_scheme__asks_what_its_phases_require(run: Run, trust: Path) -> None:
    folder = Path(__file__).parents[2] / "conformance" / "gate" / "schemes"
    arguments = ("--trust", trust, "--at", AT, "--requirements", folder / "gate-requirements.yaml")
    [found] = told(run, [dcc.dcc_text()], *arguments)
    names = [each["id"] for each in found["requirements"]]
    assert names == ["trial/immunity", "trial/tested", "gentle/immunity", "gentle/tested"]
    assert {each["met"] for each in found["requirements"]} == {False}
    none = ("--trust", trust, "--at", AT, "--requirements", folder / "gate-rules.yaml")
    [found] = told(run, [dcc.dcc_text()], *none)
    assert found["requirements"] == []
    wrong = run("health", "verify", "--requirements", folder / "none.yaml", stdin=b"")
    assert wrong.code == 2


def test_health_verify__of_a_long_file__keeps_the_order(
    run: Run, trust: Path, tmp_path: Path
) -> None:
    good = dcc.dcc_text()
    lines = [good if number % 3 else f"HC1:{number}" for number in range(120)]
    file = tmp_path / "lines.txt"
    file.write_text("\n".join(lines))
    ended = run("health", "verify", file, "--trust", trust, "--at", AT, "--json")
    valid = [json.loads(line)["valid"] for line in ended.out.splitlines()]
    assert valid == [line == good for line in lines]
