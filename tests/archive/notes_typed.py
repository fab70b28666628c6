"""Field notes as a person types them, for the tests of reading them and of logging them again."""

from __future__ import annotations

__all__ = ["NSC"]

NSC = """\
---
title: Memorandum of discussion at the 233d meeting
date: 21 January 1955
box: 6
---
Carbon copy.

> Secretary Dulles said that the islands
> were a symbol.
p. 3
=> Dulles stated that the islands were a symbol
speaker: Dulles
#t1+

> The President agreed.

p. 4
Compare the minutes.
"""
