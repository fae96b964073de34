// The two clocks that playing goes by, at every frame, with a sound that no file holds.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { PageClock, SamplesClock, SoundClock } from "../../patchviz/web/static/clock.js";
import { FakeSound } from "../fakes/sound.js";
import { FakeTime } from "../fakes/time.js";

const time = new FakeTime().install();
const FRAME = 16; // ms
const HOP = 2048 / 22050; // s

/** @type {FakeSound} */
let sound;
/** @type {SoundClock} */
let clock;
/** @type {AbortController} */
let gone;

/** @param {number} duration @param {Partial<FakeSound>} [settings] @param {number} [offset] */
function hear(duration, settings = {}, offset = 0) {
  sound = new FakeSound(duration, settings);
  gone = new AbortController();
  // What the clock needs of an <audio> element is what the fake one has.
  clock = new SoundClock(/** @type {any} */ (sound), offset, gone.signal, 1, assert.ifError);
}

// Starts the clock; a moment later the sound keeps its promise, or breaks it.
async function start() {
  const started = clock.start();
  await Promise.allSettled([started, new Promise(setImmediate).then(() => time.runFor(0))]);
  return started;
}

/** @param {number} actual @param {number} expected @param {number} [apart] */
function near(actual, expected, apart = 1e-9) {
  assert.ok(Math.abs(actual - expected) <= apart, `${actual} is not ${expected}`);
}

beforeEach(() => hear(60));

// -- the page's clock --------------------------------------------------------------------------

test("the page's clock goes from when it is started until it is stopped", async () => {
  const page = new PageClock();
  await time.runFor(500);
  assert.equal(page.time, 0);
  await page.start();
  for (let frame = 1; frame <= 10_000; frame++) {
    await time.runFor(16);
    near(page.time, frame * 0.016);
  }
  page.stop();
  await time.runFor(5000);
  near(page.time, 160);
  await page.start();
  await time.runFor(1000);
  await page.start(); // it runs already
  await time.runFor(1000);
  near(page.time, 162);
});

test("what has passed has passed at the old rate", async () => {
  const page = new PageClock();
  await page.start();
  let passed = 0;
  for (const rate of [4, 0.25, 16, 1 / 16, 1]) {
    page.rate = rate;
    assert.equal(page.rate, rate);
    await time.runFor(777);
    passed += 0.777 * rate;
    near(page.time, passed);
  }
  page.stop();
  page.rate = 3;
  near(page.time, passed);
});

test("a thousand changes of rate in no time change nothing", async () => {
  const page = new PageClock();
  page.rate = 2;
  await page.start();
  for (let i = 0; i < 1000; i++) {
    await time.runFor(16);
    for (const rate of [0.25, 4, 2]) page.rate = rate;
  }
  near(page.time, 32);
});

test("the page's clock goes on from where it is set", async () => {
  const page = new PageClock();
  page.time = 12.5;
  await time.runFor(100);
  assert.equal(page.time, 12.5);
  await page.start();
  await time.runFor(100);
  near(page.time, 12.6);
  page.time = 3;
  await time.runFor(100);
  near(page.time, 3.1);
});

// -- the sound is the clock --------------------------------------------------------------------

// Plays a sound to its end, and looks at both in every frame.
/** @param {number} apart @param {(frame: number) => void} [meanwhile] */
async function playThrough(apart, meanwhile) {
  let [frames, indices, last] = [0, 0, -1];
  await start();
  while (!sound.ended) {
    await time.runFor(FRAME);
    meanwhile?.(frames);
    frames++;
    const heard = sound.position / HOP;
    const index = Math.floor((clock.time + 1e-5) / HOP); // as the player has it
    assert.ok(Math.abs(index + 0.5 - heard) < apart, `index ${index} where ${heard} is heard`);
    if (index !== last) indices++;
    last = index;
  }
  return { frames, indices };
}

/** @type {Record<string, Partial<FakeSound>>} */
const KINDS = {
  "as browsers count it": {},
  "counted in milliseconds": { ticks: 1000 },
  "counted in steps of 40 ms": { ticks: 25 },
};

