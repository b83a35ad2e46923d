"""CareSpace: a patient portal for community oncology practices."""
