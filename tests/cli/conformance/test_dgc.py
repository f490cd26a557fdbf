"""The EU's suite: a small one made here, whose every step can be missed, and the published one."""

import base64
import io
import json
import zlib
from pathlib import Path
from typing import Any

import cbor2
import pytest
import zxingcpp
from PIL import Image

from tests.builders import dcc
from tests.builders.corpora import corpus
from tongguan.cli.conformance.dgc import run_dgc
from tongguan.cli.problems import ExitCode
from tongguan.core.credentials import base45

STEPS = (
    "EXPECTEDB45DECODE",
    "EXPECTEDCOMPRESSION",
    "EXPECTEDDECODE",
    "EXPECTEDENCODE",
    "EXPECTEDEXPIRATIONCHECK",
    "EXPECTEDKEYUSAGE",
    "EXPECTEDPICTUREDECODE",
    "EXPECTEDUNPREFIX",
    "EXPECTEDVALIDJSON",
    "EXPECTEDVALIDOBJECT",
    "EXPECTEDVERIFY",
)
KNOWN_BAD = "FR/2DCode/raw/test_pcr_ok.json"


def picture(text: str) -> str:
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    image = barcode.to_image(scale=4, add_quiet_zones=True)
    pixels = bytes(memoryview(image))
    width = round(len(pixels) ** 0.5)
    file = io.BytesIO()
    Image.frombytes("L", (width, width), pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def good_case() -> dict[str, Any]:
    message = b"\xd2" + dcc.signed_message(cbor2.dumps(dcc.claims_of()))
    stream = zlib.compress(message)
    text = "HC1:" + base45.encode(stream)
    return {
        "JSON": dcc.DOCUMENT,
        "CBOR": cbor2.dumps(dcc.DOCUMENT).hex(),
        "COSE": message.hex(),
        "COMPRESSED": stream.hex(),
        "BASE45": base45.encode(stream),
        "PREFIX": text,
        "2DCODE": picture(text),
        "TESTCTX": {
            "CERTIFICATE": base64.b64encode(dcc.default_certificate().der).decode(),
            "VALIDATIONCLOCK": dcc.NOW.isoformat(),
        },
        "EXPECTEDRESULTS": dict.fromkeys(STEPS, True),
    }


def write(directory: Path, case: object, name: str = "1") -> None:
    folder = directory / "common" / "2DCode" / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(case), encoding="utf-8-sig")


def test_suite__is_met__by_a_good_case_in_every_step(tmp_path: Path) -> None:
    write(tmp_path, good_case())
    (tmp_path / "common-verdicts.json").write_text('{"1": "VALID"}')
    report = run_dgc(tmp_path)
    assert report.missed == []
    assert report.exit_code is ExitCode.DONE
    fields = report.as_data()["fields"]
    assert isinstance(fields, dict)
    assert {name for name, counts in fields.items() if counts["met"] == 1} == {*STEPS, "VERDICT"}
    assert fields["EXPECTEDSCHEMAVALIDATION"] == {"met": 0, "missed": 0, "no_data": 1}
    assert report.as_data()["folders"] == {"common": {"met": 12, "missed": 0, "no_data": 1}}


def test_suite__is_missed__in_every_step_that_should_have_failed(tmp_path: Path) -> None:
    write(tmp_path, good_case() | {"EXPECTEDRESULTS": dict.fromkeys(STEPS, False)})
    (tmp_path / "common-verdicts.json").write_text('{"1": "INVALID"}')
    report = run_dgc(tmp_path)
    assert report.missed == [f"common/2DCode/raw/1.json:{step}" for step in (*STEPS, "VERDICT")]
    assert report.exit_code is ExitCode.REFUSED


OTHER = dcc.dcc_text({**dcc.DOCUMENT, "dob": "1971"})


