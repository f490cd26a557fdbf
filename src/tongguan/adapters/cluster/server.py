"""One PostgreSQL server: made, started, found again, stopped."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tongguan.adapters.cluster.account import Account
from tongguan.adapters.cluster.errors import ClusterError
from tongguan.adapters.cluster.layout import SOCKET_NAME, Layout, write_private

USER = "tongguan"
SETTLE_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 30.0
POLL_SECONDS = 0.02
LOG_BYTES_MAX = 1_000_000
STATUS_LINE = 7

# Nothing of the caller's environment reaches the server: no PGDATA, no locale, no time zone.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


def initialise(layout: Layout, programs: Path, *, fsync: bool) -> None:
    """Make the server's files and its password; complete or absent at every moment."""
    password = secrets.token_urlsafe(32)
    write_private(layout.password_file, password)
    draft = layout.place / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password_copy = draft.with_name("postgres.password")
    write_private(password_copy, password)
    for path in (draft, password_copy):
        os.chown(path, layout.account.uid, layout.account.gid)
    command: list[str | Path] = [
        *(programs / "initdb", "-D", draft, "-U", USER, "--pwfile", password_copy),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"),
        *(() if fsync else ("--no-sync",)),
    ]
    try:
        finished = _run(command, layout.account)
        if finished.returncode != 0:
            raise ClusterError(f"initdb failed in {draft}: {finished.stdout.strip()}")
        draft.rename(layout.server_files)
    finally:
        password_copy.unlink(missing_ok=True)
        shutil.rmtree(draft, ignore_errors=True)


def start(layout: Layout, programs: Path, *, fsync: bool) -> None:
    """Start the server as a process that outlives us, and return when it takes connections."""
    _remove_stale_pid_files(layout)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    log = os.open(layout.log_file, flags, 0o600)
    try:
        if os.fstat(log).st_size > LOG_BYTES_MAX:
            os.ftruncate(log, 0)
        log_start = os.fstat(log).st_size
        # The shell leaves the server in the background, as nobody's child: whoever stops it
        # need not be whoever started it, and no process is left for us to bury.
        shell = ("/bin/sh", "-c", '"$@" &', "sh")
        command: list[str | Path] = [*shell, programs / "postgres", "-D", layout.server_files]
        for setting in _settings(layout, fsync=fsync):
            command += ["-c", setting]
        _run(command, layout.account, output=log)
    finally:
        os.close(log)
    if not settles_ready(layout):
        raise ClusterError(f"PostgreSQL did not start: {_log_end(layout, log_start)}")


def settles_ready(layout: Layout) -> bool:
    """Whether our server takes connections; waits while it is starting, recovering or ending.

    After the first process was killed the others end by themselves within moments, and a new
    server cannot start before.
    """
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    while _any_process_of(layout):
        if is_ready(layout):
            return True
        if time.monotonic() > deadline:
            raise ClusterError(
                f"PostgreSQL in {layout.place} neither took connections nor ended "
                f"within {SETTLE_SECONDS_MAX:.0f} seconds"
            )
        time.sleep(POLL_SECONDS)
    return False


def _any_process_of(layout: Layout) -> bool:
    """Whether our server has a process; looks twice before it says no.

    A process that is just becoming another program shows no command line for a moment.
    """
    if processes_of(layout):
        return True
    time.sleep(POLL_SECONDS)
    return bool(processes_of(layout))


def stop(layout: Layout) -> None:
    """Stop the server if it runs: at once for its clients, with everything kept."""
    for number, seconds in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, STOP_SECONDS_MAX)):
        deadline = time.monotonic() + seconds
        pid = server_pid(layout)
        if pid is not None:
            os.kill(pid, number)
        while time.monotonic() < deadline:
            if not processes_of(layout):
                return
            time.sleep(POLL_SECONDS)
    raise ClusterError(f"PostgreSQL in {layout.place} does not stop")


def server_pid(layout: Layout) -> int | None:
    """The process of our running server; a number that now means another program is not it."""
    lines = _pid_file_lines(layout)
    if not lines or not lines[0].isdecimal():
        return None
    pid = int(lines[0])
    return pid if _is_ours(_command_line(pid), layout.name) else None


def is_ready(layout: Layout) -> bool:
    """Whether our server runs and takes connections."""
    lines = _pid_file_lines(layout)
    ready = len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"
    return ready and server_pid(layout) is not None


def processes_of(layout: Layout) -> list[int]:
    """Every process of our server, also those that its first process left behind."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [pid for pid in pids if _is_ours(_command_line(pid), layout.name)]


def _settings(layout: Layout, *, fsync: bool) -> list[str]:
    durable = "on" if fsync else "off"
    return [
        f"cluster_name={layout.name}",
        f"unix_socket_directories={_quoted_name(layout.socket_directory)}",
        *("listen_addresses=", "port=5432", "unix_socket_permissions=0700"),
        *(f"fsync={durable}", f"synchronous_commit={durable}", f"full_page_writes={durable}"),
        *("timezone=UTC", "log_timezone=UTC", "max_connections=200", "io_method=sync"),
        # Above ERROR: a failed statement's message may quote a person's data.
        *("log_min_messages=log", "log_min_error_statement=panic", "log_checkpoints=off"),
        "log_error_verbosity=terse",
    ]


def _quoted_name(folder: Path) -> str:
    # The setting is a list of names divided by commas, quoted like identifiers.
    return '"' + str(folder).replace('"', '""') + '"'


def _run(
    command: Sequence[str | Path], account: Account, *, output: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    other = account.uid != os.geteuid()
    return subprocess.run(
        [str(part) for part in command],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
        umask=0o077,
        user=account.uid if other else None,
        group=account.gid if other else None,
        extra_groups=[] if other else None,
    )


def _remove_stale_pid_files(layout: Layout) -> None:
    """Remove pid files whose number is taken, but not by a server of ours.

    PostgreSQL would refuse to start: it cannot tell another program, or a dead process that
    nobody has buried yet, from its own. That none of our processes is left was seen before.
    """
    lines = _pid_file_lines(layout)
    if lines and lines[0].isdecimal() and Path(f"/proc/{lines[0]}").exists():
        layout.pid_file.unlink(missing_ok=True)
        (layout.socket_directory / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _pid_file_lines(layout: Layout) -> list[str]:
    try:
        return layout.pid_file.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _command_line(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return [os.fsdecode(part) for part in text.split(b"\0") if part]


def _is_ours(command_line: Sequence[str], name: str) -> bool:
    if not command_line:
        return False
    return f"cluster_name={name}" in command_line or command_line[0].startswith(
        f"postgres: {name}:"
    )


def _log_end(layout: Layout, log_start: int) -> str:
    with layout.log_file.open("rb") as log:
        log.seek(log_start)
        return log.read()[-2000:].decode("utf-8", "replace").strip() or "it left no message"
