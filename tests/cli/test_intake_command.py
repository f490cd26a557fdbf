"""``tongguan intake`` as a supervisor starts and ends it."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.running import free_ports, processes_with, wait_for
from tongguan.adapters.cluster import remove_cluster
from tongguan.cli.deployments import make_authority, reached_database
from tongguan.cli.main import exit_code_of
from tongguan.cli.serve_command import PARENT_VARIABLE
from tongguan.core.identifiers import AuthorityId

START_SECONDS_MAX = 60.0


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory in which Hong Kong was made."""
    directory = tmp_path_factory.mktemp("intake") / "data"
    try:
        with reached_database(directory, AuthorityId("HK")) as deployment:
            make_authority(deployment, demonstration=True)
        yield directory
    finally:
        remove_cluster(directory)


def command(data: Path, port: int, authority: str = "HK") -> list[str]:
    options = ("--authority", authority, "--data", str(data), "--port", str(port))
    return [sys.executable, "-m", "tongguan.cli", "intake", *options]


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).is_success
    except httpx.HTTPError:
        return False


def test_intake__of_an_authority_not_made__is_the_senders_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["intake", "--authority", "GD", "--data", str(tmp_path / "data")]
    assert exit_code_of([*arguments, "--port", str(free_ports(1)[0])]) == 2
    assert "GD" in capsys.readouterr().err


def test_intake__serves_until_sigterm__and_ends_with_0(data: Path) -> None:
    port = free_ports(1)[0]
    with subprocess.Popen(command(data, port)) as process:
        wait_for(lambda: answers(port), START_SECONDS_MAX)
        again = subprocess.run(command(data, port), capture_output=True, check=False)
        assert again.returncode == 3, again.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert not answers(port)


def test_intake__whose_starter_is_killed__ends_too(data: Path) -> None:
    port = free_ports(1)[0]
    starter = textwrap.dedent(f"""
        import os, subprocess, time
        surroundings = os.environ | {{{PARENT_VARIABLE!r}: str(os.getpid())}}
        subprocess.Popen({command(data, port)!r}, env=surroundings)
        time.sleep(600)
    """)
    with subprocess.Popen([sys.executable, "-c", starter]) as process:
        wait_for(lambda: answers(port), START_SECONDS_MAX)
        os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not processes_with(f"--port {port}"), 30)
