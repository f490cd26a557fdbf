"""The report as one picture: what was asked for and crossed each day, and what the gates said."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from tongguan.cli.demonstration.report import Report
from tongguan.cli.speech import say

_WIDTH_INCHES: Final = 11
_HEIGHT_INCHES: Final = 7
_BAR: Final = 0.26
_COLOURS: Final = {
    "asked": "#b9c4cf",
    "out": "#1d70b8",
    "home": "#5694ca",
    "referred": "#ffb000",
    "denied": "#a2142f",
    "limit": "#333333",
}


def write_chart(report: Report, path: Path) -> None:
    """Write the chart as SVG; the same report gives the same bytes."""
    with mpl.rc_context(), warnings.catch_warnings():
        # Without a salt of its own every element would have another random id at each run.
        mpl.rcParams["svg.hashsalt"] = "tongguan"
        mpl.rcParams["svg.fonttype"] = "none"
        # Letters stay letters in the file, so whoever shows it needs the font, and we do not.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure, (upper, lower) = plt.subplots(
            2, 1, sharex=True, figsize=(_WIDTH_INCHES, _HEIGHT_INCHES), height_ratios=(3, 2)
        )
        _draw_people(upper, report)
        _draw_gates(lower, report)
        title = say("demo.chart.title", version=report.version, people=report.applicants)
        figure.suptitle(title)
        figure.tight_layout()
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


def _draw_people(axes: Axes, report: Report) -> None:
    places = range(len(report.days))
    series: Sequence[tuple[str, str, list[int]]] = (
        ("asked", say("demo.columns.asked"), [each.asked for each in report.days]),
        ("out", say("demo.columns.out"), [each.crossed_out for each in report.days]),
        ("home", say("demo.columns.home"), [each.crossed_home for each in report.days]),
    )
    for number, (key, label, values) in enumerate(series):
        shifted = [place + (number - 1) * _BAR for place in places]
        axes.bar(shifted, values, width=_BAR, color=_COLOURS[key], label=label)
    for quota in report.quotas:
        if quota.whole_day and quota.limit:
            axes.axhline(quota.limit, color=_COLOURS["limit"], linestyle="--", linewidth=1)
            axes.annotate(f"{quota.id}: {quota.limit}", (0, quota.limit), va="bottom", fontsize=8)
    axes.set_ylabel(say("demo.chart.persons"))
    axes.legend(loc="upper right", fontsize=8)


def _draw_gates(axes: Axes, report: Report) -> None:
    places = list(range(len(report.days)))
    referred = [each.referred for each in report.days]
    denied = [each.denied for each in report.days]
    axes.bar(places, referred, color=_COLOURS["referred"], label=say("demo.columns.referred"))
    axes.bar(
        places, denied, bottom=referred, color=_COLOURS["denied"], label=say("demo.columns.denied")
    )
    axes.set_ylabel(say("demo.chart.decisions"))
    axes.set_xticks(places, [f"{each.day:%m-%d}" for each in report.days], rotation=45)
    axes.legend(loc="upper right", fontsize=8)
