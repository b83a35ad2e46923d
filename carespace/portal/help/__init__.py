"""Help, and what is true of security and standards: pages for everybody, signed in or not (S-73, S-09)."""
