"""A device that scans texts decides every published vector as the vector says.

The claims of each vector are signed with keys of these tests and bound to a real document; what
the acts say of the phase is taken from the vector.
"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders.gate_bundle import authority, make_authority, reference
from tongguan.adapters.scheme_files import (
    LoadedScheme,
    bundled_schemes,
    load_bundled,
    load_scheme_text,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HolderKey, holder_tag
from tongguan.core.credentials.keys import KeySet, KeyUse
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.gate.plain import read_situation
from tongguan.core.gate.situation import GateSituation, NotRecognised
from tongguan.core.health.code import encode_health_code
from tongguan.core.identifiers import AuthorityId, VersionId
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import encode_pass
from tongguan.core.people import Document
from tongguan.core.recognition.references import StatementKind, statement_about
from tongguan.core.recognition.state import Recognitions

FOLDER = Path(__file__).parents[2] / "conformance" / "gate"
VECTORS = sorted(FOLDER.glob("*.json"))
ISSUERS = [authority(AuthorityId(name)) for name in ("HK", "GD", "MO")]
NONSENSE = "TG1:NONSENSE"
UNLISTED = make_authority(AuthorityId("GD"))
"""The same authority with keys that stand in no list."""
HK = AuthorityId("HK")
KEYS = KeySet(
    keys=tuple(key.public for each in (*ISSUERS, UNLISTED) for key in each.signing.values())
)
TEXTS = tuple(reference(HK, each.id) for each in ISSUERS if each.id != HK)
RECOGNITIONS = Recognitions(
    lists=tuple(each.trust_list() for each in ISSUERS),
    statements=tuple(
        statement_about(text, StatementKind.SIGN, each, text.begins - timedelta(days=400))
        for text in (replace(each, begins=each.begins - timedelta(days=400)) for each in TEXTS)
        for each in (text.by, text.of)
    ),
)


def scheme_of(version: str) -> LoadedScheme:
    if version in bundled_schemes():
        return load_bundled(VersionId(version))
    loaded = load_scheme_text((FOLDER / "schemes" / f"{version}.yaml").read_bytes())
    assert isinstance(loaded, LoadedScheme), loaded
    return loaded


class Device:
    """Knows what the vector's gate knows, in the form in which a device holds it."""

    def __init__(self, given: GateSituation) -> None:
        self.given = given
        self.document = Document(type=given.holder.document_type, number="K01234567", issuer="GBR")
        self.keys = {
            period: HolderKey(scheme_id=given.version.scheme, period=period, secret=bytes(32))
            for period in given.holder.tags
        }

    def bound(self, claims: Any) -> Any:
        """The claims with the tag of the document here, where they had that of the vector's."""
        period = claims.holder_period
        if self.given.holder.tags.get(period) != claims.holder_tag:
            return claims
        tag = holder_tag(
            self.keys[period],
            document_type=self.document.type,
            document_number=self.document.number,
            issuing_country=self.document.issuer,
        )
        return replace(claims, holder_tag=tag)

    def text(self, claims: Any) -> str:
        if isinstance(claims, Unreadable):
            return NONSENSE
        if isinstance(claims, NotRecognised):
            assert claims.issuer == UNLISTED.id
            return UNLISTED.code_text()
        signing = authority(claims.issuer).signing
        if isinstance(claims, PassClaims):
            return encode_pass(self.bound(claims), signing[KeyUse.PASS])
        return encode_health_code(self.bound(claims), signing[KeyUse.HEALTH_CODE])

    def situation(self) -> GateSituation:
        given = self.given
        shown = given.pass_
        used = isinstance(shown, PassClaims) and given.earlier_use
        knowledge = GateKnowledge(
            version=given.version,
            version_digest=given.version_digest,
            phase_id=given.phase_id,
            acts=(),
            authority=HK,
            keys=KEYS,
            recognitions=RECOGNITIONS,
            holder_keys=tuple(self.keys.values()),
            status_lists=given.status_lists,
            uses={shown.pass_id: used} if isinstance(shown, PassClaims) and used else {},
        )
        presented = Presented(
            pass_text=None if shown is None else self.text(shown),
            code_texts=tuple(self.text(each) for each in given.codes),
            document=self.document,
            tests=given.tests,
            papers=given.papers,
        )
        found = knowledge.situation(
            presented,
            direction=given.direction,
            control_point=given.control_point,
            now=given.now,
        )
        return replace(
            found,
            phase_state=given.phase_state,
            suspensions=given.suspensions,
            texts_before=given.texts_before,
        )


@pytest.mark.parametrize("file", VECTORS, ids=[file.stem for file in VECTORS])
def test_device__decides_a_vector__from_signed_texts(file: Path) -> None:
    vector = json.loads(file.read_text(encoding="utf-8"))
    scheme = scheme_of(vector["situation"]["version"])
    given = read_situation(vector["situation"], scheme.version, scheme.digest)
    assert isinstance(given, GateSituation), given

    decision = decide(Device(given).situation())

    assert decision.outcome.value == vector["expected"]["outcome"]
    assert [code.value for code in decision.codes] == vector["expected"]["codes"]
