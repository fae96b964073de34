// The player: one picture of a whole spectrogram, over which a window of one patch moves.
//
// The same module is the exported page's custom element and the canvas of the Jupyter widget.
// player.py writes `state` (see its docstring for the keys, state.d.ts for their types).
import { Cells, asBytes } from "./cells.js";
import { PageClock, SoundClock } from "./clock.js";
import { Display, LATER } from "./display.js";
import { Framing, clamp } from "./framing.js";
import { followDrags, followKeys, followPointer } from "./gestures.js";
import { buildParts, listen } from "./parts.js";
import { followTheme } from "./theme.js";

/** @import { Bytes } from "./cells.js" */
/** @import { Moment } from "./display.js" */
/** @import { Show } from "./parts.js" */
/** @import { State } from "./state.js" */

/**
 * @typedef {(string | Bytes)[]} Tiles
 * @typedef {"set" | "user" | "play" | "sound"} Source
 * @typedef {object} Settings
 * @property {State} state
 * @property {Tiles} tiles
 * @property {HTMLAudioElement | null} [audio]
 * @property {Partial<Show>} [show]
 * @property {Partial<State["options"]>} [options]
 * @property {Player} [leader]
 */

class Player {
  /** @type {State} */
  #state = LATER;
  /** @type {Framing} */
  #framing = LATER;
  #parts;
  #root;
  /** @type {Player} */
  #leader; // whose index, clock and buttons are shown: its own, or those of another player
  /** @type {Set<Player>} */
  #followers = new Set();
  #display;
  #loading = Promise.resolve();
  /** @type {HTMLAudioElement | null} */
  #audio = null;
  /** @type {PageClock | SoundClock} */
  #clock = LATER;
  #soundAbort = new AbortController();
  #abort = new AbortController();
  /** @type {Map<string, Set<(...values: any[]) => unknown>>} */
  #listeners = new Map();
  #frame = 0;
  #index = 0;
  /** @type {"through" | "span" | null} */
  #mode = null; // null, "through" all patches, or the "span" of one
  #loop = false;
  #speed = 1;
  /** @type {"recording" | "patch"} */
  #time = "recording";

