"""Serving for real: workers start, stop at SIGTERM, and do not outlive a killed server."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.builders.authorities import deployment
from tests.builders.serving import SECONDS_MAX, is_up, wait_until
from tests.web.serving import served


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[tuple[multiprocessing.Process, str]]:
    with served(deployment("HK", database_url, tmp_path)) as running:
        yield running


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found]


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_serve__pages_and_limits__work_until_sigterm_which_leaves_no_process(
    server: tuple[multiprocessing.Process, str],
) -> None:
    process, url = server
    assert process.pid is not None
    assert httpx.get(f"{url}/healthz").json()["authority"] == "HK"
    page = httpx.get(url, headers={"accept-language": "zh-CN"}, follow_redirects=True)
    assert page.url.path == "/zh-hans/"
    style = httpx.get(f"{url}/static/tongguan.css")
    assert style.headers["content-type"].startswith("text/css")
    large = httpx.put(f"{url}/api/v1/applications/x", content=b"x" * 1_000_000)
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    chunked = httpx.post(f"{url}/api/v1/acts", content=(b"x" * 100_000 for _ in range(3)))
    assert chunked.status_code in {400, 413}
    assert httpx.get(f"{url}/en/", headers={"host": "evil.example"}).status_code == 400

    workers = children_of(process.pid)
    assert len(workers) >= 2
    os.kill(process.pid, signal.SIGTERM)
    process.join(timeout=SECONDS_MAX)
    assert process.exitcode == 0
    wait_until(lambda: all(is_gone(each) for each in workers))
    assert not is_up(url)


def test_serve__killed__its_workers_end_and_free_the_port(
    server: tuple[multiprocessing.Process, str],
) -> None:
    process, url = server
    assert process.pid is not None
    workers = children_of(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    wait_until(lambda: all(is_gone(each) for each in workers))
    assert not is_up(url)
