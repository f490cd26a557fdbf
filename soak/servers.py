"""The PostgreSQL of a run, which may be killed: the one that comes along, or another release."""

import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from soak.settings import Settings, write_durably
from tongguan.adapters.cluster import Cluster

_USER = "soak"
_UNPRIVILEGED = "nobody"
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}
_READY_SECONDS_MAX = 120.0
_POLL_SECONDS = 0.05
DATABASES = {"HK": "tongguan_hk", "GD": "tongguan_gd"}


class Server(Protocol):
    """What a run asks of its PostgreSQL."""

    def url(self, authority: str) -> str:
        """The address of an authority's database, with its password."""

    @property
    def pid(self) -> int | None:
        """The first process; ``None`` where it does not run or is not ours to kill."""

    def ensure_running(self) -> None:
        """Start it again if it died; whoever runs a server does that."""

    @property
    def is_embedded(self) -> bool:
        """Whether the services start and find it by themselves."""


@contextlib.contextmanager
def opened_server(settings: Settings, directory: Path) -> Iterator[Server]:
    """The run's server with the databases of both authorities, stopped at the end."""
    if settings.database_url is not None:
        yield _Given(database_url=settings.database_url)
    elif settings.programs is not None:
        own = _own(Path(settings.programs), directory)
        try:
            own.ensure_running()
            own.make_databases()
            yield own
        finally:
            own.stop()
    else:
        with Cluster.open(directory / "data") as cluster:
            for name in DATABASES.values():
                cluster.ensure_database(name)
            yield _Embedded(cluster=cluster)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Embedded:
    cluster: Cluster
    is_embedded: bool = True

    def url(self, authority: str) -> str:
        return self.cluster.url(DATABASES[authority])

    @property
    def pid(self) -> int | None:
        return self.cluster.pid

    def ensure_running(self) -> None:
        self.cluster.ensure_running()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    """A server of somebody else's: ``{authority}`` in its address is the database's name."""

    database_url: str
    is_embedded: bool = False
    pid: int | None = None

    def url(self, authority: str) -> str:
        return self.database_url.replace("{authority}", DATABASES[authority])

    def ensure_running(self) -> None:
        """It is not ours to start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Own:
    """A cluster of given programs, run by an ordinary user, reached by a socket alone."""

    programs: Path
    place: Path
    account: pwd.struct_passwd
    password: str
    is_embedded: bool = False

    def url(self, authority: str) -> str:
        return self._address(DATABASES[authority])

    @property
    def pid(self) -> int | None:
        try:
            pid = int((self._files / "postmaster.pid").read_text().splitlines()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self._files).encode() in command else None

    def ensure_running(self) -> None:
        if not (self._files / "PG_VERSION").exists():
            self._initialise()
        deadline = time.monotonic() + _READY_SECONDS_MAX
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL in {self.place} does not answer")
            if self.pid is None:
                self._start()
            time.sleep(_POLL_SECONDS)

    def make_databases(self) -> None:
        """Both authorities' databases, where they are missing."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            for name in DATABASES.values():
                with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
                            sql.Identifier(name)
                        )
                    )

    def stop(self) -> None:
        """Stop it and wait."""
        deadline = time.monotonic() + _READY_SECONDS_MAX
        while (pid := self.pid) is not None and time.monotonic() < deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(_POLL_SECONDS * 4)

    @property
    def _files(self) -> Path:
        return self.place / "postgres"

    def _address(self, database: str) -> str:
        host = urllib.parse.quote(str(self.place), safe="")
        return f"postgresql://{_USER}:{self.password}@/{database}?host={host}&port=5432"

    def _initialise(self) -> None:
        self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft, word = self.place / "postgres.new", self.place / "word"
        shutil.rmtree(draft, ignore_errors=True)
        word.touch(mode=0o600)
        word.write_text(self.password)
        for path in (self.place, word):
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        self._run(
            [
                *(self.programs / "initdb", "-D", draft, "-U", _USER, "--pwfile", word),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            ]
        )
        word.unlink()
        draft.rename(self._files)

    def _start(self) -> None:
        # After a kill the other processes end by themselves; until then it refuses to start.
        settings = [f"unix_socket_directories={self.place}", "listen_addresses=", "fsync=on"]
        settings += ["synchronous_commit=on", "max_connections=200", "log_min_messages=log"]
        command: list[str | Path] = [self.programs / "postgres", "-D", self._files]
        for each in settings:
            command += ["-c", each]
        self._run(["/bin/sh", "-c", f'"$@" >>{self.place}/log 2>&1 &', "sh", *command])
        time.sleep(_POLL_SECONDS * 6)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._address("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, command: Sequence[str | Path]) -> None:
        other = self.account.pw_uid != os.geteuid()
        subprocess.run(
            [str(each) for each in command],
            cwd="/",
            env=_ENVIRONMENT,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            umask=0o077,
            user=self.account.pw_uid if other else None,
            group=self.account.pw_gid if other else None,
            extra_groups=[] if other else None,
        )


def _own(programs: Path, directory: Path) -> _Own:
    """Root's run has the server's files where an ordinary account can reach them."""
    is_root = os.geteuid() == 0
    account = pwd.getpwnam(_UNPRIVILEGED) if is_root else pwd.getpwuid(os.geteuid())
    digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:12]
    place = Path("/var/tmp") / f"tongguan-soak-{digest}"  # noqa: S108 - made 0700, and short
    kept = directory / "password"
    if not kept.exists():
        # A server that stands there is of a run whose directory was deleted; nobody can enter it.
        _Own(programs=programs, place=place, account=account, password="").stop()
        shutil.rmtree(place, ignore_errors=True)
        write_durably(kept, secrets.token_urlsafe(24))
    return _Own(programs=programs, place=place, account=account, password=kept.read_text())
