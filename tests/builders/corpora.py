"""Test data that others published, which stand beside the project and are none of its own."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "corpora"


def corpus(name: str) -> Path:
    """The directory of a corpus; the test is skipped where it is absent."""
    directory = Path(os.environ.get("TONGGUAN_CORPORA", _BESIDE)) / name
    if not directory.is_dir():
        pytest.skip(f"the corpus {name} is not here; TONGGUAN_CORPORA may name where it is")
    return directory
