"""The gates of a demonstration, one for each authority, and the tokens to try them with."""

import json
import os
import secrets
from pathlib import Path
from typing import Final

from tongguan.app.gates import enrol_gate, gate_of_token
from tongguan.cli.pair import Pair
from tongguan.core.identifiers import AuthorityId, ControlPointId

FILE: Final = "demonstration-gates.json"
_TOKEN_BYTES: Final = 32


def enrol_demonstration_gates(pair: Pair, control_point: ControlPointId, directory: Path) -> None:
    """Enrol the gates that have not been; the tokens stand in a file for the owner alone."""
    tokens = gate_tokens(directory)
    for name, authority in pair.by_id.items():
        token = tokens.get(name)
        if token is None or gate_of_token(authority, token) is None:
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            enrol_gate(
                authority,
                name=f"demonstration {control_point}",
                control_point=control_point,
                token=token,
            )
            tokens[name] = token
            _keep(directory / FILE, tokens)


def gate_tokens(directory: Path) -> dict[AuthorityId, str]:
    """The token of each authority's demonstration gate; none before the first run."""
    try:
        content = json.loads((directory / FILE).read_text(encoding="ascii"))
    except FileNotFoundError:
        return {}
    return {AuthorityId(name): str(token) for name, token in content.items()}


def _keep(path: Path, tokens: dict[AuthorityId, str]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(tokens, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
