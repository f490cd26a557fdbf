"""A small HTTP client that keeps one connection and can leave without waiting for the answer."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

_ANSWER_SECONDS_MAX = 45.0


class NoAnswerError(Exception):
    """Nothing was heard; whether what was asked has been done is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is sent, the same each time it is sent again."""

    method: str
    path: str
    authorization: str = field(repr=False, default="")
    body: Any = None

    def encoded(self) -> bytes:
        """The bytes on the wire."""
        content = b"" if self.body is None else json.dumps(self.body).encode()
        head = [f"{self.method} /api/v1{self.path} HTTP/1.1", "Host: 127.0.0.1"]
        head += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        if self.authorization:
            head.append(f"Authorization: {self.authorization}")
        return "\r\n".join((*head, "", "")).encode() + content


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Status and content."""

    status: int
    content: Any


@dataclass(slots=True)
class Connection:
    """One client's connection to one service, opened when it is needed."""

    port: int
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def open(self) -> bool:
        """Whether the service takes connections; to be asked before anything is written down."""
        if self._writer is not None and not self._writer.is_closing():
            return True
        try:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        return True

    async def send(self, request: Request, *, wait: bool = True) -> Answer:
        """The answer; ``NoAnswerError`` where none came, or where we did not wait for it."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS_MAX):
                return await self._exchange(request, wait=wait)
        except (OSError, EOFError, ValueError, TimeoutError, NoAnswerError) as error:
            self.close()
            raise NoAnswerError(str(error) or type(error).__name__) from None

    async def _exchange(self, request: Request, *, wait: bool) -> Answer:
        if self._writer is None or self._reader is None:
            raise NoAnswerError("not connected")
        try:
            self._writer.write(request.encoded())
        except RuntimeError:  # this loop's word for a connection that the other side has closed
            raise NoAnswerError("closed") from None
        await self._writer.drain()
        if not wait:
            raise NoAnswerError("left")
        return await self._answer(self._reader)

    def close(self) -> None:
        """Leave at once."""
        if self._writer is not None:
            with contextlib.suppress(OSError):
                self._writer.transport.abort()
        self._reader = self._writer = None

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status, length, closes = int(head[0].split(" ", 2)[1]), None, False
        for line in head[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "connection":
                closes = value.strip().lower() == "close"
        if length is None:
            raise NoAnswerError("an answer without a length")
        content = await reader.readexactly(length)
        if closes:
            self.close()
        return Answer(status=status, content=json.loads(content) if content else None)
