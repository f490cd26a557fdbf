"""A gate's bundle with real signatures: two authorities, their acts, lists, passes and codes."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.builders.gate import hong_kong
from tests.builders.schemes import GD, HK, HOME, OUT, PILOT, SZB
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
from tongguan.core.credentials.status_list import (
    StatusList,
    StatusPurpose,
    encode_status_list,
)
from tongguan.core.gate.bundle import Bundle
from tongguan.core.gate.knowledge import Presented
from tongguan.core.health.code import HealthCodeClaims, encode_health_code
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
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
    TrustList,
    sign_trust_list,
    trust_list_digest,
    trust_list_of,
)
from tongguan.core.scheme.acts import Act, ActKind, sign_act
from tongguan.core.scheme.model import Leg
from tongguan.core.texts import Text

ASSUMED = VersionId("hk-gd-2021-assumed")
NOON = datetime(2021, 12, 13, 4, 0, tzinfo=UTC)
PERIOD = "2021-12"
DOCUMENT = Document(type=DocumentType.PASSPORT, number="K01234567", issuer="GBR")
"""Gives a right of entry to neither side."""
PASS_ID = PassId(bytes(range(16)))
_SIGNING = (
    KeyUse.FACTS,
    KeyUse.HEALTH_CODE,
    KeyUse.PASS,
    KeyUse.SCHEME,
    KeyUse.STATUS_LIST,
)
_BEGINS, _ENDS = datetime(2021, 11, 1, tzinfo=UTC), datetime(2022, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class TestAuthority:
    """Keys of one authority, made anew for each run of the tests."""

    __test__ = False
    id: AuthorityId
    signing: dict[KeyUse, SigningKey]
    agreement: AgreementKey

    @property
    def key_set(self) -> bytes:
        public = (*(key.public for key in self.signing.values()), self.agreement.public)
        published = PublishedKeySet(
            authority=self.id, issued_at=hong_kong(12, "08:00"), keys=KeySet(keys=public)
        )
        return sign_key_set(published, self.signing[KeyUse.SCHEME])

    def trust_list(self, **changes: Any) -> TrustList:
        """Its first list, of 12 December, with all its keys."""
        made = trust_list_of(
            self.id,
            KeySet(keys=tuple(key.public for key in self.signing.values())),
            ("test-1",),
            version=1,
            at=hong_kong(12, "08:00"),
        )
        return replace(made, **changes)

    def signed_list(self, **changes: Any) -> bytes:
        return sign_trust_list(self.trust_list(**changes), self.signing[KeyUse.SCHEME]).message

    def states(
        self, text: Reference, kind: StatementKind = StatementKind.SIGN, clock: str = "08:00"
    ) -> bytes:
        """A statement of 13 December about a reference."""
        statement = statement_about(text, kind, self.id, hong_kong(13, clock))
        return sign_recognition(statement, self.signing[KeyUse.SCHEME]).message

    @property
    def fingerprint(self) -> str:
        return self.signing[KeyUse.SCHEME].public.fingerprint

    def act(self, kind: ActKind, clock: str = "08:00", **more: Any) -> bytes:
        """A signed act of 13 December on the assumed version."""
        scheme = assumed()
        if kind is not ActKind.SIGN_VERSION:
            more = {"phase": PILOT} | more
        act = Act(
            kind=kind,
            authority=self.id,
            scheme=scheme.version.scheme,
            version=scheme.version.id,
            digest=scheme.digest,
            at=hong_kong(13, clock),
            **more,
        )
        return sign_act(act, self.signing[KeyUse.SCHEME]).message

    def status_list(self, list_id: str, *set_indices: int, at: datetime = NOON) -> bytes:
        """A signed list of revocations in which these indices are set."""
        status_list = StatusList.of(
            set_indices,
            issuer=self.id,
            purpose=StatusPurpose.REVOCATION,
            list_id=list_id,
            issued_at=at,
            capacity=64,
        )
        return encode_status_list(status_list, self.signing[KeyUse.STATUS_LIST])

    def pass_text(self, way: DirectionId = OUT, **changes: Any) -> str:
        """A pass of the holder of ``DOCUMENT`` for the morning slot of 13 December."""
        values: dict[str, Any] = {
            "pass_id": PASS_ID,
            "issuer": self.id,
            "scheme_id": assumed().version.scheme,
            "version_digest": bytes.fromhex(assumed().digest)[:8],
            "direction": way,
            "leg": Leg.OUT if way == OUT else Leg.HOME,
            "category": CategoryId("family"),
            "service_day": date(2021, 12, 13),
            "slot_start": hong_kong(13, "10:00"),
            "slot_end": hong_kong(13, "13:00"),
            "control_point": SZB,
            "name": "CHAN Tai Man",
            "holder_tag": tag_of(DOCUMENT),
            "home_day": date(2021, 12, 16) if way == OUT else None,
            "status_list": "pass",
            "status_index": 7,
            "issued_at": hong_kong(10, "09:00"),
            "expires_at": hong_kong(13, "23:59"),
        }
        return encode_pass(PassClaims(**values | changes), self.signing[KeyUse.PASS])

    def code_text(self, **changes: Any) -> str:
        """A green code of the holder of ``DOCUMENT`` for 13 December."""
        values: dict[str, Any] = {
            "code_id": b"c" * 16,
            "issuer": self.id,
            "colour": Colour.GREEN,
            "rule_version": "test-1",
            "holder_tag": tag_of(DOCUMENT),
            "holder_period": PERIOD,
            "status_list": "health",
            "status_index": 3,
            "issued_at": hong_kong(13, "08:00"),
            "valid_until": hong_kong(13, "23:59:59"),
        }
        claims = HealthCodeClaims(**values | changes)
        return encode_health_code(claims, self.signing[KeyUse.HEALTH_CODE])


def make_authority(authority: AuthorityId) -> TestAuthority:
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
    return TestAuthority(id=authority, signing=signing, agreement=agreement)


@cache
def authority(name: AuthorityId) -> TestAuthority:
    """Hong Kong, Guangdong, or a third that nobody trusts unless a test says so."""
    return make_authority(name)


@cache
def assumed() -> LoadedScheme:
    return load_bundled(ASSUMED)


@cache
def month_key(period: str = PERIOD) -> HolderKey:
    """The holder key that Hong Kong and Guangdong share for a month."""
    return holder_key(
        authority(HK).agreement,
        authority(GD).agreement.public,
        scheme_id=assumed().version.scheme,
        period=period,
    )


def tag_of(document: Document) -> bytes:
    return holder_tag(
        month_key(),
        document_type=document.type,
        document_number=document.number,
        issuing_country=document.issuer,
    )


def acts() -> tuple[bytes, ...]:
    """Both signatures, and the activation by Hong Kong."""
    hk, gd = authority(HK), authority(GD)
    return (
        hk.act(ActKind.SIGN_VERSION),
        gd.act(ActKind.SIGN_VERSION),
        hk.act(ActKind.ACTIVATE_PHASE, "08:30"),
    )


def reference(by: AuthorityId = HK, of: AuthorityId = GD, **changes: Any) -> Reference:
    """By which one recognises the other's first list from the morning of 13 December on."""
    values: dict[str, Any] = {
        "by": by,
        "of": of,
        "list_version": 1,
        "list_digest": trust_list_digest(authority(of).trust_list()),
        "usages": tuple(RecognisedUse),
        "begins": hong_kong(13, "08:00"),
        "ends": hong_kong(20, "00:00"),
    }
    return Reference(**values | changes)


