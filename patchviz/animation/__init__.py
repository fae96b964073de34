"""Patches as a film: animated, repainted, written."""
