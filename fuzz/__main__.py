"""``python -m fuzz``; see ``fuzz.run``."""

import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

# The keys and examples of the tests stand among the tools.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))

try:
    # Only what is imported from here on follows branches, and of that our own alone: all of the
    # libraries would take a minute and tell nothing.
    following = import_module("atheris").instrument_imports(include=["tongguan"])
except ImportError:
    following = nullcontext()
with following:
    run = import_module("fuzz.run")

run.main(sys.argv[1:])
