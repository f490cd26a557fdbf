"""One run: the stage is set, the clients work while things are struck, all is asked and checked."""

import asyncio
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
import uvloop

from soak import stage, watch
from soak.authority import ADDRESSES
from soak.checker import check
from soak.clients import Calendar, Client, Counts, remembered, travellers_of
from soak.disturbance import Disturbance, domain_now, struck_in
from soak.evidence import EVIDENCE, next_session, struck_before, write_evidence
from soak.journal import JournalWriter
from soak.parties import Party
from soak.recount import differences
from soak.roads import Roads
from soak.servers import Server, opened_server
from soak.services import AuthorityProcess, Service, free_port, keep_running, kill_all, stop_all
from soak.settings import Settings, write_durably

_PROGRESS_SECONDS = 10.0
_POLL_SECONDS = 0.1
_SETTLED_SECONDS = 2.0
_STALLED_SECONDS_MAX = 240.0
_SOCKET = ".s.PGSQL.5432"
STOPPED, FAULTY, CLEAN = 3, 1, 0


def run(directory: Path, settings: Settings) -> int:
    """Begin or go on; the exit code: clean, faulty, or stopped before the end."""
    if (directory / EVIDENCE).exists():
        evidence = json.loads((directory / EVIDENCE).read_text())
        print(f"this run is over: {evidence['verdict']}, see {directory / EVIDENCE}")
        return CLEAN if evidence["verdict"] == "clean" else FAULTY
    settings.write(directory)
    with opened_server(settings, directory) as server:
        urls = {name: server.url(name) for name in ("HK", "GD")}
        write_durably(directory / ADDRESSES, json.dumps(urls))
        parties = stage.set_up(directory, settings, urls)
        with psycopg.connect(urls["HK"]) as connection:
            watch.install(connection)
        return uvloop.run(_Run(directory, settings, server, parties).go())


@dataclass(slots=True)
class _Run:
    directory: Path
    settings: Settings
    server: Server
    parties: Sequence[Party]
    counts: Counts = field(default_factory=Counts)
    deaths: Counter[str] = field(default_factory=Counter)
    samples: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    async def go(self) -> int:
        """From the first service to the verdict."""
        services = _services(self.directory, self.settings, self.server)
        authority = AuthorityProcess(self.directory)
        session = next_session(self.directory)
        journal = JournalWriter(self.directory, self.settings.clients)
        disturbance = _disturbance(self, services, authority)
        disturbance.struck_before = struck_in(struck_before(self.directory))
        disturbance.note = lambda: self._note(session, disturbance)
        clients = self._clients(journal, services, disturbance.calendar)
        try:
            await self._up_first(services)
            self._note(session, disturbance)
            self._say(f"{self.counts.done} of {self.settings.operations} operations were done")
            await self._work(clients, services, disturbance, session)
            if self.counts.is_enough.is_set():
                return STOPPED
            await self._settle(clients, services)
        finally:
            self._note(session, disturbance)
            authority.end()
            stop_all(services)
            journal.close()
        return await asyncio.to_thread(self._judge)

    async def _up_first(self, services: Sequence[Service]) -> None:
        """The first ordinary service makes what it needs in the database; then come the others."""
        begins = next(at for at, each in enumerate(services) if each.name.startswith("rest"))
        for each in services[: begins + 1]:
            await each.ready()
        await _up(services[begins + 1 :])

    async def _work(
        self,
        clients: Sequence[Client],
        services: list[Service],
        disturbance: Disturbance,
        session: Path,
    ) -> None:
        """Let the clients do what is left while everything else goes on beside them."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.counts.is_enough.set)
        beside: list[asyncio.Future[None]] = [
            asyncio.create_task(keep_running(services, self.deaths)),
            asyncio.create_task(disturbance.strike_for_ever()),
            asyncio.create_task(disturbance.rule_for_ever()),
            asyncio.create_task(self._sample_for_ever()),
            asyncio.create_task(self._report_for_ever(session, disturbance)),
        ]
        working = asyncio.gather(
            self._struck_enough(disturbance),
            *(each.run(self._share(number)) for number, each in enumerate(clients)),
        )
        over = asyncio.gather(*beside)  # ends by a fault alone
        # Clients that cannot reach anybody would never look whether it is enough.
        enough = asyncio.create_task(self.counts.is_enough.wait())
        ends: list[asyncio.Future[Any]] = [working, over, enough]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for each in ends:
            each.cancel()
        faults = await asyncio.gather(working, over, return_exceptions=True)
        for fault in faults:
            if isinstance(fault, Exception):
                raise fault

    async def _struck_enough(self, disturbance: Disturbance) -> None:
        """Return when the run was struck as often as it must be, or can be."""
        strikes_min = self.settings.strikes_min
        while disturbance.strikes < strikes_min and not disturbance.is_over:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)

    def _share(self, client: int) -> int:
        """How many of the operations are this client's."""
        each, left = divmod(self.settings.operations, self.settings.clients)
        return each + (client < left)

    async def _settle(self, clients: Sequence[Client], services: Sequence[Service]) -> None:
        """With nothing under way any more, ask everything again that brought no answer."""
        self._say(f"all done after {self._seconds():.0f} s; stopping, starting and asking again")
        kill_all(services)
        await asyncio.to_thread(self.server.ensure_running)
        await _up(services)
        self._say(f"services are up again after {self._seconds():.0f} s")
        await asyncio.gather(*(each.settle() for each in clients))
        await asyncio.sleep(_SETTLED_SECONDS)
        self._say(f"everything is answered after {self._seconds():.0f} s")

    def _seconds(self) -> float:
        return time.monotonic() - self.started

    def _judge(self) -> int:
        url = self.server.url("HK")
        verdict = check(self.directory, url)
        path = write_evidence(self.directory, self.settings, self.counts, verdict, url)
        self._say(f"{'clean' if verdict.is_clean else 'FAULTY'}: {path}")
        for each in verdict.shown:
            self._say(each)
        return CLEAN if verdict.is_clean and not self.samples["faults"] else FAULTY

    def _clients(
        self, journal: JournalWriter, services: Sequence[Service], calendar: Calendar
    ) -> list[Client]:
        roads = Roads.to(services, self.directory)
        clients = []
        for number in range(self.settings.clients):
            known = travellers_of(self.parties, number)
            knowledge = remembered(self.directory, number, self.settings.seed, known, self.counts)
            clients.append(Client(knowledge, journal, roads, calendar, self.counts))
        return clients

    async def _sample_for_ever(self) -> None:
        """Count this week and the next anew while the clients work, in one moment each time."""
        while True:
            await asyncio.sleep(self.settings.sample_seconds)
            try:
                found = await asyncio.to_thread(_sample, self.server.url("HK"))
            except psycopg.Error:
                self.samples["not taken"] += 1
                continue
            self.samples["taken"] += 1
            self.samples["faults"] += len(found)
            for each in found[:3]:
                self._say(f"sample: {each}")

    async def _report_for_ever(self, session: Path, disturbance: Disturbance) -> None:
        """Say how far the run is; raises where nothing is done any more: that ends the run."""
        before, stalled_seconds = self.counts.done, 0.0
        while True:
            await asyncio.sleep(_PROGRESS_SECONDS)
            rate = (self.counts.done - before) / _PROGRESS_SECONDS
            stalled_seconds = 0.0 if rate else stalled_seconds + _PROGRESS_SECONDS
            if stalled_seconds >= _STALLED_SECONDS_MAX:
                raise RuntimeError(f"nothing was done for {stalled_seconds:.0f} s; see the logs")
            before = self.counts.done
            struck = sum(disturbance.done.values())
            self._note(session, disturbance)
            self._say(
                f"{self.counts.done} operations, {rate:.0f} a second, {struck} disturbances, "
                f"{self.counts.lost.total()} attempts without an answer, "
                f"domain time {disturbance.calendar.now:%Y-%m-%d %H:%M}"
            )

    def _note(self, session: Path, disturbance: Disturbance) -> None:
        """Keep what a journal does not hold, in case this process is killed."""
        content = {
            "seconds": round(self._seconds(), 1),
            "seconds_of_changes": round(disturbance.seconds_of_changes, 1),
            "operations_done": self.counts.done,
            "struck": dict(disturbance.done),
            "found_dead": dict(self.deaths),
            "samples": dict(self.samples),
            "not_struck": disturbance.failures[-20:],
        }
        write_durably(session, json.dumps(content, indent=2))

    @staticmethod
    def _say(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)


