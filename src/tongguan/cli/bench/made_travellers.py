"""Travellers for a benchmark: each with a pass, two health codes and a document, all in order.

Two authorities sign the bundled scheme and activate its phase; a gate knows what its bundle holds,
every signature in it verified.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.adapters.scheme_files import LoadedScheme, load_bundled
from tongguan.core.credentials.holder import HolderKey, holder_key, holder_tag
from tongguan.core.credentials.keys import (
    AgreementKey,
    KeySet,
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
    public_half,
)
from tongguan.core.credentials.published import PublishedKeySet, sign_key_set
from tongguan.core.credentials.status_list import StatusList, StatusPurpose, encode_status_list
from tongguan.core.gate.bundle import Bundle, knowledge_of
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.gate.nodes import NodeFault
from tongguan.core.health.code import HealthCodeClaims, encode_health_code
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    PassId,
    PhaseId,
    VersionId,
)
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import encode_pass
from tongguan.core.people import Document, DocumentType
from tongguan.core.recognition.references import (
    RecognisedUse,
    Reference,
    StatementKind,
    sign_recognition,
    statement_about,
)
from tongguan.core.recognition.trust_lists import (
    SignedTrustList,
    sign_trust_list,
    trust_list_digest,
    trust_list_of,
)
from tongguan.core.scheme.acts import Act, ActKind, sign_act
from tongguan.core.scheme.model import Leg

SIGNATURES: Final = 3
"""That a decision verifies: the pass and two codes."""
NOON: Final = datetime(2021, 12, 13, 4, tzinfo=UTC)
OUT: Final = DirectionId("HK-GD")
CONTROL_POINT: Final = ControlPointId("SZB")
_HK, _GD = AuthorityId("HK"), AuthorityId("GD")
_SCHEME: Final = VersionId("hk-gd-2021-assumed")
_PHASE: Final = PhaseId("pilot")
_DAY: Final = date(2021, 12, 13)
_PERIOD: Final = "2021-12"
_BEGINS, _ENDS = datetime(2021, 11, 1, tzinfo=UTC), datetime(2022, 11, 1, tzinfo=UTC)
_SIGNING: Final = (KeyUse.HEALTH_CODE, KeyUse.PASS, KeyUse.SCHEME, KeyUse.STATUS_LIST)
_MORNING: Final = NOON - timedelta(hours=4)
_RULES: Final = "benchmark"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Authority:
    """An authority's keys, made anew for each run."""

    id: AuthorityId
    signing: dict[KeyUse, SigningKey]
    agreement: AgreementKey

    def key_set(self) -> tuple[str, bytes]:
        """The fingerprint by which the gate knows the scheme key, and the signed key set."""
        public = (*(key.public for key in self.signing.values()), self.agreement.public)
        published = PublishedKeySet(authority=self.id, issued_at=_MORNING, keys=KeySet(keys=public))
        scheme_key = self.signing[KeyUse.SCHEME]
        return scheme_key.public.fingerprint, sign_key_set(published, scheme_key)

    def act(
        self, scheme: LoadedScheme, kind: ActKind, at: datetime, phase: PhaseId | None = None
    ) -> bytes:
        act = Act(
            kind=kind,
            authority=self.id,
            scheme=scheme.version.scheme,
            version=scheme.version.id,
            digest=scheme.digest,
            phase=phase,
            at=at,
        )
        return sign_act(act, self.signing[KeyUse.SCHEME]).message

    def status_list(self, list_id: str) -> bytes:
        """A list on which nobody is revoked."""
        status_list = StatusList.of(
            (),
            issuer=self.id,
            purpose=StatusPurpose.REVOCATION,
            list_id=list_id,
            issued_at=NOON,
        )
        return encode_status_list(status_list, self.signing[KeyUse.STATUS_LIST])

    def trust_list(self) -> SignedTrustList:
        """Its first list, of the keys above."""
        made = trust_list_of(
            self.id,
            KeySet(keys=tuple(key.public for key in self.signing.values())),
            (_RULES,),
            version=1,
            at=_MORNING,
        )
        return sign_trust_list(made, self.signing[KeyUse.SCHEME])

    def signature(self, reference: Reference) -> bytes:
        """Its signature under a reference."""
        statement = statement_about(reference, StatementKind.SIGN, self.id, _MORNING)
        return sign_recognition(statement, self.signing[KeyUse.SCHEME]).message


def make_travellers(count: int) -> tuple[GateKnowledge, tuple[Presented, ...]]:
    """What the gate knows, and what so many distinct persons put before it."""
    scheme = load_bundled(_SCHEME)
    hong_kong, guangdong = _authority(_HK), _authority(_GD)
    key = holder_key(
        hong_kong.agreement,
        guangdong.agreement.public,
        scheme_id=scheme.version.scheme,
        period=_PERIOD,
    )
    knowledge = knowledge_of(_bundle(scheme, hong_kong, guangdong, key))
    if isinstance(knowledge, NodeFault):
        fault = f"a bundle of our own is not read: {knowledge.path}"
        raise RuntimeError(fault)  # noqa: TRY004 - a bug
    return knowledge, tuple(_travellers(count, scheme, hong_kong, guangdong, key))


