"""Whatever is typed at the console: a command ends with 2 and a sentence of what is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Run

UNTIL = "2031-01-01T00:00:00+08:00"
ODD = ("", "x" * 1_000_000, os.fsdecode(b"\xff\xfe") + " \x1b[31m\n[red]٣")
"""Nothing, a megabyte, and what no name is made of: bytes of no text, controls, markup."""
AT = ("--authority", "HK", "--data", "DATA")
SLIP = ("--registration", "HC-AAAA-AAAA-AAAA")
WITH_ARGUMENT = {
    "trust-add": ("trust", "add", "ODD", *AT),
    "trust-add-to": ("trust", "add", "/dev/null", "--authority", "ODD", "--data", "DATA"),
    "trust-list": ("trust", "list", "--authority", "ODD", "--data", "DATA"),
    "trust-recognise": ("trust", "recognise", "ODD", "--until", UNTIL, *AT),
    "trust-recognise-of": ("trust", "recognise", "GD", "--until", UNTIL, "--usages", "ODD", *AT),
    "trust-recognise-from": ("trust", "recognise", "GD", "--from", "ODD", "--until", UNTIL, *AT),
    "trust-recognise-until": ("trust", "recognise", "GD", "--until", "ODD", *AT),
    "trust-recognise-version": (
        "trust", "recognise", "GD", "--version", "ODD", "--until", UNTIL, *AT,
    ),
    "trust-countersign": ("trust", "recognise", "GD", "--countersign", "ODD", *AT),
    "trust-withdraw": ("trust", "withdraw", "ODD", *AT),
    "code-issue": ("health", "code", "issue", *SLIP, "--id", "ODD", *AT),
    "code-issue-file": ("health", "code", "issue", "ODD", *SLIP, *AT),
    "code-issue-slip": ("health", "code", "issue", "SECRET", "--registration", "ODD", *AT),
    "code-show": ("health", "code", "show", "ODD", *AT),
    "code-explain": ("health", "code", "explain", "ODD", *SLIP, *AT),
    "code-explain-slip": ("health", "code", "explain", "SECRET", "--registration", "ODD", *AT),
    "source-enrol": (
        "health", "source", "enrol", "ODD", "--kind", "laboratory", "--public", "KEY.pub",
        "--name", "Laboratory", *AT,
    ),
    "source-enrol-name": (
        "health", "source", "enrol", "lab", "--kind", "laboratory", "--public", "KEY.pub",
        "--name", "ODD", *AT,
    ),
    "source-enrol-kind": (
        "health", "source", "enrol", "lab", "--kind", "ODD", "--public", "KEY.pub",
        "--name", "Laboratory", *AT,
    ),
    "source-enrol-until": (
        "health", "source", "enrol", "lab", "--kind", "laboratory", "--public", "KEY.pub",
        "--name", "Laboratory", "--until", "ODD", *AT,
    ),
    "source-enrol-unit": (
        "health", "source", "enrol", "lab", "--kind", "order_office", "--public", "KEY.pub",
        "--name", "Office", "--unit", "ODD", *AT,
    ),
    "source-enrol-key": (
        "health", "source", "enrol", "lab", "--kind", "laboratory", "--public", "ODD",
        "--name", "Laboratory", *AT,
    ),
    "source-withdraw": ("health", "source", "withdraw", "ODD", *AT),
    "source-list": ("health", "source", "list", "--authority", "ODD", "--data", "DATA"),
    "evidence-send": ("health", "evidence", "send", "ODD", "--key", "KEY", "--to", "OUT"),
    "evidence-send-key": ("health", "evidence", "send", "BATCH", "--key", "ODD", "--to", "OUT"),
    "evidence-make-key": ("health", "evidence", "make-key", "ODD"),
    "evidence-send-to": ("health", "evidence", "send", "BATCH", "--key", "KEY", "--to", "ODD"),
    "evidence-receive": ("health", "evidence", "receive", "ODD", *AT),
    "officer-add": ("officer", "add", "ODD", "--unit", "port-health", *AT),
    "officer-add-unit": ("officer", "add", "officer-new", "--unit", "ODD", *AT),
    "officer-unit": ("officer", "unit", "ODD", "port-health", *AT),
    "officer-unit-unit": ("officer", "unit", "officer-ho", "ODD", *AT),
    "officer-close": ("officer", "close", "ODD", *AT),
    "officer-list": ("officer", "list", "--authority", "ODD", "--data", "DATA"),
}  # fmt: skip
WITH_FILE = {
    "trust-add": ("trust", "add", "FILE", *AT),
    "code-issue": ("health", "code", "issue", "FILE", *SLIP, *AT),
    "code-show": ("health", "code", "show", "FILE", *AT),
    "code-explain": ("health", "code", "explain", "FILE", *SLIP, *AT),
    "source-enrol": (
        "health", "source", "enrol", "lab", "--kind", "laboratory", "--public", "FILE",
        "--name", "Laboratory", *AT,
    ),
    "evidence-send": ("health", "evidence", "send", "FILE", "--key", "KEY", "--to", "OUT"),
    "evidence-send-key": ("health", "evidence", "send", "BATCH", "--key", "FILE", "--to", "OUT"),
    "evidence-receive": ("health", "evidence", "receive", "FILE", *AT),
}  # fmt: skip
FILES = ("directory", "missing", "null", "empty", "huge", "not-utf8", "zeros", "unreadable-json")
WRITES = ("evidence-make-key", "evidence-send-to")
"""To a file, which may have any name that is not too long."""
TEXTS = ("zeros", "unreadable-json")
APART = ("officer-unit", "officer-close")
"""In a process of their own: Django is configured once in each, and in this one for pages."""
ARGUMENT_CHARACTERS_MAX = 100_000
"""Of what another process can be given."""
BARE = (
    ("trust", "add"), ("trust", "list"), ("trust", "recognise"), ("trust", "withdraw"),
    ("health", "code", "issue"), ("health", "code", "show"), ("health", "code", "explain"),
    ("health", "source", "enrol"), ("health", "source", "list"), ("health", "source", "withdraw"),
    ("health", "evidence", "make-key"), ("health", "evidence", "send"),
    ("health", "evidence", "receive"),
    ("officer", "add"), ("officer", "unit"), ("officer", "close"), ("officer", "list"),
)  # fmt: skip


@pytest.fixture(scope="module")
def named(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files and directories by the names that the commands above use."""
    place = tmp_path_factory.mktemp("odd")
    secret, batch = place / "secret.json", place / "batch.json"
    secret.write_text('{"secret": "AAAA-AAAA-AAAA", "declaration": {}}')
    batch.write_text('{"authority": "HK", "source": "lab"}')
    (place / "directory").mkdir()
    (place / "empty").write_bytes(b"")
    (place / "huge").write_bytes(b"[" * 5_000_000)
    (place / "not-utf8").write_bytes(b"\xff\xfe{}")
    (place / "zeros").write_bytes(bytes(1000))
    (place / "unreadable-json").write_text('{"secret": [}')
    return {
        "DATA": str(data),
        "SECRET": str(secret),
        "BATCH": str(batch),
        "KEY": str(place / "key.pem"),
        "KEY.pub": str(place / "key.pem.pub"),
        "OUT": str(place / "out.cose"),
        "null": "/dev/null",
        **{each: str(place / each) for each in FILES if each != "null"},
    }


