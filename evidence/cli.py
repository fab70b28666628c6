"""The command line: in a checkout, the cli/ folder beside this package.

A built wheel carries that folder as evidence/cli/ in place of this module, so ``evidence.cli`` means the
same modules, under the same names, in both.
"""

from pathlib import Path
from typing import TYPE_CHECKING

__all__ = ["main"]
__path__ = [str(Path(__file__).resolve().parents[1] / "cli")]

if TYPE_CHECKING:
    from cli.app import main
else:
    from evidence.cli.app import main
