"""The catalogues of texts in other languages than English, and how numbers are written there."""