for (const rate of [1, 4, 0.25]) {
  for (const [how, settings] of Object.entries(KINDS)) {
    test(`sound and index are never a hop apart, at ${rate}x, ${how}`, async () => {
      const duration = rate < 1 ? 100 : 300; // s: at a quarter of the speed seven minutes
      hear(duration, settings);
      clock.rate = rate;
      assert.equal(sound.playbackRate, rate);
      assert.equal(sound.defaultPlaybackRate, rate);
      const { frames, indices } = await playThrough(settings.ticks ? 1 : 0.5 + 1e-3);
      assert.equal(frames, Math.ceil((duration / rate) * (1000 / FRAME)));
      assert.equal(indices, Math.floor(duration / HOP) + 1); // each of them, once
    });
  }
}

test("seeks that come late lose no time", async () => {
  hear(60, { seekTakes: 700 });
  const { frames } = await playThrough(0.5 + 1e-3, (frame) => {
    if (frame % 300 === 299) clock.time = clock.time + 1; // each 4.8 s a second on
  });
  const heard = 11 * (4.8 + 1) - 10 * 0.7; // after the eleventh seek
  assert.equal(frames, 11 * 300 + Math.ceil((60 - heard + 0.7) / 0.016));
});

test("a sound that stalls again and again is waited for", async () => {
  hear(60);
  const { frames } = await playThrough(0.5 + 1e-3, (frame) => {
    if (frame % 300 === 10) sound.stall(1000);
  });
  assert.equal(frames, (60 + 16) / 0.016);
});

test("a change of rate loses no time", async () => {
  await start();
  let passed = 0;
  for (const rate of [4, 0.25, 2, 1]) {
    clock.rate = rate;
    await time.runFor(1234);
    passed += 1.234 * rate;
    near(clock.time, passed, 1e-6);
  }
});

test("what is stopped stays where it is", async () => {
  await start();
  await time.runFor(1000);
  clock.stop();
  assert.ok(sound.paused);
  await time.runFor(1000);
  near(clock.time, 1, 1e-6);
  await start();
  await time.runFor(1000);
  near(clock.time, 2, 1e-6);
});

// -- seeking -----------------------------------------------------------------------------------

for (const offset of [0, 3, 12345.6789]) {
  test(`every start of a patch survives the way there and back, from ${offset} s on`, async () => {
    hear(300, {}, offset);
    for (let index = 0; index < 3000; index++) {
      clock.time = offset + index * HOP;
      await time.runFor(1);
      assert.equal(Math.floor((clock.time - offset + 1e-5) / HOP), index);
    }
  });
}

test("the time is where it was sought, before the sound is there", async () => {
  hear(60, { seekTakes: 200 });
  clock.time = 10;
  assert.equal(clock.time, 10);
  clock.time = 20;
  assert.equal(clock.time, 20);
  assert.equal(sound.currentTime, 10); // the seek under way is left alone
  await time.runFor(200);
  assert.equal(clock.time, 20);
  await time.runFor(200);
  assert.equal(sound.currentTime, 20);
  assert.ok(!sound.seeking);
});

test("of many seeks during one only the last is carried out", async () => {
  hear(60, { seekTakes: 50 });
  let sought = 0;
  sound.addEventListener("seeking", () => sought++);
  for (let i = 1; i <= 500; i++) {
    clock.time = i / 10;
    await time.runFor(1);
    assert.equal(clock.time, i / 10);
  }
  await time.runFor(200);
  assert.equal(clock.time, 50);
  assert.equal(sound.currentTime, 50);
  assert.ok(sought <= 12, `${sought} seeks in half a second of 50 ms each`);
});

test("a seek between the end of another and its event is the last", async () => {
  hear(60, { seekTakes: 100 });
  clock.time = 10;
  clock.time = 20; // once that is done
  await new Promise((done) => {
    sound.addEventListener("timeupdate", done, { once: true }); // comes first; "seeked" follows
    time.runFor(100);
  });
  assert.ok(!sound.seeking);
  clock.time = 30;
  await time.runFor(1000);
  assert.equal(clock.time, 30);
  assert.equal(sound.currentTime, 30);
});

test("before its start there is nothing to seek", async () => {
  hear(60, {}, 5);
  clock.time = 2;
  await time.runFor(1);
  assert.equal(sound.currentTime, 0);
  assert.equal(clock.time, 5);
});