  /** @param {HTMLElement} container @param {Settings} settings */
  constructor(container, { state, tiles, audio = null, show, options, leader }) {
    this.#leader = leader ?? this;
    if (leader) leader.#followers.add(this);
    this.#parts = buildParts({ header: true, picture: true, controls: true, ...show });
    this.#root = container.shadowRoot ?? container.attachShadow({ mode: "open" });
    this.#root.replaceChildren(...this.#parts.nodes);
    // Events that leave the shadow root seem to come from the container: JupyterLab looks there.
    container.setAttribute("data-lm-suppress-shortcuts", "true");
    followTheme(this.#parts.body, this.#abort.signal);
    this.#display = new Display(this.#parts, () => this.#draw());
    const { index = 0, loop, speed, time, autoplay } = { ...state.options, ...options };
    this.#index = index;
    this.#loop = Boolean(loop);
    this.#speed = speed ?? 1;
    this.#time = time ?? "recording";
    this.ready = this.setSpectrogram(state, tiles, audio).then(() => {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (autoplay && !still && !this.#abort.signal.aborted) this.play();
    });
  }

  // -- what others may set, ask and hear ---------------------------------------------------

  // Shows another spectrogram, or the same cells with another title, palette or carving:
  // without `tiles` the cells stay, without `audio` (undefined) the sound does. Calls are carried
  // out one after the other; the promise fulfils when this one's picture is there.
  /** @type {(state: State, tiles?: Tiles | null, audio?: HTMLAudioElement | null) => Promise<void>} */
  setSpectrogram(state, tiles, audio) {
    this.#loading = this.#loading.then(() => this.#load(state, tiles, audio));
    return this.#loading;
  }

  /** @type {(state: State, tiles?: Tiles | null, audio?: HTMLAudioElement | null) => Promise<void>} */
  async #load(state, tiles, audio) {
    this.pause();
    let cells = null;
    try {
      if (tiles?.length) cells = await Cells.decode(tiles, state.image.type);
    } catch (error) {
      this.#display.fail(`The picture cannot be decoded: ${/** @type {Error} */ (error).message}.`);
      return;
    }
    if (this.#abort.signal.aborted) return;
    if (!this.#state) this.#listen();
    this.#state = state;
    this.#framing = new Framing(state);
    this.#index = clamp(this.#index, 0, this.#framing.last);
    this.#display.show(state, this.#framing, cells);
    if (audio !== undefined) this.#setSound(audio);
    else this.#seek();
    this.#showButtons();
    this.#draw();
  }

  get index() {
    return this.#index;
  }

  set index(index) {
    if (this.#state) this.#setIndex(index, "set");
    else this.#index = index; // fitted in when the picture is there
  }

  get playing() {
    return this.#mode !== null;
  }

  // Whether what plays is the span of one patch.
  get hearing() {
    return this.#mode === "span";
  }

  get loop() {
    return this.#loop;
  }

  set loop(loop) {
    this.#loop = Boolean(loop);
    this.#tell("loop", this.#loop);
  }

  get speed() {
    return this.#speed;
  }

  set speed(speed) {
    this.#speed = speed;
    if (this.#clock) this.#clock.rate = speed;
    this.#saySlow();
    this.#tell("speed", speed);
  }

  // What the time axis counts: "recording" or "patch".
  get time() {
    return this.#time;
  }

  set time(time) {
    this.#time = time;
    this.#tell("time", time);
    this.#invalidate();
  }

  // True also where there is no sound.
  get muted() {
    return this.#audio?.muted ?? true;
  }

  set muted(muted) {
    if (this.#audio) this.#audio.muted = muted;
  }

  // Start and end of a patch in the recording, in seconds.
  interval(index = this.#index) {
    return this.#framing.interval(index);
  }

  // Which patch it is and when it sounds, as the header has it.
  get readout() {
    const { captions, known } = this.#display;
    return [captions.readout(this.#index), known.text(this.#index)].filter(Boolean).join(" · ");
  }

  play() {
    return this.#start("through");
  }

  // Plays the span of the current patch.
  hear() {
    return this.#start("span");
  }

  pause() {
    if (this.#mode === null) return;
    const wasSpan = this.#mode === "span";
    this.#mode = null;
    this.#clock.stop();
    if (wasSpan) this.#seek();
    this.#tell("playing", false);
    this.#invalidate();
  }

  // Calls f(value, source) on "index" (source: "set", "user", "play" or "sound"), "playing",
  // "loop", "speed", "muted" and "time". Returns a function that stops it.
  /** @param {string} type @param {(...values: any[]) => unknown} f */
  on(type, f) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(f));
    return () => listeners.delete(f);
  }

  destroy() {
    if (this.#state) this.pause();
    cancelAnimationFrame(this.#frame);
    this.#display.close();
    this.#soundAbort.abort();
    this.#abort.abort();
    this.#listeners.clear();
    this.#leader.#followers.delete(this);
    this.#root.replaceChildren(document.createElement("slot"));
  }

  // -- the one index -----------------------------------------------------------------------

  /** @param {number} index @param {Source} source */
  #setIndex(index, source) {
    index = clamp(Math.round(index), 0, this.#framing.last);
    if (index === this.#index || Number.isNaN(index)) return;
    this.#index = index;
    if (source === "set" || source === "user") this.#seek();
    this.#invalidate();
    this.#emit("index", index, source);
  }

  /** @param {string} type @param {unknown[]} values */
  #emit(type, ...values) {
    for (const f of [...(this.#listeners.get(type) ?? [])]) f(...values);
  }

  // Emits what the buttons show too.
  /** @param {string} type @param {unknown} value */
  #tell(type, value) {
    this.#emit(type, value);
    this.#showButtons();
  }

  // -- playing -----------------------------------------------------------------------------

  /** @param {HTMLAudioElement | null} audio */
  #setSound(audio) {
    this.#soundAbort.abort();
    this.#soundAbort = new AbortController();
    const { signal } = this.#soundAbort;
    this.#audio = audio;
    if (audio) {
      this.#clock = new SoundClock(audio, this.#state.audio?.start ?? 0, signal);
      // Media keys and whatever else moves the sound move the window too. What events tell is a
      // moment old, and may be past.
      const handlers = {
        error: () => this.#loseSound(),
        pause: () => audio.paused && !audio.ended && this.pause(),
        play: () => !audio.paused && this.#mode === null && this.#enter("through"),
        seeked: () => this.#followSound(),
        // Where the page is hidden and draws no frames, loops and ends still come in time.
        timeupdate: () => document.hidden && this.#mode && this.#advance(),
        volumechange: () => this.#tell("muted", this.muted),
      };
      listen(audio, handlers, signal);
      if (audio.error) return this.#loseSound();
    } else {
      this.#clock = new PageClock();
    }
    this.#clock.rate = this.#speed;
    this.#saySlow();
    this.#seek();
  }

  #saySlow() {
    if (!this.#audio || !navigator.userAgent.includes("Firefox")) return;
    this.#display.say(this.#speed < 0.25 ? "Firefox is silent below 0.25×; other browsers are not." : "");
  }

  // From here on the page's clock counts, also while it plays: Firefox loses a sound as soon as it
  // is to be heard where there is no sound device, or none any more.
  #loseSound() {
    const unknown = this.#audio?.error?.code === 4; // MEDIA_ERR_SRC_NOT_SUPPORTED
    const { time } = this.#clock;
    if (this.#mode === "span") this.pause(); // there is nothing to hear
    this.#clock.stop();
    this.#setSound(null);
    if (this.#mode) {
      this.#clock.time = time;
      this.#clock.start();
    }
    this.#showButtons();
    const why = unknown ? "by this browser" : "here, perhaps for want of a sound device";
    this.#display.say(`The sound cannot be played ${why}; the picture can.`);
  }

  #followSound() {
    if (this.#mode !== "span") this.#setIndex(this.#framing.indexAt(this.#clock.time), "sound");
    this.#invalidate();
  }

  #seek() {
    if (this.#clock) this.#clock.time = this.interval()[0];
  }

  // When the last patch has been shown (or heard to its end), in seconds of the recording.
  #finish() {
    const [start, end] = this.interval(this.#framing.last);
    return this.#audio || this.#state.patches.starts ? end : start + this.#framing.hop;
  }

  /** @param {"through" | "span"} mode */
  #enter(mode) {
    this.#mode = mode;
    this.#tell("playing", true);
    this.#invalidate();
  }

  /** @param {"through" | "span"} mode */
  async #start(mode) {
    if (!this.#state) return;
    const { last } = this.#framing;
    const atEnd = this.#index === last && (!this.#audio || this.#clock.time > this.#finish() - 0.05);
    if (mode === "span") this.#seek();
    else if (atEnd && last) this.#setIndex(0, "user");
    else if (!this.#audio || atEnd) this.#seek();
    this.#enter(mode);
    const audio = this.#audio;
    try {
      await this.#clock.start();
    } catch (error) {
      // A pause that comes before the sound has started is no failure; an error has its event.
      const { name, message } = /** @type {Error} */ (error);
      if (name === "AbortError" || audio?.error) return;
      this.pause();
      this.#display.say(`The sound cannot be played: ${message}`);
    }
  }

  #advance() {
    const time = this.#clock.time;
    const ended = this.#audio?.ended;
    const [start, end] =
      this.#mode === "span" ? this.interval() : [this.interval(0)[0], this.#finish()];
    if (time >= end || ended) {
      if (!this.#loop) {
        if (this.#mode === "through") this.#setIndex(this.#framing.last, "play");
        this.pause();
        return;
      }
      // The page's clock keeps what it is past the end, so that a loop has no drift either.
      this.#clock.time = this.#audio ? start : start + ((time - start) % (end - start));
      if (ended) this.#clock.start();
    }
    if (this.#mode === "through") this.#setIndex(this.#framing.indexAt(this.#clock.time), "play");
  }

  // -- what is shown -----------------------------------------------------------------------

  /** @returns {Moment} */
  get #moment() {
    const of = this.#leader;
    return {
      index: clamp(of.#index, 0, this.#framing.last),
      time: of.#clock.time,
      mode: of.#mode,
      loop: of.#loop,
      speed: of.#speed,
      inPatch: this.#time === "patch",
      sounds: of.#audio !== null,
      muted: of.muted,
    };
  }

  // This player and its followers, as far as there is something to show.
  /** @returns {Player[]} */
  get #shown() {
    return [this, ...this.#followers].filter((one) => one.#state && one.#leader.#state);
  }

  #showButtons() {
    for (const one of this.#shown) one.#display.showButtons(one.#moment);
  }

  #draw() {
    for (const one of this.#shown) one.#display.draw(one.#moment);
  }

  #invalidate() {
    if (!this.#frame && !this.#abort.signal.aborted) this.#frame = requestAnimationFrame(this.#tick);
  }

  #tick = () => {
    this.#frame = 0;
    if (this.#mode) {
      this.#advance();
      this.#invalidate();
    }
    this.#draw();
  };

  // -- what people do ----------------------------------------------------------------------

  #listen() {
    const { signal } = this.#abort;
    const { play, previous, next, hear, loop, sound, slider, speed, timeMode } = this.#parts;
    const to = this.#leader;
    const actions = {
      now: () => ({ index: to.#index, framing: to.#framing }),
      /** @param {number} index */
      move: (index) => to.#setIndex(index, "user"),
      /** @param {1 | -1} direction */
      stop: (direction) => to.#setIndex(to.#display.known.stop(to.#index, direction), "user"),
      toggle: () => (to.#mode ? to.pause() : to.play()),
      /** @param {[number, number] | null} pointer */
      point: (pointer) => {
        this.#display.pointer = pointer;
        this.#invalidate();
      },
    };
    for (const follow of [followKeys, followDrags, followPointer]) follow(this.#parts, actions, signal);
    /** @type {(node: HTMLElement, click: () => unknown) => void} */
    const onClick = (node, click) => listen(node, { click }, signal);
    onClick(play, actions.toggle);
    onClick(previous, () => actions.stop(-1));
    onClick(next, () => actions.stop(1));
    onClick(hear, () => (to.hearing ? to.pause() : to.hear()));
    onClick(loop, () => (to.loop = !to.#loop));
    onClick(sound, () => (to.muted = !to.muted));
    onClick(timeMode, () => (this.time = this.#time === "patch" ? "recording" : "patch"));
    listen(slider, { input: () => actions.move(Number(slider.value)) }, signal);
    listen(speed, { change: () => (to.speed = Number(speed.value)) }, signal);
  }
}

// Fills `container` with a player and returns it. `tiles`: the picture's files, as data URIs,
// typed arrays, DataViews or ArrayBuffers; `audio`: an <audio> element or null; `show`: whether
// there are a `header`, a `picture` and `controls`, all or the "buttons" alone (without a slider of
// its own the overview takes the keys); `options`: what overrides state.options; `leader`: another
// player that this one is a view of.
/** @param {HTMLElement} container @param {Settings} settings */
function mount(container, settings) {
  return new Player(container, settings);
}

// An <audio> element that plays bytes, for those who have no data URI.
/** @param {Bytes} data @param {string} type */
function audioFromBytes(data, type) {
  const bytes = asBytes(data);
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) {
    text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  }
  return new Audio(`data:${type};base64,${btoa(text)}`);
}

export { audioFromBytes, mount };
