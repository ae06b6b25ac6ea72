"""The record: the append-only, durable log of everything that happens in a drill."""
