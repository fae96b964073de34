"""Figures: cells, colours, axes, overviews and mosaics."""
