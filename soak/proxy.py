"""Stands between a service and its PostgreSQL, and cuts a connection at its COMMIT when told to.

    python -m soak.proxy PORT SOCKET

SIGUSR1: the next COMMIT reaches the server, its answer reaches nobody. SIGUSR2: the next COMMIT
does not reach the server any more. Each cut that came about is a line of what it prints.
"""

import asyncio
import contextlib
import os
import signal
import sys

import uvloop

_CHUNK_BYTES = 65536
_PARENT_WATCHED_EVERY_SECONDS = 0.5


class Proxy:
    """Every connection is a pair of copies; one cut at a time."""

    def __init__(self, target: str) -> None:
        """``target`` is the server's socket."""
        self._target = target
        self._cuts: list[str] = []

    def arm(self, cut: str) -> None:
        """Cut the next COMMIT ``after`` or ``before`` it was handed on."""
        self._cuts = [cut]

    async def serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            server, requests = await asyncio.open_unix_connection(self._target)
        except OSError:
            answers.close()
            return
        out = asyncio.create_task(self._requests(client, requests))
        back = asyncio.create_task(_copy(server, answers))
        await asyncio.wait([out, back], return_when=asyncio.FIRST_COMPLETED)
        is_cut = out.done() and not out.cancelled() and out.exception() is None and out.result()
        for way in (out, back):
            way.cancel()
        for writer in (requests, answers):
            if is_cut:
                writer.transport.abort()
            else:
                writer.close()

    async def _requests(self, client: asyncio.StreamReader, server: asyncio.StreamWriter) -> bool:
        """Whether the connection was cut."""
        with contextlib.suppress(OSError):
            while chunk := await client.read(_CHUNK_BYTES):
                cut = self._cuts.pop() if self._cuts and b"COMMIT" in chunk else None
                if cut is not None:
                    print(f"cut {cut}", flush=True)
                if cut == "before":
                    return True
                server.write(chunk)
                await server.drain()
                if cut == "after":
                    return True
        return False


async def _copy(server: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await server.read(_CHUNK_BYTES):
            answers.write(chunk)
            await answers.drain()


async def _main(port: int, target: str) -> None:
    proxy, parent = Proxy(target), os.getppid()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, proxy.arm, "after")
    loop.add_signal_handler(signal.SIGUSR2, proxy.arm, "before")
    async with await asyncio.start_server(proxy.serve, "127.0.0.1", port):
        while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(_PARENT_WATCHED_EVERY_SECONDS)


if __name__ == "__main__":
    uvloop.run(_main(int(sys.argv[1]), sys.argv[2]))
