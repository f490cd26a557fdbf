import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from tongguan.adapters.cluster import Cluster

ROUNDS = 40


@pytest.mark.soak
def test_cluster__killed_again_and_again__loses_nothing_acknowledged(
    data_directory: Path, start_user: Callable[..., AbstractContextManager[Popen[str]]]
) -> None:
    chance = random.Random(1)
    for _ in range(ROUNDS):
        acknowledged: list[int] = []
        with start_user("write", data_directory) as process:
            assert process.stdout is not None
            pid = int(process.stdout.readline())
            rows = chance.randrange(1, 300)
            acknowledged += [int(process.stdout.readline()) for _ in range(rows)]
            time.sleep(chance.random() / 50)
            kill_user = chance.random() < 0.5
            if kill_user:
                process.kill()
            os.kill(pid, signal.SIGKILL)
            for line in process.stdout:
                if not line.strip().isdecimal() or not line.endswith("\n"):
                    break
                acknowledged.append(int(line))
        with Cluster.open(data_directory) as cluster:
            with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
                kept = {row[0] for row in connection.execute("SELECT number FROM written")}
                connection.execute("DROP TABLE written")
            assert set(acknowledged) <= kept
            # A killed user may have read an answer that it could not pass on any more.
            assert kill_user or len(kept) <= len(acknowledged) + 1
