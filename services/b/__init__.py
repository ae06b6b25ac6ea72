"""Bundles: prices a basket."""
