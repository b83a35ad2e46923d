"""Questions to the practice and their answers."""
