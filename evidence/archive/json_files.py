"""Read JSON from the world: its size, depth, names and letters are checked before anything is made of it."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from evidence.archive.archives import size_of
from evidence.errors import Place, ValueRefused

__all__ = ["LARGEST", "parse_json", "read_json"]

#: Bytes of the largest JSON file that is read: some 60,000 annotations, or as many photographs.
LARGEST = 64 * 1024 * 1024
#: How deep lists and objects may lie within each other. What people make has ten levels or so.
_DEEPEST = 100
#: Values in one file: commas are counted before anything is read, those in texts with them.
_MOST = 4_000_000
_LONGEST_NUMBER = 300  # digits
_SHOWN = 40  # characters of a name that an error shows
#: How JSON can write a NUL, and halves of characters; most of these halves have the other beside them.
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
#: What begins a file in letters of two or four bytes; the longer marks first.
_MARKED = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class _Refused(ValueError):
    """What JSON's own rules leave open, and what no honest file does."""


def read_json(file: Path, what: str, *, largest: int = LARGEST) -> Any:
    """Return what a JSON file holds.

    Args:
        file: the file, in UTF-8 (or in UTF-16 or UTF-32 with a mark at its beginning).
        what: what it should be, with its article, for errors: ``an export of Tropy``.
        largest: the number of bytes above which it is refused unread.

    Raises:
        ValueRefused: it cannot be read, is too large, is not JSON, is nested too deeply, says one thing
            twice, or holds NaN, a NUL or half of a character. The place says the file, and the line or field.
    """
    place = Place(file.name)
    try:
        size = size_of(file)
        if size > largest:
            raise ValueRefused(
                f"this has {size / 1048576:,.0f} MiB, and at most {largest // 1048576} MiB are read; export it in parts.",
                place,
            )
        data = file.read_bytes()
    except OSError as error:
        raise ValueRefused(f"this cannot be read: {error.strerror}.", Place(str(file))) from error
    return parse_json(data, what, place)


def parse_json(data: bytes, what: str, place: Place) -> Any:
    """Return what JSON holds that came otherwise than in a file; refused as in ``read_json``."""
    text = _decoded(data, what, place)
    if text.count(",") > _MOST:
        raise ValueRefused(f"this lists more than {_MOST:,} values; export it in parts.", place)
    value = _parsed(text, what, place)
    _check(value, text, what, place)
    return value


def _decoded(data: bytes, what: str, place: Place) -> str:
    if not data.strip(b" \t\r\n\x00"):
        raise ValueRefused(f"this is empty, and not {what}.", place)
    encoding = next((name for mark, name in _MARKED if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1 if encoding == "utf-8-sig" else None
        raise ValueRefused(
            f"this is not text in UTF-8 (byte {error.start:,}), and so not {what}.", Place(place.file, line)
        ) from error


def _parsed(text: str, what: str, place: Place) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_fraction
        )
    except RecursionError:
        raise _too_deep(what, place) from None
    except _Refused as error:
        raise ValueRefused(f"{error}.", place) from error
    except json.JSONDecodeError as error:
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            raise ValueRefused(
                f"this is a web page or XML, and not {what}; save the JSON itself.", place
            ) from error
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        said = "it is cut off; get the file again" if cut else f"{error.msg.lower()} at column {error.colno}"
        raise ValueRefused(
            f"this is not JSON in full, and so not {what}: {said}.", Place(place.file, error.lineno)
        ) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Refused(f"an object names {name[:_SHOWN]!r} twice, and either could be meant")
            seen.add(name)
    return made


def _constant(name: str) -> Any:
    raise _Refused(f"{name} is no number in JSON; write null, or leave it out")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise _Refused(f"a number of {len(digits):,} digits is none that anybody counted; write it as text")
    return int(digits)


def _fraction(digits: str) -> float:
    if not isfinite(number := float(digits)):
        raise _Refused(f"{digits[:_SHOWN]} is larger than any number; write it as text")
    return number


def _too_deep(what: str, place: Place) -> ValueRefused:
    return ValueRefused(
        f"lists and objects lie more than {_DEEPEST} deep in each other, which {what} never does; nothing of it is read.",
        place,
    )


def _check(value: Any, text: str, what: str, place: Place) -> None:
    """Refuse deep nesting, which must not reach what comes later, and letters that nothing can keep."""
    doubtful = _ESCAPED.search(text) is not None
    level = [value] if isinstance(value, dict | list) else []
    sound = isinstance(value, dict | list) or not doubtful or _is_sound([value])
    for _ in range(_DEEPEST):
        if doubtful and sound:
            named = [name for outer in level if type(outer) is dict for name in outer]
            sound = _is_sound([*named, *(one for outer in level for one in _inner(outer))])
        level = [one for outer in level for one in _inner(outer) if type(one) is dict or type(one) is list]
    if level:
        raise _too_deep(what, place)
    if not sound:
        for path, one in _texts(value):
            _letters(one, path, place)


def _is_sound(values: list[Any]) -> bool:
    """Tell whether the texts among some values can be kept."""
    joined = "\n".join(one for one in values if type(one) is str)
    try:
        return b"\0" not in joined.encode()
    except UnicodeEncodeError:
        return False


def _inner(outer: Any) -> Any:
    return outer.values() if type(outer) is dict else outer


def _texts(value: Any) -> Iterator[tuple[list[Any], str]]:
    """Yield every text and name, with the way to it; as deep as may be, and no deeper."""
    levels: list[Iterator[tuple[Any, Any]]] = [iter([("", value)])]
    path: list[Any] = []
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
            if path:
                path.pop()
            continue
        name, inner = step
        if isinstance(inner, str):
            yield [*path, name], inner
        elif isinstance(inner, Mapping):
            for key in inner:
                yield [*path, name, key], key
            path.append(name)
            levels.append(iter(inner.items()))
        elif isinstance(inner, list):
            path.append(name)
            levels.append(iter(enumerate(inner)))


def _letters(text: str, path: list[Any], place: Place) -> None:
    if text.isascii() and "\x00" not in text:
        return
    where = Place(place.file, field=_said(path))
    if "\x00" in text:
        raise ValueRefused("the text holds a NUL character; remove it.", where)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueRefused(
            "the text holds half of a character (a lone surrogate); export it again.", where
        ) from error


def _said(path: list[Any]) -> str:
    """Return where something stands, as programs write it: ``rows[3].text``."""
    said = "".join(
        f"[{name}]" if isinstance(name, int) else f".{name[:_SHOWN]}" for name in path if name != ""
    )
    return said.lstrip(".").encode("ascii", "replace").decode()
