"""The gallery's pages in the order in which a newcomer asks their questions."""

from __future__ import annotations

from pathlib import Path

PAGES = (
    "plot_patch_generation.py",
    "plot_duration_and_hop.py",
    "plot_front_ends.py",
    "plot_long_recording.py",
    "plot_own_array.py",
    "plot_eeg.py",
    "plot_scrub.py",
    "plot_own_figure.py",
    "plot_batch.py",
    "plot_loader.py",
    "plot_pcen.py",
    "plot_ultrasound.py",
    "plot_channels.py",
    "plot_birdnet.py",
    "plot_triage.py",
    "plot_study.py",
    "plot_season.py",
    "plot_paper_mosaic.py",
    "plot_export.py",
)


def order(page: str) -> int:
    """Return a page's place; a page that has none here is an error."""
    return PAGES.index(Path(page).name)
