"""Wire formats in and out: the only room that knows how a practice's EHR speaks."""
