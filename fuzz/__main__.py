"""``python -m fuzz``; see ``fuzz.run``."""

import sys
from pathlib import Path

# The keys and examples of the tests stand among the tools.
sys.path.append(str(Path(__file__).resolve().parent.parent / "tools"))

from fuzz.run import main

main(sys.argv[1:])
