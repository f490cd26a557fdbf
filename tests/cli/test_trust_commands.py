"""``tongguan trust``: two real authorities that hand each other files, and nothing else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ended, Run

UNTIL = (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds")
Asked = Callable[..., Ended]


@pytest.fixture
def at(run: Run, data: Path, tmp_path: Path) -> Asked:
    """Asks ``tongguan trust`` at an authority; both trust each other's keys."""

    def asked(name: str, *arguments: object) -> Ended:
        return run("trust", *arguments, "--authority", name, "--data", data)

    if not (data / "authorities").exists():
        _make(run, data, tmp_path)
    return asked


def _make(run: Run, data: Path, tmp_path: Path) -> None:
    """Both authorities, each trusting the other's keys; what these tests do stays."""
    for name in ("HK", "GD"):
        assert run("authority", "create", "--authority", name, "--data", data).code == 0
    for name, other in (("HK", "GD"), ("GD", "HK")):
        keys = tmp_path / f"{other}.keys.json"
        shown = ("authority", "keys", "--authority", other, "--data", data)
        keys.write_text(run(*shown, "--json").out)
        fingerprint = run(*shown).out.split()[-1]
        to = ("--authority", name, "--data", data)
        assert run("authority", "trust", keys, *to, "--fingerprint", fingerprint).code == 0


def known(at: Asked, name: str) -> Any:
    return json.loads(at(name, "list", "--json").out)


def handed(at: Asked, sender: str, receiver: str, tmp_path: Path) -> Ended:
    """What one authority knows, taken in by the other from a file."""
    file = tmp_path / "trust.json"
    file.write_text(at(sender, "list", "--json").out)
    return at(receiver, "add", file)


def state(at: Asked, name: str, digest: str) -> str:
    (found,) = [each for each in known(at, name)["references"] if each["digest"] == digest]
    return str(found["state"])


def test_recognition__is_signed_countersigned_and_withdrawn__by_files_alone(
    at: Asked, tmp_path: Path
) -> None:
    assert "own health codes alone count" in at("HK", "list").out
    missing = at("HK", "recognise", "GD", "--until", UNTIL)
    assert missing.code == 2
    assert "trust add first" in missing.err
    assert "1 lists" in handed(at, "GD", "HK", tmp_path).out
    signed = at(
        "HK", "recognise", "GD", "--version", 1, "--usages", "health_code", "--until", UNTIL
    )
    assert signed.code == 0, signed.err
    (reference,) = known(at, "HK")["references"]
    digest = reference["digest"]
    assert digest in signed.out
    assert (reference["by"], reference["of"], reference["version"]) == ("HK", "GD", 1)
    assert reference["usages"] == ["health_code"]
    assert (reference["state"], reference["signed_by"]) == ("one_signature", ["HK"])
    assert at("GD", "recognise", "HK", "--countersign", digest).code == 2
    assert "1 statements" in handed(at, "HK", "GD", tmp_path).out
    assert at("GD", "recognise", "MO", "--countersign", digest).code == 2
    assert at("GD", "recognise", "HK", "--countersign", digest[:16]).code == 0
    handed(at, "GD", "HK", tmp_path)
    assert state(at, "HK", digest) == state(at, "GD", digest) == "in_force"
    assert "in force" in at("HK", "list").out
    assert at("GD", "withdraw", digest).code == 0
    assert (state(at, "HK", digest), state(at, "GD", digest)) == ("in_force", "withdrawn")
    handed(at, "GD", "HK", tmp_path)
    assert state(at, "HK", digest) == "withdrawn"
    again = at("GD", "recognise", "HK", "--countersign", digest)
    assert again.code == 2
    assert "another text" in again.err
    assert "New here: 0 lists, 0 statements" in handed(at, "GD", "HK", tmp_path).out


REFUSED = (
    (("recognise", "GD"), "until when"),
    (("recognise", "GD", "--until", "tomorrow"), "--until"),
    (("recognise", "GD", "--until", "2035-01-01T00:00:00"), "--until"),
    (("recognise", "GD", "--until", "2020-01-01T00:00:00Z"), "end before"),
    (("recognise", "gd", "--until", UNTIL), "AUTHORITY: "),
    (("recognise", "HK", "--until", UNTIL), "their own list"),
    (("recognise", "GD", "--until", UNTIL, "--usages", "passes"), "health_code"),
    (("recognise", "GD", "--until", UNTIL, "--version", 99), "not known here"),
    (("withdraw", "00" * 32), "no recognition"),
    (("withdraw", "x"), "no recognition"),
)
OTHER_FILES = (
    "",
    "[]",
    "7",
    '{"trust_lists": 1}',
    '{"trust_lists": [1]}',
    '{"recognitions": ["!"]}',
)


def test_command__that_means_nothing__ends_with_2_and_signs_nothing(
    at: Asked, tmp_path: Path
) -> None:
    handed(at, "GD", "HK", tmp_path)
    before = known(at, "HK")
    for arguments, said in REFUSED:
        ended = at("HK", *arguments)
        assert ended.code == 2
        assert said in ended.err, arguments
    for content in OTHER_FILES:
        file = tmp_path / "other.json"
        file.write_text(content)
        ended = at("HK", "add", file)
        assert ended.code == 2, content
        assert "other.json" in ended.err
    assert known(at, "HK") == before


def test_list__of_a_stranger__is_refused(at: Asked, tmp_path: Path) -> None:
    file = tmp_path / "strange.json"
    file.write_text(json.dumps({"trust_lists": ["AAAA"], "recognitions": ["AAAA", "AAAA"]}))
    ended = at("HK", "add", file)
    assert ended.code == 1
    assert "3 refused: unreadable_cose" in ended.err
