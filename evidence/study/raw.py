"""What a file says before anybody has asked whether it may: names with values, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from evidence.errors import Place

__all__ = ["Decimal", "Named", "Rows", "as_written", "typed"]

_NOWHERE = Place()


class Decimal(float):
    """A number with a point, with the digits as they were written: the version ``4.10`` is not ``4.1``."""

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        """Read it."""
        number = super().__new__(cls, written)
        number.written = written
        return number


class Named(dict[str, Any]):
    """Names with values, and where they stand."""

    def __init__(self, values: Mapping[str, Any] | None = None, place: Place = _NOWHERE) -> None:
        """Begin with values that all stand in one place."""
        super().__init__(values or {})
        self.place = place
        self.places: dict[str, Place] = {}

    def put(self, name: str, value: Any, place: Place) -> None:
        """Add a value, and where it stands."""
        self[name] = value
        self.places[name] = place

    def at(self, name: str) -> Place:
        """Return where a name stands; where the record begins, if it is not there."""
        where = self.places.get(name, self.place)
        return Place(where.file, where.line, where.row, name)


class Rows(list[Any]):
    """A list, and where its items stand."""

    def __init__(self, place: Place = _NOWHERE) -> None:
        """Begin an empty list."""
        super().__init__()
        self.place = place
        self.places: list[Place] = []

    def put(self, item: Any, place: Place) -> None:
        """Add an item, and where it stands."""
        self.append(item)
        self.places.append(place)


def as_written(value: Any) -> Any:
    """Return a value for a field of words: numbers with a point become the digits that stand there."""
    return _each(value, lambda number: number.written)


def typed(value: Any) -> Any:
    """Return a value for a field that may hold numbers."""
    return _each(value, float)


def _each(value: Any, read: Any) -> Any:
    if isinstance(value, Decimal):
        return read(value)
    if isinstance(value, Mapping):
        return {name: _each(item, read) for name, item in value.items()}
    if isinstance(value, list):
        return [_each(item, read) for item in value]
    return value
