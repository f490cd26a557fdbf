"""What a fault tells one to write: an example is called one, and what was meant is kept."""

from pathlib import Path
from typing import Any

from tongguan.adapters.scheme_yaml import parse_yaml
from tongguan.core.scheme.faults import Fault, FaultCode
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version

SOUND = Path(__file__).resolve().parents[4] / "conformance" / "schemes" / "sound.yaml"


def _sound() -> dict[str, Any]:
    data: dict[str, Any] = parse_yaml(SOUND.read_bytes()).data  # type: ignore[assignment]
    return data


def _fault(change: str, value: object) -> Fault:
    """The one fault of a sound version whose first phase has another value, or none, at a key."""
    data = _sound()
    phase = data["phases"][0]
    if value is None:
        del phase[change]
    else:
        phase[change] = value
    read = read_version(data, {})
    assert not isinstance(read, Version)
    (fault,) = read
    return fault


def test_code_that_lost_its_quotes__is_to_get_them_back() -> None:
    entry = _sound()["phases"][0]["entry"]
    fault = _fault("entry", entry | {"divisions": [440300]})
    assert fault.code is FaultCode.UNQUOTED
    assert '"440300"' in fault.remedy.en


def test_example__is_called__an_example() -> None:
    fault = _fault("ends", "31.3.2022")
    assert fault.code is FaultCode.VALUE_MALFORMED
    assert fault.remedy.en.startswith("Write it like this: ")


def test_key_left_out__may_be_null__where_nobody_stated_it() -> None:
    fault = _fault("ends", None)
    assert fault.code is FaultCode.KEY_MISSING
    assert fault.remedy.en == 'Add it, written like this: ends: "2021-12-13" / null'