test("who is gone seeks no more", async () => {
  hear(60, { seekTakes: 100 });
  clock.time = 10;
  clock.time = 20;
  gone.abort();
  await time.runFor(1000);
  assert.equal(sound.currentTime, 10);
});

// -- who may play ------------------------------------------------------------------------------

test("without a click it plays what is muted", async () => {
  hear(60, { allowed: "muted" });
  await start();
  assert.ok(sound.muted);
  await time.runFor(1000);
  near(clock.time, 1, 1e-6);
});

test("why nothing may play is told", async () => {
  hear(60, { allowed: "never" });
  await assert.rejects(start(), { name: "NotAllowedError", message: "it may not play" });
  assert.ok(sound.muted);
  await assert.rejects(start(), { name: "NotAllowedError" });
});

test("a stop before the sound has started is told as what it is", async () => {
  hear(60, { seekTakes: 100 });
  clock.time = 10;
  const started = start();
  clock.stop();
  await assert.rejects(started, { name: "AbortError" });
  assert.ok(!sound.muted);
});

// -- samples in Web Audio ----------------------------------------------------------------------

// What is needed of an AudioContext, half a second after it was made.
class FakeContext {
  currentTime = 0.5;
  outputLatency = 0.25; // s

  createBuffer(/** @type {number} */ _, /** @type {number} */ length, /** @type {number} */ rate) {
    return { duration: length / rate, copyToChannel() {} };
  }

  createBufferSource() {
    return { playbackRate: { value: 1 }, connect() {}, start() {}, stop() {}, disconnect() {} };
  }
}

/** @param {FakeContext} context @param {string} userAgent */
function turn(context, userAgent, speed = 1) {
  Object.defineProperty(globalThis, "navigator", { value: { userAgent }, configurable: true });
  const output = /** @type {any} */ ({ context });
  return new SamplesClock(output, new Float32Array(1000), 1000, 60, 1, speed, null);
}

for (const speed of [1, 0.5]) {
  test(`a loop's time is that of what is heard, at ${speed}x`, () => {
    const context = new FakeContext();
    const samples = turn(context, "Chromium", speed);
    const at = (/** @type {number} */ seconds) => {
      context.currentTime = 0.5 + seconds;
      return samples.time - 60;
    };
    near(at(0.2), 0, 1e-9); // nothing is heard yet
    near(at(0.25), 0, 1e-9);
    near(at(0.75), 0.5 * speed, 1e-9);
    near(at(1.15), 0.9 * speed, 1e-9);
    samples.rate = 2 * speed; // which is heard when what was played at the other one has been
    near(at(1.15), 0.9 * speed, 1e-9);
    near(at(1.4), (1.15 * speed) % 1, 1e-9);
    near(at(1.5), (1.35 * speed) % 1, 1e-9);
    context.outputLatency = 0.05; // as of another device; it is not asked in each frame
    near(at(1.6), (1.55 * speed) % 1, 1e-9);
    near(at(2.65), (4.05 * speed) % 1, 1e-9);
  });

  test(`at any speed a loop's picture is as late as its sound, from ${speed}x on`, () => {
    const context = new FakeContext();
    const samples = turn(context, "Chromium", speed);
    let played = 0;
    /** @type {number[]} */
    const past = [];
    for (let ms = 0; ms < 6000; ms++) {
      context.currentTime = 0.5 + ms / 1000;
      if (ms === 300 || ms === 2500) samples.rate = 4;
      if (ms === 400 || ms === 4000) samples.rate = 0.25;
      const rate = ms < 300 ? speed : ms < 400 ? 4 : ms < 2500 ? 0.25 : ms < 4000 ? 4 : 0.25;
      past.push(played);
      near((((samples.time - 60 - (past[ms - 250] ?? 0)) % 1) + 1.5) % 1, 0.5, 1e-6);
      played += rate / 1000;
    }
  });
}

test("Firefox is not asked how late a sound is: it may wait for ever", () => {
  const context = new FakeContext();
  Object.defineProperty(context, "outputLatency", { get: () => assert.fail("it is asked") });
  const samples = turn(context, "Gecko Firefox/128.0");
  context.currentTime = 0.84;
  near(samples.time, 60.3, 1e-9);
});
