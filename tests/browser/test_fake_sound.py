"""The fake sound of the other tests, side by side with what it stands for."""

from __future__ import annotations

import pytest

from patchviz.audio.encode import encode_sound
from patchviz.web.html import data_uri

from .conftest import FAKES, make_audio

# What is done to a sound, each when the event before has come. Returned is all that was to be
# seen: what was read at once, what came of promises, and the events, each with the sound's state.
DO = {
    "plays to its end, and again from its start": """
        log(await sound.play().then(() => "kept"));
        log(sound.paused, sound.ended);
        await event("ended");
        log(sound.currentTime === sound.duration, sound.ended, sound.paused);
        const again = sound.play();
        log(sound.currentTime, sound.seeking, sound.paused, sound.ended);
        await event("seeked");
        await again;
        log(sound.currentTime < 0.3);
        sound.pause();
        log(sound.paused);
        await event("pause");
    """,
    "is where it was sent, at once": """
        sound.currentTime = 0.3;
        log(sound.currentTime, sound.seeking, sound.paused);
        await event("seeked");
        log(sound.currentTime, sound.seeking);
        sound.currentTime = 0.2;
        sound.currentTime = 0.1;
        log(sound.currentTime);
        await event("seeked");
        log(sound.currentTime);
        sound.currentTime = -7;
        log(sound.currentTime);
        await event("seeked");
        sound.currentTime = 1000;
        log(sound.currentTime === sound.duration, sound.ended);
        await event("seeked");
        await until(() => sound.ended);
    """,
    "counts microseconds": """
        for (const time of [0.1234567, 0.0928798, 2048 / 22050, 3 * 2048 / 22050]) {
            sound.currentTime = time;
            log(sound.currentTime);
            await event("seeked");
            log(sound.currentTime);
        }
    """,
    "a pause at once breaks the promise": """
        const promise = sound.play();
        sound.pause();
        log(sound.paused);
        log(await promise.catch((error) => error.name));
        const other = sound.play();
        log(sound.paused);
        log(await other.then(() => "kept"));
        log(await sound.play().then(() => "kept too"));
        sound.pause();
        await event("pause");
        sound.pause(); // says nothing
    """,
    "a seek while it plays": """
        await sound.play();
        sound.currentTime = 0.35;
        log(sound.seeking, sound.paused);
        await event("seeked");
        log(sound.paused, sound.currentTime >= 0.35 - 1e-5);
        await event("ended");
    """,
    "a seek to the end while it plays": """
        await sound.play();
        sound.currentTime = sound.duration;
        log(sound.ended, sound.paused);
        await event("ended");
        log(sound.ended, sound.paused);
    """,
    "rates": """
        sound.defaultPlaybackRate = sound.playbackRate = 4;
        sound.playbackRate = 4; // says nothing
        await event("ratechange");
        log(sound.playbackRate, sound.defaultPlaybackRate);
        const refused = [0.01, 17].map((rate) => {
            try { sound.playbackRate = rate; } catch (error) { return error.name; }
        });
        log(refused, sound.playbackRate);
        await sound.play();
        await event("ended");
    """,
    "muted": """
        sound.muted = true;
        sound.muted = true; // says nothing
        log(sound.muted);
        await event("volumechange");
        sound.muted = false;
        await event("volumechange");
    """,
}


@pytest.mark.parametrize("what", list(DO))
def test_it_does_what_chromiums_own_does(open_page, what):
    fake = (FAKES / "sound.js").read_text("utf-8")
    sound = encode_sound(make_audio(0.5), 0.0, 0.5, audio_format="wav")
    opened = open_page(
        "<!DOCTYPE html><meta charset=utf-8><p>sound</p>"
        f'<script type="module">{fake}; window.FakeSound = FakeSound;</script>',
        ready=False,
    )
    opened.page.locator("p").click()  # without a click no page may make a sound
    real, faked = opened.page.evaluate(
        f"""async (uri) => {{
            const watched = ["play", "pause", "seeked", "ended", "volumechange", "ratechange"];
            const run = async (sound) => {{
                const seen = [];
                const log = (...what) => seen.push(what);
                for (const type of watched) {{
                    // Chromium knows a moment late that what was sought to its end has ended,
                    // and so is paused.
                    const isLate = () => type === "seeked" && sound.currentTime >= sound.duration;
                    sound.addEventListener(type, () =>
                        log(type, isLate() || sound.paused, isLate() || sound.ended));
                }}
                const event = (type) => new Promise((done, fail) => {{
                    sound.addEventListener(type, done, {{ once: true }});
                    const missed = new Error(`no "${{type}}"`);
                    setTimeout(() => fail(missed), 5000);
                }});
                const until = async (holds) => {{
                    while (!holds()) await new Promise((done) => setTimeout(done));
                }};
                {DO[what]}
                await new Promise((done) => setTimeout(done, 50)); // what comes unasked
                return seen;
            }};
            const audio = new Audio(uri);
            await new Promise((done) => (audio.oncanplaythrough = done));
            return [await run(audio), await run(new FakeSound(audio.duration))];
        }}""",
        data_uri(sound.data, sound.media_type),
    )
    assert len(real) >= 3
    assert faked == real
