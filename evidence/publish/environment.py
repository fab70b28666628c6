"""The one Jinja environment for HTML: it escapes by default and stops on a missing value, with a sentence."""

from __future__ import annotations

import dataclasses
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.environment import TemplateModule
from jinja2.utils import missing

from evidence.errors import EvidenceError, Place, nearest
from evidence.publish.legible import legible
from evidence.resources import folder

__all__ = ["OURS", "Templates", "templates"]

#: What always names a template of ours, from one of the same name too: ``{% extends "ours/base.html.j2" %}``.
OURS = "ours"
_SUFFIX = ".j2"
_UNNAMED = re.compile(r"No (filter|test) named '(\w+)'")
_ABSENT = "there is no "
#: What things that are no views are called.
_PLAIN = {
    "str": "a text", "Markup": "safe HTML", "int": "a number", "float": "a number", "bool": "true or false",
    "NoneType": "none", "tuple": "a list", "list": "a list", "dict": "a mapping", "TemplateModule": "the imported template",
}  # fmt: skip
#: What a template raises that asks for what there is not.
_ASKED = (UndefinedError, TemplateRuntimeError, TypeError, AttributeError)
_PACKAGE = str(Path(__file__).parents[1])


class Missing(StrictUndefined):
    """A field that is not there; its message names the nearest that is."""

    @property
    def _undefined_message(self) -> str:
        name, holder = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        if holder is missing:  # a name of the template's own: which there are is known where it is rendered
            return f"{_ABSENT}{name!r} here"
        what = _PLAIN.get(type(holder).__name__, type(holder).__name__)
        return f"{what} has no {name!r}{_meant(str(name), _fields(holder))}"


def _fields(holder: Any) -> list[str]:
    if isinstance(holder, Mapping):
        return [str(key) for key in holder]
    if isinstance(holder, TemplateModule):
        return list(vars(holder))
    if dataclasses.is_dataclass(holder):
        return [one.name for one in dataclasses.fields(holder)]
    return list(getattr(holder, "_fields", ()))  # a row, as of the study in a document on one case


