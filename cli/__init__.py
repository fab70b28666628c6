"""Click. Reads, calls, says, exits."""

from .app import main as main
