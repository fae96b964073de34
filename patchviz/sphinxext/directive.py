"""The ``patchviz`` directive: one line embeds a recording into a page, live."""

from __future__ import annotations

import difflib
import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .._util.reductions import REDUCTIONS
from .._util.text import one_line, plain
from .._util.validation import check_choice, check_int, check_number
from ..audio.info import ON_DAMAGE
from ..audio.part import seconds_from
from ..audio.resample import rate_from
from ..core.framing import TAILS
from ..core.truth import truth_from
from ..errors import Argument, InvalidValueError, PatchvizError, shorten
from ..features.calibrated import LEVELS
from ..features.compute import FRONT_ENDS
from ..plot.band import band_from
from ..plot.chosen import MOST_PATCHES
from ..plot.color import find_cmap
from ..plot.limits import limits_from
from ..web.beside import ASSETS
from ..web.marks import marks_from
from ..web.options import MAX_SPEED, SLOWEST
from ..web.seen import times_from
from ..web.stops import stops_from
from .beside import FILES
from .cache import OF_FRONT_END, CachedView

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PatchvizDirective"]

logger = logging.getLogger(__name__)

VIEWS = ("player", "mosaic", "overview")


class _Options(dict[str, Callable[[str | None], Any]]):
    """Options by name; a name that is none of them is answered with the nearest.

    What they refuse is said in the directive's words, since docutils knows none but the message.
    """

    def __init__(self, converters: dict[str, Callable[[str | None], Any]]) -> None:
        super().__init__({name: _in_words(convert) for name, convert in converters.items()})

    def __missing__(self, name: str) -> Any:
        near = difflib.get_close_matches(name, self, n=1)
        hint = f'did you mean "{near[0]}' if near else f'options are "{", ".join(self)}'
        raise KeyError(f'{name}", {hint}')  # docutils puts it in quotation marks


def _in_words(convert: Callable[[str | None], Any]) -> Callable[[str | None], Any]:
    @functools.wraps(convert)
    def converted(text: str | None) -> Any:
        try:
            return convert(text)
        except PatchvizError as error:
            raise ValueError(error.render(_spell).removesuffix(".")) from error  # docutils ends it

    return converted


def _number(name: str, **bounds: Any) -> Callable[[str | None], float]:
    def convert(text: str | None) -> float:
        try:
            number = float(text or "")
        except ValueError:
            raise InvalidValueError(f"{text!r} is not a number. Give one, such as 0.5.") from None
        return check_number(name, number, **bounds)

    return convert


def _whole(name: str, **bounds: Any) -> Callable[[str | None], int]:
    def convert(text: str | None) -> int:
        try:
            number = int(text or "")
        except ValueError:
            raise InvalidValueError(
                f"{text!r} is not a whole number. Give one, such as 3."
            ) from None
        return check_int(name, number, **bounds)

    return convert


def _choice(name: str, allowed: Sequence[str]) -> Callable[[str | None], str]:
    return lambda text: check_choice(name, (text or "").strip(), allowed)


def _switch(text: str | None) -> bool:
    word = (text or "true").strip().lower()
    if word not in ("true", "yes", "false", "no"):
        raise InvalidValueError(f"{text!r} is neither true nor false. Leave it out: that is true.")
    return word in ("true", "yes")


def _text(text: str | None) -> str:
    return plain(text or "")


def _cmap(text: str | None) -> str:
    return find_cmap((text or "").strip()).name


