"""From plain data to a version, or to every fault at once; and back."""

from typing import cast

from tongguan.core.scheme.faults import Fault, FaultCode, Positions
from tongguan.core.scheme.language.forms import Node, Parsed, built
from tongguan.core.scheme.language.reader import Reader
from tongguan.core.scheme.language.versions import VERSION
from tongguan.core.scheme.meaning import check_meaning
from tongguan.core.scheme.model import Version


def read_version(data: object, positions: Positions) -> Version | tuple[Fault, ...]:
    """The version that the data says, or its faults in the order of the file.

    ``data`` holds dictionaries with string keys, lists, strings, whole numbers, booleans and None;
    ``positions`` says where each node stands and may be empty.
    """
    reader = Reader(data=data, positions=positions)
    parsed = Node(form=VERSION).read(data, (), reader)
    if isinstance(parsed, Parsed):
        check_meaning(parsed, reader)
    if reader.faults:
        return tuple(sorted(set(reader.faults), key=_in_file_order))
    return cast("Version", built(parsed))


def version_as_data(version: Version) -> dict[str, object]:
    """The plain data of a version as it is signed; reads back as the version.

    Every default is written out, but for those of keys that came after texts had been signed.
    """
    return cast("dict[str, object]", Node(form=VERSION).write(version))


def _in_file_order(fault: Fault) -> tuple[int, int, str, FaultCode]:
    return (fault.line, fault.column, fault.path, fault.code)
