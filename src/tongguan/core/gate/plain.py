"""A gate situation written down as plain JSON: for the command line, for vectors, for outsiders."""

from collections.abc import Callable
from typing import TypeVar

from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.holder import HOLDER_TAG_BYTES, is_holder_period
from tongguan.core.credentials.status_list import CAPACITY_MAX, INDEX_MAX, StatusList, StatusPurpose
from tongguan.core.gate.nodes import Expected, Node, NodeFault, NodeFaultError, parse_json
from tongguan.core.gate.situation import EarlierUse, GateSituation, Holder, NotRecognised
from tongguan.core.health.code import CODE_ID_BYTES, HealthCodeClaims
from tongguan.core.health.colour_names import Colour
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.requirements import Dose, MedicalExemption, Recovery
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import (
    AuthorityId,
    CategoryId,
    ControlPointId,
    DirectionId,
    PassId,
    PhaseId,
    SchemeId,
    VersionDigest,
    VersionId,
)
from tongguan.core.passes.claims import PASS_ID_BYTES, VERSION_DIGEST_BYTES, PassClaims
from tongguan.core.people import DocumentType
from tongguan.core.scheme.model import Leg, Version
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import Suspension
from tongguan.core.texts import Text

Read = TypeVar("Read")
DIGEST_BYTES = 32
SITUATION_BYTES_MAX = 1024 * 1024
DOSES_MAX = 20
"""The greatest number that a dose may have."""
_UNREADABLE = "unreadable"
_NOT_RECOGNISED = "not_recognised"
_IN_VECTORS = "situation"
_UNSAID = Text(zh_hant="", zh_hans="", en="")


def read_situation(
    data: object, version: Version, digest: VersionDigest
) -> GateSituation | NodeFault:
    """The situation that the data says, under this version, or the first fault in it.

    ``data`` is what a JSON reader returns. ``version`` in it must be the version's id;
    ``version_digest`` may stand in it to judge passes by another digest than the version's own.
    """
    try:
        return _situation(Node(value=data), version, digest)
    except NodeFaultError as error:
        return error.fault


def read_situation_text(
    text: bytes, load: Callable[[VersionId], tuple[Version, VersionDigest] | None]
) -> GateSituation | NodeFault:
    """The situation in a JSON text, under the version that it names, or the first fault in it.

    ``load`` gives a version by its id, or ``None``. In a file of vectors the situation is the
    member ``situation``; every other text is the situation itself.
    """
    data = parse_json(text, bytes_max=SITUATION_BYTES_MAX)
    if isinstance(data, NodeFault):
        return data
    if isinstance(data, dict) and _IN_VECTORS in data:
        data = data[_IN_VECTORS]
    try:
        named = Node(value=data).entries().get("version", Node(value=None, path="version"))
        loaded = load(VersionId(named.identifier()))
        if loaded is None:
            raise named.fault(Expected.VALUE, "no such version is known here")
    except NodeFaultError as error:
        return error.fault
    return read_situation(data, *loaded)


def _situation(node: Node, version: Version, digest: VersionDigest) -> GateSituation:
    part = node.members(
        (
            "version",
            "phase",
            "direction",
            "control_point",
            "now",
            "pass",
            "codes",
            "holder",
            "earlier_use",
            "status_lists",
        ),
        optional=("version_digest", "texts_before", "tests", "papers"),
    )
    if part["version"].identifier() != version.id:
        raise part["version"].fault(Expected.ONE_OF, version.id)
    if not part["version_digest"].is_null:
        digest = VersionDigest(part["version_digest"].octets(DIGEST_BYTES).hex())
    phase = part["phase"].members(("id", "state"), optional=("suspensions",))
    orders, texts_before = phase["suspensions"], part["texts_before"]
    return GateSituation(
        version=version,
        version_digest=digest,
        phase_id=PhaseId(phase["id"].identifier()),
        phase_state=phase["state"].choice(PhaseState),
        direction=DirectionId(part["direction"].identifier()),
        control_point=ControlPointId(part["control_point"].identifier()),
        now=part["now"].instant(),
        pass_=_pass(part["pass"]),
        codes=tuple(_code(each) for each in part["codes"].items()),
        holder=_holder(part["holder"]),
        earlier_use=_earlier_use(part["earlier_use"]),
        status_lists=tuple(_status_list(each) for each in part["status_lists"].items()),
        suspensions=() if orders.is_null else tuple(_suspension(each) for each in orders.items()),
        texts_before=()
        if texts_before.is_null
        else tuple(VersionDigest(each.octets(DIGEST_BYTES).hex()) for each in texts_before.items()),
        tests=_several(part["tests"], _test),
        papers=None if part["papers"].is_null else _papers(part["papers"]),
    )


