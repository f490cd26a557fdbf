"""What came of a suite: for each expectation how often it was met, and every one that was not."""

from collections import Counter
from dataclasses import dataclass, field

from tongguan.cli.console import answers, print_json
from tongguan.cli.problems import ExitCode

_SHOWN_MAX = 50


@dataclass(kw_only=True)
class ConformanceReport:
    """Counts expectations as a suite is run."""

    suite: str
    _met: Counter[str] = field(default_factory=Counter)
    _missed: Counter[str] = field(default_factory=Counter)
    _no_data: Counter[str] = field(default_factory=Counter)
    _folders: dict[str, Counter[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    """``file:field`` of every expectation that was not met."""

    def add(self, *, folder: str, file: str, name: str, is_met: bool) -> None:
        """One expectation of a file; ``file`` is a path below the suite's directory."""
        counts = self._folders.setdefault(folder, Counter())
        if is_met:
            self._met[name] += 1
            counts["met"] += 1
        else:
            self._missed[name] += 1
            counts["missed"] += 1
            self.missed.append(f"{file}:{name}")

    def add_no_data(self, *, folder: str, name: str) -> None:
        """An expectation that a file could have and does not."""
        self._no_data[name] += 1
        self._folders.setdefault(folder, Counter())["no_data"] += 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found that could be met or missed."""
        return not (self._met or self._missed)

    @property
    def exit_code(self) -> ExitCode:
        """Refused where an expectation was missed."""
        return ExitCode.REFUSED if self.missed else ExitCode.DONE

    def as_data(self) -> dict[str, object]:
        """The report as JSON has it."""
        names = sorted({*self._met, *self._missed, *self._no_data})
        return {
            "suite": self.suite,
            "fields": {
                name: {
                    "met": self._met[name],
                    "missed": self._missed[name],
                    "no_data": self._no_data[name],
                }
                for name in names
            },
            "folders": {
                folder: {each: counts[each] for each in ("met", "missed", "no_data")}
                for folder, counts in sorted(self._folders.items())
            },
            "missed": self.missed,
        }


def print_conformance(report: ConformanceReport, *, as_json: bool) -> None:
    """The report as one JSON document, or a line for each expectation and each miss."""
    data = report.as_data()
    if as_json:
        print_json(data)
        return
    console = answers()
    fields = data["fields"]
    assert isinstance(fields, dict)  # noqa: S101 - made above
    for name, counts in fields.items():
        told = ", ".join(f"{key} {value}" for key, value in counts.items())
        console.print(f"{report.suite} {name}: {told}", markup=False)
    for each in report.missed[:_SHOWN_MAX]:
        console.print(each, style="bold", markup=False)
    if len(report.missed) > _SHOWN_MAX:
        console.print(f"… {len(report.missed) - _SHOWN_MAX}", markup=False)
