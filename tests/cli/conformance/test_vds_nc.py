from pathlib import Path

import pytest

from tests.builders.corpora import corpus
from tests.builders.seals import VACCINATION, Signer, text_of
from tongguan.cli.conformance.vds_nc import run_vds_nc


def test_published_suite__is_met_whole() -> None:
    report = run_vds_nc(corpus("vds-nc"))
    assert report.missed == []
    assert report.as_data()["fields"] == {
        "not_a_seal": {"met": 1, "missed": 0, "no_data": 0},
        "tampered": {"met": 1, "missed": 0, "no_data": 0},
        "valid": {"met": 4, "missed": 0, "no_data": 0},
    }


SOUND = text_of(Signer().seal(VACCINATION))
TAMPERED = SOUND.replace("MUSTER", "MEISTER")
OTHER = '{"isThisAVDS": false}'


@pytest.mark.parametrize(
    ("name", "text", "field", "is_met"),
    [
        ("validVDSJson.json", SOUND, "valid", True),
        ("validVDSJson.json", TAMPERED, "valid", False),
        ("validVDSJson.json", OTHER, "valid", False),
        ("single-vaccine.txt", SOUND, "valid", True),
        ("aus-invalidVDSJson.json", TAMPERED, "tampered", True),
        ("aus-invalidVDSJson.json", SOUND, "tampered", False),
        ("test_tampered_2.TXT", TAMPERED, "tampered", True),
        ("nonVDSJson.json", OTHER, "not_a_seal", True),
        ("non-vds.txt", "no JSON at all", "not_a_seal", True),
        ("non-vds.txt", '{"data"', "not_a_seal", True),
        ("nonVDSJson.json", SOUND, "not_a_seal", False),
        ("nonVDSJson.json", TAMPERED, "not_a_seal", False),
    ],
)
def test_file__is_expected_to_be_what_its_name_says(
    tmp_path: Path, name: str, text: str, field: str, is_met: bool
) -> None:
    folder = tmp_path / "icao"
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    (folder / "README.md").write_text("not part of the suite", encoding="utf-8")
    report = run_vds_nc(tmp_path)
    counts = {"met": int(is_met), "missed": int(not is_met), "no_data": 0}
    assert report.as_data()["fields"] == {field: counts}
    assert report.as_data()["folders"] == {"icao": counts}
    assert report.missed == ([] if is_met else [f"icao/{name}:{field}"])


def test_file_that_is_not_utf_8__is_refused(tmp_path: Path) -> None:
    (tmp_path / "invalid.txt").write_bytes(SOUND.encode().replace(b"MUSTER", b"\xff\xfe"))
    assert run_vds_nc(tmp_path).missed == []