class PatchvizDirective(SphinxDirective):
    """Embed a recording: ``.. patchviz:: clip.ogg``.

    The argument is a sound file, relative to the page, or from the folder of ``conf.py`` if it
    begins with a slash. Without it, the clip that comes with patchviz is shown.
    """

    required_arguments = 0
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = False
    option_spec: ClassVar[_Options] = _Options(
        {
            "view": _choice("view", VIEWS),
            "kind": _choice("kind", tuple(FRONT_ENDS)),
            "sr": lambda text: rate_from(text or ""),
            "pool": _whole("pool", minimum=1),
            "reduce": _choice("reduce", REDUCTIONS),
            "mono": _switch,
            "on-damage": _choice("on-damage", ON_DAMAGE),
            "channel": _whole("channel", minimum=0),
            "channels": _choice("channels", ("all",)),
            "from": lambda text: seconds_from("from", text or ""),
            "to": lambda text: seconds_from("to", text or ""),
            "start": _text,
            "level": _choice("level", LEVELS),
            "sensitivity": _number("sensitivity", unit="dB"),
            "unit": _text,
            "n-fft": _whole("n-fft", minimum=1),
            "hop-length": _whole("hop-length", minimum=1),
            "n-mels": _whole("n-mels", minimum=1),
            "fmin": _number("fmin", minimum=0, unit="Hz"),
            "fmax": _number("fmax", above=0, unit="Hz"),
            "duration": _number("duration", above=0, unit="s"),
            "hop": _number("hop", above=0, unit="s"),
            "tail": _choice("tail", TAILS),
            "n": _whole("n", minimum=1, maximum=MOST_PATCHES),
            "cmap": _cmap,
            "clim": lambda text: limits_from((text or "").strip()),
            "flim": lambda text: band_from((text or "").strip()),
            "labels": directives.unchanged_required,
            "scores": directives.unchanged_required,
            "missing": _number("missing"),
            "title": _text,
            "audio": _switch,
            "index": _whole("index"),
            "loop": _switch,
            "tlim": lambda text: times_from(text or ""),
            "speed": _number("speed", minimum=SLOWEST, maximum=MAX_SPEED),
            "pitch": _choice("pitch", ("expand", "keep")),
            "gain-db": _number("gain-db", minimum=-60, maximum=60, unit="dB"),
            "threshold": _number("threshold"),
            "stops": lambda text: stops_from(text or ""),
            "truth": lambda text: truth_from(text or ""),
            "mark": lambda text: marks_from(text or ""),
            "height": _whole("height", minimum=240, unit="CSS pixels"),
            "time": _choice("time", ("recording", "patch")),
            "image-format": _choice("image-format", ("png", "webp")),
            "column-step": _whole("column-step", minimum=1),
            "max-bytes": _whole("max-bytes", minimum=1),
            "assets": _choice("assets", ASSETS),
            "alt": _text,
            "caption": lambda text: plain(directives.unchanged_required(text)),
            "width": directives.length_or_percentage_or_unitless,
            "class": directives.class_option,
            "name": directives.unchanged,
        }
    )

    # Which options make a difference to what is drawn, and in which view.
    _OF_FILE = ("sr", "on-damage", "mono", "channel", "channels", "from", "to", "start", "pool")
    _OF_ALL = (
        *(
            "kind",
            *OF_FRONT_END,
            *_OF_FILE,
            "reduce",
            "cmap",
            "clim",
            "flim",
            "labels",
            "title",
            "alt",
        ),
    )
    _OF_PATCHES = ("duration", "hop", "tail", "scores", "missing", "truth")
    _OF_VIEW: ClassVar = {
        "player": (
            *(*_OF_PATCHES, "audio", "index", "loop", "time", "tlim", "speed", "pitch", "gain-db"),
            *("threshold", "stops", "mark", "height"),
            *("image-format", "column-step", "max-bytes", "assets"),
        ),
        "mosaic": (*_OF_PATCHES, "n"),
        "overview": (),
    }

    def run(self) -> list[nodes.Node]:
        """Return the figure, or nothing and a warning with the page's name and the line."""
        try:
            made = self._made()
        except PatchvizError as error:
            self._warn(error.render(_spell))
            return []
        except OSError as error:
            self._warn(shorten(one_line(str(error))))
            return []
        for remark in made.remarks:
            self._warn(remark, "remark")
        return [self._figure(made)]

    def _warn(self, text: str, subtype: str = "recording") -> None:
        """Warn of what is not shown as was asked for; a remark is of what is shown."""
        logger.warning(
            "patchviz: %s", text,
            location=self.get_location(), type="patchviz", subtype=subtype,
        )  # fmt: skip

    # -- what is shown -------------------------------------------------------------------------

    def _made(self) -> CachedView:
        view = self.options.get("view", "player")
        self._check_use(view)
        file = self._file()
        for name in self._OF_FILE:
            if file is None and name != "mono" and name in self.options:
                raise InvalidValueError(
                    f":{name}: has no use without a file. Leave it out, or name one."
                )
        drawn = (*self._OF_ALL, *self._OF_VIEW[view])
        options = {name: self.options[name] for name in drawn if name in self.options}
        for name in {"labels", "scores"} & options.keys():
            options[name] = str(self._path(options[name], f"a table for :{name}:"))
        return CachedView.of(file, view, options, Path(self.env.doctreedir, "patchviz"), _spell)

    def _check_use(self, view: str) -> None:
        used = {*self._OF_VIEW[view], *self._OF_ALL}
        for name in self.options:
            if name not in used and any(name in others for others in self._OF_VIEW.values()):
                raise InvalidValueError(f":{name}: has no use with :view: {view}. Leave it out.")
        if "truth" in self.options and "labels" not in self.options:
            raise InvalidValueError(":truth: is about labels. Give :labels:.")

    def _file(self) -> Path | None:
        if not self.arguments:
            return None
        return self._path(self.arguments[0], "a sound file")

    def _path(self, name: str, what: str) -> Path:
        """Return a file that the page shows, and is made anew with."""
        relative, absolute = self.env.relfn2path(name, self.env.docname)
        self.env.note_dependency(relative)
        file = Path(absolute)
        if os.path.isdir(file):
            raise InvalidValueError(f"{relative} is a folder. Name {what} in it.")
        if not os.path.isfile(file):
            raise InvalidValueError(
                f"there is no file {relative} in the folder of conf.py. Name it as seen from the "
                "page or, with a slash in front, from that folder."
            )
        return file

    # -- where it is shown ---------------------------------------------------------------------

    def _figure(self, made: CachedView) -> nodes.figure:
        figure = nodes.figure(classes=["patchviz", *self.options.get("class", [])])
        self.set_source_info(figure)
        width = self.options.get("width")
        # Sphinx finds pictures relative to the page.
        folder = Path(self.env.doc2path(self.env.docname)).parent
        uri = Path(os.path.relpath(made.still, folder)).as_posix()
        image = nodes.image(uri=uri, alt=self.options.get("alt", made.alt))
        if width is not None:
            image["width"] = width
        self.set_source_info(image)
        if made.html is None:
            figure += image
        else:
            style = "text-align:start"
            if width is not None:
                style += ";margin:0 auto;min-width:min(320px,100%);max-width:100%"
                style += f";width:{_css_length(width)}"
            html = f'<div style="{style}">\n{made.html.read_text("utf-8")}\n</div>'
            raw = nodes.raw("", html, format="html", **{FILES: made.files})
            figure += addnodes.only("", raw, expr=_LIVE)
            figure += addnodes.only("", image, expr=f"not ({_LIVE})")
        if "caption" in self.options:
            children, messages = self.parse_inline(self.options["caption"])
            caption = nodes.caption(self.options["caption"], "", *children)
            self.set_source_info(caption)
            figure += [caption, *messages]
        self.add_name(figure)
        for name in figure["names"]:
            wanted = nodes.make_id(name)  # nothing is left of a name without Latin letters
            if wanted and wanted not in figure["ids"]:
                self._warn(
                    f":name: {name} is the address of a heading or of another part of this page, "
                    "where links would lead. Choose another."
                )
        return figure


# The builders whose pages run scripts: an epub is HTML as well, but not all readers play it.
_LIVE = "html and not epub"


def _css_length(length: str) -> str:
    return f"{length}px" if length.replace(".", "", 1).isdigit() else length


# What arguments in Python are called here, where that is another word.
_CALLED = {"hop_duration": "hop", "offset": "from"}


def _spell(argument: Argument) -> str:
    """Call an argument by the name of its option; what options hold has no quotation marks."""
    name = _CALLED.get(argument.name, argument.name.replace("_", "-"))
    if name not in PatchvizDirective.option_spec:
        return str(argument)
    if not argument.has_value or argument.value is True:
        return f":{name}:"
    if argument.value is False:
        return f":{name}: false"
    value = "native" if (name, argument.value) == ("sr", None) else argument.value
    return f":{name}: {value} {argument.unit}".rstrip()