def _unreadable(node: Node) -> Unreadable | None:
    """A code that could not be read stands as an object with this one member."""
    members = node.entries()
    if _UNREADABLE not in members:
        return None
    fault = node.members((_UNREADABLE,))[_UNREADABLE].choice(ReadFault)
    return Unreadable(code=fault, detail="as the situation says")


def _pass(node: Node) -> PassClaims | Unreadable | None:
    if node.is_null:
        return None
    unreadable = _unreadable(node)
    if unreadable is not None:
        return unreadable
    part = node.members(
        (
            "id",
            "issuer",
            "scheme",
            "version_digest",
            "direction",
            "leg",
            "category",
            "service_day",
            "slot_start",
            "slot_end",
            "control_point",
            "holder_tag",
            "status_list",
            "status_index",
            "issued_at",
            "expires_at",
        ),
        optional=("home_day", "name", "not_before"),
    )
    home_day, not_before = part["home_day"], part["not_before"]
    try:
        return PassClaims(
            pass_id=PassId(part["id"].octets(PASS_ID_BYTES)),
            issuer=AuthorityId(part["issuer"].identifier()),
            scheme_id=SchemeId(part["scheme"].identifier()),
            version_digest=part["version_digest"].octets(VERSION_DIGEST_BYTES),
            direction=DirectionId(part["direction"].identifier()),
            leg=part["leg"].choice(Leg),
            category=CategoryId(part["category"].identifier()),
            service_day=part["service_day"].day(),
            slot_start=part["slot_start"].instant(),
            slot_end=part["slot_end"].instant(),
            control_point=ControlPointId(part["control_point"].identifier()),
            name="-" if part["name"].is_null else part["name"].text(),
            holder_tag=part["holder_tag"].octets(HOLDER_TAG_BYTES),
            home_day=None if home_day.is_null else home_day.day(),
            status_list=part["status_list"].identifier(),
            status_index=part["status_index"].whole_number(0, INDEX_MAX),
            issued_at=part["issued_at"].instant(),
            not_before=None if not_before.is_null else not_before.instant(),
            expires_at=part["expires_at"].instant(),
        )
    except ValueError as error:
        raise node.fault(Expected.VALUE, str(error)) from error


def _code(node: Node) -> HealthCodeClaims | NotRecognised | Unreadable:
    unreadable = _unreadable(node)
    if unreadable is not None:
        return unreadable
    if _NOT_RECOGNISED in node.entries():
        issuer = node.members((_NOT_RECOGNISED,))[_NOT_RECOGNISED].identifier()
        return NotRecognised(issuer=AuthorityId(issuer))
    part = node.members(
        (
            "id",
            "issuer",
            "colour",
            "rule_version",
            "holder_tag",
            "status_list",
            "status_index",
            "issued_at",
            "valid_until",
            "holder_period",
        )
    )
    try:
        return HealthCodeClaims(
            code_id=part["id"].octets(CODE_ID_BYTES),
            issuer=AuthorityId(part["issuer"].identifier()),
            colour=part["colour"].choice(Colour),
            rule_version=part["rule_version"].identifier(),
            holder_tag=part["holder_tag"].octets(HOLDER_TAG_BYTES),
            holder_period=part["holder_period"].identifier(),
            status_list=part["status_list"].identifier(),
            status_index=part["status_index"].whole_number(0, INDEX_MAX),
            issued_at=part["issued_at"].instant(),
            valid_until=part["valid_until"].instant(),
        )
    except ValueError as error:
        raise node.fault(Expected.VALUE, str(error)) from error


