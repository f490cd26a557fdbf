"""What each client wrote down: one file for each, a line before each attempt and one after.

A line that must be on the disk before something is sent is waited for; the lines of all clients
that arrive while the disk is written to are written together, each to its own file.
"""

import asyncio
import hashlib
import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

JOURNALS = "journals"
_NAME = "client-{:03d}.jsonl"
_SYNCED_AT_ONCE = 8


class JournalWriter:
    """One thread that writes for everyone; ``close`` waits until all is on the disk."""

    def __init__(self, directory: Path, clients: int) -> None:
        """Open every client's file, cutting off a last line that a kill left half written."""
        folder = directory / JOURNALS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = [_opened(folder / _NAME.format(each)) for each in range(clients)]
        self._waiting: list[tuple[int, bytes, asyncio.Future[None] | None]] = []
        self._changed = threading.Condition()
        self._is_closing = False
        self._loop = asyncio.get_running_loop()
        self._syncing = ThreadPoolExecutor(_SYNCED_AT_ONCE, thread_name_prefix="sync")
        self._thread = threading.Thread(target=self._write, name="journals")
        self._thread.start()

    async def durable(self, client: int, line: dict[str, Any]) -> None:
        """Write a line and return when it is on the disk."""
        done = self._loop.create_future()
        self._hand_over(client, line, done)
        await done

    def soon(self, client: int, line: dict[str, Any]) -> None:
        """Write a line with the next ones; it is on the disk before any later line is."""
        self._hand_over(client, line, None)

    def close(self) -> None:
        """Write what waits and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()
        self._syncing.shutdown()
        for file in self._files:
            os.close(file)

    def _hand_over(
        self, client: int, line: dict[str, Any], done: asyncio.Future[None] | None
    ) -> None:
        encoded = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        with self._changed:
            self._waiting.append((client, encoded, done))
            self._changed.notify()

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._is_closing:
                    self._changed.wait()
                lines, self._waiting = self._waiting, []
            if not lines:
                return
            by_client: dict[int, bytes] = {}
            for client, encoded, _ in lines:
                by_client[client] = by_client.get(client, b"") + encoded
            for client, encoded in by_client.items():
                os.write(self._files[client], encoded)
            # Waited for one after another, the disk would be slower than all the clients.
            list(self._syncing.map(os.fdatasync, (self._files[each] for each in by_client)))
            done = [each for _, _, each in lines if each is not None]
            if done:
                self._loop.call_soon_threadsafe(_settle, done)


def read_journal(directory: Path, client: int) -> Iterator[dict[str, Any]]:
    """The lines of one client, in order; none where it has written none."""
    path = directory / JOURNALS / _NAME.format(client)
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


def digest_of_journals(directory: Path, clients: int) -> str:
    """SHA-256 over all journals, in the order of the clients."""
    digest = hashlib.sha256()
    for client in range(clients):
        path = directory / JOURNALS / _NAME.format(client)
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def append_durably(path: Path, line: dict[str, Any]) -> None:
    """One line more in a file of one writer, on the disk when this returns."""
    descriptor = _opened(path)
    try:
        os.write(descriptor, json.dumps(line).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of such a file; none where there is no file."""
    if not path.exists():
        return []
    return [
        json.loads(each)
        for each in path.read_bytes().splitlines(keepends=True)
        if each[-1:] == b"\n"
    ]


def _opened(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    size = os.fstat(descriptor).st_size
    start = max(0, size - 65536)
    end = os.pread(descriptor, size - start, start)
    if end and not end.endswith(b"\n"):
        os.ftruncate(descriptor, start + end.rfind(b"\n") + 1)
    return descriptor


def _settle(done: list[asyncio.Future[None]]) -> None:
    for each in done:
        if not each.done():
            each.set_result(None)
