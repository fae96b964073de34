"""A built site: its pages, what they link to, and a server for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# Where HTML names a file: (tag, attribute); "srcset" is a list of them.
PLACES = {
    ("a", "href"),
    ("audio", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("link", "href"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
}


class Page(HTMLParser):
    """What one page names, shows and is made of."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.ids: set[str] = set()
        self.names: list[tuple[str, str]] = []  # (tag, address)
        self.headings: list[int] = []  # their levels
        self.without_alt: list[str] = []
        self.is_described = False  # a figure, by one of the images that it holds
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "a" and "name" in values:
            self.ids.add(values["name"])
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))
        text, source = values.get("alt", "").strip(), values.get("src", "")
        # A thumbnail's empty text is right: the link beside it says the same. So is that of a long
        # picture's other parts in a figure: the first says what all of them show.
        is_part = source.startswith("data:") and self.is_described
        is_said = "alt" in values and (is_part or source.endswith("_thumb.png"))
        self.is_described |= tag == "img" and text != "" and source.startswith("data:")
        # Sphinx gives an image without words its address in their place.
        if tag == "img" and (not text or text == source) and not is_said:
            self.without_alt.append(source[:80])
        for name, value in values.items():
            if (tag, name) in PLACES and not value.startswith("data:"):
                addresses = value.split(",") if name == "srcset" else [value]
                self.names += [(tag, address.split()[0]) for address in addresses if address]

    def handle_endtag(self, tag: str) -> None:
        if tag == "figure":
            self.is_described = False

    @property
    def alive(self) -> bool:
        """Whether the page holds a player."""
        return 'class="patchviz-player ' in self.file.read_text("utf-8")

    @property
    def runs(self) -> bool:
        """Whether something on the page lays itself out: a player or a sheet."""
        return self.alive or "<patchviz-sheet-" in self.file.read_text("utf-8")


class Site:
    """A folder of pages, and the folder that they were built from."""

    def __init__(self, folder: Path, source: Path) -> None:
        self.folder = folder.resolve()
        self.source = source

    @cached_property
    def pages(self) -> dict[Path, Page]:
        files = sorted(self.folder.rglob("*.html"))
        unlike = {"_static", ".doctrees"}
        return {file: Page(file) for file in files if not unlike & {*file.parts}}

    @property
    def size(self) -> int:
        """Bytes of everything that is published."""
        files = (file for file in self.folder.rglob("*") if ".doctrees" not in file.parts)
        return sum(file.stat().st_size for file in files if file.is_file())

    def name(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix()

    def broken(self, page: Page) -> Iterator[str]:
        """Yield every address on a page that leads nowhere within the site."""
        for tag, address in page.names:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if tag != "a":
                    yield f"<{tag}> {address} is not of this site"
                continue
            target = (page.file.parent / unquote(parts.path)).resolve() if parts.path else page.file
            fragment = unquote(parts.fragment)
            if not target.is_relative_to(self.folder) or not target.is_file():
                yield f"<{tag}> {address}: no such file"
            elif fragment and target in self.pages and fragment not in self.pages[target].ids:
                yield f"<{tag}> {address}: no such place in that page"

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the folder on this machine; yield the address."""

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        handler = partial(Handler, directory=str(self.folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()
