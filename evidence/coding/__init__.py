"""Tests declared and resolved, evidence logged, codes decided."""
