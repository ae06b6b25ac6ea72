"""The companies that the shop depends on: a payment provider and logistics partners."""
