"""Telling whether the shop is well, and whether a declared diagnosis is right."""
