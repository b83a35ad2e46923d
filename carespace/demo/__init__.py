"""A synthetic oncology practice, generated and fed in through the import like any other."""
