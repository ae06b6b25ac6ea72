"""Availability: stock and reservations."""
