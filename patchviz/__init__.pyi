__version__: str

from .animation.animate import PatchAnimation as PatchAnimation
from .animation.animate import animate as animate
from .audio.source import Audio as Audio
from .core.spectrogram import Patches as Patches
from .core.spectrogram import Spectrogram as Spectrogram
from .errors import PatchvizError as PatchvizError
from .features.base import Features as Features
from .features.constantq import Cqt as Cqt
from .features.frontend import FrontEnd as FrontEnd
from .features.spectral import Chroma as Chroma
from .features.spectral import Mel as Mel
from .features.spectral import Mfcc as Mfcc
from .features.spectral import Stft as Stft
from .io.labels import read_labels as read_labels
from .io.labels import write_labels as write_labels
from .jupyter.scrubber import Scrubber as Scrubber
from .jupyter.scrubber import scrub as scrub
from .plot.coverage import plot_coverage as plot_coverage
from .plot.mosaic import Mosaic as Mosaic
from .plot.mosaic import plot_mosaic as plot_mosaic
from .plot.overview import plot_spectrogram as plot_spectrogram
from .plot.view import PatchView as PatchView
from .web.player import Player as Player
from .web.player import player as player
