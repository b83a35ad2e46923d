"""Layout, components, template tags and static files. It knows no medicine and no other room."""
