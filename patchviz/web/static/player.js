// The player: one picture of a whole spectrogram, over which a window of one patch moves.
//
// The same module is the exported page's custom element and the canvas of the Jupyter widget.
// state.py writes `state` (see the docstring of player.py for the keys, state.d.ts for their types).
import { followButtons } from "./buttons.js";
import { Cells } from "./cells.js";
import { Display, LATER } from "./display.js";
import { loaded } from "./files.js";
import { Events } from "./events.js";
import { Framing, clamp } from "./framing.js";
import { followDrags, followKeys, followPointer } from "./gestures.js";
import { followLanes } from "./lanegestures.js";
import { followMeasuring } from "./measure.js";
import { buildParts, keepKeys } from "./parts.js";
import { followRegion } from "./region.js";
import { followRoom } from "./room.js";
import { Sound, audioFromBytes } from "./sound.js";
import { followTaking } from "./take.js";
import { followMixing } from "./mixing.js";
import { followTheme } from "./theme.js";
import { followTuning, showTuning } from "./tuning.js";
import { ZOOMING } from "./zoom.js";

/** @import { Bytes } from "./cells.js" */
/** @import { Moment } from "./display.js" */
/** @import { Show } from "./parts.js" */
/** @import { State } from "./state.js" */

/**
 * @typedef {(string | Bytes)[] | Cells} Tiles
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
  #sound;
  #abort = new AbortController();
  #events = new Events();
  #frame = 0;
  #index = 0;
  /** @type {"through" | "span" | null} */
  #mode = null; // null, "through" all patches, or the "span" of one
  #loop = false;
  /** @type {[number, number] | null} */
  #region = null;
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
    keepKeys(container, this.#abort.signal);
    followTheme(this.#parts.body, this.#abort.signal);
    this.#display = new Display(this.#parts, () => this.#draw());
    this.#display.onChoice = () => this.#events.emit("classes", this.classes);
    const { index = 0, loop, speed, pitch, gain, time, autoplay, height } = { ...state.options, ...options };
    if (height) container.style.cssText += `;height:${height}px;--patchviz-least:80px`;
    this.#index = index;
    this.#loop = Boolean(loop);
    this.#sound = this.#makeSound();
    this.#sound.speed = speed ?? 1;
    this.#sound.pitch = pitch ?? "expand";
    this.#sound.gain = gain ?? 0;
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
    if (this.#state) this.#display.say(""); // of another spectrogram
    let cells = null;
    try {
      if (tiles instanceof Cells) cells = tiles;
      else if (tiles?.length) cells = await Cells.decode(await loaded(tiles, this.#root.host), state.image.type);
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
    if (audio !== undefined) this.#sound.set(audio, state.audio);
    this.#seek();
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
    this.#again();
    this.#tell("loop", this.#loop);
  }

  // What is heard: its pitch, gain and band, and its samples.
  get sound() {
    return this.#sound;
  }

  get speed() {
    return this.#sound.speed;
  }

  set speed(speed) {
    this.#sound.speed = speed;
    this.#tell("speed", this.speed);
  }

  // What is heard in place of a patch, from one time to another in seconds; or null.
  get region() {
    return this.#region;
  }

  set region(region) {
    this.#region = region && region[1] > region[0] ? region : null;
    this.#again();
    this.#tell("region", this.#region);
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

  // The classes that have lanes of scores, by name.
  get classes() {
    return this.#display.lanes?.classes ?? [];
  }

  set classes(names) {
    if (this.#display.lanes) this.#display.lanes.classes = names;
  }

  // The frequencies that are zoomed to, in Hz; null where all are seen.
  get band() {
    return this.#display.band;
  }

  // True also where there is no sound.
  get muted() {
    return this.#sound.audio?.muted ?? true;
  }

  set muted(muted) {
    if (this.#sound.audio) this.#sound.audio.muted = muted;
  }

  // Which frames are which patch; not before there is a picture.
  get framing() {
    return this.#framing;
  }

  // Start and end of a patch in the recording, in seconds.
  interval(index = this.#index) {
    return this.#framing.interval(index);
  }

  // The last patch that starts at or before a time of the recording.
  /** @param {number} time */
  at(time) {
    return this.#state ? this.#framing.indexAt(time) : 0;
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
    this.#sound.stop();
    if (wasSpan) this.#seek();
    this.#tell("playing", false);
    this.#invalidate();
  }

  // Calls f(value, source) on "index" (source: "set", "user", "play" or "sound"), "playing",
  // "loop", "speed", "pitch", "gain", "filtered", "region", "muted"..., or "beyond" (the direction) where
  // there is no other stop. Returns what stops it.
  /** @param {string} type @param {(...values: any[]) => unknown} f */
  on(type, f) {
    return this.#events.on(type, f);
  }

  destroy() {
    if (this.#state) this.pause();
    cancelAnimationFrame(this.#frame);
    this.#display.close();
    this.#sound.close();
    this.#abort.abort();
    this.#events.clear();
    this.#leader.#followers.delete(this);
    this.#root.replaceChildren(document.createElement("slot"));
  }

  // -- the one index -----------------------------------------------------------------------

  /** @param {number} index @param {Source} source */
  #setIndex(index, source) {
    index = clamp(Math.round(index), 0, this.#framing.last);
    if (index === this.#index || Number.isNaN(index)) return;
    this.#index = index;
    if (source === "set" || source === "user") this.#sound.looping ? this.#again() : this.#seek();
    this.#invalidate();
    this.#events.emit("index", index, source);
  }

  // Emits what the buttons show too.
  /** @param {string} type @param {unknown} value */
  #tell(type, value) {
    this.#events.emit(type, value);
    this.#showButtons();
  }

  // -- playing -----------------------------------------------------------------------------

  #makeSound() {
    return new Sound({
      say: (text) => this.#display.say(text),
      lose: (why) => this.#loseSound(why),
      fail: (why) => {
        this.pause();
        this.#display.say(why);
      },
      pause: () => this.pause(),
      play: () => this.#mode === null && this.#enter("through"),
      seeked: () => this.#followSound(),
      tick: () => this.#mode && this.#advance(),
      tell: (type, value) => this.#tell(type, value),
      band: () => this.#display.axis.band(...this.#display.view.height),
    });
  }

  /** @param {string} why */
  #loseSound(why) {
    const { time } = this.#sound;
    if (this.#mode === "span") this.pause(); // there is nothing to hear
    this.#sound.set(null, null);
    this.#seek();
    if (this.#mode) {
      this.#sound.time = time;
      this.#sound.start();
    }
    this.#showButtons();
    this.#display.say(why);
  }

  #followSound() {
    if (this.#mode !== "span") this.#setIndex(this.#framing.indexAt(this.#sound.time), "sound");
    this.#invalidate();
  }

  #seek() {
    if (this.#state) this.#sound.time = this.interval()[0];
  }

  // When the last patch has been shown (or heard to its end), in seconds of the recording.
  #finish() {
    const [start, end] = this.interval(this.#framing.last);
    return this.#sound.audio || this.#state.patches.starts ? end : start + this.#framing.hop;
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
    const atEnd = this.#index === last && (!this.#sound.audio || this.#sound.time > this.#finish() - 0.05);
    if (mode === "span") this.#sound.time = this.#span[0];
    else if (atEnd && last) this.#setIndex(0, "user");
    else if (!this.#sound.audio || atEnd) this.#seek();
    this.#enter(mode);
    await this.#sound.start(mode === "span" && this.#loop ? this.#span : null);
  }

  /** @returns {[number, number]} */
  get #span() {
    return this.#region ?? this.interval();
  }

  // What is heard begins anew, where it is another span or turns in another way.
  #again() {
    if (this.#mode !== "span") return;
    this.#sound.stop();
    this.#start("span");
  }

  #advance() {
    if (this.#sound.looping) return;
    const time = this.#sound.time;
    const ended = this.#sound.ended;
    const [start, end] = this.#mode === "span" ? this.#span : [this.interval(0)[0], this.#finish()];
    if (time >= end || ended) {
      if (!this.#loop) {
        if (this.#mode === "through") this.#setIndex(this.#framing.last, "play");
        this.pause();
        return;
      }
      // The page's clock keeps what it is past the end, so that a loop has no drift either.
      this.#sound.time = this.#sound.audio ? start : start + ((time - start) % (end - start));
      if (ended) this.#sound.start();
    }
    if (this.#mode === "through") this.#setIndex(this.#framing.indexAt(this.#sound.time), "play");
  }

  // -- what is shown -----------------------------------------------------------------------

  /** @returns {Moment} */
  get #moment() {
    const of = this.#leader;
    return {
      index: clamp(of.#index, 0, this.#framing.last),
      time: of.#sound.time,
      mode: of.#mode,
      loop: of.#loop,
      speed: of.speed,
      inPatch: this.#time === "patch",
      sounds: of.#sound.audio !== null,
      muted: of.muted,
    };
  }

  // This player and its followers, as far as there is something to show.
  /** @returns {Player[]} */
  get #shown() {
    return [this, ...this.#followers].filter((one) => one.#state && one.#leader.#state);
  }

  #showButtons() {
    for (const one of this.#shown) {
      one.#display.showButtons(one.#moment);
      showTuning(one.#parts, this.#sound);
    }
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
    const to = this.#leader;
    // While the leader has no picture yet there is nothing to move.
    /** @param {Event} event */
    const early = (event) => to.#state || event.stopImmediatePropagation();
    for (const type of ["keydown", "pointerdown", "pointermove", "click", "input", "change"]) {
      this.#parts.body.addEventListener(type, early, { capture: true, signal });
    }
    const actions = {
      now: () => ({ index: to.#index, framing: to.#framing }),
      /** @param {number} index */
      move: (index) => to.#setIndex(index, "user"),
      /** @param {1 | -1} direction */
      stop: (direction) => {
        const before = to.#index;
        to.#setIndex(to.#display.known.stop(before, direction), "user");
        if (before === to.#index) to.#tell("beyond", direction);
      },
      toggle: () => (to.#mode ? to.pause() : to.play()),
      /** @param {[number, number] | null} pointer */
      point: (pointer) => {
        this.#display.pointer = pointer;
        this.#invalidate();
      },
      view: () => this.#display.view,
      zoomed: () => {
        this.#invalidate();
        this.#events.emit("zoom", this.band);
        this.#sound.follow();
        this.#showButtons();
      },
      say: this.#display.say.bind(this.#display),
      span: () => to.region ?? to.interval(),
      sounding: () => ({ audio: to.#sound.audio, about: to.#state.audio }),
      display: this.#display,
      fill() {}, help() {}, link() {}, measure() {}, copyMeasured() {}, region() {}, mark() {}, label() {}, mix() {}, // room.js, take.js, measure.js, region.js, mixing.js
    };
    for (const follow of [followKeys, followDrags, followPointer, ...ZOOMING, followRoom, followTaking, followMeasuring, followLanes]) follow(this.#parts, actions, signal);
    for (const follow of [followButtons, followRegion, followTuning, followMixing]) follow(this.#parts, actions, to, this, signal);
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

export { Player, audioFromBytes, mount };