async def _up(services: Sequence[Service]) -> None:
    await asyncio.gather(*(each.ready() for each in services))


def _disturbance(
    work: _Run, services: Sequence[Service], authority: AuthorityProcess
) -> Disturbance:
    return Disturbance(
        settings=work.settings,
        server=work.server,
        rest=[each for each in services if each.name.startswith("rest")],
        intakes=[each for each in services if each.name.startswith("intake")],
        proxy=next((each for each in services if each.name == "proxy"), None),
        authority=authority,
        counts=work.counts,
        calendar=Calendar(domain_now(work.server.url("HK"))),
    )


def _services(directory: Path, settings: Settings, server: Server) -> list[Service]:
    """The proxy, then the programs: the first of each kind reaches the database through it."""
    port, services, through = free_port(), [], None
    socket = _socket_of(server.url("HK"))
    if socket is not None:
        command = ("-m", "soak.proxy", str(port), socket)
        services.append(Service("proxy", command, directory / "proxy.log", port=port))
        through = _through(server.url("HK"), port)
    direct = None if server.is_embedded else server.url("HK")
    for kind, number in (("rest", settings.rest_services), ("intake", settings.intakes)):
        urls = [through or direct, *(direct for _ in range(number - 1))]
        services += [_service(directory, kind, at, url) for at, url in enumerate(urls)]
    return services


def _service(directory: Path, kind: str, number: int, database_url: str | None) -> Service:
    name, port = f"{kind}-{number + 1}", free_port()
    program = "serve" if kind == "rest" else "intake"
    command = ["-m", "tongguan.cli", program, "--authority", "HK", "--port", str(port)]
    command += ["--data", str(directory / "data")]
    if kind == "rest":
        command.append("--demonstration")
    log = directory / f"{name}.log"
    return Service(name, tuple(command), log, port=port, database_url=database_url)


def _socket_of(url: str) -> str | None:
    host = parse_qs(urlsplit(url).query).get("host", [""])[0]
    return f"{host}/{_SOCKET}" if host.startswith("/") else None


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    signed_in = f"{quote(parts.username or '')}:{parts.password}"
    return (
        f"postgresql://{signed_in}@127.0.0.1:{port}{parts.path}?sslmode=disable&gssencmode=disable"
    )


def _sample(url: str) -> list[str]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute(
            "SELECT (tongguan.domain_now() AT TIME ZONE 'Asia/Hong_Kong')::date"
        ).fetchone()
        today: date = row[0] if row else date.min
        monday = today - timedelta(days=today.weekday())
        return [f"{kind}: {what}" for kind, what in differences(connection, monday)]