def _authority(authority: AuthorityId) -> _Authority:
    def made(use: KeyUse) -> tuple[PublicKey, ec.EllipticCurvePrivateKey]:
        private = ec.generate_private_key(ec.SECP256R1())
        public = PublicKey(
            authority=authority,
            use=use,
            state=KeyState.ACTIVE,
            not_before=_BEGINS,
            not_after=_ENDS,
            public=public_half(private),
        )
        return public, private

    signing = {}
    for use in _SIGNING:
        public, private = made(use)
        signing[use] = SigningKey(public=public, private=private)
    public, private = made(KeyUse.AGREEMENT)
    agreement = AgreementKey(public=public, private=private)
    return _Authority(id=authority, signing=signing, agreement=agreement)


def _bundle(
    scheme: LoadedScheme, hong_kong: _Authority, guangdong: _Authority, key: HolderKey
) -> Bundle:
    activated_at = _MORNING + timedelta(minutes=30)
    return Bundle(
        control_point=CONTROL_POINT,
        phase=_PHASE,
        made_at=NOON,
        version=scheme.canonical,
        texts_before=(),
        acts=(
            hong_kong.act(scheme, ActKind.SIGN_VERSION, _MORNING),
            guangdong.act(scheme, ActKind.SIGN_VERSION, _MORNING),
            hong_kong.act(scheme, ActKind.ACTIVATE_PHASE, activated_at, _PHASE),
        ),
        figures=(),
        key_sets=(hong_kong.key_set(), guangdong.key_set()),
        status_lists=(
            hong_kong.status_list("pass"),
            hong_kong.status_list("health"),
            guangdong.status_list("health"),
        ),
        trust_lists=(guangdong.trust_list().message,),
        recognitions=_recognition(hong_kong, guangdong),
        holder_keys=(key,),
        uses=(),
    )


def _recognition(by: _Authority, of: _Authority) -> tuple[bytes, bytes]:
    """Both signatures under the reference by which one recognises the other's codes."""
    reference = Reference(
        by=by.id,
        of=of.id,
        list_version=1,
        list_digest=trust_list_digest(of.trust_list().statement),
        usages=(RecognisedUse.HEALTH_CODE,),
        begins=_MORNING,
        ends=_ENDS,
    )
    return by.signature(reference), of.signature(reference)


def _travellers(
    count: int, scheme: LoadedScheme, hong_kong: _Authority, guangdong: _Authority, key: HolderKey
) -> Iterator[Presented]:
    for number in range(count):
        document = Document(type=DocumentType.PASSPORT, number=f"K{number:08d}", issuer="GBR")
        tag = holder_tag(
            key,
            document_type=document.type,
            document_number=document.number,
            issuing_country=document.issuer,
        )
        yield Presented(
            pass_text=_pass_text(number, tag, scheme, hong_kong),
            code_texts=(
                _code_text(2 * number, tag, hong_kong),
                _code_text(2 * number + 1, tag, guangdong),
            ),
            document=document,
        )


def _pass_text(number: int, tag: bytes, scheme: LoadedScheme, issuer: _Authority) -> str:
    claims = PassClaims(
        pass_id=PassId(number.to_bytes(16)),
        issuer=issuer.id,
        scheme_id=scheme.version.scheme,
        version_digest=bytes.fromhex(scheme.digest)[:8],
        direction=OUT,
        leg=Leg.OUT,
        category=CategoryId("family"),
        service_day=_DAY,
        slot_start=NOON - timedelta(hours=2),
        slot_end=NOON + timedelta(hours=1),
        control_point=CONTROL_POINT,
        name=f"CHAN Tai Man {number}",
        holder_tag=tag,
        home_day=_DAY + timedelta(days=3),
        status_list="pass",
        status_index=number,
        issued_at=NOON - timedelta(days=3),
        expires_at=NOON + timedelta(hours=11),
    )
    return encode_pass(claims, issuer.signing[KeyUse.PASS])


def _code_text(number: int, tag: bytes, issuer: _Authority) -> str:
    claims = HealthCodeClaims(
        code_id=number.to_bytes(16),
        issuer=issuer.id,
        colour=Colour.GREEN,
        rule_version=_RULES,
        holder_tag=tag,
        holder_period=_PERIOD,
        status_list="health",
        status_index=number,
        issued_at=_MORNING,
        valid_until=NOON + timedelta(hours=11),
    )
    return encode_health_code(claims, issuer.signing[KeyUse.HEALTH_CODE])
