"""A laboratory's key, its enrolment, and its batches from signing to taking, at the console."""

import json
import stat
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from tests.cli.conftest import Run
from tests.cli.test_health_code_commands import listed, two  # noqa: F401 - fixtures
from tongguan.adapters.evidence_http import is_fit

SAMPLED = "2021-12-12T19:00:00Z"


def batch(**changed: Any) -> dict[str, Any]:
    return {
        "authority": "HK",
        "source": "lab-kowloon",
        "issued_at": "2021-12-13T00:30:00Z",
        "entries": [
            {
                "id": str(uuid4()),
                "person": {"type": "hkid", "number": "A1234563", "issuer": "HKG"},
                "kind": "test_result",
                "on": "2021-12-13",
                "ends_at": None,
                "facts": {
                    "result": "positive",
                    "specimen": "nasal_swab",
                    "method": "rt-pcr",
                    "sampled_at": SAMPLED,
                    "reported_at": "2021-12-13T00:00:00Z",
                },
            }
        ],
    } | changed


def key_of(run: Run, folder: Path) -> Path:
    key = folder / "lab.pem"
    assert run("health", "evidence", "make-key", key).code == 0
    return key


def written(folder: Path, said: dict[str, Any]) -> Path:
    file = folder / "batch.json"
    file.write_text(json.dumps(said, indent=1))
    return file


