"""Where the files that are not Python are: in an installed package, or beside it in a checkout."""

from pathlib import Path

__all__ = ["folder"]

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the ``templates`` or the ``migrations`` folder, or ``examples``."""
    for candidate in (_PACKAGE / f"_{name}", _PACKAGE / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"evidence was installed without its {name} folder")
