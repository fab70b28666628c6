"""The shapes that values may have: each reader takes what a file or an option gives, and returns what is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from evidence.dates import edtf
from evidence.errors import MethodError, ValueRefused, nearest
from evidence.inference.likelihoods import likelihood
from evidence.inference.scheme import demand, is_demand
from evidence.ledger.nouns import Field
from evidence.vocabulary import LocatorKind

__all__ = ["is_blank", "missing", "read_key", "read_text", "read_value", "with_article"]

_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+'-]*")
_CRITICISM = ("author", "position_to_know", "distance", "motive", "audience", "authenticity")
_NEEDS = ("search", "counterfactual")
#: Where 'check' wants a claim's note: in its sentence, or anywhere behind it in its paragraph.
_NOTES = ("paragraph", "sentence")
#: Fields of a source that might be looked for among CSL's; others may stand in both.
_NOT_CSL = ("id", "type", "title", "language", "custom")
#: What an integer column holds on every engine, and what JSON holds without loss.
_LARGEST, _LARGEST_FACT = 2**31 - 1, 2**63 - 1


#: What to say where a needed field is empty, for those that the method itself asks for.
_WHY = {
    "if_false": "a test that cannot fail is none; say what would be seen if its hypothesis were false (if_false), "
    "or log what you want to look for as a search.",
    "prediction": "a test predicts something; say what would be seen if its hypothesis were true (prediction).",
    "rival": "a test is against a named rival; name the hypothesis that it tells from this one (rival).",
    "rationale": "a code needs its reasons; say why the evidence gives it (rationale).",
}


def missing(noun: str, field: Field) -> ValueRefused | MethodError:
    """Return the error for a needed field that is not there."""
    if field.name in _WHY:
        return MethodError(_WHY[field.name])
    return ValueRefused(f"{with_article(noun)} needs {field.name.replace('_', ' ')!r}.")


def with_article(noun: str) -> str:
    """Return a noun as it stands in a sentence: ``an alias``, ``a variable version``."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun.replace('_', ' ')}"


def read_value(field: Field, value: Any) -> Any:
    """Return ``value`` as the ledger keeps it in ``field``.

    Raises:
        ValueRefused: it cannot be kept there; the sentence says why and what to write instead.
    """
    if value is None:
        if field.required:
            raise _needed(field)
        return None
    return _READERS[field.kind](field, value)


def is_blank(text: str) -> bool:
    """Tell whether a reader would see nothing: no letters, only spaces and marks that have no form."""
    return not any(unicodedata.category(letter) != "Cf" for letter in text if not letter.isspace())


