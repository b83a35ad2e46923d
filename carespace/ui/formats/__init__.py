"""How numbers are written in other languages than English; Django looks here for each."""
