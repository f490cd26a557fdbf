"""The one file of a gate device: the bundle it was given, its clock's offset, passes used here."""

import contextlib
import json
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from tongguan.core.gate.bundle import (
    BYTES_MAX,
    Bundle,
    bundle_at,
    bundle_document,
    knowledge_of,
    read_bundle,
)
from tongguan.core.gate.nodes import Expected, Node, NodeFault, NodeFaultError, parse_json
from tongguan.core.gate.situation import EarlierUse
from tongguan.core.identifiers import PassId

USES_KEPT = timedelta(days=7)
"""How long a use is remembered before the bundle was made; older passes have expired."""
OLDER_THAN_KEPT = "older than the bundle kept"
_FILE_BYTES_MAX = BYTES_MAX + 1024
_OFFSET_SECONDS_MAX = 100 * 366 * 86_400
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CarriedBundle:
    """A bundle with what the device adds to it."""

    bundle: Bundle
    clock_offset: timedelta
    """Whole seconds to add to the device's clock, for the authority's time."""


def keep_bundle(path: Path, text: bytes, *, received_at: datetime) -> CarriedBundle | NodeFault:
    """Verify a bundle that came at ``received_at`` of the device's clock, and put it in the file.

    A bundle at fault, or older than the one kept, changes nothing: it would set the clock back.
    Uses that only this device knows are kept. The file holds holder keys: its owner alone can read
    it. Raises OSError when it cannot be written.
    """
    bundle = read_bundle(text)
    if isinstance(bundle, NodeFault):
        return bundle
    knowledge = knowledge_of(bundle)
    if isinstance(knowledge, NodeFault):
        return knowledge
    earlier = load_bundle(path) if path.exists() else None
    offset = (bundle.made_at - received_at) // _ONE_SECOND * _ONE_SECOND
    if isinstance(earlier, CarriedBundle):
        if bundle.made_at < earlier.bundle.made_at:
            return NodeFault(path="made_at", expected=Expected.VALUE, detail=OLDER_THAN_KEPT)
        if bundle.made_at == earlier.bundle.made_at:
            offset = earlier.clock_offset  # the same one once more tells no later time
        bundle = _with_uses_of(bundle, earlier.bundle)
    carried = CarriedBundle(bundle=bundle, clock_offset=offset)
    _write(path, carried)
    return carried


def record_use(path: Path, pass_id: PassId, use: EarlierUse) -> CarriedBundle | NodeFault:
    """Remember that a pass was used here, before anyone goes through; the first use stays."""
    carried = load_bundle(path)
    if isinstance(carried, NodeFault):
        return carried
    if pass_id in dict(carried.bundle.uses):
        return carried
    bundle = replace(carried.bundle, uses=(*carried.bundle.uses, (pass_id, use)))
    carried = replace(carried, bundle=bundle)
    _write(path, carried)
    return carried


def load_bundle(path: Path) -> CarriedBundle | NodeFault:
    """What the file holds, read strictly; raises OSError when it cannot be read."""
    with path.open("rb") as file:
        data = parse_json(file.read(_FILE_BYTES_MAX + 1), bytes_max=_FILE_BYTES_MAX)
    if isinstance(data, NodeFault):
        return data
    try:
        part = Node(value=data).members(("bundle", "clock_offset_seconds"))
        seconds = part["clock_offset_seconds"].whole_number(
            -_OFFSET_SECONDS_MAX, _OFFSET_SECONDS_MAX
        )
        return CarriedBundle(
            bundle=bundle_at(part["bundle"]), clock_offset=timedelta(seconds=seconds)
        )
    except NodeFaultError as error:
        return error.fault


def _with_uses_of(bundle: Bundle, earlier: Bundle) -> Bundle:
    oldest = bundle.made_at - USES_KEPT
    uses = dict(earlier.uses) | dict(bundle.uses)
    kept = tuple(each for each in uses.items() if each[1].used_at >= oldest)
    return replace(bundle, uses=kept)


def _write(path: Path, carried: CarriedBundle) -> None:
    """All of it or nothing, whenever the power fails; a temporary file is the owner's alone."""
    document = {
        "bundle": bundle_document(carried.bundle),
        "clock_offset_seconds": carried.clock_offset // _ONE_SECOND,
    }
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(json.dumps(document, separators=(",", ":"), sort_keys=True).encode())
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(file.name).unlink()
            raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
