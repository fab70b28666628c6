"""The store: open a ledger, write revisions to it, and read its history."""
