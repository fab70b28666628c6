"""Foreign Relations of the United States: its volumes, as the Office of the Historian gives them in TEI."""
