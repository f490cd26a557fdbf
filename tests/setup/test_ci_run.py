import os
import shutil
import subprocess
from pathlib import Path

import pytest
import set_up

OUTPUT = """\
SKIPPED [2] tests/web/test_pages.py:3: no Chromium
SKIPPED [1] tests/web/test_desk.py:9: no Chromium
SKIPPED [1] tests/core/test_vectors.py:5: no corpora: set it
===== 7 passed, 4 skipped in 1.00s =====
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of nothing but `.ci/run`, and a `make` that says what the test wants."""
    (tmp_path / "project" / ".ci").mkdir(parents=True)
    shutil.copy(set_up.ROOT / ".ci" / "run", tmp_path / "project" / ".ci" / "run")
    return tmp_path / "project"


def run(project: Path, exit_code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    programs = project.parent / "bin"
    programs.mkdir()
    (project.parent / "output").write_text(OUTPUT)
    script = f'#!/bin/sh\necho "asked: $*"\ncat {project.parent}/output\nexit {exit_code}\n'
    (programs / "make").write_text(script)
    (programs / "make").chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if name != "TONGGUAN_CORPORA"}
    return subprocess.run(
        ["bash", ".ci/run"],
        cwd=project,
        env={**kept, "PATH": f"{programs}:{os.environ['PATH']}", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ci_run__counts__what_was_skipped_by_reason(project: Path) -> None:
    finished = run(project)
    assert finished.returncode == 0
    assert "asked: check test" in finished.stdout
    assert "    3 no Chromium\n" in finished.stdout
    assert "    1 no corpora: set it\n" in finished.stdout
    assert "    4 in all\n" in finished.stdout
    assert finished.stdout.splitlines()[-1] == "===== 7 passed, 4 skipped in 1.00s ====="


def test_ci_run__make_fails__so_does_it(project: Path) -> None:
    finished = run(project, exit_code=2)
    assert finished.returncode == 2
    assert "failed: make check test ended with exit code 2" in finished.stdout


@pytest.mark.parametrize(
    ("beside", "given", "expected"),
    [(True, None, "shared/corpora"), (False, None, "not set"), (True, "/given", "/given")],
)
def test_ci_run__corpora__are_those_given_or_those_beside_the_project(
    project: Path, beside: bool, given: str | None, expected: str
) -> None:
    if beside:
        (project.parent / "shared" / "corpora").mkdir(parents=True)
    finished = run(project, **({"TONGGUAN_CORPORA": given} if given else {}))
    assert expected in finished.stdout.splitlines()[0]
