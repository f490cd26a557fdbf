"""Clusters for the tests of the cluster itself, each removed afterwards."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tongguan.adapters.cluster import remove_cluster

PROGRAM = Path(__file__).with_name("cluster_user.py")
ORDINARY_UID = pwd.getpwnam("daemon").pw_uid  # initdb wants an account with a name

Start = Callable[..., AbstractContextManager["subprocess.Popen[str]"]]


@pytest.fixture
def data_directory(tmp_path: Path) -> Iterator[Path]:
    """An empty data directory."""
    path = tmp_path / "data"
    yield path
    remove_cluster(path)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder of the ordinary account, reachable by it, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="tongguan-test-", dir="/var/tmp"))
    if os.geteuid() == 0:
        os.chown(path, ORDINARY_UID, ORDINARY_UID)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def start_user() -> Start:
    """Starts a program that uses a cluster: `with start_user("hold", directory) as process`."""

    @contextlib.contextmanager
    def start(task: str, directory: Path, *, ordinary: bool = False) -> Iterator:
        command = [sys.executable, str(PROGRAM), task, str(directory)]
        if ordinary:
            command.append(str(ORDINARY_UID))
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
        )
        with process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()

    return start
