"""The decision of a gate device, from the texts it scanned and the bundle it carries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.gate.bundle import knowledge_of
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge, Presented
from tongguan.core.gate.nodes import NodeFault
from tongguan.core.identifiers import ControlPointId, DirectionId
from tongguan.core.reasons import ReasonCode
from tongguan.gate.bundle import CarriedBundle, load_bundle

GATE_FAILED = "gate_failed"
"""Fault of a decision that the device's own failure cut short."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """A gate ready to decide: where it stands, what it knows, how far its clock is off."""

    control_point: ControlPointId
    knowledge: GateKnowledge
    clock_offset: timedelta

    def decide(
        self, presented: Presented, *, direction: DirectionId, device_clock: datetime
    ) -> Decision:
        """Whether the person may cross now, by the authority's time."""
        return decide_texts(
            self.knowledge,
            presented,
            direction=direction,
            control_point=self.control_point,
            now=device_clock + self.clock_offset,
        )


def open_checkpoint(path: Path) -> Checkpoint | NodeFault:
    """The gate of a device's file, every signature verified; OSError without a readable file."""
    carried = load_bundle(path)
    return carried if isinstance(carried, NodeFault) else checkpoint_of(carried)


def checkpoint_of(carried: CarriedBundle) -> Checkpoint | NodeFault:
    """The gate of a bundle, every signature verified."""
    knowledge = knowledge_of(carried.bundle)
    if isinstance(knowledge, NodeFault):
        return knowledge
    return Checkpoint(
        control_point=carried.bundle.control_point,
        knowledge=knowledge,
        clock_offset=carried.clock_offset,
    )


def decide_texts(
    knowledge: GateKnowledge,
    presented: Presented,
    *,
    direction: DirectionId,
    control_point: ControlPointId,
    now: datetime,
) -> Decision:
    """The decision on texts as scanned, as the server would decide; a failure refers."""
    try:
        return decide(
            knowledge.situation(
                presented, direction=direction, control_point=control_point, now=now
            )
        )
    except Exception as error:  # noqa: BLE001 - a gate neither opens nor strands by its own fault
        facts = {"fault": GATE_FAILED, "error": type(error).__name__}
        reason = Reason(code=ReasonCode.PASS_UNREADABLE, facts=facts)
        return Decision(outcome=Outcome.REFER, reasons=(reason,))
