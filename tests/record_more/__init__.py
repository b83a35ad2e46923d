"""The parts of a record that are no medicines, allergies or health issues: plans, people, visits, answers and the rest."""
