"""What was handed in, on its way to a gradable notebook: collected, read, matched, made harmless."""