@pytest.fixture
def typed(run: Run, named: dict[str, str]) -> Run:
    """Runs a command in which names stand for files; there is an authority."""
    if not Path(named["KEY"]).exists():
        assert run("health", "evidence", "make-key", named["KEY"]).code == 0
    if not (Path(named["DATA"]) / "authorities" / "HK").exists():
        made = run("authority", "create", "--authority", "HK", "--data", named["DATA"])
        assert made.code == 0, made.err

    def call(*arguments: object, **given: str) -> Ended:
        known = named | given
        return run(*(known.get(str(each), each) for each in arguments))

    return call


def said(ended: Ended) -> str:
    """The sentence on standard error; every refusal has one, and names what it is of."""
    assert ended.code == 2, (ended.code, ended.out[:500], ended.err[:500])
    place, colon, sentence = ended.err.strip().partition(": ")
    assert colon, ended.err[:500]
    assert place.strip(), ended.err[:500]
    assert sentence.strip(), ended.err[:500]
    assert len(ended.err) < 3_000
    assert "\x1b[31m" not in ended.err
    return ended.err


@pytest.mark.parametrize("command", APART)
def test_officer__of_an_odd_name__ends_with_2_and_a_sentence(
    named: dict[str, str], typed: Run, command: str
) -> None:
    for odd in (each for each in ODD if len(each) < ARGUMENT_CHARACTERS_MAX):
        known = named | {"ODD": odd}
        arguments = [known.get(each, each) for each in WITH_ARGUMENT[command]]
        done = subprocess.run(
            [sys.executable, "-m", "tongguan.cli", *arguments],
            env={key: each for key, each in os.environ.items() if key != "DATABASE_URL"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        said(Ended(code=done.returncode, out=done.stdout, err=done.stderr))


@pytest.mark.parametrize("command", [each for each in WITH_ARGUMENT if each not in APART])
def test_command__of_an_odd_argument__ends_with_2_and_a_sentence(typed: Run, command: str) -> None:
    for odd in ODD[:2] if command in WRITES else ODD:
        said(typed(*WITH_ARGUMENT[command], ODD=odd))


@pytest.mark.parametrize("command", WITH_FILE)
def test_command__of_an_odd_file__ends_with_2_and_a_sentence(typed: Run, command: str) -> None:
    for name in FILES:
        if command == "code-show" and name in TEXTS:
            continue  # a text that is no code: an answer, and no fault
        said(typed(*(name if each == "FILE" else each for each in WITH_FILE[command])))


@pytest.mark.parametrize("command", BARE, ids="-".join)
def test_command__without_its_arguments__ends_with_2_and_a_sentence(
    run: Run, command: tuple[str, ...]
) -> None:
    ended = run(*command)
    assert ended.code == 2, ended.out
    assert "Missing" in ended.err or "--" in ended.err, ended.err


def test_make_key__of_a_directory_or_no_place__ends_with_2(typed: Run, tmp_path: Path) -> None:
    for place in (".", "/", tmp_path, tmp_path / "missing" / "key", "/dev/null/key"):
        said(typed("health", "evidence", "make-key", place))
    assert list(tmp_path.iterdir()) == []


def test_recognise__of_what_is_no_authority__names_the_argument_and_not_the_option(
    typed: Run,
) -> None:
    for odd in ("nobody", ""):
        refused = said(typed("trust", "recognise", odd, "--until", UNTIL, *AT))
        assert refused.startswith("AUTHORITY: "), refused
