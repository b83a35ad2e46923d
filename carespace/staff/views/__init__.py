"""The pages of the staff room, by what they are about."""
