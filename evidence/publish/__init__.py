"""Frozen views, and the templates that turn them into a publication."""
