"""Cases come in: COW MID, and any table."""
