"""The parts of the ``carespace`` command."""
