"""Compile the lock lists in `requirements/`: pinned, with hashes, without any index's address.

Run by `make lock`. `--upgrade` takes the newest releases that `pyproject.toml` allows; without
it, what is listed already stays. Each list is then tried for every interpreter and processor
that we support: a release without a wheel for one of them is found here, not by a user.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = {
    "runtime.txt": ("pyproject.toml",),
    "development.txt": (
        *("pyproject.toml", "--group", "development"),
        *("--constraints", "requirements/runtime.txt"),
    ),
    "build.txt": ("requirements/build.in",),
}
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28")
HEADER = "# Made by `make lock`; change pyproject.toml or build.in instead.\n"


def uv(*arguments: str) -> None:
    """Run uv; its failure ends the program."""
    command = [sys.executable, "-m", "uv", "--no-progress", "pip", *arguments]
    finished = subprocess.run(command, cwd=ROOT, check=False)
    if finished.returncode != 0:
        raise SystemExit(finished.returncode)


def compile_list(name: str, *, upgrade: bool) -> None:
    """Compile one list for all interpreters at once."""
    path = ROOT / "requirements" / name
    uv(
        *("compile", *LISTS[name], "--output-file", str(path), "--quiet"),
        *("--universal", "--python-version", PYTHONS[0], "--generate-hashes"),
        *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
        *(("--upgrade",) if upgrade else ()),
    )
    path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")


def try_list(name: str) -> None:
    """Make sure that every package of the list has a wheel for every machine that we support."""
    for python in PYTHONS:
        for platform in PLATFORMS:
            with tempfile.TemporaryDirectory() as target:
                uv(
                    *("install", "--dry-run", "--quiet", "--require-hashes", "--no-deps"),
                    *("--only-binary", ":all:", "--target", target),
                    *("--python-version", python, "--python-platform", platform),
                    *("--requirements", f"requirements/{name}"),
                )


def main() -> None:
    """Read the arguments, compile and try."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true")
    upgrade: bool = parser.parse_args().upgrade
    for name in LISTS:
        compile_list(name, upgrade=upgrade)
    for name in LISTS:
        try_list(name)


if __name__ == "__main__":
    main()
