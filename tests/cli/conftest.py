"""Runs commands as a person would: arguments and standard input in, output and exit code out."""

import io
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ["TONGGUAN_LANG"] = "en"  # before the commands are imported: their help is read then

from tongguan.adapters.cluster import Cluster, remove_cluster
from tongguan.cli.main import exit_code_of


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


class _Typed(io.TextIOWrapper):
    """Standard input that comes from a pipe."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "160")

    def call(*arguments: object, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", _Typed(stdin))
        capsys.readouterr()
        code = exit_code_of([str(each) for each in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Ended(code=code, out=captured.out, err=captured.err)

    return call


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose database runs all the while, so that commands only attach."""
    directory = tmp_path_factory.mktemp("data")
    try:
        with Cluster.open(directory):
            yield directory
    finally:
        remove_cluster(directory)
