"""Runs a target: under atheris where it is installed, or over mutations for a while."""

import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from fuzz import certificates, evidence, own_codes, published, recognition, requirements, rules
from fuzz.mutations import mutations
from fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *own_codes.TARGETS,
        *published.TARGETS,
        *recognition.TARGETS,
        *evidence.TARGETS,
        *certificates.TARGETS,
        *requirements.TARGETS,
        *rules.TARGETS,
    )
}
_DEFAULTS = (60, 1)
"""Seconds and seed."""


def run(target: Target, *, seed: int, seconds: float) -> int:
    """How many inputs were tried; a finding leaves as the exception that it is, with its input."""
    count = 0
    end = time.monotonic() + seconds
    for count, data in enumerate(mutations(target.seeds(), Random(seed)), start=1):  # noqa: S311 - repeatable
        try:
            target.one_input(data)
        except Exception as error:
            error.add_note(f"{target.name}, seed {seed}, input {count}: {data.hex()}")
            raise
        if time.monotonic() > end:
            break
    return count


def main(arguments: Sequence[str]) -> None:
    """``TARGET [SECONDS [SEED]]``, or ``TARGET`` with libFuzzer's options under atheris."""
    if not arguments or arguments[0] not in TARGETS:
        sys.stderr.write(f"one of: {', '.join(sorted(TARGETS))}\n")
        raise SystemExit(2)
    target, more = TARGETS[arguments[0]], arguments[1:]
    try:
        atheris = import_module("atheris")
    except ImportError:
        if len(more) > len(_DEFAULTS) or not all(each.isdecimal() for each in more):
            sys.stderr.write("TARGET [SECONDS [SEED]], whole numbers\n")
            raise SystemExit(2) from None
        seconds, seed = [*map(int, more), *_DEFAULTS[len(more) :]]
        tried = run(target, seed=seed, seconds=seconds)
        sys.stdout.write(f"{target.name}: {tried} inputs, nothing found\n")
        return
    # libFuzzer begins from files and keeps what it finds new beside them; it never comes back.
    corpus = Path(mkdtemp(prefix=f"fuzz-{target.name}-"))
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    sys.stderr.write(f"begins from the files in {corpus}\n")
    atheris.Setup([sys.argv[0], *more, str(corpus)], target.one_input)
    atheris.Fuzz()
