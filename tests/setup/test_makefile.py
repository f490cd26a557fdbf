import os
import re
import subprocess
from pathlib import Path

import pytest
import set_up

ROOT = set_up.ROOT
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def make(*arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    finished = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout


def test_help__lists_every_target_with_one_line() -> None:
    targets = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    listed = {line.split()[0]: line.split(maxsplit=1)[1] for line in make().splitlines()}
    assert set(listed) == targets
    assert all(text.endswith((".", ").")) for text in listed.values())


def test_run__hands_the_ports_and_the_folder_on() -> None:
    command = make("--dry-run", "run", "PORT_HK=9000", "PORT_GD=9001", "DATA=elsewhere")
    assert re.search(
        r'\.venv/bin/tongguan run --port-hk 9000 --port-gd 9001 \\?\s*--data "elsewhere"', command
    )
    assert "--data" not in make("--dry-run", "run")


def test_set_up__same_lists__does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = small_project(tmp_path, monkeypatch)
    called: list[str] = []
    monkeypatch.setattr(set_up, "make_environment", lambda: make_python(called))
    monkeypatch.setattr(set_up, "install", lambda lists: called.append(" ".join(lists)))
    monkeypatch.setattr(set_up, "install_package", lambda: called.append("package"))
    monkeypatch.setattr(set_up, "install_debian_packages", lambda: called.append("Debian"))
    set_up.set_up(development=False)
    assert called == ["environment", "build.txt runtime.txt", "package"]
    called.clear()
    set_up.set_up(development=False)
    assert called == []
    set_up.set_up(development=True)
    assert called == ["development.txt", "Debian"]
    called.clear()
    (project / "requirements" / "runtime.txt").write_text("changed")
    set_up.set_up(development=False)
    assert called == ["environment", "build.txt runtime.txt", "package"]


def test_set_up__installation_fails__is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_project(tmp_path, monkeypatch)
    monkeypatch.setattr(set_up, "make_environment", lambda: make_python([]))
    monkeypatch.setattr(set_up, "install_package", lambda: None)

    def fail(lists: tuple[str, ...]) -> None:
        raise SystemExit(1)

    monkeypatch.setattr(set_up, "install", fail)
    with pytest.raises(SystemExit):
        set_up.set_up(development=False)
    called: list[object] = []
    monkeypatch.setattr(set_up, "install", called.append)
    set_up.set_up(development=False)
    assert called == [("build.txt", "runtime.txt")]


def test_missing_debian_packages__names_the_load_generator_until_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(set_up.shutil, "which", lambda name: None if name == "wrk" else name)
    assert "wrk" in set_up.missing_debian_packages()
    monkeypatch.setattr(set_up.shutil, "which", lambda name: name)
    assert not {"wrk", "chromium"} & set(set_up.missing_debian_packages())


def small_project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (root / "requirements").mkdir()
    (root / "pyproject.toml").write_text("")
    for name in (*set_up.RUNTIME_LISTS, *set_up.DEVELOPMENT_LISTS):
        (root / "requirements" / name).write_text("")
    monkeypatch.setattr(set_up, "ROOT", root)
    monkeypatch.setattr(set_up, "VENV", root / ".venv")
    monkeypatch.setattr(set_up, "PYTHON", root / ".venv" / "bin" / "python")
    return root


def make_python(called: list[str]) -> None:
    called.append("environment")
    set_up.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    set_up.PYTHON.touch()
