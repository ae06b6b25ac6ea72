"""Gateway: the public edge of the shop."""
