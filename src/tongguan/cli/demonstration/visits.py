"""When a booked party steps up to which gate, and what it shows there: its story, acted out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from tongguan.app.gates import GateRequest
from tongguan.cli.demonstration.cut_off import CutOffGate
from tongguan.cli.demonstration.laboratory import Laboratory
from tongguan.cli.demonstration.services import GateAnswer, GatePost
from tongguan.cli.demonstration.stories import Story
from tongguan.cli.demonstration.travellers import Traveller
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import DirectionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg


class Moment(IntEnum):
    """The moments of a day, in order; those between ``OPENING`` and ``CLOSED`` are slots."""

    APPLYING = 0
    BOOKING = 1
    """After the officer has decided what was waiting."""
    CANCELLING = 2
    HEALTH = 3
    """Travellers of the day get their codes."""
    BEFORE_OPENING = 4
    OPENING = 5
    FIRST_SLOT = 6
    CLOSED = 99


class When(NamedTuple):
    """A moment of a day of the demonstration."""

    day: int
    moment: int


Act = Callable[[], None]
"""What a party does at a moment."""

NOWHERE: Final = DirectionId("HK-MO")
"""A direction that the scheme does not have."""
_BREAK_AT: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Gates:
    """Where a party can go wrong and right, and who finds it ill."""

    by_leg: dict[Leg, GatePost]
    elsewhere: GatePost
    """A gate at a control point that the scheme does not use."""
    cut_off: CutOffGate
    laboratory: Laboratory
    """Enrolled by the other side."""


def slot_moment(slot: int) -> int:
    """The moment in the middle of a slot."""
    return Moment.FIRST_SLOT + slot


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of one booked party."""

    traveller: Traveller
    gates: Gates

    def planned(self) -> Iterator[tuple[When, Act]]:
        """Everything the party will do from now on, whatever becomes of it."""
        story, wish = self.traveller.party.story, self.traveller.wish
        if story in (Story.CANCELS, Story.CANCELS_AND_COMES):
            yield When(wish.out_day, Moment.CANCELLING), self.traveller.cancel
            if story is Story.CANCELS:
                return
        if story is Story.NOT_TURNING_UP:
            return
        yield from self._codes()
        if story is Story.POSITIVE_TEST:
            yield When(wish.out_day, Moment.BEFORE_OPENING), self._found_positive
        yield from self._way_out()
        yield When(self._home_day, slot_moment(wish.home_slot)), self._go_home

    @property
    def _home_day(self) -> int:
        """The day on which the party comes home, which is not the booked one in every story."""
        booked, days = self.traveller.wish.home_day, self.traveller.common.frame.days
        late = self._story is Story.DAY_LATE_HOME and booked + 1 < days
        return booked + 1 if late else booked

    def _codes(self) -> Iterator[tuple[When, Act]]:
        story, wish, frame = self._story, self.traveller.wish, self.traveller.common.frame
        out = wish.out_day - (story is Story.CODE_OF_YESTERDAY)
        ill_out, ill_home = story is Story.ILL, story is Story.ILL_ON_THE_WAY_HOME
        yield (
            When(out, Moment.HEALTH),
            lambda: self.traveller.declare(frame.day(out), ill=ill_out),
        )
        home = self._home_day
        if home != out:
            yield (
                When(home, Moment.HEALTH),
                lambda: self._declare_for_home(home, ill=ill_home),
            )

    def _declare_for_home(self, day: int, *, ill: bool) -> None:
        if self.traveller.left:
            self.traveller.declare(self.traveller.common.frame.day(day), ill=ill)

    def _way_out(self) -> Iterator[tuple[When, Act]]:
        wish = self.traveller.wish
        slot = slot_moment(wish.out_slot)
        match self._story:
            case Story.TOO_EARLY:
                before = slot - 1 if wish.out_slot else Moment.BEFORE_OPENING
                yield When(wish.out_day, before), self._step_up
            case Story.AFTER_HOURS:
                yield When(wish.out_day, Moment.CLOSED), self._step_up
                return
            case Story.DAY_LATE:
                yield When(wish.out_day + 1, slot), self._step_up
                return
            case Story.LATE:
                yield When(wish.out_day, slot + 1), self._go_out_late
                return
            case Story.FIRST_AT_THE_GATE:
                yield When(wish.out_day, Moment.OPENING), self._step_up
            case _:
                yield When(wish.out_day, slot), self._mishap
        yield When(wish.out_day, slot), self._go_out
        yield When(wish.out_day, slot + 1), self._go_out_after_suspension

    @property
    def _story(self) -> Story:
        return self.traveller.party.story

    def _found_positive(self) -> None:
        """The laboratory signs what it found of the first of the party."""
        party = self.traveller.party
        evidence = party.fresh_id("evidence", self.traveller.journey)
        self.gates.laboratory.report_positive(evidence, party.people[0].document)

    def _step_up(self) -> None:
        """Everyone shows what they should; whatever comes of it is their story."""
        for number in self.traveller.numbers:
            answer = self._show(number, Leg.OUT, "mishap")
            if answer.crossed:
                self.traveller.left.add(number)

    def _mishap(self) -> None:
        """What goes wrong on the way out, before the party does it right."""
        traveller, story = self.traveller, self._story
        if story is Story.CODE_OF_YESTERDAY:
            self._step_up()
            traveller.declare(traveller.common.frame.day(traveller.wish.out_day))
        elif story is Story.OLD_CODE:
            # Asked for once more on the same day: the codes from before are void.
            traveller.declare(traveller.common.frame.day(traveller.wish.out_day), again=True)
            self._show(0, Leg.OUT, "mishap", codes=self._old_codes(0))
        elif story is Story.POSITIVE_TEST:
            # The code of the morning is void; the one that is got for it says why.
            self._show(0, Leg.OUT, "mishap")
            traveller.declare(traveller.common.frame.day(traveller.wish.out_day), again=True)
        elif story is Story.GATE_CUT_OFF:
            decision = self.gates.cut_off.decide(self._request(0, Leg.OUT))
            traveller.common.observations.decide_cut_off(decision)
        elif story is Story.WRONG_CONTROL_POINT:
            self._show(0, Leg.OUT, "mishap", post=self.gates.elsewhere)
        elif story in _SHOWN_WRONG:
            shown = _SHOWN_WRONG[story](self)
            self._show(0, Leg.OUT, "mishap", **shown)  # type: ignore[arg-type]

    def _go_out(self) -> None:
        """The way out as it should be; again for those who come twice."""
        for number in self.traveller.numbers:
            if number not in self.traveller.left:
                answer = self._show(number, Leg.OUT, "cross")
                if answer.crossed:
                    self.traveller.left.add(number)
        if self._story is Story.COMES_TWICE:
            self._show(0, Leg.OUT, "again")

    def _go_out_late(self) -> None:
        """Referred for being late, and let through by the officer."""
        for number in self.traveller.numbers:
            answer = self._show(number, Leg.OUT, "cross")
            if self._let_through(number, Leg.OUT, answer):
                self.traveller.left.add(number)

    def _go_out_after_suspension(self) -> None:
        """Who stood before the gate while crossing was suspended is let through afterwards."""
        for number in self.suspended:
            answer = self._show(number, Leg.OUT, "resumed")
            if self._let_through(number, Leg.OUT, answer):
                self.traveller.left.add(number)

    @property
    def suspended(self) -> frozenset[int]:
        """Numbers of those whom a suspension turned away."""
        return frozenset(self.traveller.suspended - self.traveller.left)

    def _go_home(self) -> None:
        """The way home: referred where in doubt, let through by the officer, never denied."""
        for number in sorted(self.traveller.left):
            if self._story is Story.LOST_PASS_HOME and number == 0:
                # The officer looks the pass up by the document, and the person shows it.
                self._show(number, Leg.HOME, "mishap", pass_text=None)
            answer = self._show(number, Leg.HOME, "cross")
            self._let_through(number, Leg.HOME, answer)

    def _let_through(self, number: int, leg: Leg, answer: GateAnswer) -> bool:
        """Whether the person went through, if need be by an officer's word after a referral."""
        if answer.crossed or answer.decision.outcome is not Outcome.REFER:
            return answer.crossed
        return self._show(number, leg, "let_through", let_through=True).crossed

    def _show(
        self,
        number: int,
        leg: Leg,
        what: str,
        *,
        let_through: bool = False,
        post: GatePost | None = None,
        **changes: object,
    ) -> GateAnswer:
        """Step up to a gate; ``changes`` replace parts of what the person would rightly show."""
        traveller = self.traveller
        crossing = traveller.party.fresh_id("crossing", leg, number, what, traveller.journey)
        answer = traveller.common.services.cross(
            post or self.gates.by_leg[leg],
            crossing,
            self._request(number, leg, **changes),
            let_through=let_through,
        )
        traveller.common.observations.acknowledge("crossing", crossing)
        if leg is Leg.OUT and ReasonCode.PHASE_SUSPENDED in answer.decision.codes:
            traveller.suspended.add(number)
        return answer

    def _request(self, number: int, leg: Leg, **changes: object) -> GateRequest:
        traveller = self.traveller
        shown: dict[str, object] = {
            "direction": traveller.common.directions[leg].id,
            "pass_text": traveller.passes[number, leg],
            "code_texts": traveller.codes_of(number),
            "document": traveller.party.people[number].document,
        }
        if "codes" in changes:
            changes["code_texts"] = changes.pop("codes")
        return GateRequest(**shown | changes)  # type: ignore[arg-type]

    def _old_codes(self, number: int) -> tuple[str, ...]:
        traveller = self.traveller
        return tuple(traveller.old_codes[number, issuer] for issuer in traveller.common.issuers)


