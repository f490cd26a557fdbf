"""Reads files of demand figures, and finds the one that comes with a bundled scheme."""

from importlib import resources

from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.identifiers import VersionId
from tongguan.core.quota.backtest import DemandFigures
from tongguan.core.quota.backtest_reading import read_demand
from tongguan.core.scheme.faults import Fault
from tongguan.core.scheme.model import Version


def load_demand_text(text: bytes, version: Version) -> DemandFigures | tuple[Fault, ...]:
    """The figures in the bytes of a file for a version, or every fault of it."""
    parsed = parse_yaml(text)
    if parsed.stopped:
        return parsed.faults
    read = read_demand(parsed.data, parsed.positions, version)
    if isinstance(read, tuple) or parsed.noted:
        faults = (*parsed.faults, *(read if isinstance(read, tuple) else ()))
        return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column, fault.path)))
    return read


def bundled_demand(version: VersionId) -> bytes | None:
    """The bytes of the figures that come with a bundled version; ``None`` where there are none."""
    file = resources.files("tongguan") / "schemes" / version / "demand.yaml"
    return file.read_bytes() if file.is_file() else None
