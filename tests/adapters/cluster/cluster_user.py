"""A program that uses a cluster, for tests that kill it: TASK DIRECTORY [UID]."""

import os
import sys
from pathlib import Path

import psycopg

from tongguan.adapters.cluster import Cluster, binaries, cluster, leaving_on_signals
from tongguan.adapters.cluster.account import Account


def become(uid: int) -> None:
    """Turn from root into an ordinary user, whose programs lie where that user can read them."""
    if os.geteuid() == 0:
        programs = binaries.find_programs(Account(uid=uid, gid=uid))
        cluster.find_programs = lambda _account: programs
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def say(text: object) -> None:
    """Tell the test, which waits for the line."""
    print(text, flush=True)


def hold(opened: Cluster) -> None:
    """Say the server's process and keep the cluster until the test closes our input."""
    say(opened.pid)
    sys.stdin.read()


def write(opened: Cluster) -> None:
    """Say the number of each row once its commit was acknowledged, until the server dies."""
    say(opened.pid)
    with psycopg.connect(opened.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS written (number bigint PRIMARY KEY)")
        try:
            for number in range(1_000_000):
                connection.execute("INSERT INTO written VALUES (%s)", [number])
                say(number)
        except psycopg.OperationalError:
            say("cut")
    sys.stdin.read()


def main() -> None:
    """Run the task."""
    task, directory, *uid = sys.argv[1:]
    if uid:
        become(int(uid[0]))
    with leaving_on_signals(), Cluster.open(Path(directory)) as opened:
        {"hold": hold, "write": write}[task](opened)


main()
