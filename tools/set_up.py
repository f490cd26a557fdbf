"""Make `.venv`: the hashed lists of `requirements/`, then the package itself, editable.

Runs under any Python 3.11 or later with the standard library alone. A repeat with unchanged
lists does nothing. Development adds its own list, Chromium and a font for pictures, and wrk, which
puts load on a server in the benchmarks.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME_LISTS = ("build.txt", "runtime.txt")
DEVELOPMENT_LISTS = ("development.txt",)
FONTS = Path("/usr/share/fonts")
BROWSER_NAMES = ("chromium", "chromium-browser")
LOAD_GENERATOR = "wrk"


def run(*command: str | Path) -> None:
    """Run one command; its failure ends the set-up with the same exit code."""
    finished = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if finished.returncode != 0:
        print(f"set-up failed in: {' '.join(map(str, command))}", file=sys.stderr)
        raise SystemExit(finished.returncode)


def state_wanted(lists: Sequence[str]) -> str:
    """The digest of everything that decides what a list's installation puts into `.venv`."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version_info[:2]}\n".encode())
    for path in (ROOT / "pyproject.toml", *(ROOT / "requirements" / name for name in lists)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Whether this stamp tells of the same lists, path and Python, and the venv still runs."""
    return PYTHON.exists() and stamp.is_file() and stamp.read_text(encoding="ascii") == wanted


def make_environment() -> None:
    """Make an empty `.venv`, unless one that works with this Python is there already."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    program = "import sys; print('%d.%d' % sys.version_info[:2]); import pip"
    if PYTHON.exists():
        found = subprocess.run([PYTHON, "-c", program], capture_output=True, text=True, check=False)
        if found.returncode == 0 and found.stdout.strip() == version:
            return
    if importlib.util.find_spec("ensurepip") is None:
        raise SystemExit(f"{sys.executable} has no ensurepip: install python{version}-venv first")
    print(f"set-up: a new environment in .venv (Python {version})", flush=True)
    run(sys.executable, "-m", "venv", "--clear", VENV)


def install(lists: Sequence[str]) -> None:
    """Install the listed packages, each only with one of its listed hashes."""
    print(f"set-up: packages of {', '.join(lists)}", flush=True)
    chosen = [part for name in lists for part in ("-r", ROOT / "requirements" / name)]
    pip = (PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check")
    run(*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", *chosen)


def install_package() -> None:
    """Install the package itself, editable, with the build tools of the hashed list alone."""
    pip = (PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check")
    run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "--editable", ROOT)
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "check")


def missing_debian_packages() -> list[str]:
    """Debian's packages that browser tests, pictures of pages and benchmarks still need."""
    browser = () if any(shutil.which(name) for name in BROWSER_NAMES) else ("chromium",)
    font = () if any(FONTS.rglob("*CJK*")) else ("fonts-noto-cjk",)
    load = () if shutil.which(LOAD_GENERATOR) else (LOAD_GENERATOR,)
    return [*browser, *font, *load]


def install_debian_packages() -> None:
    """Install what is missing of them where Debian's installer is at hand, else say why not."""
    packages = missing_debian_packages()
    if not packages:
        return
    wanted = " and ".join(packages)
    skipped = "some tests and benchmarks will be skipped"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print(f"set-up: no {wanted}, and not root with apt-get: {skipped}")
        return
    print(f"set-up: {wanted} for browser tests and benchmarks", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages),
    ):
        finished = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if finished.returncode != 0:
            print(f"set-up: {wanted} could not be installed: {skipped}")
            return


def set_up(*, development: bool) -> None:
    """Bring `.venv` to the state of the lists; does nothing when it is there already."""
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = VENV / "set-up.runtime"
        wanted = state_wanted(RUNTIME_LISTS)
        if not is_current(stamp, wanted):
            make_environment()
            stamp.unlink(missing_ok=True)
            install(RUNTIME_LISTS)
            install_package()
            stamp.write_text(wanted, encoding="ascii")
        if not development:
            return
        stamp = VENV / "set-up.development"
        wanted = state_wanted((*RUNTIME_LISTS, *DEVELOPMENT_LISTS))
        if not is_current(stamp, wanted):
            install(DEVELOPMENT_LISTS)
            stamp.write_text(wanted, encoding="ascii")
        install_debian_packages()


def main() -> None:
    """Read the arguments and set up."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must be told, not crash
        raise SystemExit("Python 3.11 or later is needed")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--development", action="store_true")
    set_up(development=parser.parse_args().development)


if __name__ == "__main__":
    main()
