"""A study in Python: opened for reading, its tables as DataFrames, and why as a tree that shows itself."""
