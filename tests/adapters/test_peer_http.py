"""Whatever another machine answers, a peer's publications are bytes or a named refusal."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tongguan.adapters.peer_http import HttpPeerSource, PeerUnreachableError

ANSWERS: dict[str, tuple[int, bytes]] = {}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS.get(self.path, (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def source() -> Iterator[HttpPeerSource]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield HttpPeerSource(f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()
    thread.join()


def answer(path: str, body: object, status: int = 200) -> None:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    ANSWERS[f"/api/v1/published{path}"] = (status, text)


def test_source__read__gives_what_was_published(source: HttpPeerSource) -> None:
    answer("/keys", {"signed": b64encode(b"keys").decode()})
    answer("/acts", {"acts": [b64encode(b"one").decode(), b64encode(b"two").decode()]})
    answer("/figures", {"figures": [b64encode(b"three").decode()]})
    answer("/status-lists/pass", {"signed": b64encode(b"list").decode()})
    assert source.keys() == b"keys"
    assert source.acts() == (b"one", b"two")
    assert source.figures() == (b"three",)
    assert source.status_list("pass") == b"list"


def test_source__status_list__not_published_is_a_missing_key(source: HttpPeerSource) -> None:
    with pytest.raises(KeyError):
        source.status_list("pass-7")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"signed": 1}',
        b'{"signed": "%%%"}',
        b"[" * 50_000,
        b'"' + b"x" * 5_000_000 + b'"',
    ],
    ids=["empty", "text", "list", "nothing", "number", "no-base64", "nested", "huge"],
)
def test_source__read__refuses_by_name(source: HttpPeerSource, body: bytes) -> None:
    answer("/keys", body)
    with pytest.raises(PeerUnreachableError):
        source.keys()


@pytest.mark.parametrize("status", [302, 404, 500])
def test_source__read__refuses_another_status(source: HttpPeerSource, status: int) -> None:
    answer("/keys", {"signed": b64encode(b"keys").decode()}, status)
    with pytest.raises(PeerUnreachableError):
        source.keys()


def test_source__down__is_named() -> None:
    with pytest.raises(PeerUnreachableError):
        HttpPeerSource("http://127.0.0.1:9", seconds_max=1).keys()
