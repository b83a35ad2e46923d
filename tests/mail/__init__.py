"""Mail against a real SMTP server, what is in it, and what comes back."""
