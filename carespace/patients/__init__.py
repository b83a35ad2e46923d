"""Patients of a practice: who they are, by which identifiers they are known, and when two are one."""
