"""Hybrid: local first, escalation to a cloud model where the local result is not good enough."""
