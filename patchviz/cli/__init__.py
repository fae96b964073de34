"""The shell's face: from recordings to pages, pictures and films of their patches."""

from .command import main

__all__ = ["main"]
