"""Write what is derived from the forms of the scheme language: its schema and its reference."""

import json
from pathlib import Path

from tongguan.core.scheme.language.published import json_schema, reference

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = ROOT / "src/tongguan/schemes/scheme.schema.json"
GUIDE = ROOT / "docs/scheme-language.md"
BEGINS = "<!-- reference begins: written by tools/write_scheme_language.py -->\n"
ENDS = "<!-- reference ends -->\n"


def schema_text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def guide_with_reference(guide: str) -> str:
    """The guide with the reference between its two marks."""
    before, rest = guide.split(BEGINS)
    _, after = rest.split(ENDS)
    return f"{before}{BEGINS}\n{reference()}\n{ENDS}{after}"


def main() -> None:
    """Write both files anew."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    GUIDE.write_text(guide_with_reference(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
