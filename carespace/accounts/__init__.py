"""People who sign in: User, passwords, throttles."""
