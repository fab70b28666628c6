"""The one Jinja environment for HTML: it escapes by default and stops on a missing value, with a sentence."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import (
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

from evidence.errors import EvidenceError, Place, nearest
from evidence.resources import folder

__all__ = ["Templates", "templates"]

_SUFFIX = ".j2"
_ABSENT = "there is no "


class Missing(StrictUndefined):
    """A field that is not there; its message names the nearest that is."""

    @property
    def _undefined_message(self) -> str:
        name, holder = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        known = _fields(holder)
        if not known:  # a name of the template's own: which there are is known where it is rendered
            return f"{_ABSENT}{name!r} here"
        what = type(holder).__name__
        return f"{what} has no {name!r}{_meant(str(name), known)}"


def _fields(holder: Any) -> list[str]:
    if isinstance(holder, Mapping):
        return [str(key) for key in holder]
    return [one.name for one in dataclasses.fields(holder)] if dataclasses.is_dataclass(holder) else []


def _meant(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


class Templates:
    """The templates of one kind of publication, with a user's own before ours."""

    def __init__(self, environment: Environment) -> None:
        """Take the environment that finds and compiles them."""
        self._environment = environment

    def render(self, name: str, **views: Any) -> str:
        """Return a template filled with views.

        Raises:
            EvidenceError: it is not there, is not Jinja, or asks for what no view has; the place names the
                template and the line.
        """
        try:
            return self._environment.get_template(name).render(views)
        except TemplateNotFound as error:
            raise EvidenceError(
                f"There is no template {error.name!r}; put it back, or name one that there is."
            ) from error
        except TemplateSyntaxError as error:
            message = (error.message or "this is not Jinja").rstrip(".")
            raise EvidenceError(
                f"{message}; correct the template.", Place(error.name or name, error.lineno)
            ) from error
        except (UndefinedError, TemplateRuntimeError, TypeError, AttributeError) as error:
            place = _place(error.__traceback__)
            if place is None:
                raise  # not the template's doing
            raise EvidenceError(_sentence(str(error), views), place) from error

    def asset(self, name: str) -> str:
        """Return a file that goes out as it is, such as a style sheet."""
        loader = self._environment.loader
        if loader is None:  # pragma: no cover - it always has one
            raise EvidenceError("The templates have no folder.")
        try:
            return loader.get_source(self._environment, name)[0]
        except TemplateNotFound as error:
            raise EvidenceError(f"There is no file {name!r} among the templates; put it back.") from error


def templates(kind: str, own: Path | None = None) -> Templates:
    """Return the templates of ``templates/<kind>``.

    Args:
        kind: the folder, such as ``appendix``.
        own: a user's folder; a template there comes before ours of the same name.

    Raises:
        EvidenceError: ``own`` is not a folder.
    """
    if own is not None and not own.is_dir():
        raise EvidenceError(f"There is no folder of templates at {own}; give one that there is.")
    places = [own, folder("templates") / kind] if own else [folder("templates") / kind]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(place) for place in places]),
        undefined=Missing,
        autoescape=True,  # not select_autoescape(), which looks at the last suffix and lets .html.j2 through
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
        bytecode_cache=_compiled(places[-1]),
    )
    return Templates(environment)


def _compiled(place: Path) -> FileSystemBytecodeCache | None:
    """Return where compiled templates are kept, beside their sources as Python keeps its own; if that may be.

    Compiling takes a third as long as a whole appendix; what is kept is checked against its source.
    """
    kept = place / "__pycache__"
    try:
        if not sys.dont_write_bytecode:
            kept.mkdir(exist_ok=True)
        return FileSystemBytecodeCache(str(kept), "%s.jinja") if os.access(kept, os.W_OK) else None
    except OSError:
        return None


def _sentence(message: str, views: Iterable[str]) -> str:
    if message.startswith(_ABSENT):
        message += _meant(message.removeprefix(_ABSENT).removesuffix(" here").strip("'"), views)
    return message.rstrip(".?") + ("?" if "did you mean" in message else ".")


def _place(traceback: TracebackType | None) -> Place | None:
    """Return the innermost line of a template that an error came through; Jinja puts them into the traceback."""
    place = None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.endswith(_SUFFIX):
            place = Place(Path(name).name, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place
