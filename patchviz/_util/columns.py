"""Text in tables, of whatever characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

__all__ = ["frame_of", "text_column", "texts_in"]


def frame_of(columns: Mapping[str, object]) -> pd.DataFrame:
    """Return columns as a frame, of whatever characters their names are; see `text_column`."""
    import pandas as pd

    try:
        return pd.DataFrame(columns)
    except UnicodeEncodeError:
        frame = pd.DataFrame(dict(enumerate(columns.values())))
        return frame.set_axis(pd.Index(list(columns), dtype=object), axis=1)


def text_column(texts: Iterable[str]) -> pd.Series:
    """Return texts as a column of str; of objects, if there is one that Arrow cannot hold.

    Linux writes the name of a file of another encoding with halves of characters. A frame that is
    made of a bare array tries Arrow again, and fails: hence a Series.
    """
    import pandas as pd

    texts = list(texts)
    try:
        return pd.Series(texts, dtype=str)
    except UnicodeEncodeError:
        return pd.Series(texts, dtype=object)


def texts_in(column: pd.Series) -> pd.Series:
    """Return what is in a column as texts, a column of objects: "" where nothing is."""
    import pandas as pd

    known = column.astype(object)
    texts = [str(value) for value in known.where(known.notna(), "")]
    return pd.Series(texts, column.index, dtype=object)
