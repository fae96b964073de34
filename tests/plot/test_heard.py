"""Which frequencies are seen where nobody says which: those in which there can be sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
import soundfile

import patchviz as pv
from patchviz.audio.source import Audio
from patchviz.core.spectrogram import Spectrogram
from patchviz.plot.axis import FrequencyAxis
from patchviz.web.options import PlayerOptions
from patchviz.web.sheet import make_content


def sounds_of(*rates: int, **options: Any) -> list[Spectrogram]:
    """Noise, each a second, of some rates, analysed at 22,050 Hz."""
    noise = np.random.default_rng(0).normal(size=max(rates))
    rates_noise = ((rate, Audio.from_array(noise[:rate], rate)) for rate in rates)
    return [
        Spectrogram(
            np.zeros((129, 87)), sr=22_050, hop_length=256, name=f"{rate}", audio=audio,
            **{"y_axis": "linear", **options},
        )
        for rate, audio in rates_noise
    ]  # fmt: skip


def test_an_axis_ends_where_its_sound_can_have_no_more() -> None:
    (spec,) = sounds_of(8000)
    axis, whole = FrequencyAxis.of(spec), FrequencyAxis.of(spec, (None, None))
    assert axis.limits == (whole.limits[0], 4000)
    assert len(axis.edges) == len(whole.edges)  # values and rows are what they were
    assert axis.positions[-1] > 1
    assert FrequencyAxis.of(spec, (1000, 9000)).limits == (1000, 9000)
    (spec,) = sounds_of(22_050)
    assert FrequencyAxis.of(spec).limits == whole.limits
    (spec,) = sounds_of(8000, fmax=3000.0, y_axis="mel")
    assert FrequencyAxis.of(spec).limits == FrequencyAxis.of(spec, (None, None)).limits
    (spec,) = sounds_of(8000, y_axis="none")
    assert FrequencyAxis.of(spec).limits == (-0.5, 128.5)


def test_figures_and_players_end_alike() -> None:
    (spec,) = sounds_of(8000)
    patches = spec.patches(frame_length=20)
    mosaic = pv.plot_mosaic(patches)
    axes = [pv.plot_spectrogram(spec), mosaic.overview, *mosaic.panels, pv.PatchView(patches).ax]
    assert {ax.get_ylim()[1] for ax in axes} == {4000}
    player = pv.player(patches)
    assert player.state["frequency"]["limits"][1] == 4000
    plt.close("all")


@pytest.mark.parametrize(("rates", "highest"), [((8000, 16_000), 8000), ((8000, 22_050), 11_068)])
def test_recordings_side_by_side_have_the_axis_of_the_highest(
    rates: tuple[int, ...], highest: float
) -> None:
    patches = [spec.patches(frame_length=20, hop_length=20) for spec in sounds_of(*rates)]
    options = PlayerOptions()
    content = make_content(patches, None, options, names=None, audio=False, height=None)
    tops = [player.state["frequency"]["limits"][1] for player in content.players]
    assert tops == pytest.approx([highest, highest], abs=1)


def test_a_mosaic_of_several_rates_has_one_axis(tmp_path: Path) -> None:
    for rate in (8000, 16_000):
        noise = np.random.default_rng(0).uniform(-0.5, 0.5, rate)
        soundfile.write(tmp_path / f"{rate}.wav", noise, rate)
    recordings = pv.Recordings(tmp_path, duration=1.0, kind="stft")
    mosaic = pv.plot_mosaic(recordings, [0, 1])
    assert {panel.get_ylim()[1] for panel in mosaic.panels} == {8000}
    assert not mosaic.panels[1].get_ylabel()
    plt.close("all")
