"""People as plain data, for sealing."""

from datetime import date

from tongguan.core.people import Assurance, Document, DocumentType, Person


def person_as_data(person: Person) -> list[str | None]:
    """The person as a list of strings."""
    document = person.document
    return [
        person.name,
        document.type.value,
        document.number,
        document.issuer,
        person.assurance.value,
        None if person.born is None else person.born.isoformat(),
    ]


def person_from_data(data: list[str]) -> Person:
    """The person that ``person_as_data`` wrote."""
    # People kept before dates of birth were asked for have one member less.
    name, document_type, number, issuer, assurance, *rest = data
    born = rest[0] if rest else None
    return Person(
        name=name,
        document=Document(type=DocumentType(document_type), number=number, issuer=issuer),
        assurance=Assurance(assurance),
        born=None if born is None else date.fromisoformat(born),
    )
