"""Sources come in, and quotes are found and verified."""
