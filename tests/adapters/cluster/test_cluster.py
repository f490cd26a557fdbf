import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from tongguan.adapters.cluster import (
    Cluster,
    ClusterError,
    ClusterNotRunningError,
    binaries,
    remove_cluster,
    server,
)
from tongguan.adapters.cluster.account import Account, own_account
from tongguan.adapters.cluster.layout import Layout, find_layout
from tongguan.adapters.cluster.server import processes_of, server_pid

Start = Callable[..., AbstractContextManager["subprocess.Popen[str]"]]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def ask(cluster: Cluster, query: str) -> object:
    with psycopg.connect(cluster.url("postgres")) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def read_pid(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_cluster__opens__durable_private_and_soon(data_directory: Path) -> None:
    before = time.monotonic()
    with Cluster.open(data_directory) as cluster:
        seconds = time.monotonic() - before
        for name, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "TimeZone": "UTC",
            "server_encoding": "UTF8",
            "data_checksums": "on",
            "password_encryption": "scram-sha-256",
        }.items():
            assert ask(cluster, f"SELECT current_setting('{name}')") == value, name
        collation = "SELECT datcollate FROM pg_database WHERE datname = 'postgres'"
        assert ask(cluster, collation) == "C"
        methods = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
        assert ask(cluster, methods) == "scram-sha-256"
        layout = find_layout(data_directory)
        assert stat.S_IMODE(layout.password_file.stat().st_mode) == 0o600
        assert stat.S_IMODE(layout.server_files.stat().st_mode) == 0o700
        assert stat.S_IMODE(data_directory.stat().st_mode) == 0o700
        wrong = cluster.url("postgres").replace(layout.password_file.read_text(), "wrong")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)
        pid = cluster.pid
    assert pid is not None
    assert not is_alive(pid)
    assert seconds < 10  # about one on two idle cores


def test_cluster__opens_again__keeps_data(data_directory: Path) -> None:
    with Cluster.open(data_directory, fsync=False) as cluster:
        assert cluster.ensure_database("kept")
        assert not cluster.ensure_database("kept")
        with psycopg.connect(cluster.url("kept")) as connection:
            connection.execute("CREATE TABLE fact AS SELECT 7 AS number")
    with Cluster.open(data_directory, fsync=False) as cluster:
        assert cluster.ensure_database("copy", template="kept")
        with psycopg.connect(cluster.url("copy")) as connection:
            assert connection.execute("SELECT number FROM fact").fetchone() == (7,)
        cluster.drop_database("copy")
        assert cluster.ensure_database("copy")


@as_root
def test_cluster__opens_as_root__server_belongs_to_another_account(data_directory: Path) -> None:
    data_directory.parent.chmod(0o700)
    with Cluster.open(data_directory, fsync=False):
        layout = find_layout(data_directory)
        pids = processes_of(layout)
        assert len(pids) > 1
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in pids} == {layout.account.uid}
        assert layout.account.uid != 0
        assert layout.place.parent == Path("/var/lib")


