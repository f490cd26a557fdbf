"""What ``tongguan bench credentials`` found: the laws it is held to, as data and for people."""

from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Final

from cryptography.hazmat.backends.openssl import backend
from rich.console import Console
from rich.table import Table

from tongguan.cli.bench.credentials import (
    CERTLOGIC,
    GATE,
    ONE_BY_ONE,
    TURN,
    VERIFY,
    WAYS,
    CredentialsMeasured,
)
from tongguan.cli.bench.machine import Machine
from tongguan.cli.bench.made_travellers import SIGNATURES
from tongguan.cli.bench.report import Law, print_differences, print_laws
from tongguan.cli.speech import say

RATIO_MIN: Final = 0.65
RULES_MIN: Final = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CredentialsReport:
    """Everything one run found."""

    machine: Machine
    measured: CredentialsMeasured

    @property
    def laws(self) -> tuple[Law, ...]:
        """What must hold on any machine, and how many rules a second on this one."""
        measured = self.measured
        return (
            Law(figure="ratio_to_raw_es256", bound=RATIO_MIN, found=measured.ratio(VERIFY, 1)),
            Law(
                figure="gate_ratio_to_raw_es256",
                bound=RATIO_MIN,
                found=measured.ratio(GATE, SIGNATURES),
            ),
            Law(
                figure="certlogic_rules_per_second", bound=RULES_MIN, found=measured.rate(CERTLOGIC)
            ),
        )

    @property
    def holds(self) -> bool:
        """Whether everything was exact and no law is broken."""
        return not self.measured.differences and all(law.holds for law in self.laws)


def credentials_as_data(report: CredentialsReport) -> dict[str, Any]:
    """The report for ``--json``."""
    measured = report.measured
    return {
        "surroundings": asdict(report.machine)
        | {
            "at": report.machine.at.isoformat(),
            "cryptography": version("cryptography"),
            "openssl": backend.openssl_version_text(),
        },
        "size": asdict(measured.size) | {"turn": TURN, "signatures_of_a_decision": SIGNATURES},
        "clock": "processor time of the measuring thread",
        "rates": {way: round(measured.rate(way), 1) for way in WAYS},
        "ratio_one_by_one": round(measured.ratio(ONE_BY_ONE, 1), 3),
        "microseconds_by_step": {
            VERIFY: {name: round(each, 1) for name, each in measured.certificate_steps.items()},
            GATE: {name: round(each, 1) for name, each in measured.decision_steps.items()},
        },
        **{law.figure: round(law.found or 0.0, 3) for law in report.laws},
        "laws": [asdict(law) | {"holds": law.holds} for law in report.laws],
        "exact": not measured.differences,
        "differences": [asdict(each) for each in measured.differences],
        "rounds": [{way: round(each[way], 1) for way in WAYS} for each in measured.rounds],
        "holds": report.holds,
    }


def print_credentials(report: CredentialsReport, console: Console) -> None:
    """The table and sentences for people."""
    table = Table(title=say("bench.credentials.rates"), title_justify="left")
    table.add_column(say("bench.columns.way"))
    table.add_column(say("bench.credentials.rate"), justify="right")
    for way in WAYS:
        words = say(f"bench.credentials.ways.{way}")
        table.add_row(f"{way} · {words}", f"{report.measured.rate(way):,.0f}")
    console.print(table, soft_wrap=False)
    for way, steps in (
        (VERIFY, report.measured.certificate_steps),
        (GATE, report.measured.decision_steps),
    ):
        costs = " · ".join(f"{name} {each:.1f}" for name, each in steps.items())
        console.print(say("bench.credentials.steps", way=way, costs=costs))
    one_by_one = f"{report.measured.ratio(ONE_BY_ONE, 1):.3f}"
    console.print(say("bench.credentials.one_by_one", ratio=one_by_one))
    print_laws(report.laws, console)
    print_differences(report.measured.differences, console, exact="bench.credentials.exact")
