"""The suite of SMART Health Cards: the published examples, and a suite with own keys."""

import json
from pathlib import Path
from typing import Any

from tests.builders.cards import (
    ISSUER,
    KEY,
    card,
    claims,
    codes,
    credential,
    jwk,
    key_set,
    key_set_path,
    revocation_list,
)
from tests.builders.corpora import corpus
from tongguan.cli.conformance.shc import JUDGED_AT, run_shc
from tongguan.cli.problems import ExitCode

ISSUED = JUDGED_AT.timestamp() - 1000.5


def values(**changes: Any) -> dict[str, Any]:
    return claims(nbf=ISSUED, vc=credential(**changes))


def write_example(directory: Path, name: str, held: dict[str, Any], *, text: str = "") -> None:
    """Every file of an example; the card may be another than the claims beside it."""
    examples = directory / "examples"
    examples.mkdir(exist_ok=True)
    text = text or card(held)
    bundle = held["vc"]["credentialSubject"]["fhirBundle"]
    contents = {
        "a-fhirBundle.json": json.dumps(bundle, indent=2),
        "b-jws-payload-expanded.json": json.dumps(held, indent=2),
        "c-jws-payload-minified.json": json.dumps(held),
        "d-jws.txt": text,
        "e-file.smart-health-card": json.dumps({"verifiableCredential": [text]}),
    }
    for number, code in enumerate(codes(text, 3)):
        contents[f"f-qr-code-numeric-value-{number}.txt"] = code + "\n"
    for part, content in contents.items():
        (examples / f"{name}-{part}").write_text(content)


def write_issuer(directory: Path) -> None:
    """The issuer's site as a copy of it lies on a disk."""
    well_known = directory / key_set_path(ISSUER).removesuffix("/jwks.json")
    (well_known / "crl").mkdir(parents=True)
    (well_known / "jwks.json").write_bytes(key_set(jwk(KEY, crlVersion=1)))
    listed = revocation_list("gone", f"older.{int(JUDGED_AT.timestamp())}", "newer.17")
    (well_known / "crl" / "list.json").write_bytes(listed)


def test_examples__are_met__all() -> None:
    report = run_shc(corpus("shc"))
    assert report.missed == []
    assert report.exit_code is ExitCode.DONE
    data: Any = report.as_data()
    for name in ("jws", "file", "qr", "payload", "fhir_bundle"):
        assert data["fields"][name]["met"] > 0
    assert list(data["folders"]) == ["examples"]


def test_suite__is_met__with_revoked_cards_told_as_revoked(tmp_path: Path) -> None:
    write_issuer(tmp_path)
    for name, rid in (("example-00", "kept"), ("example-01", "gone"), ("example-02", "older")):
        write_example(tmp_path, name, values(rid=rid))
    write_example(tmp_path, "example-03", values(rid="newer"))
    report = run_shc(tmp_path)
    assert report.missed == []
    fields: Any = report.as_data()["fields"]
    met = {name: counts["met"] for name, counts in fields.items()}
    told = {"jws": 2, "file": 2, "qr": 2, "jws_revoked": 2, "file_revoked": 2, "qr_revoked": 2}
    assert met == {**told, "payload": 8, "fhir_bundle": 4}


def test_suite__is_missed__where_a_card_is_not_what_lies_beside_it(tmp_path: Path) -> None:
    write_issuer(tmp_path)
    write_example(tmp_path, "example-00", values(), text=card(values(rid="gone")))
    write_example(tmp_path, "example-01", values(rid="gone"), text=card(values()))
    other = values(credentialSubject={"fhirBundle": {"resourceType": "Bundle"}})
    write_example(tmp_path, "example-02", values(), text=card(other))
    report = run_shc(tmp_path)
    missed = {each.rpartition("/")[2] for each in report.missed}
    assert {
        "example-00-d-jws.txt:jws",
        "example-00-c-jws-payload-minified.json:payload",
        "example-01-d-jws.txt:jws_revoked",
        "example-01-e-file.smart-health-card:file_revoked",
        "example-01-f-qr-code-numeric-value-0.txt:qr_revoked",
        "example-02-a-fhirBundle.json:fhir_bundle",
    } <= missed
    assert "example-02-d-jws.txt:jws" not in missed
    assert report.exit_code is ExitCode.REFUSED


def test_suite__tells__what_it_has_no_data_for(tmp_path: Path) -> None:
    write_issuer(tmp_path)
    write_example(tmp_path, "example-00", values())
    for part in ("c-jws-payload-minified.json", "f-qr-code-numeric-value-1.txt"):
        (tmp_path / "examples" / f"example-00-{part}").unlink()
    report = run_shc(tmp_path)
    fields: Any = report.as_data()["fields"]
    assert fields["payload"] == {"met": 1, "missed": 0, "no_data": 1}
    assert fields["qr"] == {"met": 0, "missed": 0, "no_data": 1}
    assert report.missed == []


def test_suite__is_empty__in_an_empty_directory(tmp_path: Path) -> None:
    assert run_shc(tmp_path).as_data()["fields"] == {}
