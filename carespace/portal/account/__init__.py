"""Sign-in, registration and password pages."""
