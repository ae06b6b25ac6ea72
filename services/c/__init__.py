"""Campaigns: promotions and offers."""