@as_root
def test_cluster__unreachable_programs__are_copied_without_rights_lost(
    data_directory: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_folder.chmod(0o755)
    monkeypatch.setattr(binaries, "ROOT_BASE", open_folder)
    monkeypatch.setattr(binaries, "is_open_to_all", lambda _folder: False)
    with Cluster.open(data_directory, fsync=False) as cluster:
        assert cluster.pid is not None
        started = Path(f"/proc/{cluster.pid}/cmdline").read_bytes().split(b"\0")[0].decode()
        assert Path(started).is_relative_to(open_folder)
    again = binaries.find_programs(Account(uid=65534, gid=65534))
    assert again == Path(started).parent
    assert len(list(open_folder.iterdir())) == 1
    assert not list(open_folder.rglob("libreadline*"))


def test_cluster__opened_by_ordinary_user__runs_under_that_user(
    open_folder: Path, start_user: Start
) -> None:
    uid = own_account().uid or open_folder.stat().st_uid
    with start_user("hold", open_folder / "data", ordinary=os.geteuid() == 0) as process:
        pid = read_pid(process)
        assert Path(f"/proc/{pid}").stat().st_uid == uid
        assert (open_folder / "data" / "postgres" / "PG_VERSION").is_file()
    wait_until(lambda: not is_alive(pid))


@as_root
def test_cluster__of_ordinary_user__stays_usable_after_root_used_it(
    open_folder: Path, start_user: Start
) -> None:
    data_directory = open_folder / "data"
    with start_user("hold", data_directory, ordinary=True) as process:
        read_pid(process)
    with Cluster.open(data_directory) as cluster:
        assert cluster.pid is not None
        assert Path(f"/proc/{cluster.pid}").stat().st_uid == open_folder.stat().st_uid
    with start_user("hold", data_directory, ordinary=True) as process:
        read_pid(process)


def test_cluster__under_a_long_path__opens(open_folder: Path, start_user: Start) -> None:
    data_directory = open_folder / ("long-" * 10) / ("path " * 10) / ("to'a\"$x" * 6) / "data"
    assert len(str(data_directory)) > 150
    data_directory.parent.mkdir(parents=True)
    if os.geteuid() == 0:
        for folder in data_directory.parents:
            if folder.is_relative_to(open_folder):
                os.chown(folder, open_folder.stat().st_uid, -1)
    with start_user("hold", data_directory, ordinary=os.geteuid() == 0) as process:
        pid = read_pid(process)
        assert is_alive(pid)
    wait_until(lambda: not is_alive(pid))
    remove_cluster(data_directory)
    assert not data_directory.exists()


def test_cluster__two_users__last_one_stops_it(data_directory: Path, start_user: Start) -> None:
    with start_user("hold", data_directory) as first:
        pid = read_pid(first)
        with start_user("hold", data_directory) as second:
            assert read_pid(second) == pid
            first.terminate()
            assert first.wait(timeout=30) == 128 + signal.SIGTERM
            with Cluster.attach(data_directory) as cluster:
                assert cluster.pid == pid
            assert is_alive(pid)
            second.send_signal(signal.SIGINT)
            assert second.wait(timeout=30) == 128 + signal.SIGINT
    assert not is_alive(pid)


def test_cluster__owner_killed__orphan_is_adopted_and_stopped(
    data_directory: Path, start_user: Start
) -> None:
    with start_user("hold", data_directory) as process:
        pid = read_pid(process)
        process.kill()
    assert is_alive(pid)
    with Cluster.open(data_directory) as cluster:
        assert cluster.pid == pid
        assert ask(cluster, "SELECT 1") == 1
    assert not is_alive(pid)


def test_cluster__server_killed_while_writing__keeps_what_was_acknowledged(
    data_directory: Path, start_user: Start
) -> None:
    with start_user("write", data_directory) as process, Cluster.open(data_directory) as cluster:
        pid = read_pid(process)
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(500)]
        os.kill(pid, signal.SIGKILL)
        for line in process.stdout:
            if line == "cut\n":
                break
            acknowledged.append(line)
        cluster.ensure_running()
        assert cluster.pid != pid
        with psycopg.connect(cluster.url("postgres")) as connection:
            kept = {row[0] for row in connection.execute("SELECT number FROM written")}
    assert len(acknowledged) >= 500
    assert {int(line) for line in acknowledged} <= kept
    assert len(kept) <= len(acknowledged) + 1  # one commit may have lost only its answer


def test_cluster__server_killed_that_still_looks_ready__is_brought_up(
    data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settles_ready = server.settles_ready
    seen: list[int] = []

    def killed_at_once(layout: Layout) -> bool:
        """It was ready, and is killed before anybody can ask it."""
        ready = settles_ready(layout)
        if not seen and (pid := server_pid(layout)) is not None:
            seen.append(pid)
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not processes_of(layout))
        return ready

    with Cluster.open(data_directory) as cluster:
        pid = cluster.pid
        monkeypatch.setattr(server, "settles_ready", killed_at_once)
        cluster.ensure_running()
        assert seen == [pid]
        assert cluster.pid not in {None, pid}
        assert ask(cluster, "SELECT 1") == 1


def test_cluster__recovering_from_a_killed_connection__is_waited_for(data_directory: Path) -> None:
    with Cluster.open(data_directory) as cluster:
        pid = cluster.pid
        with psycopg.connect(cluster.url("postgres")) as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            cluster.ensure_running()
            connection.close()
        assert cluster.pid == pid
        assert ask(cluster, "SELECT 1") == 1


def test_cluster__password_changed__says_so_without_waiting(data_directory: Path) -> None:
    with Cluster.open(data_directory, fsync=False) as cluster:
        password_file = find_layout(data_directory).password_file
        password_file.write_text("wrong")
        before = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match="password"):
            cluster.ensure_running()
        assert time.monotonic() - before < server.SETTLE_SECONDS_MAX / 4


