"""A real server in a process of its own, for tests over HTTP and in a browser."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.builders.authorities import START
from tongguan.adapters.deployment import Deployment, prepare_database, prepare_keys
from tongguan.web import setup
from tongguan.web.serve import serve

SECONDS_MAX = 30


def run(deployment: Deployment, port: int) -> None:
    """As the program does it: prepare, then serve, in one process."""
    prepare_database(deployment, first_instant=START, durability_required=False)
    prepare_keys(deployment, START)
    setup.prepare(deployment)
    serve(deployment, port=port, workers=2, durability_required=False)


@contextmanager
def served(deployment: Deployment) -> Iterator[tuple[multiprocessing.Process, str]]:
    """The server's process and address, once it answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    process = multiprocessing.get_context("spawn").Process(target=run, args=(deployment, port))
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
