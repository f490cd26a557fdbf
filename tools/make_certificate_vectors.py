"""Write the conformance vectors of certificates that others issue.

    python tools/make_certificate_vectors.py [FOLDER]

Each vector is one JSON file named after what is right or wrong with it, below its format's folder
in `good` or `bad`; whom it is read under stands in `trust`. All keys are test keys that everybody
can make again (`certificate_test_keys.py`), and every file comes out the same each time.
"""

import argparse
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from card_examples import TRUST as CARD_TRUST
from card_vectors import card_vectors
from certificate_vector import CertificateVector
from hcert_examples import TRUST as HCERT_TRUST
from hcert_vectors import hcert_vectors
from seal_examples import TRUST as SEAL_TRUST
from seal_vectors import seal_vectors

FOLDER = Path(__file__).resolve().parent.parent / "conformance" / "credentials"
TRUST_FOLDER = "trust"
FORMATS = ("hcert", "shc", "vds-nc")


def vectors() -> Mapping[str, tuple[CertificateVector, ...]]:
    """Every vector there is, by the folder of its format."""
    made = (hcert_vectors(), card_vectors(), seal_vectors())
    return {name: tuple(each) for name, each in zip(FORMATS, made, strict=True)}


def trust_files() -> dict[str, bytes]:
    """Everybody whom some vector is read under, by path below ``trust``."""
    return HCERT_TRUST | CARD_TRUST | SEAL_TRUST


def files() -> dict[str, bytes]:
    """Every file by its path below the folder."""
    made = {f"{TRUST_FOLDER}/{name}": content for name, content in trust_files().items()}
    for name, of_format in vectors().items():
        for vector in of_format:
            path = f"{name}/{'good' if vector.is_good else 'bad'}/{vector.name}.json"
            if path in made:
                raise ValueError(f"two vectors are named {path}")
            text = json.dumps(vector.as_data(), ensure_ascii=False, indent=2)
            made[path] = f"{text}\n".encode()
    return made


def write(folder: Path) -> int:
    """Write every file anew and remove those that are no more; returns how many."""
    made = files()
    for name in (TRUST_FOLDER, *FORMATS):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path, content in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return len(made)


def main() -> None:
    """Write the vectors into the folder named, or into the project's own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    print(f"{write(arguments.folder)} files")


if __name__ == "__main__":
    main()