@pytest.fixture
def reused_number(data_directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another program of the server's account, whose number stands in the pid file."""
    with Cluster.open(data_directory, fsync=False):
        layout = find_layout(data_directory)
        lines = layout.pid_file.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"], user=layout.account.uid) as other:
        lines[0] = str(other.pid)
        layout.pid_file.write_text("\n".join(lines) + "\n")
        os.chown(layout.pid_file, layout.account.uid, layout.account.gid)
        yield other
        other.kill()


def test_cluster__stale_pid_file_of_a_reused_number__starts(
    data_directory: Path, reused_number: "subprocess.Popen[bytes]"
) -> None:
    with Cluster.open(data_directory, fsync=False) as cluster:
        assert cluster.pid != reused_number.pid
        assert ask(cluster, "SELECT 1") == 1
    assert reused_number.poll() is None


def test_remove_cluster__stale_pid_file_of_a_reused_number__kills_nobody(
    data_directory: Path, reused_number: "subprocess.Popen[bytes]"
) -> None:
    remove_cluster(data_directory)
    assert not data_directory.exists()
    with pytest.raises(subprocess.TimeoutExpired):
        reused_number.wait(timeout=0.3)


def test_cluster__killed_together_with_its_server__starts_again(
    data_directory: Path, start_user: Start
) -> None:
    with start_user("hold", data_directory) as process:
        pid = read_pid(process)
        process.kill()
        os.kill(pid, signal.SIGKILL)
    with Cluster.open(data_directory) as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_cluster__initialisation_cut_short__begins_anew(data_directory: Path) -> None:
    layout = find_layout(data_directory)
    (layout.place / "postgres.new").mkdir()
    (layout.place / "postgres.new" / "PG_VERSION").write_text("18\n")
    layout.password_file.write_text("of the first try")
    with Cluster.open(data_directory, fsync=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_attach__nothing_runs__raises(data_directory: Path) -> None:
    with pytest.raises(ClusterNotRunningError), Cluster.attach(data_directory):
        pass
    assert not data_directory.exists()
    with Cluster.open(data_directory, fsync=False):
        pass
    with pytest.raises(ClusterNotRunningError), Cluster.attach(data_directory):
        pass


def test_cluster__less_durable_than_asked__is_refused(data_directory: Path) -> None:
    with (
        Cluster.open(data_directory, fsync=False),
        pytest.raises(ClusterError, match="fsync"),
        Cluster.open(data_directory, fsync=True),
    ):
        pass


def test_cluster__password_lost__says_so_or_begins_anew(data_directory: Path) -> None:
    with Cluster.open(data_directory, fsync=False) as cluster:
        cluster.ensure_database("old")
    layout = find_layout(data_directory)
    layout.password_file.unlink()
    if layout.place == layout.data_directory:
        with (
            pytest.raises(ClusterError, match="password"),
            Cluster.open(data_directory, fsync=False),
        ):
            pass
    else:
        with Cluster.open(data_directory, fsync=False) as cluster:
            assert cluster.ensure_database("old")


@as_root
def test_cluster__copied_data_directory__does_not_share_server_files(
    data_directory: Path, tmp_path: Path
) -> None:
    with Cluster.open(data_directory, fsync=False):
        pass
    subprocess.run(["cp", "-a", data_directory, tmp_path / "copy"], check=True)
    with pytest.raises(ClusterError, match="copy"), Cluster.open(tmp_path / "copy", fsync=False):
        pass
    (tmp_path / "copy").rename(tmp_path / "gone")
    data_directory.rename(tmp_path / "moved")
    with Cluster.open(tmp_path / "moved", fsync=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1
    remove_cluster(tmp_path / "moved")


def test_cluster__statement_fails__its_values_are_not_logged(data_directory: Path) -> None:
    with Cluster.open(data_directory, fsync=False) as cluster:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE TABLE person (name text UNIQUE)")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO person SELECT 'CHAN' FROM generate_series(1, 2)")
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                connection.execute("SELECT 'CHAN'::integer")
        log = find_layout(data_directory).log_file.read_text()
    assert "ready" in log
    assert "CHAN" not in log


def test_remove_cluster__any_other_folder__is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a cluster")
    remove_cluster(tmp_path)
    assert (tmp_path / "letter").is_file()


def test_find_programs__own_account__runs_them_where_they_are() -> None:
    programs = binaries.find_programs(own_account())
    assert (programs / "postgres").is_file()