def test_key__made__is_its_owners_alone_and_never_overwritten(run: Run, tmp_path: Path) -> None:
    key = key_of(run, tmp_path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "PRIVATE" not in (tmp_path / "lab.pem.pub").read_text()
    before = key.read_bytes()
    again = run("health", "evidence", "make-key", key)
    assert again.code == 2
    assert key.read_bytes() == before
    assert before.decode() not in again.out + again.err


@pytest.mark.parametrize("was_there", [False, True])
def test_batch__signed_to_a_file__is_canonical_and_its_owners_alone(
    run: Run, tmp_path: Path, was_there: bool
) -> None:
    signed = tmp_path / "batch.cose"
    if was_there:
        signed.write_bytes(b"an earlier one, much longer than what follows" * 100)
        signed.chmod(0o644)
    ended = run(
        *("health", "evidence", "send", written(tmp_path, batch())),
        *("--key", key_of(run, tmp_path), "--to", signed),
    )
    assert ended.code == 0, ended.err
    assert stat.S_IMODE(signed.stat().st_mode) == 0o600
    assert b'"kind":"test_result"' in signed.read_bytes()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"source": 5}, "source"),
        ({"nonsense": 1}, "nonsense"),
        ({"entries": [{}]}, "entries/0"),
        ({"issued_at": "yesterday"}, "issued_at"),
    ],
)
def test_batch__that_nobody_could_read__is_not_signed(
    run: Run, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    ended = run(
        *("health", "evidence", "send", written(tmp_path, batch(**changed))),
        *("--key", key_of(run, tmp_path), "--to", tmp_path / "batch.cose"),
    )
    assert ended.code == 2
    assert said in ended.err
    assert "A1234563" not in ended.err
    assert not (tmp_path / "batch.cose").exists()


def test_key__that_is_none__is_named(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nonsense")
    file = written(tmp_path, batch())
    ended = run("health", "evidence", "send", file, "--key", wrong, "--to", tmp_path / "x")
    assert ended.code == 2
    assert "wrong.pem" in ended.err
    enrol = ("health", "source", "enrol", "lab", "--authority", "HK", "--kind", "laboratory")
    ended = run(*enrol, "--public", wrong, "--name", "Lab", "--data", tmp_path)
    assert ended.code == 2
    assert "P-256" in ended.err


def test_addresses__other_than_https__are_of_this_machine_alone(run: Run, tmp_path: Path) -> None:
    assert is_fit("https://crossing.example")
    assert is_fit("http://127.0.0.1:8000")
    assert not is_fit("http://crossing.example")
    assert not is_fit("http://127.0.0.1.crossing.example")
    assert not is_fit("http://[::1")
    file, key = written(tmp_path, batch()), key_of(run, tmp_path)
    sent = run("health", "evidence", "send", file, "--key", key, "--to", "http://example.com")
    assert sent.code == 2


@contextmanager
def receiver(status: int, answer: dict[str, Any]) -> Iterator[tuple[str, list[bytes]]]:
    """An authority that answers so, with what it was sent."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            received.append(b64decode(json.loads(self.rfile.read(length))["signed"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [(200, {"is_new": True}, 0), (422, {"code": "evidence_refused"}, 1), (500, {}, 3)],
)
def test_batch__sent_to_an_address__ends_as_it_is_answered(
    run: Run, tmp_path: Path, status: int, answer: dict[str, Any], code: int
) -> None:
    file, key = written(tmp_path, batch()), key_of(run, tmp_path)
    with receiver(status, answer) as (url, received):
        ended = run("health", "evidence", "send", file, "--key", key, "--to", url)
    assert ended.code == code, ended.err
    assert len(received) == 1
    if code != 3:
        assert json.loads(ended.out) == answer


def test_source__from_enrolment_to_withdrawal(run: Run, tmp_path: Path, listed: Path) -> None:  # noqa: F811 - the fixture
    key_of(run, tmp_path)
    own = ("--authority", "HK", "--data", listed)
    enrol = ("health", "source", "enrol", "lab-kowloon", "--kind", "laboratory", *own)
    enrol += ("--public", tmp_path / "lab.pem.pub", "--name", "Kowloon", "--until", "2040-12-31")
    for _ in range(2):
        ended = run(*enrol)
        assert ended.code == 0, ended.err
        assert "2040-12-31" in ended.out
    unsaid = run(*enrol[:-2])
    assert (unsaid.code, "2040-12-31" in unsaid.out) == (0, True)
    for changed in (("--unit", "tracing"), ("--unit", "No Unit"), ("--until", "1999-12-31")):
        assert run(*enrol, *changed).code == 2
    (source,) = json.loads(run("health", "source", "list", *own, "--json").out)
    assert (source["id"], source["kind"], source["withdrawn_at"]) == (
        "lab-kowloon",
        "laboratory",
        None,
    )
    assert "lab-kowloon" in run("health", "source", "list", *own).out

    _say_and_take(run, tmp_path, own, source["not_before"].replace("+00:00", "Z"))

    assert run("health", "source", "withdraw", "lab-kowloon", *own).code == 0
    assert run("health", "source", "withdraw", "lab-kowloon", *own).code == 2
    assert run(*enrol).code == 2
    assert "withdrawn" in run("health", "source", "list", *own).out
    refused = run("health", "evidence", "receive", tmp_path / "signed", *own, "--json")
    assert refused.code == 1
    assert json.loads(refused.out)["refused"] == "source_withdrawn"
    _take_back(run, own, source["not_before"])


def _take_back(run: Run, own: tuple[object, ...], since: str) -> None:
    """What was taken from it goes too, once; and nothing for half an order."""
    back = ("health", "source", "withdraw", "lab-kowloon", *own)
    assert run(*back, "--since", since).code == 2
    assert run(*back, "--reason", "key_lost").code == 2
    ahead = run(*back, "--since", "2999-01-01T00:00:00Z", "--reason", "key_lost")
    assert (ahead.code, "still to come" in ahead.err) == (2, True)
    unknown = (*back[:3], "nobody", *own)
    assert run(*unknown, "--since", since, "--reason", "key_lost").code == 2
    for taken in ("evidence 1 (of it held before: 0), about people 1", "evidence 0"):
        ended = run(*back, "--since", since, "--reason", "key_lost")
        assert ended.code == 0, ended.err
        assert taken in " ".join(ended.out.split())
        assert "Not taken back" not in ended.out
    (kept,) = json.loads(run("health", "source", "list", *own, "--json").out)
    assert (kept["unsound_since"], kept["unsound_because"]) == (since, "key_lost")


def _say_and_take(run: Run, folder: Path, own: tuple[object, ...], issued_at: str) -> None:
    """A batch of the demonstration's now, signed, taken, and taken again."""
    said = batch(issued_at=issued_at)
    signed, file = folder / "signed", written(folder, said)
    key = ("--key", folder / "lab.pem", "--to", signed)
    assert run("health", "evidence", "send", file, *key).code == 0
    taken = run("health", "evidence", "receive", signed, *own)
    assert taken.code == 0, taken.out + taken.err
    assert "count: 1" in taken.out
    again = run("health", "evidence", "receive", signed, *own, "--json")
    assert json.loads(again.out) == {
        "is_new": False,
        "refused": None,
        "place": None,
        "standings": {"counts": 1},
        "withdrawn": 0,
        "withheld": 0,
        "places": 0,
    }
    signed.with_name("none").write_bytes(b"nonsense")
    refused = run("health", "evidence", "receive", signed.with_name("none"), *own)
    assert refused.code == 1
    assert "COSE_Sign1" in refused.out
