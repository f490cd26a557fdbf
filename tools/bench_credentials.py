"""How many passes and health codes one core reads a second, beside a bare ES256 verification.

    python tools/bench_credentials.py [--seconds 5] [--json]

The machine is shared and its speed varies, so the ratio to the bare verification of the same run
is the number that can be compared.
"""

import argparse
import json
import time
from collections.abc import Callable

from credential_examples import (
    HEALTH_CODE_KEY,
    PASS_KEY,
    health_code_claims,
    message_of,
    pass_claims,
    text_of,
)
from credential_test_keys import trusted_test_keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tongguan.core.health.code import encode_health_code, read_health_code
from tongguan.core.passes.code import encode_pass, read_pass

BARE = "bare ES256 verification"


def rates(seconds: float) -> dict[str, float]:
    """Calls a second of each operation, taken in turns so that all share the same disturbance."""
    operations = _operations()
    spent = dict.fromkeys(operations, 0.0)
    calls = dict.fromkeys(operations, 0)
    while sum(spent.values()) < seconds:
        for name, operation in operations.items():
            started = time.perf_counter()
            for _ in range(50):
                operation()
            spent[name] += time.perf_counter() - started
            calls[name] += 50
    return {name: calls[name] / spent[name] for name in operations}


def _operations() -> dict[str, Callable[[], object]]:
    keys = trusted_test_keys()
    message = bytes(400)
    algorithm = ec.ECDSA(hashes.SHA256())
    signature = PASS_KEY.private.sign(message, algorithm)
    public = PASS_KEY.private.public_key()
    pass_text = encode_pass(pass_claims(), PASS_KEY)
    code_text = encode_health_code(health_code_claims(), HEALTH_CODE_KEY)
    broken = bytearray(message_of(pass_text))
    broken[-1] ^= 1
    broken_text = text_of(bytes(broken))
    if read_pass(pass_text, keys) != pass_claims():
        raise RuntimeError("the example pass is not read: nothing to measure")
    return {
        BARE: lambda: public.verify(signature, message, algorithm),
        "pass read": lambda: read_pass(pass_text, keys),
        "pass refused, bad signature": lambda: read_pass(broken_text, keys),
        "pass refused, megabyte of letters": lambda: read_pass(_LETTERS, keys),
        "pass signed": lambda: encode_pass(pass_claims(), PASS_KEY),
        "health code read": lambda: read_health_code(code_text, keys),
    }


_LETTERS = "A" * 2**20


def main() -> None:
    """Measure and print, as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="in all")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measured = rates(arguments.seconds)
    ratios = {name: rate / measured[BARE] for name, rate in measured.items()}
    if arguments.json:
        print(json.dumps({"per_second": measured, "ratio_to_bare": ratios}, indent=2))
        return
    for name, rate in measured.items():
        print(f"{name:36} {rate:12,.0f} a second   {ratios[name]:8.2f} of bare")


if __name__ == "__main__":
    main()