@pytest.mark.parametrize(
    ("stage", "value", "steps"),
    [
        ("2DCODE", "AAAA", {"EXPECTEDPICTUREDECODE", "VERDICT"}),
        ("2DCODE", picture("HC1:A"), {"EXPECTEDPICTUREDECODE", "VERDICT"}),
        (
            "PREFIX",
            OTHER,
            {"EXPECTEDPICTUREDECODE", "EXPECTEDUNPREFIX", "EXPECTEDVALIDJSON"},
        ),
        (
            "PREFIX",
            7,
            {"EXPECTEDPICTUREDECODE", "EXPECTEDUNPREFIX", "EXPECTEDVALIDJSON"},
        ),
        ("BASE45", OTHER[4:], {"EXPECTEDUNPREFIX", "EXPECTEDB45DECODE"}),
        ("BASE45", "a", {"EXPECTEDUNPREFIX", "EXPECTEDB45DECODE"}),
        ("COMPRESSED", "zz", {"EXPECTEDB45DECODE", "EXPECTEDCOMPRESSION"}),
        ("CBOR", cbor2.dumps({"dob": 1}).hex(), {"EXPECTEDDECODE", "EXPECTEDENCODE"}),
        ("CBOR", "ff", {"EXPECTEDDECODE", "EXPECTEDENCODE"}),
        (
            "COSE",
            "d2",
            {
                "EXPECTEDCOMPRESSION",
                "EXPECTEDEXPIRATIONCHECK",
                "EXPECTEDKEYUSAGE",
                "EXPECTEDVERIFY",
            },
        ),
        (
            "JSON",
            {"v": [{}]},
            {"EXPECTEDDECODE", "EXPECTEDENCODE", "EXPECTEDVALIDJSON"},
        ),
        (
            "JSON",
            [],
            {"EXPECTEDDECODE", "EXPECTEDENCODE", "EXPECTEDVALIDJSON", "EXPECTEDVALIDOBJECT"},
        ),
        (
            "TESTCTX",
            {},
            {"EXPECTEDEXPIRATIONCHECK", "EXPECTEDKEYUSAGE", "EXPECTEDVERIFY", "VERDICT"},
        ),
    ],
)
def test_suite__is_missed__in_the_steps_of_a_stage_that_is_wrong(
    tmp_path: Path, stage: str, value: object, steps: set[str]
) -> None:
    write(tmp_path, good_case() | {stage: value})
    (tmp_path / "common-verdicts.json").write_text('{"1": "VALID"}')
    missed = {each.rpartition(":")[2] for each in run_dgc(tmp_path).missed}
    assert missed == steps


def test_suite__counts__a_stage_that_is_not_there_as_no_data(tmp_path: Path) -> None:
    case = good_case()
    write(tmp_path, {key: case[key] for key in ("TESTCTX", "EXPECTEDRESULTS", "PREFIX")})
    data = run_dgc(tmp_path).as_data()
    assert data["missed"] == []
    assert data["folders"] == {"common": {"met": 2, "missed": 0, "no_data": 10}}


def test_suite__reads__claims_and_instants_as_files_write_them(tmp_path: Path) -> None:
    document = {"nam": {"fn": "\u00e9"}, "t": [{"sc": "2021-12-01T08:00:00Z"}]}
    written = {"nam": {"fn": "e\u0301"}, "t": [{"sc": "2021-12-01T09:00:00+01:00"}]}
    other = {"nam": {"fn": "\u00e9"}, "t": [{"sc": "2021-12-01T08:00:00+01:00"}]}
    results = {"EXPECTEDRESULTS": {"EXPECTEDDECODE": True}}
    cbor = cbor2.dumps(dcc.claims_of(document)).hex()
    write(tmp_path, {"JSON": written, "CBOR": cbor} | results, "same")
    write(tmp_path, {"JSON": other, "CBOR": cbor} | results, "other")
    assert run_dgc(tmp_path).missed == ["common/2DCode/raw/other.json:EXPECTEDDECODE"]


def test_suite__reads__a_certificate_in_pem(tmp_path: Path) -> None:
    case = good_case()
    context = case["TESTCTX"]
    body = context["CERTIFICATE"]
    text = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
    write(tmp_path, case | {"TESTCTX": context | {"CERTIFICATE": text}})
    assert run_dgc(tmp_path).missed == []


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "odd", ["\ud800", "é", "-----BEGIN \ud800", 7, None, {}, nested(900), 2**70]
)
def test_suite__never_raises__whatever_stands_in_a_file(tmp_path: Path, odd: object) -> None:
    case = good_case()
    for stage in case:
        write(tmp_path, case | {stage: odd}, stage)
    for told in case["TESTCTX"]:
        write(tmp_path, case | {"TESTCTX": case["TESTCTX"] | {told: odd}}, told)
    run_dgc(tmp_path)


def test_suite__misses__a_file_that_is_no_json_and_passes_over_what_is_no_case(
    tmp_path: Path,
) -> None:
    write(tmp_path, [1], "list")
    write(tmp_path, {"EXPECTEDRESULTS": None}, "none")
    (tmp_path / "common" / "cut.json").write_text("{")
    assert run_dgc(tmp_path).missed == ["common/cut.json:FILE"]


def test_suite__is_met__as_it_was_published() -> None:
    report = run_dgc(corpus("dgc"))
    unexpected = [each for each in report.missed if not each.startswith(KNOWN_BAD)]
    assert unexpected == []
    fields = report.as_data()["fields"]
    assert isinstance(fields, dict)
    assert fields["EXPECTEDVERIFY"]["met"] > 300
    assert fields["EXPECTEDPICTUREDECODE"]["met"] > 300
