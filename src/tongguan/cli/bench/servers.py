"""The two servers that are held against each other: the intake, and one that answers a constant."""

import contextlib
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import httpx

from tongguan.adapters.deployment import Deployment
from tongguan.intake.serve import LOOPBACK, serve, server

_START_SECONDS_MAX: Final = 60.0
_STOP_SECONDS_MAX: Final = 20.0
_POLL_SECONDS: Final = 0.05


class ServerError(RuntimeError):
    """A server that is to be measured did not begin to answer."""


class Constant:
    """An ASGI program that reads each request whole and gives every one the same answer."""

    def __init__(self, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self._start = {"type": "http.response.start", "status": 200, "headers": headers}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        """One request, or the life of the program."""
        if scope["type"] == "lifespan":
            for name in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{name}.complete"})
            return
        while (await receive()).get("more_body"):
            pass
        await send(self._start)
        await send(self._body)


@contextlib.contextmanager
def intake_server(deployment: Deployment) -> Iterator[str]:
    """The address of the intake of a deployment, in a process of its own."""
    with _served(_serve_intake, deployment) as url:
        yield url


@contextlib.contextmanager
def constant_server(headers: list[tuple[bytes, bytes]], body: bytes) -> Iterator[str]:
    """The same server with the same settings, whose answer is always this one."""
    with _served(_serve_constant, headers, body) as url:
        yield url


def _serve_intake(port: int, deployment: Deployment) -> None:
    serve(deployment, port=port)


def _serve_constant(port: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    server(Constant(headers, body), port=port).run()


@contextlib.contextmanager
def _served(run: Callable[..., None], *arguments: object) -> Iterator[str]:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = int(free.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=run, args=(port, *arguments))
    process.start()
    url = f"http://{LOOPBACK}:{port}"
    try:
        _wait_for(url, process.is_alive)
        yield url
    finally:
        process.terminate()
        process.join(_STOP_SECONDS_MAX)
        if process.is_alive():
            process.kill()
            process.join()


def _wait_for(url: str, is_alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while is_alive() and time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                return
        time.sleep(_POLL_SECONDS)
    raise ServerError("a server that was to be measured did not begin to answer")
