"""Orders: placing them and showing their history."""
