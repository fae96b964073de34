"""The way back from a file to the spectrogram that was saved into it."""

from __future__ import annotations

import os

from .spectrogram import Spectrogram
from .store import read

__all__ = ["open"]


def open(path: str | os.PathLike[str]) -> Spectrogram:
    """Open a spectrogram that was saved: its values stay on disk until they are looked at.

    Parameters
    ----------
    path : path
        What :meth:`Spectrogram.save` has written.

    Returns
    -------
    Spectrogram
        As it was saved: ``np.array_equal(pv.open(path).values, spec.values)``. Its values are
        mapped into memory, as by :class:`numpy.memmap`. Its sound is read when it is needed, from
        the file that it was computed from: at its place, or beside what was saved.

    Raises
    ------
    SavedFileNotFoundError
        If there is no such file.
    SavedFileError
        If it is no saved spectrogram, or damaged.

    See Also
    --------
    Spectrogram.save : Writes it.

    Examples
    --------
    >>> import patchviz as pv
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     pv.Spectrogram.example().save(Path(folder) / "sonnet1.npz")
    ...     pv.open(Path(folder) / "sonnet1.npz")
    Spectrogram 'Sonnet 1' of (128, 640): mel, 22050 Hz, hop 512 samples, 0.000-14.861 s, dB
    """
    return read(path).into(Spectrogram)
