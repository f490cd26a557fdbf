"""What an enrolled gate carries with it: one JSON document from which it decides when cut off.

Nothing in it is believed for being there: the version is checked against its digest, acts, key
sets and status lists against signatures. Only the fingerprints of the two authorities, the holder
keys and the list of used passes rest on the authority that handed the bundle over.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HolderKey
from tongguan.core.credentials.keys import KeySet
from tongguan.core.credentials.published import read_signed_key_set
from tongguan.core.credentials.status_list import StatusList, read_status_list
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.gate.situation import EarlierUse
from tongguan.core.identifiers import ControlPointId, PassId, PhaseId, SchemeId
from tongguan.core.scheme.acts import SignedAct, read_signed_act
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.reading import read_version

FORM = 1
BYTES_MAX = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """The parts of a bundle, as signed and not yet verified."""

    control_point: ControlPointId
    phase: PhaseId
    made_at: datetime
    version: bytes
    acts: tuple[bytes, ...]
    key_sets: tuple[tuple[str, bytes], ...]
    """Fingerprint of the scheme key, and the signed key set; the gate's own authority first."""
    status_lists: tuple[bytes, ...]
    holder_keys: tuple[HolderKey, ...] = field(repr=False)
    uses: tuple[tuple[PassId, EarlierUse], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleFault:
    """Why a document is no bundle a gate may rest on, and where."""

    path: str
    detail: str


def bundle_text(bundle: Bundle) -> bytes:
    """The bundle as JSON; it holds holder keys, so only its gate may have it."""
    document = {
        "form": FORM,
        "control_point": bundle.control_point,
        "phase": bundle.phase,
        "made_at": bundle.made_at.isoformat(),
        "version": _encoded(bundle.version),
        "acts": [_encoded(each) for each in bundle.acts],
        "key_sets": [
            {"fingerprint": fingerprint, "signed": _encoded(signed)}
            for fingerprint, signed in bundle.key_sets
        ],
        "status_lists": [_encoded(each) for each in bundle.status_lists],
        "holder_keys": [
            {
                "scheme": each.scheme_id,
                "period": each.period,
                "secret": _encoded(each.secret),
            }
            for each in bundle.holder_keys
        ],
        "uses": [
            {
                "pass": pass_id.hex(),
                "used_at": use.used_at.isoformat(),
                "control_point": use.control_point,
            }
            for pass_id, use in bundle.uses
        ],
    }
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def read_bundle(text: bytes) -> Bundle | BundleFault:
    """The bundle in a JSON document, or the first fault of it."""
    if len(text) > BYTES_MAX:
        return BundleFault(path="", detail=f"larger than {BYTES_MAX} bytes")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return BundleFault(path="", detail="not JSON")
    if not isinstance(document, dict) or document.get("form") != FORM:
        return BundleFault(path="form", detail=f"not a gate's bundle of form {FORM}")
    try:
        return _bundle(document)
    except KeyError as missing:
        return BundleFault(path=str(missing.args[0]), detail="is missing")
    except (ValueError, TypeError, AttributeError) as malformed:
        return BundleFault(path="", detail=f"malformed: {type(malformed).__name__}")


def knowledge_of(bundle: Bundle) -> GateKnowledge | BundleFault:
    """What the bundle lets a gate know, every signature verified; lists that fail are left out."""
    try:
        data = json.loads(bundle.version)
    except (ValueError, RecursionError):
        return BundleFault(path="version", detail="not JSON")
    version = read_version(data, {})
    if isinstance(version, tuple) or canonical_text(version) != bundle.version:
        return BundleFault(path="version", detail="not the canonical text of a version")
    keys = _keys(bundle)
    if isinstance(keys, BundleFault):
        return keys
    acts = (read_signed_act(each, keys) for each in bundle.acts)
    lists = (read_status_list(each, keys) for each in bundle.status_lists)
    return GateKnowledge(
        version=version,
        version_digest=digest_of(bundle.version),
        phase_id=bundle.phase,
        acts=tuple(each.act for each in acts if isinstance(each, SignedAct)),
        keys=keys,
        holder_keys=bundle.holder_keys,
        status_lists=tuple(each for each in lists if isinstance(each, StatusList)),
        uses=dict(bundle.uses),
    )


def _keys(bundle: Bundle) -> KeySet | BundleFault:
    sets = []
    for number, (fingerprint, signed) in enumerate(bundle.key_sets):
        published = read_signed_key_set(signed, fingerprint=fingerprint)
        if isinstance(published, Unreadable):
            return BundleFault(path=f"key_sets/{number}", detail=published.code.value)
        sets.append(published.keys)
    return KeySet.joined(sets)


def _bundle(document: dict[str, Any]) -> Bundle:
    return Bundle(
        control_point=ControlPointId(_text(document["control_point"])),
        phase=PhaseId(_text(document["phase"])),
        made_at=_instant(document["made_at"]),
        version=_decoded(document["version"]),
        acts=tuple(_decoded(each) for each in document["acts"]),
        key_sets=tuple(
            (_text(each["fingerprint"]), _decoded(each["signed"])) for each in document["key_sets"]
        ),
        status_lists=tuple(_decoded(each) for each in document["status_lists"]),
        holder_keys=tuple(
            HolderKey(
                scheme_id=SchemeId(_text(each["scheme"])),
                period=_text(each["period"]),
                secret=_decoded(each["secret"]),
            )
            for each in document["holder_keys"]
        ),
        uses=tuple(
            (
                PassId(bytes.fromhex(each["pass"])),
                EarlierUse(
                    used_at=_instant(each["used_at"]),
                    control_point=ControlPointId(_text(each["control_point"])),
                ),
            )
            for each in document["uses"]
        ),
    )


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(value: object) -> bytes:
    return base64.b64decode(_text(value), validate=True)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _instant(value: object) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.utcoffset() is None:
        raise ValueError("an instant without a zone")
    return instant