def _meant(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


class _Files(FileSystemLoader):
    """A folder of templates and assets; a file that cannot be read is a sentence."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a file's text."""
        try:
            text, file, fresh = super().get_source(environment, template)
            return (
                text.removeprefix("\ufeff"),
                file,
                fresh,
            )  # some editors begin a file with a mark of their own
        except TemplateNotFound:  # an OSError too, and no more than the next folder's turn
            raise
        except UnicodeDecodeError as error:
            raise EvidenceError("This is not UTF-8 text; save it as UTF-8.", Place(template)) from error
        except OSError as error:
            raise EvidenceError(f"It cannot be read ({error.strerror or error}).", Place(template)) from error


class _Ours(_Files):
    """Our templates by the name that always means them."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """Return a file's text."""
        ahead, _, name = template.partition("/")
        if ahead != OURS:
            raise TemplateNotFound(template)
        return super().get_source(environment, name)

    def list_templates(self) -> list[str]:
        """Return their names."""
        return [f"{OURS}/{name}" for name in super().list_templates()]


class Templates:
    """The templates of one kind of publication, with a user's own before ours."""

    def __init__(self, environment: Environment, own: Path | None = None) -> None:
        """Take the environment that finds and compiles them, and the folder of a user's own."""
        self._environment = environment
        self._own = own

    def render(self, name: str, **views: Any) -> str:
        """Return a template filled with views.

        Raises:
            EvidenceError: it is not there, is not Jinja, asks for what no view has, or does what fails; the
                place names the template and the line. What fails in our own code stays as it is.
        """
        try:
            return legible(self._environment.get_template(name).render(views))
        except EvidenceError:
            raise
        except TemplateNotFound as error:
            near = nearest(str(error.name), self._environment.list_templates(), 1)
            meant = f"; did you mean {near[0]!r}?" if near else "; put it back, or name one that there is."
            place, _ = self._place(error.__traceback__)
            raise EvidenceError(f"There is no template {error.name!r}{meant}", place) from error
        except TemplateSyntaxError as error:
            message = (error.message or "this is not Jinja").rstrip(".") + self._meant(error.message or "")
            raise EvidenceError(
                f"{message}; correct the template.", Place(error.name or name, error.lineno)
            ) from error
        except _ASKED as error:
            place, _ = self._place(error.__traceback__)
            if place is None:
                raise  # not the template's doing
            message = str(error).removesuffix(" found.") + self._meant(str(error))
            raise EvidenceError(_sentence(message, views), place) from error
        except Exception as error:
            place, ours = self._place(error.__traceback__)
            if ours and not isinstance(error, RecursionError):
                raise
            what = f"{type(error).__name__}: {error}".rstrip(".: ")
            raise EvidenceError(
                f"This cannot be filled in ({what}); correct the template.", place or Place(name)
            ) from error

    def _meant(self, message: str) -> str:
        """Return which filter or test a template may have meant by one that Jinja does not have."""
        found = _UNNAMED.search(message)
        known = {"filter": self._environment.filters, "test": self._environment.tests}
        near = nearest(found[2], known[found[1]], 1) if found else []
        return f" (is it {near[0]!r} that was meant?)" if near else ""

    def _place(self, traceback: TracebackType | None) -> tuple[Place | None, bool]:
        """Return the innermost line of a template that an error came through, and whether it led on into our code.

        Jinja puts a template's lines into the traceback; its first frame is where the template was asked for.
        """
        place, ours = None, False
        while traceback is not None and (traceback := traceback.tb_next) is not None:
            name = traceback.tb_frame.f_code.co_filename
            if name.endswith(_SUFFIX):
                known = Path(name)
                ahead = f"{OURS}/" if self._own and not known.is_relative_to(self._own) else ""
                place, ours = Place(ahead + known.name, traceback.tb_lineno), False
            elif name.startswith(_PACKAGE):
                ours = True
        return place, ours

    def asset(self, name: str) -> str:
        """Return a file that goes out as it is, such as a style sheet."""
        loader = self._environment.loader
        if loader is None:  # pragma: no cover - it always has one
            raise EvidenceError("The templates have no folder.")
        try:
            return loader.get_source(self._environment, name)[0]
        except TemplateNotFound as error:
            raise EvidenceError(f"There is no file {name!r} among the templates; put it back.") from error


def templates(
    kind: str, own: Path | None = None, change: Callable[[Environment], object] | None = None
) -> Templates:
    """Return the templates of ``templates/<kind>``.

    Args:
        kind: the folder, such as ``appendix``.
        own: a user's folder; a template in its folder ``<kind>``, or of an appendix in itself, comes before
            ours of the same name, and need not hold more than what differs (``inheritance``).
        change: makes of the environment for HTML one for another format, before anything is compiled.

    Raises:
        EvidenceError: ``own`` is not a folder, or a template there would change what ours does not have.
    """
    ours = folder("templates") / kind
    if own is None and change is None:
        return Templates(_shipped(ours))
    if own is None:
        plain = _environment(Environment, [_Files(ours)], _compiled(ours, "%s.jinja"))
        if change:
            change(plain)
        return Templates(plain)
    if not own.is_dir():
        raise EvidenceError(f"There is no folder of templates at {own}; give one that there is.")
    # Not known before somebody has templates of their own, which may have come with somebody else's study.
    from evidence.publish.inheritance import Sandbox, check, places  # noqa: PLC0415

    found = places(own, kind)
    loaders = [_Ours(ours), *map(_Files, found), _Files(ours)]
    environment = _environment(Sandbox, loaders, _compiled(ours, "%s.sandboxed.jinja"))
    if change:
        change(environment)
    check(environment, found)
    return Templates(environment, own)


@cache
def _shipped(ours: Path) -> Environment:
    """Return the environment of our own templates, which nobody changes while the program runs."""
    return _environment(Environment, [_Files(ours)], _compiled(ours, "%s.jinja"))


def _environment(
    made: type[Environment], loaders: Sequence[BaseLoader], kept: FileSystemBytecodeCache | None
) -> Environment:
    return made(
        loader=ChoiceLoader(loaders),
        undefined=Missing,
        autoescape=True,  # not select_autoescape(), which looks at the last suffix and lets .html.j2 through
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
        bytecode_cache=kept,
    )


def _compiled(place: Path, pattern: str) -> FileSystemBytecodeCache | None:
    """Return where compiled templates are kept, beside their sources as Python keeps its own; if that may be.

    Compiling takes a third as long as a whole appendix; what is kept is checked against its source.
    """
    kept = place / "__pycache__"
    try:
        if not sys.dont_write_bytecode:
            kept.mkdir(exist_ok=True)
        return FileSystemBytecodeCache(str(kept), pattern) if os.access(kept, os.W_OK) else None
    except OSError:
        return None


def _sentence(message: str, views: Iterable[str]) -> str:
    if message.startswith(_ABSENT):
        message += _meant(message.removeprefix(_ABSENT).removesuffix(" here").strip("'"), views)
    return message.rstrip(".?") + ("?" if "did you mean" in message else ".")