def _suspension(node: Node) -> Suspension:
    """An order as far as it decides: neither its name nor its reason does."""
    part = node.members(
        ("announced_at", "effective_at"),
        optional=("authority", "breaker", "control_points", "directions", "until"),
    )
    named = part["authority"], part["breaker"]
    authority, breaker = (None if each.is_null else each.identifier() for each in named)
    points, ways = part["control_points"], part["directions"]
    return Suspension(
        order="",
        authority=None if authority is None else AuthorityId(authority),
        breaker=breaker,
        control_points=None
        if points.is_null
        else tuple(ControlPointId(each.identifier()) for each in points.items()),
        directions=None
        if ways.is_null
        else tuple(DirectionId(each.identifier()) for each in ways.items()),
        announced_at=part["announced_at"].instant(),
        effective_at=part["effective_at"].instant(),
        until=None if part["until"].is_null else part["until"].instant(),
        reason=_UNSAID,
    )


def _test(node: Node) -> PresentedTest:
    part = node.members(("sampled_at", "specimen", "read_by"), optional=("reported_at",))
    reported_at = part["reported_at"]
    try:
        return PresentedTest(
            sampled_at=part["sampled_at"].instant(),
            reported_at=None if reported_at.is_null else reported_at.instant(),
            specimen=part["specimen"].identifier(),
            read_by=part["read_by"].identifier(),
        )
    except ValueError as error:
        raise node.fault(Expected.VALUE, str(error)) from error


def read_papers(data: object) -> PresentedPapers | NodeFault:
    """The health papers that the data says, as a situation holds them, or the first fault."""
    try:
        return _papers(Node(value=data))
    except NodeFaultError as error:
        return error.fault


def _papers(node: Node) -> PresentedPapers:
    kinds = ("doses", "recoveries", "medical_exemptions")
    part = node.members(("read_by",), optional=(*kinds, "born_on"))
    return PresentedPapers(
        doses=_several(part["doses"], _dose),
        recoveries=_several(part["recoveries"], _recovery),
        medical_exemptions=_several(part["medical_exemptions"], _medical_exemption),
        born_on=None if part["born_on"].is_null else part["born_on"].day(),
        read_by=part["read_by"].identifier(),
    )


def _several(node: Node, read: Callable[[Node], Read]) -> tuple[Read, ...]:
    return () if node.is_null else tuple(read(each) for each in node.items())


def _dose(node: Node) -> Dose:
    part = node.members(("number", "given_on", "product"))
    return Dose(
        number=part["number"].whole_number(1, DOSES_MAX),
        given_on=part["given_on"].day(),
        product=part["product"].identifier(),
    )


def _recovery(node: Node) -> Recovery:
    return Recovery(
        first_positive_on=node.members(("first_positive_on",))["first_positive_on"].day()
    )


def _medical_exemption(node: Node) -> MedicalExemption:
    part = node.members(("ground", "first_day"), optional=("last_day",))
    last_day = part["last_day"]
    try:
        return MedicalExemption(
            ground=part["ground"].identifier(),
            first_day=part["first_day"].day(),
            last_day=None if last_day.is_null else last_day.day(),
        )
    except ValueError as error:
        raise node.fault(Expected.VALUE, str(error)) from error


def _holder(node: Node) -> Holder:
    part = node.members(("document_type", "tags"))
    tags = part["tags"].entries()
    for period, tag in tags.items():
        if not is_holder_period(period):
            raise tag.fault(Expected.NO_SUCH_MEMBER, "2021-12")
    return Holder(
        document_type=part["document_type"].choice(DocumentType),
        tags={period: tag.octets(HOLDER_TAG_BYTES) for period, tag in tags.items()},
    )


def _earlier_use(node: Node) -> EarlierUse | None:
    if node.is_null:
        return None
    part = node.members(("used_at", "control_point"))
    return EarlierUse(
        used_at=part["used_at"].instant(),
        control_point=ControlPointId(part["control_point"].identifier()),
    )


def _status_list(node: Node) -> StatusList:
    part = node.members(("issuer", "list", "purpose", "issued_at", "capacity", "set"))
    capacity = part["capacity"].whole_number(8, CAPACITY_MAX)
    try:
        return StatusList.of(
            [each.whole_number(0, capacity - 1) for each in part["set"].items()],
            issuer=AuthorityId(part["issuer"].identifier()),
            purpose=part["purpose"].choice(StatusPurpose),
            list_id=part["list"].identifier(),
            issued_at=part["issued_at"].instant(),
            capacity=capacity,
        )
    except ValueError as error:
        raise node.fault(Expected.VALUE, str(error)) from error
