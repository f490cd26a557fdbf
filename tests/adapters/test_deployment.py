"""A deployment's root keys: made once, kept, and refused where the file is damaged."""

from pathlib import Path

import pytest

from tests.builders.authorities import deployment
from tongguan.adapters.deployment import root_keys
from tongguan.adapters.keys import KeyStoreError

NOWHERE = "postgresql://127.0.0.1:1/none"


def test_root_keys__asked_again__are_those_made_at_first(tmp_path: Path) -> None:
    own = deployment("HK", NOWHERE, tmp_path)
    assert root_keys(own) == root_keys(own)
    file = own.directory / "root-keys.json"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", '{"index": 1}', "\x00"])
def test_root_keys__damaged__are_refused_and_not_made_anew(tmp_path: Path, damaged: str) -> None:
    own = deployment("HK", NOWHERE, tmp_path)
    root_keys(own)
    file = own.directory / "root-keys.json"
    file.write_text(damaged)
    with pytest.raises(KeyStoreError, match="root keys"):
        root_keys(own)
    assert file.read_text() == damaged
