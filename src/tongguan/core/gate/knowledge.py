"""What a gate knows before anyone stands before it, on a device and on a server alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from tongguan.core.calendar import whole_second
from tongguan.core.credentials.cwt import open_texts
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.holder import HolderKey, document_text, tag_of
from tongguan.core.credentials.keys import KeySet
from tongguan.core.credentials.status_list import StatusList
from tongguan.core.gate.situation import EarlierUse, GateSituation, Holder, NotRecognised
from tongguan.core.health.code import (
    HealthCodeClaims,
    expected_health_code,
    health_code_of,
    read_health_code,
)
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import (
    AuthorityId,
    ControlPointId,
    DirectionId,
    PassId,
    PhaseId,
    VersionDigest,
)
from tongguan.core.passes.claims import PassClaims
from tongguan.core.passes.code import expected_pass, pass_of
from tongguan.core.people import Document
from tongguan.core.recognition.references import RecognisedUse
from tongguan.core.recognition.state import Recognitions
from tongguan.core.scheme.acts import Act
from tongguan.core.scheme.figures import DailyFigures
from tongguan.core.scheme.history import History, history_of, last_act_at
from tongguan.core.scheme.model import Version
from tongguan.core.scheme.state import PhaseStanding, PhaseState, find_phase

CODES_MAX = 8
"""Health codes looked at for one person; more are unreadable as a whole."""
_Pass: TypeAlias = PassClaims | Unreadable | None
_Code: TypeAlias = HealthCodeClaims | NotRecognised | Unreadable


@dataclass(frozen=True, kw_only=True, slots=True)
class Presented:
    """What a person puts before the gate: texts as scanned, papers as read, and their document."""

    pass_text: str | None = field(repr=False)
    code_texts: tuple[str, ...] = field(repr=False)
    document: Document = field(repr=False)
    tests: tuple[PresentedTest, ...] = field(default=(), repr=False)
    papers: PresentedPapers | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Second:
    """What follows from signed statements, the same for everybody who comes within one second."""

    begins: datetime
    last_act_at: datetime | None
    history: History
    """As it has been since the last act."""
    standing: PhaseStanding
    texts_before: tuple[VersionDigest, ...]
    """Other texts of the scheme that were in force."""
    code_keys: KeySet
    """Keys under which a health code counts: this authority's own, and those it recognises."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateKnowledge:
    """Everything verified that decisions rest on; what is missing refers, it never admits."""

    version: Version
    version_digest: VersionDigest
    phase_id: PhaseId
    acts: tuple[Act, ...]
    """Acts of both authorities; the state of the phase follows from them at each instant."""
    authority: AuthorityId
    """Whose gate it is, and whose recognition counts here."""
    keys: KeySet
    """Keys of both authorities, this gate's own authority first."""
    recognitions: Recognitions
    """Whose keys for health codes this authority recognises; without any, its own alone count."""
    holder_keys: tuple[HolderKey, ...] = field(repr=False)
    status_lists: tuple[StatusList, ...] = ()
    figures: tuple[DailyFigures, ...] = ()
    """Daily figures of the scheme, for the breakers that suspend by themselves."""
    uses: Mapping[PassId, EarlierUse] = field(default_factory=dict)
    """Passes already used, as far as this gate's authority knows."""
    texts_before: Mapping[VersionDigest, Version] = field(default_factory=dict)
    """Earlier texts of the scheme; only those that the acts show to have been in force count."""
    _last_second: list[_Second] = field(default_factory=list, init=False, repr=False, compare=False)

    def situation(
        self,
        presented: Presented,
        *,
        direction: DirectionId,
        control_point: ControlPointId,
        now: datetime,
    ) -> GateSituation:
        """The situation in which ``decide`` decides: texts read, tags computed, use looked up."""
        second = self._second(whole_second(now))
        pass_, codes = self._read(presented, second.code_keys)
        return GateSituation(
            version=self.version,
            version_digest=self.version_digest,
            phase_id=self.phase_id,
            phase_state=second.standing.state,
            direction=direction,
            control_point=control_point,
            now=now,
            pass_=pass_,
            codes=codes,
            holder=Holder(
                document_type=presented.document.type, tags=self._tags(presented.document)
            ),
            earlier_use=self.uses.get(pass_.pass_id) if isinstance(pass_, PassClaims) else None,
            status_lists=self.status_lists,
            suspensions=second.standing.suspensions,
            texts_before=second.texts_before,
            tests=presented.tests,
            papers=presented.papers,
        )

    def _second(self, begins: datetime) -> _Second:
        """Whatever is signed begins and ends on whole seconds, so nothing changes within one."""
        for last in self._last_second:
            if last.begins == begins:
                return last
        found = self._worked_out(begins)
        self._last_second[:] = [found]
        return found

    def _worked_out(self, at: datetime) -> _Second:
        last = last_act_at(self.acts, at)
        history = next(
            (each.history for each in self._last_second if each.last_act_at == last), None
        )
        if history is None:
            texts = {**self.texts_before, self.version_digest: self.version}
            history = history_of(texts, self.acts, at)
        phase = find_phase(self.version, self.phase_id)
        standing = (
            PhaseStanding(state=PhaseState.NOT_ACTIVE, since=None)
            if phase is None
            else history.standing(self.version_digest, phase, at, self.figures)
        )
        return _Second(
            begins=at,
            last_act_at=last,
            history=history,
            standing=standing,
            texts_before=history.in_force_before(self.version_digest),
            code_keys=self._code_keys(at),
        )

    def _code_keys(self, at: datetime) -> KeySet:
        recognised = self.recognitions.keys_for(self.authority, RecognisedUse.HEALTH_CODE, at)
        return KeySet(
            keys=tuple(
                key
                for key in self.keys.keys
                if key.authority == self.authority
                or key.key_id in recognised.get(key.authority, frozenset())
            )
        )

    def _read(self, presented: Presented, keys: KeySet) -> tuple[_Pass, tuple[_Code, ...]]:
        """The pass, and the codes under the keys that count for them; all texts are opened at once.

        More codes than are looked at are unreadable as a whole.
        """
        texts = presented.code_texts
        if len(texts) > CODES_MAX:
            detail = f"more than {CODES_MAX} codes"
            too_many = Unreadable(code=ReadFault.UNREADABLE_CLAIMS, detail=detail)
            return self._read(replace(presented, code_texts=()), keys)[0], (too_many,)
        passes = [] if presented.pass_text is None else [presented.pass_text]
        as_pass, as_code = expected_pass(self.keys), expected_health_code(keys)
        opened = open_texts(
            [*((each, as_pass) for each in passes), *((each, as_code) for each in texts)]
        )
        codes = zip(texts, opened[len(passes) :], strict=True)
        return (
            pass_of(opened[0]) if passes else None,
            tuple([self._recognised(text, health_code_of(claims)) for text, claims in codes]),
        )

    def _recognised(self, text: str, code: HealthCodeClaims | Unreadable) -> _Code:
        """What was read; or that it would have been, under a key that is not recognised."""
        if isinstance(code, HealthCodeClaims) or code.code is not ReadFault.UNKNOWN_KEY:
            return code
        unrecognised = read_health_code(text, self.keys)
        if isinstance(unrecognised, HealthCodeClaims):
            return NotRecognised(issuer=unrecognised.issuer)
        return unrecognised

    def _tags(self, document: Document) -> Mapping[str, bytes]:
        """The document's tag in each month known; none for a number that no tag can stand for."""
        try:
            text = document_text(document.type, document.number, document.issuer)
        except ValueError:
            return {}
        return {
            key.period: tag_of(key, text)
            for key in self.holder_keys
            if key.scheme_id == self.version.scheme
        }
