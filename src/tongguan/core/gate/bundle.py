"""What an enrolled gate carries with it: one JSON document from which it decides when cut off.

Nothing in it is believed for being there: the version is checked against its digest, acts, key
sets and status lists against signatures. Only the fingerprints of the two authorities, the holder
keys and the list of used passes rest on the authority that handed the bundle over.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HOLDER_KEY_BYTES, HolderKey
from tongguan.core.credentials.keys import KeySet
from tongguan.core.credentials.published import PublishedKeySet, read_signed_key_set
from tongguan.core.credentials.status_list import StatusList, read_status_list
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.gate.nodes import Expected, Node, NodeFault, NodeFaultError, parse_json
from tongguan.core.gate.situation import EarlierUse
from tongguan.core.identifiers import (
    ControlPointId,
    PassId,
    PhaseId,
    SchemeId,
    VersionDigest,
)
from tongguan.core.passes.claims import PASS_ID_BYTES
from tongguan.core.recognition.references import read_received_recognition
from tongguan.core.recognition.state import Recognitions
from tongguan.core.recognition.trust_lists import read_received_trust_list
from tongguan.core.scheme.acts import SignedAct, read_received_act
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.figures import read_received_figures
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.reading import read_version

FORM = 3
"""Rises with every change of the members, so that a device says which form it lacks."""
BYTES_MAX = 16 * 1024 * 1024
FINGERPRINT_BYTES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """The parts of a bundle, as signed and not yet verified."""

    control_point: ControlPointId
    phase: PhaseId
    made_at: datetime
    version: bytes
    texts_before: tuple[bytes, ...]
    """Earlier texts of the scheme, under which passes in use may have been issued."""
    acts: tuple[bytes, ...]
    figures: tuple[bytes, ...]
    """Signed daily figures, for the breakers that suspend by themselves."""
    key_sets: tuple[tuple[str, bytes], ...]
    """Fingerprint of the scheme key, and the signed key set; the gate's own authority first."""
    status_lists: tuple[bytes, ...]
    trust_lists: tuple[bytes, ...]
    recognitions: tuple[bytes, ...]
    """Signed statements about the lists of other authorities: what is recognised follows."""
    holder_keys: tuple[HolderKey, ...] = field(repr=False)
    uses: tuple[tuple[PassId, EarlierUse], ...]


def bundle_text(bundle: Bundle) -> bytes:
    """The bundle as JSON; it holds holder keys, so only its gate may have it."""
    return json.dumps(bundle_document(bundle), separators=(",", ":"), sort_keys=True).encode()


def bundle_document(bundle: Bundle) -> dict[str, object]:
    """The bundle as plain JSON values."""
    return {
        "form": FORM,
        "control_point": bundle.control_point,
        "phase": bundle.phase,
        "made_at": _instant(bundle.made_at),
        "version": _encoded(bundle.version),
        "texts_before": [_encoded(each) for each in bundle.texts_before],
        "acts": [_encoded(each) for each in bundle.acts],
        "figures": [_encoded(each) for each in bundle.figures],
        "key_sets": [
            {"fingerprint": fingerprint, "signed": _encoded(signed)}
            for fingerprint, signed in bundle.key_sets
        ],
        "status_lists": [_encoded(each) for each in bundle.status_lists],
        "trust_lists": [_encoded(each) for each in bundle.trust_lists],
        "recognitions": [_encoded(each) for each in bundle.recognitions],
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
                "used_at": _instant(use.used_at),
                "control_point": use.control_point,
            }
            for pass_id, use in bundle.uses
        ],
    }


def read_bundle(text: bytes) -> Bundle | NodeFault:
    """The bundle in a JSON document, or the first fault of it; no signature is looked at."""
    data = parse_json(text, bytes_max=BYTES_MAX)
    if isinstance(data, NodeFault):
        return data
    try:
        return bundle_at(Node(value=data))
    except NodeFaultError as error:
        return error.fault


def knowledge_of(bundle: Bundle) -> GateKnowledge | NodeFault:
    """What the bundle lets a gate know, every signature verified.

    A version or a key set that is not sound is a fault: without it nothing can be decided. Acts,
    figures and lists that do not verify are left out, and what they would have said is missing.
    """
    version = _version(bundle.version)
    sets = _key_sets(bundle)
    if isinstance(version, NodeFault):
        return version
    if isinstance(sets, NodeFault):
        return sets
    keys = KeySet.joined(each.keys for each in sets)
    before: dict[VersionDigest, Version] = {}
    for canonical in bundle.texts_before:
        text = _version(canonical)
        if isinstance(text, NodeFault):
            return text
        before[digest_of(canonical)] = text
    acts = (read_received_act(each, keys) for each in bundle.acts)
    figures = (read_received_figures(each, keys) for each in bundle.figures)
    lists = (read_status_list(each, keys) for each in bundle.status_lists)
    return GateKnowledge(
        version=version,
        version_digest=digest_of(bundle.version),
        phase_id=bundle.phase,
        acts=tuple(each.act for each in acts if isinstance(each, SignedAct)),
        authority=sets[0].authority,
        keys=keys,
        recognitions=_recognitions(bundle, keys),
        holder_keys=bundle.holder_keys,
        status_lists=tuple(each for each in lists if isinstance(each, StatusList)),
        figures=tuple(each.statement for each in figures if not isinstance(each, Unreadable)),
        uses=dict(bundle.uses),
        texts_before=before,
    )


