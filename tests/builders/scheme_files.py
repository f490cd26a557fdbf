"""The small sound scheme file as plain data, with changes at places named by ids."""

import functools
import json
from pathlib import Path
from typing import Any

from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.scheme.reading import read_version

FILES = Path(__file__).resolve().parents[2] / "conformance" / "schemes"


def sound() -> Any:
    """The data of the sound file, new each time."""
    return json.loads(_sound_text())


@functools.cache
def _sound_text() -> str:
    return json.dumps(parse_yaml((FILES / "sound.yaml").read_bytes()).data)


def changed(changes: dict[str, Any]) -> Any:
    """The sound data with other values, by path such as ``phases/pilot/ends``."""
    data = sound()
    for path, value in changes.items():
        parent, _, last = path.rpartition("/")
        node = child(data, parent)
        node[int(last) if isinstance(node, list) else last] = value
    return data


def child(data: Any, path: str) -> Any:
    """What stands at a path of keys, ids and numbers."""
    for step in filter(None, path.split("/")):
        if not isinstance(data, list):
            data = data[step]
        elif step.isdigit():
            data = data[int(step)]
        else:
            data = next(item for item in data if item["id"] == step)
    return data


def faults_of(changes: dict[str, Any]) -> list[tuple[str, str]]:
    """The codes and paths of what is wrong with the sound data after the changes."""
    read = read_version(changed(changes), {})
    return [(fault.code.value, fault.path) for fault in read] if isinstance(read, tuple) else []
