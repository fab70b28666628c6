"""The study as a folder of text: write it, read it back."""

from evidence.study.read import Reading, read
from evidence.study.write import Writing, write

__all__ = ["Reading", "Writing", "read", "write"]
