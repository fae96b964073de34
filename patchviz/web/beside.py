"""What lies in a folder beside a page, and is loaded when it is needed.

Sounds are files that the browser plays by parts. Pictures are scripts that hold them, since from a
disk browsers let a page read the pixels of no picture beside it. Their names say what is in them: a
page that is open, or could not be replaced, finds the files that it was written with.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import re
import urllib.parse
from pathlib import Path

from .._util.files import written
from .._util.validation import check_file, check_no_folder
from ..audio.encode import AUDIO_FORMATS
from ..errors import Argument, InvalidValueError
from .html import data_uri

__all__ = ["ASSETS", "Beside", "check_page", "needs_page"]

ASSETS = ("page", "folder")

# Opus lies in an Ogg too.
_ENDINGS = {form.media_type: ending for ending, form in reversed(AUDIO_FORMATS.items())}
_OURS = re.compile(r"(picture|sound)-[0-9a-f]{16}\.[a-z0-9]+")

# What is held for the player is shown by the element, too, where there is none: on paper.
_PICTURE = """(globalThis.patchvizFiles??={{}})["{name}"]="{uri}";
for(const node of document.querySelectorAll('[data-file$="{name}"]'))
node.src=patchvizFiles["{name}"];
"""


class Beside:
    """Names files beside a page; an `Embed` for what has ``assets="folder"``.

    Parameters
    ----------
    page : Path
        The page; of ``clips.html`` the folder is ``clips_files``.
    folder : str, optional
        Another one, where somebody else writes both.

    Attributes
    ----------
    files : dict of str to bytes
        By their names in the folder, those that the page has so far.
    """

    def __init__(self, page: Path, folder: str | None = None) -> None:
        self._page = page
        # Two pages of one name may lie in a folder.
        name = page.stem if page.suffix.lower() == ".html" else page.name
        self._folder = folder or f"{name}_files"
        self.files: dict[str, bytes] = {}

    def __call__(self, data: bytes, media_type: str) -> str:
        """Return the attribute of an element that shows or plays some bytes."""
        digest = hashlib.sha256(data).hexdigest()[:16]
        if media_type.startswith("image/"):
            name, attribute = f"picture-{digest}.js", "data-file"
            data = _PICTURE.format(name=name, uri=data_uri(data, media_type)).encode()
        else:
            name, attribute = f"sound-{digest}.{_ENDINGS[media_type]}", "src"
        self.files[name] = data
        url = html.escape(urllib.parse.quote(f"{self._folder}/{name}", errors="surrogateescape"))
        return f'{attribute}="{url}"'

    @property
    def paths(self) -> list[str]:
        """Where these lie, from the page."""
        return [f"{self._folder}/{name}" for name in self.files]

    def write(self, content: str) -> None:
        """Write the page and its files, whole or not at all; and take away those it had before."""
        with written(self._page) as path:
            path.write_text(content, encoding="utf-8")
            if self.files:
                (path.parent / self._folder).mkdir(exist_ok=True)
            for name, data in self.files.items():
                (path.parent / self._folder / name).write_bytes(data)
        folder = self._page.parent / self._folder
        for left in folder.glob("*-*") if self.files else ():
            if _OURS.fullmatch(left.name) and left.name not in self.files:
                with contextlib.suppress(OSError):  # somebody plays it, or has taken it away
                    left.unlink()


def needs_page(name: str) -> InvalidValueError:
    """Return the error of whoever asks for the HTML of something that has files beside a page."""
    return InvalidValueError(
        Argument("assets", "folder"),
        " needs a page of its own, beside which the files lie",
        remedy=f'Write one: {name}.save("page.html"), patchviz.page([{name}], "page.html").',
    )


def check_page(name: str, value: object) -> Path:
    """Return the file that a page is to be written to."""
    path = check_file(name, value, example="patches.html")
    check_no_folder(name, path, example="patches.html")
    if path.suffix.lower() not in (".html", ".htm"):
        raise InvalidValueError(
            Argument(name, str(path)),
            f" has the ending {path.suffix!r}, and a player is a page: .html or .htm",
            remedy="For a picture see patchviz.plot_mosaic, for a film patchviz.animate.",
        )
    return path
