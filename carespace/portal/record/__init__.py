"""Pages of the parts of a record that are lists: medicines, allergies, health issues and the others."""
