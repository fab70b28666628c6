"""Write YAML for people: in the order given, on lines of a length that can be read, and without loss.

What fits on a line stands on it. Text of several lines is a literal block, a long line is folded at its
spaces, and what neither could keep is put in double quotes with escapes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["escaped", "yaml_text"]

_WIDTH = 118
_FOLD = 118
_LONG_NAME = 100
#: What no editor shows or keeps: control characters, NEL, LS, PS, BOM, noncharacters.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
#: What some reader of YAML 1.1 or 1.2 would take for a number, a date or a time.
_NUMBERLIKE = re.compile(r"[-+.0-9][-+.,:_0-9a-fA-FxXoOtTzZ ]*")
_NOT_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "~"}
_OPENERS = "(/“‘«„"
_IN_FLOW = re.compile(r"[\[\]{},:?#]")


def yaml_text(value: Any) -> str:
    """Return a mapping, or a list of mappings, as a YAML document.

    Args:
        value: of str, int, float, bool, None, lists and mappings with names of text.
    """
    if not value:
        return "[]\n" if isinstance(value, list) else ""
    if isinstance(value, list):
        return "".join(_item(item, 0) for item in value)
    return "".join(_field(name, item, 0, open_lists=True) for name, item in value.items())


def _field(name: str, value: Any, indent: int, *, open_lists: bool = False) -> str:
    pad = " " * indent
    label = _word(name, in_flow=True)
    if len(label) > _LONG_NAME:  # YAML wants a sign before a long name
        return f"{pad}? {label}\n{pad}: {_nested(value, indent + 2)}"
    if open_lists and isinstance(value, list) and value and isinstance(value[0], Mapping):
        return f"{pad}{label}:\n" + "".join(_item(item, indent) for item in value)
    line = _on_a_line(value)
    if line is not None and indent + len(label) + 2 + len(line) <= _WIDTH:
        return f"{pad}{label}: {line}\n"
    if isinstance(value, list) and value:
        return f"{pad}{label}:\n" + "".join(_item(item, indent, flow=True) for item in value)
    if isinstance(value, Mapping) and value:
        return f"{pad}{label}:\n" + "".join(_field(*one, indent + 2) for one in value.items())
    return f"{pad}{label}: {_long(value, indent + 2) if isinstance(value, str) else line}\n"


def _nested(value: Any, indent: int) -> str:
    """Return a value that stands under a sign: on its line where it can, in flow style in any case."""
    if isinstance(value, str):
        return f"{_long(value, indent + 2) if len(value) > _WIDTH else _word(value)}\n"
    return f"{_flow(value)}\n"


def _item(item: Any, indent: int, *, flow: bool = False) -> str:
    pad = " " * indent
    line = _on_a_line(item)
    if line is not None and (flow or not isinstance(item, Mapping)) and indent + 2 + len(line) <= _WIDTH:
        return f"{pad}- {line}\n"
    if isinstance(item, str):
        return f"{pad}- {_long(item, indent + 2)}\n"
    if isinstance(item, Mapping) and item:
        fields = "".join(_field(*one, indent + 2) for one in item.items())
        return f"{pad}- {fields[indent + 2 :]}"
    return f"{pad}- {_flow(item)}\n"


def _on_a_line(value: Any) -> str | None:
    """Return a value as one line, or nothing if it wants more."""
    if isinstance(value, str):
        return None if "\n" in value and _block(value) else _word(value)
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return None  # records: each on a line of its own
    if isinstance(value, Mapping | list) and value and not _small(value):
        return None
    return _flow(value)


def _small(value: Any, depth: int = 0) -> bool:
    if isinstance(value, str):
        return "\n" not in value and len(value) <= _WIDTH
    if isinstance(value, Mapping | list):
        items = value.values() if isinstance(value, Mapping) else value
        return depth < 2 and all(_small(item, depth + 1) for item in items)  # noqa: PLR2004
    return True


def _flow(value: Any) -> str:
    if isinstance(value, str):
        return _word(value, in_flow=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_name(name)}: {_flow(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value)


def _name(name: str) -> str:
    label = _word(name, in_flow=True)
    return f"? {label} " if len(label) > _LONG_NAME else label


def _word(text: str, *, in_flow: bool = False) -> str:
    """Return text on one line: plain where nothing could mistake it, else in quotes."""
    if _plain(text, in_flow=in_flow):
        return text
    if _HIDDEN.search(text) or "\n" in text or "\t" in text:
        return escaped(text)
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _plain(text: str, *, in_flow: bool) -> bool:
    if not text or text != text.strip() or not (text[0].isalnum() or text[0] in _OPENERS):
        return False
    if _HIDDEN.search(text) or "\n" in text or "\t" in text:
        return False
    if _MOMENT.fullmatch(text):
        return True
    if text.casefold() in _NOT_WORDS or _NUMBERLIKE.fullmatch(text):
        return False
    if in_flow:
        return not _IN_FLOW.search(text)
    return ": " not in text and " #" not in text and not text.endswith(":")


def _long(text: str, indent: int) -> str:
    """Return text as a block of lines where that keeps every character, else in quotes."""
    pad = " " * indent
    if "\n" in text:
        if not _block(text):
            return _word(text)
        tail = (
            "" if text.endswith("\n") and not text.endswith("\n\n") else "+" if text.endswith("\n") else "-"
        )
        lines = text.removesuffix("\n").split("\n")
        return f"|{tail}\n" + "\n".join(pad + line if line else "" for line in lines)
    if not _foldable(text):
        return _word(text)
    lines, line = [], ""
    for word in text.split(" "):
        if line and indent + len(line) + 1 + len(word) > _FOLD:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return ">-\n" + "\n".join(pad + one for one in [*lines, line])


def _block(text: str) -> bool:
    """Tell whether a literal block keeps text, and shows it: no hidden characters, no spaces at line ends."""
    lines = text.split("\n")
    if not lines[0] or _HIDDEN.search(text):
        return False
    return (
        not any(line != line.rstrip() for line in lines)
        and not any(line[:1] == "\t" for line in lines)
        and lines[0][0] != " "
    )


def _foldable(text: str) -> bool:
    return (
        bool(text)
        and " " in text
        and text == text.strip()
        and "  " not in text
        and "\t" not in text
        and not _HIDDEN.search(text)
    )


def escaped(text: str) -> str:
    """Return text in double quotes, as JSON and YAML both read it, with hidden characters made visible."""
    return _HIDDEN.sub(
        lambda hit: f"\\u{ord(hit[0]):04x}" if hit[0] >= "\x7f" else hit[0],
        json.dumps(text, ensure_ascii=False),
    )
