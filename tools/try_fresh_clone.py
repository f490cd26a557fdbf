"""Try a fresh clone of HEAD in the three situations that must work; run by `make try`.

Root under a 0700 home, an ordinary user, and a path of 150 characters. Each has a PATH with a
shell, Python, make and coreutils alone: no PostgreSQL, no Node, no compiler. `make setup` is
run twice, then `make run`, Ctrl-C, and `make run` again. Needs git, a package index, and root
for the first two situations.
"""

import argparse
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("sh", "make", "sed", "test", "echo", "find", "rm", "env", "cat", "ls", "mkdir", "uname")
KEPT_VARIABLES = re.compile(r"PIP_|SSL_CERT|REQUESTS_CA|.*_proxy$", re.IGNORECASE)
PATH_LENGTH = 150
SETUP_AGAIN_SECONDS_MAX = 1.0
FIRST_PAGE_SECONDS_MAX = 120.0
SECOND_RUN_SECONDS_MAX = 10.0
STOP_SECONDS_MAX = 30.0
ORDINARY_ACCOUNTS = ("games", "daemon")


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """Where the clone lies and under which account it is used."""

    name: str
    home: Path
    clone: Path
    account: pwd.struct_passwd | None
    python: Path

    def environment(self) -> dict[str, str]:
        """Almost nothing, and a PATH of its own."""
        kept = {name: text for name, text in os.environ.items() if KEPT_VARIABLES.match(name)}
        return {**kept, "HOME": str(self.home), "PATH": str(self.home / "bin")}

    def start(self, *command: str, output: Path) -> "subprocess.Popen[bytes]":
        """Start a command in the clone, as the head of a process group like a terminal's."""
        with output.open("wb") as file:
            return subprocess.Popen(
                command,
                cwd=self.clone,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
            )


class NotHeldError(Exception):
    """What did not hold."""


def prepare(folder: Path, name: str) -> Situation | None:
    """Clone HEAD for one situation; None when this machine cannot offer it."""
    home = folder / name
    clone = home / "tongguan"
    account = None
    if name == "long":
        missing = PATH_LENGTH - len(str(clone)) - 1
        clone = home / ("x" * missing) / "tongguan"
    if name != "root" and os.geteuid() == 0:
        account = next(entry for entry in pwd.getpwall() if entry.pw_name in ORDINARY_ACCOUNTS)
    if name == "root" and os.geteuid() != 0:
        return None
    python = find_python(reachable=account is not None)
    if python is None:
        return None
    (home / "bin").mkdir(parents=True)
    for tool in TOOLS:
        if found := shutil.which(tool):
            (home / "bin" / tool).symlink_to(found)
    (home / "bin" / "python3").symlink_to(python)
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    home.chmod(0o700)
    if account:
        for path in (home, *home.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    return Situation(name=name, home=home, clone=clone, account=account, python=python)


def find_python(*, reachable: bool) -> Path | None:
    """An interpreter with venv; one that every account can enter where that is asked for."""
    names = [sys.executable, *(f"/usr/bin/python3{minor}" for minor in ("", ".13", ".12", ".11"))]
    program = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    for name in names:
        path = Path(name).resolve()
        if not path.exists() or subprocess.run([path, "-c", program], check=False).returncode:
            continue
        if not reachable or all(folder.stat().st_mode & 0o001 for folder in path.parents):
            return path
    return None


def timed(situation: Situation, *command: str) -> float:
    """Run a command to its end and say how many seconds it took."""
    output = situation.home / "output"
    before = time.monotonic()
    if situation.start(*command, output=output).wait() != 0:
        raise NotHeldError(f"{' '.join(command)} failed:\n{output.read_text()[-3000:]}")
    return time.monotonic() - before


def run_and_interrupt(situation: Situation, ports: tuple[int, int], seconds_max: float) -> float:
    """Start the demonstration, wait for both first pages, press Ctrl-C; seconds to the pages."""
    output = situation.home / "output"
    before = time.monotonic()
    process = situation.start(
        "make", "run", f"PORT_HK={ports[0]}", f"PORT_GD={ports[1]}", output=output
    )
    try:
        while not all(answers(port) for port in ports):
            if process.poll() is not None:
                raise NotHeldError(f"make run ended by itself:\n{output.read_text()[-3000:]}")
            if time.monotonic() - before > seconds_max:
                raise NotHeldError(f"no page after {seconds_max} s:\n{output.read_text()[-3000:]}")
            time.sleep(0.05)
        seconds = time.monotonic() - before
    finally:
        os.killpg(process.pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while left_over(situation) and time.monotonic() < deadline:
            process.poll()
            time.sleep(0.05)
    if left := left_over(situation):
        raise NotHeldError(f"processes are left after Ctrl-C: {left}")
    return seconds


def answers(port: int) -> bool:
    """Whether the first page of this port is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def data_folders(situation: Situation) -> list[Path]:
    """The folders of database clusters that this situation made."""
    return [path.parent for path in situation.home.rglob("place.json")]


def left_over(situation: Situation) -> list[str]:
    """The command lines of processes that belong to this clone or its database."""
    pointers = [folder / "place.json" for folder in data_folders(situation)]
    names = [json.loads(pointer.read_text(encoding="utf-8"))["name"] for pointer in pointers]
    marks = [str(situation.clone), *names]
    return [line for line in command_lines() if any(mark in line for mark in marks)]


def command_lines() -> Iterator[str]:
    """The command line of every process but this one; a dead one has none."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            yield text.replace(b"\0", b" ").decode(errors="replace")


def try_situation(situation: Situation, ports: tuple[int, int]) -> None:
    """Set up twice and run twice, within the times that we promise."""
    first = timed(situation, "make", "setup")
    again = timed(situation, "make", "setup")
    print(f"  make setup {first:.1f} s, again {again:.2f} s", flush=True)
    if again > SETUP_AGAIN_SECONDS_MAX:
        raise NotHeldError("a set-up with nothing to do takes too long")
    for script in ("pip", "tongguan"):
        timed(situation, f".venv/bin/{script}", "--help")
    page = run_and_interrupt(situation, ports, FIRST_PAGE_SECONDS_MAX - first)
    print(f"  make run: first pages after {page:.1f} s, {first + page:.1f} s in all", flush=True)
    page = run_and_interrupt(situation, ports, SECOND_RUN_SECONDS_MAX)
    print(f"  make run again: first pages after {page:.1f} s; nothing left", flush=True)


def clean(situation: Situation) -> None:
    """Remove the clusters, whose files may lie outside the clone."""
    program = "import sys, pathlib; from tongguan.adapters.cluster import remove_cluster; "
    program += "remove_cluster(pathlib.Path(sys.argv[1]))"
    for folder in data_folders(situation):
        timed(situation, ".venv/bin/python", "-c", program, str(folder))


def main() -> None:
    """Try each situation; exit code 1 when one of them fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("situations", nargs="*", default=["root", "ordinary", "long"])
    parser.add_argument("--port-hk", type=int, default=8000)
    parser.add_argument("--port-gd", type=int, default=8001)
    arguments = parser.parse_args()
    failed = False
    folder = Path(tempfile.mkdtemp(prefix="tongguan-try-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        for name in arguments.situations:
            situation = prepare(folder, name)
            if situation is None:
                print(f"{name}: skipped, this machine or account cannot offer it")
                continue
            print(f"{name}: {situation.clone} ({len(str(situation.clone))} characters)", flush=True)
            try:
                try_situation(situation, (arguments.port_hk, arguments.port_gd))
            except NotHeldError as failure:
                print(f"  FAILED: {failure}")
                failed = True
            finally:
                clean(situation)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
