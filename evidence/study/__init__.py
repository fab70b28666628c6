"""The study as a folder of text."""