def read_text(value: Any) -> str:
    """Return text with line ends as LF, refusing what no database or file could hold."""
    if isinstance(value, str) and value.isascii() and "\r" not in value and "\x00" not in value:
        return value  # as nearly all is; a volume of FRUS has thirty thousand
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)  # YAML reads `box: 12` as a number
    if not isinstance(value, str):
        raise ValueRefused(f"{value!r} is not text; put it in quotes.")
    text = value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if "\x00" in text:
        raise ValueRefused("the text holds a NUL character; remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueRefused("the text holds half of a character (a lone surrogate); type it again.") from error
    return text


def read_key(value: Any) -> str:
    """Return a key: letters and digits of any script, with dots, dashes and underscores, in NFC."""
    if isinstance(value, str) and _PLAIN_KEY.fullmatch(value):
        return value  # as nearly all are; an import reads them by the hundred thousand
    key = unicodedata.normalize("NFC", read_text(value))
    if (
        not key
        or not all(c.isalnum() or c in "._-+'" or unicodedata.category(c).startswith("M") for c in key)
        or not key[0].isalnum()
    ):
        raise ValueRefused(
            f"{value!r} cannot be a key; use letters, digits, dots, dashes and underscores, beginning with a letter or digit."
        )
    return key


def _text(field: Field, value: Any) -> str:
    text = read_text(value)
    if field.required and is_blank(text):
        raise _needed(field)
    return text


def _needed(field: Field) -> ValueRefused | MethodError:
    return MethodError(_WHY[field.name]) if field.name in _WHY else ValueRefused("a value is needed here.")


def _number(field: Field, value: Any) -> int:  # noqa: ARG001
    if isinstance(value, bool):
        raise ValueRefused(f"{value!r} is not a whole number.")
    try:
        if int(value) == float(value):
            if abs(int(value)) > _LARGEST:
                raise ValueRefused(f"{value!r} is larger than any number here; the largest is {_LARGEST}.")
            return int(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueRefused(f"{value!r} is not a whole number.")


def _truth(field: Field, value: Any) -> bool:  # noqa: ARG001
    known = {True: True, False: False, "true": True, "false": False, "yes": True, "no": False}
    if (
        not isinstance(value, bool | str)
        or (folded := value.casefold() if isinstance(value, str) else value) not in known
    ):
        raise ValueRefused(f"{value!r} is neither true nor false.")
    return known[folded]


def _word(field: Field, value: Any) -> Any:
    assert field.words is not None  # noqa: S101 - every field of this kind has its list
    try:
        return field.words(value)
    except ValueError:
        folded = str(value).replace("-", " ").replace("_", " ").casefold()
        for member in field.words:
            if member.value.replace("-", " ") == folded:
                return member
        words = [member.value for member in field.words]
        hint = nearest(str(value), words, 1)
        meant = f" Did you mean {hint[0]!r}?" if hint else f" It is one of: {', '.join(words)}."
        raise ValueRefused(f"{value!r} is not a {field.name.replace('_', ' ')}.{meant}") from None


def _date(field: Field, value: Any) -> str | None:
    text = read_text(value).strip()
    if not text and not field.required:
        return None
    edtf(text)
    return text


def _moment(field: Field, value: Any) -> datetime:  # noqa: ARG001
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    try:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueRefused(f"{value!r} is not a moment; write it like 2026-11-22T19:30:00Z.")


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        raise ValueRefused(f"{value!r} is not a list of texts.")
    return [read_text(item) for item in value]


def _facts(value: Any) -> dict[str, Any]:
    facts = _mapping(value)
    for name, fact in facts.items():
        if isinstance(fact, str):
            facts[name] = read_text(fact)
        elif isinstance(fact, int) and abs(fact) > _LARGEST_FACT:
            raise ValueRefused(f"{name} has more digits than a number can keep; write it as text.")
        elif not isinstance(fact, bool | int) and not (isinstance(fact, float) and abs(fact) < 1e308):  # noqa: PLR2004
            raise ValueRefused(f"{name} is {fact!r}, but a fact is a number, a text or true or false.")
    return facts


def _mapping(value: Any, known: tuple[str, ...] = (), needed: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueRefused(f"{value!r} is not a list of names with values.")
    result = {read_text(name): item for name, item in value.items()}
    for name in result:
        if known and name not in known:
            near = nearest(name, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(known)}."
            raise ValueRefused(f"{name!r} is not known here. {hint}")
    for name in needed:
        if name not in result:
            raise ValueRefused(f"{name!r} is missing.")
    return result


def _plain(value: Any) -> Any:
    """Return JSON as it is, with its texts read, whatever its shape."""
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, Mapping):
        return {read_text(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None:
        return None
    if isinstance(value, bool | int | float):
        return _facts({"number": value})["number"]
    return read_text(value)


def _texts(value: Any, known: tuple[str, ...]) -> dict[str, str]:
    return {name: read_text(item) for name, item in _mapping(value, known).items()}


def _levels(value: Any) -> list[dict[str, Any]]:
    levels = []
    for level in _list(value):
        read = _mapping(level, ("value", "label", "definition", "examples", "needs"), ("value", "label"))
        read = {
            name: _strings(item) if name in ("examples", "needs") else read_text(item)
            for name, item in read.items()
        }
        _known_needs(read)
        levels.append(read)
    if not levels or len({level["value"] for level in levels}) != len(levels):
        raise ValueRefused("a variable needs levels, each with a value of its own.")
    return levels


def _known_needs(read: Mapping[str, Any]) -> None:
    for need in read.get("needs") or ():
        if is_demand(need):
            demand(need)
        elif need not in _NEEDS:
            near = nearest(need, (*_NEEDS, "passed test", "failed test"), 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueRefused(
                f"a code cannot need {need!r}; it can need {', '.join(_NEEDS)} or a test, such as 'passed test'.{hint}"
            )


def _sub_judgements(value: Any) -> list[dict[str, Any]]:
    judgements = []
    for judgement in _list(value):
        read = _mapping(judgement, ("key", "label", "values"), ("key", "values"))
        values = [_texts(item, ("value", "label")) for item in _list(read["values"])]
        if any("value" not in item for item in values):
            raise ValueRefused("each value of a sub-judgement needs 'value'.")
        rest = {name: read_text(item) for name, item in read.items() if name != "values"}
        judgements.append({**rest, "values": values})
    return judgements


def _rule(value: Any) -> list[dict[str, Any]]:
    rows = []
    for row in _list(value):
        read = _mapping(row, ("when", "tests", "code", "needs", "note"))
        when = {
            name: _strings(item) if isinstance(item, list) else read_text(item)
            for name, item in _mapping(read.get("when") or {}).items()
        }
        kept: dict[str, Any] = {"when": when}
        if read.get("tests"):
            kept["tests"] = [" ".join(words.split()) for words in _strings(read["tests"])]
            for words in kept["tests"]:
                demand(words)
        if read.get("code") is not None:
            kept["code"] = read_text(read["code"])
        if read.get("needs"):
            kept["needs"] = _strings(read["needs"])
        if read.get("note"):
            kept["note"] = read_text(read["note"])
        _known_needs(kept)
        rows.append(kept)
    return rows


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueRefused(f"{value!r} is not a list.")
    return list(value)


def _csl(value: Any) -> dict[str, Any]:
    fields = _plain(_mapping(value))
    for taken in _NOT_CSL:
        if taken in fields:
            raise ValueRefused(f"{taken!r} is a field of the source itself; give it there.")
    return dict(fields)


def _word_scale(value: Any) -> list[dict[str, Any]]:
    """Return what words of likelihood mean: each with a probability or a range, and said once."""
    scale = []
    for step in _list(value):
        read = _mapping(step, ("word", "p"), ("word", "p"))
        stated = read["p"]
        if isinstance(stated, list):  # in the study's text its ends are read as words
            stated = "..".join(map(str, stated))
        word, p = read_text(read["word"]).strip(), likelihood(stated)
        if not word or not isinstance(likelihood(word), str) or isinstance(p, str) or p is None:
            raise ValueRefused(
                f"{word or 'an empty word'} means {read['p']!r}, but a word scale gives each word a probability or a range."
            )
        scale.append({"word": word, "p": p})
    if len({step["word"].casefold() for step in scale}) != len(scale):
        raise ValueRefused("a word of the scale has two meanings; give it one.")
    return scale


def _checks(value: Any) -> dict[str, Any]:
    """Return what the checks of a study leave out, the years that its dates can have, and where notes must stand."""
    read = _mapping(value, ("ignore", "earliest", "latest", "notes"))
    kept: dict[str, Any] = {}
    if read.get("ignore"):
        kept["ignore"] = sorted({name.strip().upper() for name in _strings(read["ignore"])})
    for end in ("earliest", "latest"):
        if read.get(end) not in (None, ""):
            kept[end] = read_text(read[end])
    first, last = (edtf(kept[end]) if end in kept else None for end in ("earliest", "latest"))
    if first and last and first.earliest and last.latest and last.latest < first.earliest:
        raise ValueRefused(f"the latest date ({kept['latest']}) is before the earliest ({kept['earliest']}).")
    if (notes := read_text(read.get("notes") or "")) not in ("", *_NOTES):
        raise ValueRefused(f"{notes!r} is not where notes can be asked for; write {' or '.join(_NOTES)}.")
    return {**kept, "notes": notes} if notes else kept


_FORMS: dict[str, Callable[[Any], Any]] = {
    "strings": _strings,
    "facts": _facts,
    "likelihood": likelihood,
    "locator": lambda value: _texts(value, tuple(kind.value for kind in LocatorKind)),
    "criticism": lambda value: _texts(value, _CRITICISM),
    "csl": _csl,
    "levels": _levels,
    "sub_judgements": _sub_judgements,
    "rule": _rule,
    "word_scale": _word_scale,
    "checks": _checks,
    "marks": lambda value: _plain(_list(value)),
    "names": lambda value: _texts(value, ()),
    "record": lambda value: _plain(_mapping(value)),
    "records": lambda value: [_plain(_mapping(item)) for item in _list(value)],
}
_READERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": _text,
    "number": _number,
    "truth": _truth,
    "word": _word,
    "date": _date,
    "moment": _moment,
    "json": lambda field, value: _FORMS[field.form](value),
}
