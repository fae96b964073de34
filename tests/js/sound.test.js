// What the sound tells of a start that goes wrong, with an element that keeps no promise.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @type {any} */
const page = globalThis;
Object.defineProperty(page, "navigator", { value: { userAgent: "Chromium", userActivation: { hasBeenActive: true } }, configurable: true });
page.document = { hidden: false };
page.location = { protocol: "http:" };

class FakeElement extends EventTarget {
  paused = true;
  muted = false;
  currentTime = 0;
  duration = 10;
  readyState = 4;
  src = "data:audio/wav,";
  currentSrc = this.src;
  error = null;
  /** @type {{ reject: (error: Error) => void, resolve: (nothing?: unknown) => void }[]} */
  played = []; // promises, of which each test keeps or breaks some

  play() {
    this.paused = false;
    return new Promise((resolve, reject) => this.played.push({ resolve, reject }));
  }

  pause() {
    this.paused = true;
  }
}
page.HTMLMediaElement = FakeElement;
const { Sound } = await import("../../patchviz/web/static/sound.js");

/** @type {FakeElement} */
let element;
/** @type {InstanceType<typeof Sound>} */
let sound;
/** @type {string[]} */
let told;

beforeEach(() => {
  delete page.AudioContext;
  told = [];
  const tell = (/** @type {string} */ what) => (/** @type {string} */ text) => void (text && told.push(`${what}: ${text}`));
  const nothing = () => {};
  sound = new Sound({
    say: tell("say"), lose: tell("lose"), fail: tell("fail"), band: () => null,
    pause: nothing, play: nothing, seeked: nothing, tick: nothing, tell: nothing,
  });
  element = new FakeElement();
  sound.set(/** @type {any} */ (element), /** @type {any} */ ({ stretch: 1, start: 0, rate: 1000 }));
});

const refused = Object.assign(new Error("no"), { name: "NotSupportedError" });

test("why a sound does not start is told", async () => {
  const started = sound.start();
  element.played[0].reject(refused);
  await started;
  assert.deepEqual(told, ["fail: The sound cannot be played: no"]);
});

test("a pause that comes before it is no failure", async () => {
  const started = sound.start();
  element.played[0].reject(Object.assign(new Error("paused"), { name: "AbortError" }));
  await started;
  assert.deepEqual(told, []);
});

for (const [what, then] of /** @type {[string, () => void][]} */ ([
  ["started again", () => sound.start()],
  ["stopped", () => sound.stop()],
  ["closed", () => sound.close()],
  ["another", () => sound.set(/** @type {any} */ (new FakeElement()), null)],
])) {
  test(`what fails late, where the sound is ${what} by then, stops nothing`, async () => {
    const started = sound.start();
    then();
    element.played[0].reject(refused);
    await started;
    assert.deepEqual(told, []);
  });
}

for (const [what, make] of /** @type {[string, any][]} */ ([
  ["there is none", undefined],
  ["there are no more", class { constructor() { throw new Error("no more contexts"); } }],
])) {
  test(`without a context of Web Audio a loop is played as it is: ${what}`, async () => {
    page.AudioContext = make;
    const started = sound.start([1, 2]);
    element.played[0].resolve();
    await started;
    assert.ok(!sound.looping);
    assert.ok(!element.paused);
    assert.match(told.join(), /^say: Without Web Audio the sound is played as it is: (no more contexts|.*AudioContext.*)\.$/);
    sound.gain = 6;
    sound.mix = 20_000;
    assert.equal(told.filter((text) => !text.startsWith("say: ")).join(), "");
  });
}