def recognitions(*texts: Reference) -> tuple[bytes, ...]:
    """Both signatures under each text; without any, under the two by which each recognises."""
    return tuple(
        authority(each).states(text)
        for text in texts or (reference(HK, GD), reference(GD, HK))
        for each in (text.by, text.of)
    )


def suspension(by: AuthorityId = GD) -> bytes:
    why = Text(zh_hant="疫情", zh_hans="疫情", en="An outbreak")
    return authority(by).act(ActKind.SUSPEND, "11:00", reason=why)


def bundle(**changes: Any) -> Bundle:
    """What a gate at Shenzhen Bay carries at noon of 13 December."""
    hk, gd = authority(HK), authority(GD)
    values: dict[str, Any] = {
        "control_point": SZB,
        "phase": PhaseId("pilot"),
        "made_at": NOON - timedelta(minutes=1),
        "version": assumed().canonical,
        "texts_before": (),
        "acts": acts(),
        "figures": (),
        "key_sets": tuple((each.fingerprint, each.key_set) for each in (hk, gd)),
        "status_lists": (
            hk.status_list("pass"),
            hk.status_list("health"),
            gd.status_list("health"),
        ),
        "trust_lists": (hk.signed_list(), gd.signed_list()),
        "recognitions": recognitions(),
        "holder_keys": (month_key(),),
        "uses": (),
    }
    return Bundle(**values | changes)


def presented(way: DirectionId = OUT, **changes: Any) -> Presented:
    """Pass, both codes and document, all in order."""
    values: dict[str, Any] = {
        "pass_text": authority(HK).pass_text(way),
        "code_texts": (authority(HK).code_text(), authority(GD).code_text()),
        "document": DOCUMENT,
    }
    return Presented(**values | changes)


__all__ = ["GD", "HK", "HOME", "OUT", "SZB"]
