"""Reads the files of health rules: those that come with the project, and a deployment's own."""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from tongguan.adapters.scheme_yaml import SIZE_BYTES_MAX, parse_yaml
from tongguan.core.health.rules import HealthRules
from tongguan.core.health.rules_language import read_health_rules
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.faults import Fault

FILE_NAME = "health-rules.yaml"
"""In a deployment's own directory, in place of the rules that come with the project."""


class HealthRulesError(RuntimeError):
    """A file of health rules that cannot be used, with what is wrong in it and where."""


def load_health_rules(path: Path) -> HealthRules | tuple[Fault, ...]:
    """The rules in a file, or every fault of the file; OSError when it cannot be read."""
    with path.open("rb") as file:
        text = file.read(SIZE_BYTES_MAX + 1)
    parsed = parse_yaml(text)
    if parsed.stopped:
        return parsed.faults
    read = read_health_rules(parsed.data, parsed.positions)
    if isinstance(read, tuple) or parsed.noted:
        faults = (*parsed.faults, *(read if isinstance(read, tuple) else ()))
        return tuple(sorted(faults, key=lambda each: (each.line, each.column, each.path)))
    return replace(read, digest=hashlib.sha256(text).hexdigest())


def health_rules_of(authority: AuthorityId, directory: Path) -> HealthRules | None:
    """The authority's rules: its own file where there is one, else those that come along.

    ``None`` for an authority that issues no health code. ``HealthRulesError`` names what is wrong
    with its own file.
    """
    path = directory / FILE_NAME
    if not path.exists():
        return bundled_health_rules().get(authority)
    rules = _load_or_raise(path)
    if rules.colours.authority != authority:
        raise HealthRulesError(f"{path}: authority: of {rules.colours.authority}, not {authority}")
    return rules


@functools.cache
def bundled_health_rules() -> Mapping[AuthorityId, HealthRules]:
    """The rules that come with the project, one version of each authority."""
    folder = Path(str(resources.files("tongguan"))) / "health_rules"
    found: dict[AuthorityId, HealthRules] = {}
    for path in sorted(folder.glob("*.yaml")):
        rules = _load_or_raise(path)
        if rules.colours.id != path.stem or rules.colours.authority in found:
            raise HealthRulesError(f"{path}: not the one version of its authority under its id")
        found[rules.colours.authority] = rules
    return MappingProxyType(found)


def _load_or_raise(path: Path) -> HealthRules:
    try:
        loaded = load_health_rules(path)
    except OSError as error:
        raise HealthRulesError(f"{path}: {error.strerror}") from error
    if isinstance(loaded, HealthRules):
        return loaded
    lines = (
        f"{path}:{each.line}: {each.path}: {each.message.en} {each.remedy.en}" for each in loaded
    )
    raise HealthRulesError("\n".join(lines))
