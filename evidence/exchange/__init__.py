"""What leaves the ledger in forms that other programs read: tables, bibliographies, annotations, packages."""
