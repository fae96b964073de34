__version__: str

from .animation import PatchAnimation as PatchAnimation
from .animation import animate as animate
from .audio import Audio as Audio
from .errors import PatchvizError as PatchvizError
from .mosaic import Mosaic as Mosaic
from .mosaic import plot_mosaic as plot_mosaic
from .overview import plot_spectrogram as plot_spectrogram
from .patches import Patches as Patches
from .player import Player as Player
from .player import player as player
from .spectrogram import Spectrogram as Spectrogram
from .view import PatchView as PatchView
from .widget import Scrubber as Scrubber
from .widget import scrub as scrub
