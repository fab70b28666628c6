"""Bibliographies: what reference managers export, read into sources."""