def _broken(text: str) -> str:
    """The text as a scratched code reads: one character is another."""
    other = "0" if text[_BREAK_AT] != "0" else "1"
    return text[:_BREAK_AT] + other + text[_BREAK_AT + 1 :]


_SHOWN_WRONG: Final[dict[Story, Callable[[Visits], dict[str, object]]]] = {
    Story.BROKEN_CODE: lambda v: {
        "codes": (_broken(v.traveller.codes_of(0)[0]), *v.traveller.codes_of(0)[1:])
    },
    Story.BROKEN_PASS: lambda v: {"pass_text": _broken(v.traveller.passes[0, Leg.OUT])},
    Story.NO_CODE: lambda v: {"codes": v.traveller.codes_of(0)[:1]},
    Story.NO_PASS: lambda _: {"pass_text": None},
    Story.OTHERS_CODE: lambda v: {"codes": v.traveller.codes_of(v.traveller.numbers[-1])},
    Story.OTHERS_PASS: lambda v: {
        "pass_text": v.traveller.passes[v.traveller.numbers[-1], Leg.OUT]
    },
    Story.WRONG_DIRECTION: lambda v: {"pass_text": v.traveller.passes[0, Leg.HOME]},
    Story.WRONG_LANE: lambda _: {"direction": NOWHERE},
}
