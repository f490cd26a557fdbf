"""The clients: each does one thing after another, writes it down first, and asks again."""

import asyncio
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from soak.journal import JournalWriter, read_journal
from soak.parties import Party
from soak.wire import Connection, NoAnswerError, Request
from soak.workload import Knowledge, Operation, Traveller, told_by

_PAUSE_SECONDS = 0.1
_PAUSE_SECONDS_MAX = 1.5
_LEAVES = 0.008
"""How often a client does not wait for the answer to what it has sent."""
_ASKS_AT_ONCE = 0.7
_PROBLEMS_SHOWN = 20


@dataclass(slots=True)
class Calendar:
    """The domain time as anybody could read it on the wall."""

    read: datetime
    at: float = field(default_factory=monotonic)

    def set(self, instant: datetime) -> None:
        """It was this instant just now."""
        self.read, self.at = instant, monotonic()

    @property
    def now(self) -> datetime:
        """Domain time at this moment."""
        return self.read + timedelta(seconds=monotonic() - self.at)


@dataclass(slots=True)
class Counts:
    """What happened, for progress and evidence."""

    operations: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0
    is_enough: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, operation: Operation, told: dict[str, Any]) -> None:
        """One attempt is over."""
        kind = operation["op"]
        if "lost" in told:
            self.lost[told["lost"]] += 1
        else:
            self.answers[f"{kind} {told.get('state') or told['answer']}"] += 1
        if told.get("answer") == "problem" and len(self.problems) < _PROBLEMS_SHOWN:
            self.problems.append({"operation": operation} | told)


class Roads(Protocol):
    """How an operation reaches a service."""

    def ports(self, operation: Operation) -> Sequence[int]:
        """Where it may be asked; any of them."""

    async def request(self, operation: Operation, party: Traveller) -> Request:
        """What is sent."""


@dataclass(slots=True)
class Client:
    """One client with its journal, its knowledge and its connections."""

    knowledge: Knowledge
    journal: JournalWriter
    roads: Roads
    calendar: Calendar
    counts: Counts
    _connections: dict[int, Connection] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=random.Random)

    async def run(self, operations: int) -> None:
        """Go on until so many operations of this client are over."""
        while self.knowledge.done < operations and not self.counts.is_enough.is_set():
            await self._perform(self.knowledge.next_operation(self.calendar.now), patient=False)

    async def settle(self) -> None:
        """Ask everything again that brought no answer, then look at each such journey."""
        for operation in list(self.knowledge.open.values()):
            await self._perform(operation | {"settles": True}, patient=True)
        for operation in self.knowledge.settling():
            await self._perform(operation | {"settles": True}, patient=True)
        for connection in self._connections.values():
            connection.close()

    async def _perform(self, operation: Operation, *, patient: bool) -> None:
        is_new = operation["n"] == self.knowledge.done
        attempt, pause = operation.get("try", 0), _PAUSE_SECONDS
        while True:
            attempt += 1
            operation["try"] = attempt
            told = await self._attempt(operation, may_leave=is_new and attempt == 1)
            if "lost" not in told:
                break
            if not patient and self._chance.random() > _ASKS_AT_ONCE:
                break
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.5))
            pause = min(pause * 2, _PAUSE_SECONDS_MAX)
        if is_new:
            self.counts.done += 1
            self.counts.operations[operation["op"]] += 1

    async def _attempt(self, operation: Operation, *, may_leave: bool) -> dict[str, Any]:
        """One attempt, written down before and after; what it brought."""
        party = self.knowledge.parties[operation["party"] - self.knowledge.parties[0].number]
        connection = await self._connected(operation)
        self.knowledge.begin(operation)
        await self.journal.durable(self.knowledge.client, operation)
        try:
            request = await self.roads.request(operation, party)
            wait = not may_leave or self._chance.random() > _LEAVES
            told = told_by(operation, await connection.send(request, wait=wait))
        except NoAnswerError as error:
            told = {"lost": str(error)[:60]}
        line = {"n": operation["n"], "try": operation["try"]} | told
        self.journal.soon(self.knowledge.client, line)
        self.knowledge.learn(operation["n"], told)
        self.counts.note(operation, told)
        return told

    async def _connected(self, operation: Operation) -> Connection:
        """A connection to any service that takes it; waits until there is one."""
        while True:
            ports = list(self.roads.ports(operation))
            self._chance.shuffle(ports)
            for port in ports:
                connection = self._connections.setdefault(port, Connection(port))
                if await connection.open():
                    return connection
            await asyncio.sleep(_PAUSE_SECONDS)


def travellers_of(parties: Sequence[Party], client: int) -> tuple[Traveller, ...]:
    """The parties of one client."""
    return tuple(
        Traveller(
            number=each.number,
            application=each.application,
            authorization="Basic " + b64encode(f"{each.reference}:{each.secret}".encode()).decode(),
        )
        for each in parties
        if each.client == client
    )


def remembered(
    directory: Path, client: int, seed: int, parties: Sequence[Traveller], counts: Counts
) -> Knowledge:
    """What a client knew when the run was stopped, from its journal alone.

    An attempt without a line after it brought no answer.
    """
    knowledge = Knowledge(client=client, seed=seed, parties=parties)
    for line in read_journal(directory, client):
        if "op" in line:
            _let_go(knowledge, counts)
            knowledge.begin(line)
        else:
            _heard(knowledge, counts, line)
    _let_go(knowledge, counts)
    return knowledge


def _let_go(knowledge: Knowledge, counts: Counts) -> None:
    for number in list(knowledge.begun):
        _heard(knowledge, counts, {"n": number, "lost": "stopped"})


def _heard(knowledge: Knowledge, counts: Counts, line: dict[str, Any]) -> None:
    operation = knowledge.begun[line["n"]]
    if line["n"] == knowledge.done:
        counts.done += 1
        counts.operations[operation["op"]] += 1
    counts.note(operation, line)
    knowledge.learn(line["n"], line)
