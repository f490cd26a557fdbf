"""A gate that has lost its link: it decides from the bundle it was given, and records nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tongguan.app.gates import GateRequest
from tongguan.core.decisions import Decision
from tongguan.core.gate.bundle import knowledge_of, read_bundle
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.gate.nodes import NodeFault
from tongguan.core.identifiers import ControlPointId
from tongguan.gate.checkpoint import decide_texts


@dataclass(slots=True)
class CutOffGate:
    """Knows what its bundle says and what time it is, and no more."""

    control_point: ControlPointId
    now: Callable[[], datetime]
    """Its own clock."""
    _knowledge: GateKnowledge | None = field(default=None, init=False, repr=False)

    def learn(self, bundle: bytes) -> None:
        """Take over a bundle while the link still stands; ``ValueError`` for one it refuses."""
        read = read_bundle(bundle)
        known = read if isinstance(read, NodeFault) else knowledge_of(read)
        if isinstance(known, NodeFault):
            raise ValueError(f"{known.path}: {known.detail}")  # noqa: TRY004 - of the text
        self._knowledge = known

    def decide(self, request: GateRequest) -> Decision:
        """The decision by the program of the gate device."""
        if self._knowledge is None:
            raise ValueError("a gate without a bundle cannot decide")
        return decide_texts(
            self._knowledge,
            request.presented,
            direction=request.direction,
            control_point=self.control_point,
            now=self.now(),
        )
