"""How a player's sound is heard, in Chromium: louder, only a band of it, a span over and over."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import patchviz as pv

SR = 48_000

# Listens with an analyser for 0.6 s, and on until what it has is sound throughout: a busy machine
# begins late, and stops in between. Returns the highest sample.
HEAR = """async (analyser) => {
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    const { context } = analyser;
    const start = context.currentTime;
    const samples = new Float32Array(analyser.fftSize);
    const patience = performance.now() + 30_000;
    let highest = 0;
    const isSilent = (at) => samples.subarray(at, at + 512).every((sample) => sample === 0);
    const hasGap = () => samples.some((_, at) => at % 512 === 0 && isSilent(at));
    do {
        await new Promise((done) => setTimeout(done, 20));
        analyser.getFloatTimeDomainData(samples);
        for (const sample of samples) highest = Math.max(highest, Math.abs(sample));
    } while ((context.currentTime < start + 0.6 || hasGap()) && performance.now() < patience);
    return highest;
}"""

# What the page sends to the loudspeaker in a second: its spectrum in dB, and the highest sample.
LISTEN = f"""(async () => {{
    const analyser = window.last.context.createAnalyser();
    window.last.connect(analyser);
    const highest = await ({HEAR})(analyser);
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const {{ sampleRate }} = analyser.context;
    const at = (hertz) => levels[Math.round((hertz * analyser.fftSize) / sampleRate)];
    return {{ highest, levels: argument.map(at) }};
}})()"""

# Until nothing of what it sends, of a sixth of a second, is as loud.
BELOW = """(async () => {
    const analyser = window.last.context.createAnalyser();
    analyser.fftSize = 8192;
    window.last.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let highest = 0;
    const patience = performance.now() + 30_000;
    do {
        await new Promise((done) => setTimeout(done, 20));
        analyser.getFloatTimeDomainData(samples);
        highest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    } while ((!highest || highest >= argument) && performance.now() < patience);
    return highest;
})()"""

# Remembers which node is the last before the loudspeaker: a script of the page, as a player whose
# gain is not 0 connects its sound when it is made, where somebody has clicked before.
TAP = """{
    const { connect } = AudioNode.prototype;
    AudioNode.prototype.connect = function (to, ...rest) {
        if (to instanceof AudioDestinationNode) window.last = this;
        return connect.call(this, to, ...rest);
    };
}"""

# A page whose Web Audio is reckoned at once, not heard: three seconds of it.
OFFLINE = """{
    window.AudioContext = class extends OfflineAudioContext {
        constructor() {
            super(1, 3 * 48000, 48000);
            window.context = this;
        }
        createMediaElementSource() {
            return this.createGain();
        }
        async resume() {}
    };
}"""


def sounding(y: np.ndarray, sr: int = SR, **options: Any) -> pv.Player:
    """A player of patches of 0.1 s, of 480 Hz a row up to 24 kHz."""
    spec = pv.Spectrogram(
        np.random.default_rng(0).random((50, len(y) * 100 // sr)),
        sr=sr, hop_length=sr // 100, y_axis="linear", audio=pv.Audio.from_array(y, sr),
    )  # fmt: skip
    patches = spec.patches(frame_length=10, hop_length=1)
    return pv.player(patches, audio=True, audio_format="wav", **options)


def tones(*frequencies: float, sr: int = SR, seconds: float = 3, level: float = 0.2) -> np.ndarray:
    t = np.arange(int(seconds * sr)) / sr
    return level * np.sum([np.sin(2 * np.pi * f * t) for f in frequencies], axis=0)


def listened(opened: Any, hertz: list[float]) -> dict[str, Any]:
    """Return what is heard at these frequencies, in dB, and the highest sample."""
    opened.wait("window.last && player.playing")
    heard: dict[str, Any] = opened.js(LISTEN, hertz)
    return heard


def rendered(opened: Any, n: int) -> tuple[bool, np.ndarray]:
    """Return whether what an `OFFLINE` page plays comes again every n samples, and the first n."""
    opened.wait("player.playing && player.sound.looping && window.context")
    opened.js("player.sound.samples(0, 0.1)")  # when these are there, those of the loop are
    opened.settle()
    exact, turn = opened.js(
        """(async () => {
            const samples = (await window.context.startRendering()).getChannelData(0);
            const exact = samples.every((sample, i) => sample === samples[i % argument]);
            return [exact, [...samples.slice(0, argument)]];
        })()""",
        n,
    )
    return exact, np.array(turn)


def test_gain_is_in_db_and_nothing_leaves_full_scale(open_page: Any) -> None:
    opened = open_page(sounding(tones(1000, level=0.1, seconds=10), gain_db=12), script=TAP)
    opened.find("button.play").click()
    before = listened(opened, [1000])
    assert before["highest"] == pytest.approx(0.1 * 10 ** (12 / 20), rel=0.03)
    opened.find("button.tune").click()
    opened.find("input[aria-label=Gain]").fill("40")
    assert opened.find(".gain").inner_text() == "+40 dB"
    after = listened(opened, [1000])
    assert 0.4 < after["highest"] <= 1
    opened.js("(player.sound.gain = -20)")
    assert opened.js(BELOW, 0.0103) < 0.0103  # it falls, and stays where it has fallen to
    assert listened(opened, [1000])["highest"] == pytest.approx(0.01, rel=0.03)
    assert opened.find(".gain").inner_text() == "−20 dB"


@pytest.mark.parametrize("speed", [1, 0.5])
def test_of_other_bands_at_least_40_db_are_taken_off(open_page: Any, speed: float) -> None:
    made = sounding(tones(1000, 5000, 9000, seconds=10), flim=(4000, 6000), speed=speed)
    opened = open_page(made, script=TAP)
    opened.find("button.tune").click()
    opened.find(".tuning label").nth(1).click()
    assert opened.find(".tuning label").nth(1).inner_text() == "only 4.00–6.00 kHz"
    opened.find("button.play").click()
    low, inside, high = listened(opened, [1000 * speed, 5000 * speed, 9000 * speed])["levels"]
    assert inside > -30
    assert max(low, high) < inside - 40
    opened.find(".tuning label").nth(1).click()
    low, inside, high = listened(opened, [1000 * speed, 5000 * speed, 9000 * speed])["levels"]
    assert min(low, high) > inside - 3


def test_a_patch_turns_exactly_a_hundred_times(open_page: Any) -> None:
    """Its 1,440 samples come every 1,440 samples, with no jump where they meet."""
    y = np.random.default_rng(0).uniform(-0.5, 0.5, 3 * SR)
    opened = open_page(sounding(y, loop=True), script=OFFLINE)
    opened.js("(player.region = [0.5, 0.53])")
    opened.find("button.hear").click()
    exact, turn = rendered(opened, 1440)
    assert exact
    first = round(0.5 * SR)
    inner = slice(240, 1200)  # 5 ms from either end
    np.testing.assert_allclose(turn[inner], y[first : first + 1440][inner], atol=1e-4)
    assert turn[0] == turn[-1] == 0
    assert np.abs(turn[:24]).max() < 0.06


def test_the_window_stays_and_the_playhead_follows_a_loop(open_page: Any) -> None:
    opened = open_page(sounding(tones(440), loop=True, index=20))
    events = opened.js("(window.heard = [], player.on('region', (r) => window.heard.push(r)), 0)")
    opened.find("button.hear").click()
    opened.wait("player.sound.looping && player.sound.time > 0.25")
    # Its clock goes on by blocks, of which a busy machine has few in as many looks.
    opened.wait("(window.times ??= new Set()).add(player.sound.time).size > 8")
    assert all(0.2 <= time <= 0.3 for time in opened.js("[...window.times]"))
    assert opened.index == 20
    assert opened.js("element.querySelector('audio').paused")
    opened.js("(player.index = 100)")
    opened.wait("player.sound.time >= 1 && player.sound.looping")
    opened.js("(player.region = [2, 2.05])")
    opened.wait("player.sound.time >= 2 && player.sound.looping")
    opened.find("button.loop").click()
    opened.wait("!player.playing")  # it is heard once more, by the element, and ends
    assert opened.js("window.heard") == [[2, 2.05]]
    assert not opened.js("player.sound.looping")
    assert events == 0


def test_samples_are_those_of_the_recording(open_page: Any) -> None:
    y = np.random.default_rng(1).uniform(-0.5, 0.5, 3 * SR)
    opened = open_page(sounding(y))
    samples = opened.js("[...(await player.sound.samples(0.7, 0.9))]")
    np.testing.assert_allclose(samples, y[33600:43200], atol=1 / 32768)
    assert opened.js("player.sound.rate") == SR


def test_what_cannot_be_exact_says_so_and_loops_all_the_same(open_page: Any) -> None:
    opened = open_page(sounding(tones(440), loop=True, speed=0.5, pitch="keep"))
    opened.find("button.hear").click()
    opened.wait("player.hearing && !element.querySelector('audio').paused")
    message = "The loop is not exact while the pitch is kept."
    assert opened.find(".message").inner_text() == message
    opened.js("(player.pause(), player.sound.pitch = 'expand', window.AudioContext = undefined)")
    opened.find("button.hear").click()
    opened.wait("player.hearing && !element.querySelector('audio').paused")
    message = "Without Web Audio the sound is played as it is: "
    assert opened.find(".message").inner_text().startswith(message)


def test_the_panel_has_words_and_leaves_its_keys_alone(open_page: Any) -> None:
    opened = open_page(sounding(tones(440)))
    tune = opened.find("button.tune")
    assert tune.get_attribute("aria-expanded") == "false"
    tune.focus()
    opened.page.keyboard.press("Enter")
    assert tune.get_attribute("aria-expanded") == "true"
    opened.find("input[aria-label=Gain]").focus()
    opened.page.keyboard.press("ArrowRight")
    assert opened.js("[player.sound.gain, player.index]") == [1, 0]
    assert opened.find("input[aria-label=Gain]").get_attribute("aria-valuetext") == "+1 dB"
    opened.page.keyboard.press("Escape")
    assert opened.find(".tuning").is_hidden()
    assert opened.js("root.activeElement.className") == "icon tune"


def test_without_a_sound_there_is_nothing_to_tune(open_page: Any, patches: pv.Patches) -> None:
    opened = open_page(pv.player(patches))
    assert opened.find("button.tune").is_hidden()
    assert opened.find(".tuning").is_hidden()


def test_the_band_follows_the_zoom(open_page: Any) -> None:
    opened = open_page(sounding(tones(1000, 12_000, 20_000, seconds=10)), script=TAP)
    opened.find("button.tune").click()
    band = opened.find(".tuning label").nth(1)
    assert band.inner_text() == "only 0.00–24.2 kHz"
    band.click()
    opened.find("input[aria-label=Patch]").focus()
    for _ in range(2):
        opened.page.keyboard.press("Alt+Equal")
    low, high = opened.js("player.band")
    assert 2000 < low < 11_000 < 13_000 < high < 19_000
    assert band.inner_text() == f"only {low / 1000:.2f}–{high / 1000:.3g} kHz"
    opened.find("button.play").click()
    below, inside, above = listened(opened, [1000, 12_000, 20_000])["levels"]
    assert max(below, above) < inside - 40
