"""A real server in a process of its own, for tests over HTTP."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tongguan.adapters.deployment import Deployment

SECONDS_MAX = 30


@contextmanager
def serving(
    serve: Callable[..., None], deployment: Deployment, **options: bool
) -> Iterator[tuple[multiprocessing.Process, str]]:
    """The process and address of what ``serve`` serves on a free port, once it answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(deployment,), kwargs={"port": port, **options}
    )
    process.start()
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: is_up(url))
        yield process, url
    finally:
        process.terminate()
        process.join(timeout=SECONDS_MAX)
        process.kill()
        process.join()


def is_up(url: str) -> bool:
    """Whether the server answers."""
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for something that takes moments; AssertionError when it takes too long."""
    end = time.monotonic() + SECONDS_MAX
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
