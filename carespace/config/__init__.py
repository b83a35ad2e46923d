"""Settings, URLs, processes and the ``carespace`` command: the room that sees all others."""