def _version(canonical: bytes) -> Version | NodeFault:
    data = parse_json(canonical, bytes_max=BYTES_MAX)
    version = data if isinstance(data, NodeFault) else read_version(data, {})
    if not isinstance(version, Version) or canonical_text(version) != canonical:
        detail = "not the canonical text of a version"
        return NodeFault(path="version", expected=Expected.VALUE, detail=detail)
    return version


def _key_sets(bundle: Bundle) -> list[PublishedKeySet] | NodeFault:
    """The key sets, the first of which is that of the gate's own authority."""
    sets: list[PublishedKeySet] = []
    for number, (fingerprint, signed) in enumerate(bundle.key_sets):
        published = read_signed_key_set(signed, fingerprint=fingerprint)
        if isinstance(published, Unreadable):
            path = f"key_sets/{number}"
            return NodeFault(path=path, expected=Expected.VALUE, detail=published.code.value)
        sets.append(published)
    if not sets:
        return NodeFault(path="key_sets", expected=Expected.VALUE, detail="nobody's keys")
    return sets


def _recognitions(bundle: Bundle, keys: KeySet) -> Recognitions:
    lists = (read_received_trust_list(each, keys) for each in bundle.trust_lists)
    statements = (read_received_recognition(each, keys) for each in bundle.recognitions)
    return Recognitions(
        lists=tuple(each.statement for each in lists if not isinstance(each, Unreadable)),
        statements=tuple(each.statement for each in statements if not isinstance(each, Unreadable)),
    )


def bundle_at(node: Node) -> Bundle:
    """The bundle in a node; ``NodeFaultError`` names what is wrong."""
    named = node.entries().get("form")
    if named is not None:
        named.whole_number(FORM, FORM)
    part = node.members(
        (
            "form",
            "control_point",
            "phase",
            "made_at",
            "version",
            "texts_before",
            "acts",
            "figures",
            "key_sets",
            "status_lists",
            "trust_lists",
            "recognitions",
            "holder_keys",
            "uses",
        )
    )
    return Bundle(
        control_point=ControlPointId(part["control_point"].identifier()),
        phase=PhaseId(part["phase"].identifier()),
        made_at=part["made_at"].instant(),
        version=part["version"].base64(BYTES_MAX),
        texts_before=tuple(each.base64(BYTES_MAX) for each in part["texts_before"].items()),
        acts=tuple(each.base64(BYTES_MAX) for each in part["acts"].items()),
        figures=tuple(each.base64(BYTES_MAX) for each in part["figures"].items()),
        key_sets=tuple(_key_set(each) for each in part["key_sets"].items()),
        status_lists=tuple(each.base64(BYTES_MAX) for each in part["status_lists"].items()),
        trust_lists=tuple(each.base64(BYTES_MAX) for each in part["trust_lists"].items()),
        recognitions=tuple(each.base64(BYTES_MAX) for each in part["recognitions"].items()),
        holder_keys=tuple(_holder_key(each) for each in part["holder_keys"].items()),
        uses=tuple(_use(each) for each in part["uses"].items()),
    )


def _key_set(node: Node) -> tuple[str, bytes]:
    part = node.members(("fingerprint", "signed"))
    return part["fingerprint"].octets(FINGERPRINT_BYTES).hex(), part["signed"].base64(BYTES_MAX)


def _holder_key(node: Node) -> HolderKey:
    part = node.members(("scheme", "period", "secret"))
    try:
        return HolderKey(
            scheme_id=SchemeId(part["scheme"].identifier()),
            period=part["period"].text(),
            secret=part["secret"].base64(HOLDER_KEY_BYTES),
        )
    except ValueError as error:
        raise node.fault(Expected.VALUE, str(error)) from error


def _use(node: Node) -> tuple[PassId, EarlierUse]:
    part = node.members(("pass", "used_at", "control_point"))
    use = EarlierUse(
        used_at=part["used_at"].instant(),
        control_point=ControlPointId(part["control_point"].identifier()),
    )
    return PassId(part["pass"].octets(PASS_ID_BYTES)), use


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="seconds")
