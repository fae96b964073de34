// The player: one picture of a whole spectrogram, over which a window of one patch moves.
//
// The same module is the exported page's custom element and the canvas of the Jupyter widget.
// player.py writes `state` (see its docstring for the keys, state.d.ts for their types).
import { Cells, Raster, asBytes, bytesOfDataUri } from "./cells.js";
import { PageClock, SoundClock } from "./clock.js";
import { Framing, clamp, lastUpTo } from "./framing.js";
import { addSpeed, buildParts, placeTicks, setIcon, setLabel } from "./parts.js";
import { followTheme } from "./theme.js";
import { decimalsFor, formatSpan, formatTime, timeTicks } from "./time.js";

/** @import { Color, Rows, State } from "./state.js" */
/** @import { Bytes } from "./cells.js" */

/**
 * @typedef {(string | Bytes)[]} Tiles
 * @typedef {"set" | "user" | "play" | "sound"} Source
 * @typedef {object} Settings
 * @property {State} state
 * @property {Tiles} tiles
 * @property {HTMLAudioElement | null} [audio]
 * @property {{ header?: boolean, controls?: boolean }} [show]
 * @property {Partial<State["options"]>} [options]
 */

const STYLE = "@player.css"; // html.py puts the stylesheet here

// What is there from the first picture on; whatever is called before that asks for it.
/** @type {any} */
const LATER = undefined;

class Player {
  /** @type {State} */
  #state = LATER;
  /** @type {Framing} */
  #framing = LATER;
  #show;
  #parts;
  #root;
  #loading = Promise.resolve();
  /** @type {Cells} */
  #cells = LATER;
  /** @type {Uint32Array} */
  #palette = LATER;
  /** @type {{ patch: Raster, overview: Raster }} */
  #rasters = LATER;
  /** @type {((fraction: number) => number) | null} */
  #toRow = null;
  /** @type {HTMLAudioElement | null} */
  #audio = null;
  /** @type {PageClock | SoundClock} */
  #clock = LATER;
  #soundAbort = new AbortController();
  #abort = new AbortController();
  #resizes;
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
  /** @type {{ at: number, x: number, moved: boolean } | null} */
  #grab = null; // {at: frames from a dragged window's start to the pointer, x, moved}
  /** @type {[number, number] | null} */
  #pointer = null; // [x, y] over the patch, as fractions
  /** @type {Map<Element, number>} */
  #widths = new Map(); // of the canvases, in CSS pixels

  /** @param {HTMLElement} container @param {Settings} settings */
  constructor(container, { state, tiles, audio = null, show = {}, options = {} }) {
    this.#show = { header: true, controls: true, ...show };
    this.#parts = buildParts(STYLE, this.#show);
    this.#root = container.shadowRoot ?? container.attachShadow({ mode: "open" });
    this.#root.replaceChildren(...this.#parts.nodes);
    // Events that leave the shadow root seem to come from the container: JupyterLab looks there.
    container.setAttribute("data-lm-suppress-shortcuts", "true");
    followTheme(this.#parts.body, this.#abort.signal);
    this.#listen();
    this.#resizes = this.#watchSizes();
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
    let cells = this.#cells;
    try {
      if (tiles?.length) cells = await Cells.decode(tiles, state.image.type);
    } catch (error) {
      this.#fail(`The picture cannot be decoded: ${/** @type {Error} */ (error).message}.`);
      return;
    }
    if (this.#abort.signal.aborted) return;
    this.#cells = cells;
    this.#state = state;
    this.#framing = new Framing(state);
    this.#palette = new Uint32Array(bytesOfDataUri(state.color.palette).buffer);
    this.#toRow = rowFinder(state.rows.positions, state.image.height);
    const raster = () => new Raster(cells, this.#toRow);
    // Without a picture it keeps time for one that is drawn elsewhere.
    if (cells) this.#rasters = { patch: raster(), overview: raster() };
    this.#index = clamp(this.#index, 0, state.patches.count - 1);
    this.#showStatic();
    if (audio !== undefined) this.#setSound(audio);
    else this.#seek();
    this.#showButtons();
    this.#drawOverview();
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

  get loop() {
    return this.#loop;
  }

  set loop(loop) {
    this.#loop = Boolean(loop);
    this.#emit("loop", this.#loop);
    this.#showButtons();
  }

  get speed() {
    return this.#speed;
  }

  set speed(speed) {
    this.#speed = speed;
    if (this.#clock) this.#clock.rate = speed;
    this.#emit("speed", speed);
    this.#showButtons();
  }

  // What the time axis counts: "recording" or "patch".
  get time() {
    return this.#time;
  }

  set time(time) {
    this.#time = time;
    this.#emit("time", time);
    this.#showButtons();
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
    const span = formatSpan(...this.interval(), this.#longest, this.#decimals);
    return `patch ${this.#index} / ${this.#state.patches.count - 1} · ${span}`;
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
    this.#emit("playing", false);
    this.#showButtons();
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
    this.#resizes.disconnect();
    this.#soundAbort.abort();
    this.#abort.abort();
    this.#listeners.clear();
    this.#root.replaceChildren(document.createElement("slot"));
  }

  // -- the one index -----------------------------------------------------------------------

  /** @param {number} index @param {Source} source */
  #setIndex(index, source) {
    const { count } = this.#state.patches;
    index = clamp(Math.round(index), 0, count - 1);
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
      const follow = {
        error: () => this.#loseSound(),
        pause: () => audio.paused && !audio.ended && this.pause(),
        play: () => !audio.paused && this.#mode === null && this.#enter("through"),
        seeked: () => this.#followSound(),
        // Where the page is hidden and draws no frames, loops and ends still come in time.
        timeupdate: () => document.hidden && this.#mode && this.#advance(),
        volumechange: () => this.#showSound(),
      };
      for (const [type, f] of Object.entries(follow)) audio.addEventListener(type, f, { signal });
      if (audio.error) return this.#loseSound();
    } else {
      this.#clock = new PageClock();
    }
    this.#clock.rate = this.#speed;
    this.#seek();
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
    this.#say(`The sound cannot be played ${why}; the picture can.`);
  }

  #followSound() {
    if (this.#mode !== "span") this.#setIndex(this.#framing.indexAt(this.#clock.time), "sound");
    this.#invalidate();
  }

  #showSound() {
    this.#emit("muted", this.muted);
    this.#showButtons();
  }

  #seek() {
    if (this.#clock) this.#clock.time = this.interval()[0];
  }

  // When the last patch has been shown (or heard to its end), in seconds of the recording.
  #finish() {
    const { count, starts } = this.#state.patches;
    const [start, end] = this.interval(count - 1);
    return this.#audio || starts ? end : start + this.#framing.hop;
  }

  /** @param {"through" | "span"} mode */
  #enter(mode) {
    this.#mode = mode;
    this.#emit("playing", true);
    this.#showButtons();
    this.#invalidate();
  }

  /** @param {"through" | "span"} mode */
  async #start(mode) {
    if (!this.#state) return;
    const { count } = this.#state.patches;
    const atEnd = this.#index === count - 1 && (!this.#audio || this.#clock.time > this.#finish() - 0.05);
    if (mode === "span") this.#seek();
    else if (atEnd && count > 1) this.#setIndex(0, "user");
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
      this.#say(`The sound cannot be played: ${message}`);
    }
  }

  #advance() {
    const time = this.#clock.time;
    const ended = this.#audio?.ended;
    const [start, end] =
      this.#mode === "span" ? this.interval() : [this.interval(0)[0], this.#finish()];
    if (time >= end || ended) {
      if (!this.#loop) {
        if (this.#mode === "through") this.#setIndex(this.#state.patches.count - 1, "play");
        this.pause();
        return;
      }
      // The page's clock keeps what it is past the end, so that a loop has no drift either.
      this.#clock.time = this.#audio ? start : start + ((time - start) % (end - start));
      if (ended) this.#clock.start();
    }
    if (this.#mode === "through") this.#setIndex(this.#framing.indexAt(this.#clock.time), "play");
  }

  // -- drawing -----------------------------------------------------------------------------

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

  #watchSizes() {
    const { patch, overview } = this.#parts;
    const observer = new ResizeObserver((entries) => {
      for (const { target, contentRect, devicePixelContentBoxSize } of entries) {
        const canvas = /** @type {HTMLCanvasElement} */ (target);
        const [box] = devicePixelContentBoxSize ?? [];
        canvas.width = devicePixels(contentRect.width, box?.inlineSize);
        canvas.height = devicePixels(contentRect.height, box?.blockSize);
        this.#widths.set(target, contentRect.width);
      }
      this.#showLabels();
      this.#showRowTicks();
      this.#drawOverview();
      this.#draw();
    });
    for (const canvas of [patch, overview]) {
      try {
        observer.observe(canvas, { box: "device-pixel-content-box" });
      } catch {
        observer.observe(canvas); // Safari knows no device pixels here
      }
    }
    return observer;
  }

  get #columnsPerFrame() {
    return 1 / this.#state.columns.step;
  }

  #drawOverview() {
    if (!this.#rasters) return;
    const { count } = this.#state.columns;
    const context = contextOf(this.#parts.overview);
    this.#rasters.overview.draw(context, 0, count * this.#columnsPerFrame, this.#palette);
  }

  #draw() {
    if (!this.#rasters) return;
    const first = this.#framing.start(this.#index);
    const [from, to] = [first, first + this.#state.patches.length].map((f) => f * this.#columnsPerFrame);
    this.#rasters.patch.draw(contextOf(this.#parts.patch), from, to, this.#palette);
    this.#placeWindow(first);
    this.#placePlayheads();
    this.#writeReadout();
    this.#placeTimeTicks();
    this.#writePointed();
  }

  /** @param {number} first */
  #placeWindow(first) {
    const { columns, patches } = this.#state;
    const { window, before, after } = this.#parts;
    const width = this.#widths.get(this.#parts.overview) ?? 0;
    const wide = Math.max(6, (patches.length / columns.count) * width);
    const x = clamp((first / columns.count) * width, 0, Math.max(0, width - wide));
    window.style.width = `${wide}px`;
    window.style.transform = `translateX(${x}px)`;
    before.style.width = `${x}px`;
    after.style.width = `${Math.max(0, width - x - wide)}px`;
  }

  #placePlayheads() {
    const { columns } = this.#state;
    const { heard, playhead } = this.#parts;
    const time = this.#clock.time;
    const [start, end] = this.interval();
    const shown = Boolean(this.#audio) && (this.#mode !== null || time > start + 1e-3) && time <= end;
    /** @type {[HTMLElement, number][]} */
    const lines = [
      [heard, (time - columns.start) / (columns.count * columns.duration)],
      [playhead, (time - start) / (end - start)],
    ];
    for (const [line, fraction] of lines) {
      line.hidden = !shown;
      line.style.left = `${(100 * fraction).toFixed(3)}%`;
    }
  }

  get #longest() {
    const { start, count, duration } = this.#state.columns;
    return Math.max(Math.abs(start), Math.abs(start + count * duration));
  }

  get #decimals() {
    const { columns, patches } = this.#state;
    return decimalsFor(Math.min(this.#framing.hop, patches.length * columns.duration), 3);
  }

  #writeReadout() {
    const { number, span, slider, map } = this.#parts;
    /** @type {[number, number, number, number]} */
    const times = [...this.interval(), this.#longest, this.#decimals];
    number.textContent = `${this.#index}`;
    span.textContent = formatSpan(...times);
    slider.value = `${this.#index}`;
    const { count } = this.#state.patches;
    slider.style.setProperty("--filled", `${count > 1 ? this.#index / (count - 1) : 0}`);
    const spoken = `patch ${this.#index} of ${count - 1}, ${formatSpan(...times, " to ")}`;
    const focus = this.#show.controls ? slider : map;
    // A screen reader that is told sixty times a second says nothing useful.
    if (this.#mode && this.#index % Math.ceil(1 / this.#framing.hop)) return;
    focus.setAttribute("aria-valuetext", spoken);
    if (focus === map) map.setAttribute("aria-valuenow", `${this.#index}`);
  }

  #placeTimeTicks() {
    const width = this.#widths.get(this.#parts.patch) ?? 0;
    const [start, end] = this.interval();
    const origin = this.#time === "patch" ? start : 0;
    const longest = this.#time === "patch" ? end - start : this.#longest;
    const most = Math.max(2, Math.floor(width / (longest < 60 ? 50 : 72)));
    const ticks = timeTicks(start - origin, end - origin, most, longest);
    /** @type {[number, string][]} */
    const fractions = ticks.map(([time, text]) => [(time + origin - start) / (end - start), text]);
    placeTicks(this.#parts.timeTicks, fractions, "left");
  }

  #writePointed() {
    const { pointed, patch } = this.#parts;
    patch.dataset.pointed = this.#pointer ? "yes" : "";
    if (!this.#pointer) {
      pointed.textContent = "";
      return;
    }
    const { columns, patches } = this.#state;
    const [x, y] = this.#pointer;
    const frame = x * patches.length;
    const [start, end] = this.interval();
    const inPatch = this.#time === "patch";
    const time = frame * columns.duration + (inPatch ? 0 : start);
    const longest = inPatch ? end - start : this.#longest;
    const height = this.#cells.height;
    const row = clamp(Math.floor(this.#toRow ? this.#toRow(y) : y * height), 0, height - 1);
    const column = Math.floor((this.#framing.start(this.#index) + Math.floor(frame)) * this.#columnsPerFrame);
    pointed.textContent = [
      formatTime(time, longest, decimalsFor(columns.duration, 3)) + (longest < 60 ? " s" : ""),
      rowText(this.#state.rows, height - 1 - row),
      valueText(this.#state.color, this.#cells.at(Math.min(column, this.#cells.width - 1), row)),
    ].join(" · ");
  }

  // -- what changes seldom -----------------------------------------------------------------

  #showStatic() {
    const [state, parts] = [this.#state, this.#parts];
    const { columns, patches } = state;
    parts.body.setAttribute("aria-label", state.title || "Spectrogram");
    parts.patch.setAttribute("aria-label", state.alt);
    parts.title.textContent = state.title;
    this.#showLabels();
    parts.count.textContent = ` / ${patches.count - 1}`;
    parts.slider.max = `${patches.count - 1}`;
    parts.map.setAttribute("aria-valuemax", parts.slider.max);
    const rest = Math.max(patches.tail, patches.padded);
    parts.tail.style.width = `${(100 * rest) / columns.count}%`;
    parts.tail.hidden = !rest;
    parts.tail.title = patches.padded
      ? `${patches.padded} frames of padding`
      : `${patches.tail} frames after the last patch`;
    this.#say("");
    parts.body.classList.remove("failed");
    this.#showScale();
    this.#showRowTicks();
  }

  #showScale() {
    const { scale, scaleTicks } = this.#parts;
    const { color } = this.#state;
    const levels = this.#palette.slice(color.first, color.last + 1).reverse();
    Object.assign(scale, { width: 1, height: levels.length });
    const image = new ImageData(new Uint8ClampedArray(levels.buffer), 1, levels.length);
    contextOf(scale).putImageData(image, 0, 0);
    placeTicks(scaleTicks, color.ticks, "bottom");
    fitText(scaleTicks, color.ticks);
  }

  #showLabels() {
    if (!this.#state) return;
    fitLabel(this.#parts.rowLabel, this.#state.frequency.label);
    fitLabel(this.#parts.unit, this.#state.color.unit);
  }

  #showRowTicks() {
    if (!this.#state) return;
    const { rowTicks } = this.#parts;
    const height = rowTicks.clientHeight;
    // From the top, because octaves are crowded at the bottom.
    let last = Infinity;
    const ticks = this.#state.frequency.ticks.toReversed().filter(([fraction]) => {
      const fits = (last - fraction) * height >= 18;
      if (fits) last = fraction;
      return fits;
    });
    placeTicks(rowTicks, ticks, "bottom");
    fitText(rowTicks, ticks);
  }

  #showButtons() {
    if (!this.#state) return;
    const { play, hear, loop, sound, speed, timeMode } = this.#parts;
    const through = this.#mode === "through";
    const span = this.#mode === "span";
    setIcon(play, this.#mode ? "pause" : "play");
    setLabel(play, this.#mode ? "Pause" : "Play");
    hear.setAttribute("aria-pressed", `${span}`);
    loop.setAttribute("aria-pressed", `${this.#loop}`);
    sound.setAttribute("aria-pressed", `${!this.muted}`);
    setIcon(sound, this.muted ? "muted" : "sound");
    sound.hidden = hear.hidden = !this.#audio;
    play.disabled = !through && !span && !this.#audio && this.#state.patches.count === 1;
    if (![...speed.options].some((option) => Number(option.value) === this.#speed)) {
      addSpeed(speed, this.#speed);
    }
    speed.value = String(this.#speed);
    const inPatch = this.#time === "patch";
    timeMode.textContent = `in ${inPatch ? "patch" : "recording"} ⇄`;
    setLabel(timeMode, `Time in ${inPatch ? "patch" : "recording"}; switch`);
  }

  /** @param {string} text */
  #say(text) {
    this.#parts.message.textContent = text;
  }

  /** @param {string} text */
  #fail(text) {
    if (this.#abort.signal.aborted) return;
    this.#parts.body.classList.add("failed");
    this.#say(text);
  }

  // -- what people do ----------------------------------------------------------------------

  #listen() {
    const { signal } = this.#abort;
    const { body, map, patch, play, hear, loop, sound, slider, speed, timeMode } = this.#parts;
    /**
     * @template {keyof HTMLElementEventMap} Type
     * @param {HTMLElement} node
     * @param {Type} type
     * @param {(event: HTMLElementEventMap[Type]) => unknown} f
     */
    const on = (node, type, f) =>
      node.addEventListener(type, (event) => this.#state && f(event), { signal });
    if (!this.#show.controls) {
      for (const [name, value] of Object.entries({
        tabindex: "0", role: "slider", "aria-label": "Patch", "aria-valuemin": "0",
        "data-lm-suppress-shortcuts": "true",
      })) map.setAttribute(name, value);
      map.removeAttribute("aria-hidden");
    }
    on(body, "keydown", (event) => this.#onKey(event));
    on(map, "pointerdown", (event) => this.#onGrab(event));
    on(map, "pointermove", (event) => this.#onDrag(event));
    on(map, "pointerup", (event) => this.#onRelease(event));
    on(map, "pointercancel", () => (this.#grab = null));
    on(patch, "pointermove", (event) => this.#onPoint(event));
    on(patch, "pointerdown", (event) => this.#onPoint(event));
    // A finger leaves when it is lifted, and what it pointed at should stay to be read.
    on(patch, "pointerleave", (event) => event.pointerType !== "touch" && this.#setPointer(null));
    on(slider, "input", () => this.#setIndex(Number(slider.value), "user"));
    on(play, "click", () => (this.#mode ? this.pause() : this.play()));
    on(hear, "click", () => (this.#mode === "span" ? this.pause() : this.hear()));
    on(loop, "click", () => (this.loop = !this.#loop));
    on(sound, "click", () => (this.muted = !this.muted));
    on(speed, "change", () => (this.speed = Number(speed.value)));
    on(timeMode, "click", () => (this.time = this.#time === "patch" ? "recording" : "patch"));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const { localName: at } = /** @type {Element} */ (event.composedPath()[0]);
    if (event.altKey || event.ctrlKey || event.metaKey || at === "select") return;
    /** @type {(direction: 1 | -1) => number} */
    const next = (direction) =>
      this.#index + direction * (event.shiftKey ? this.#framing.stride(this.#index, direction) : 1);
    /** @type {Record<string, number>} */
    const to = { ArrowLeft: next(-1), ArrowRight: next(1), Home: 0, End: this.#state.patches.count - 1 };
    if (event.key in to) this.#setIndex(to[event.key], "user");
    else if (event.key === " " && at !== "button") this.#mode ? this.pause() : this.play();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {PointerEvent} event */
  #frameUnder(event) {
    const box = this.#parts.overview.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * this.#state.columns.count;
  }

  /** @param {PointerEvent} event */
  #onGrab(event) {
    if (event.button !== 0) return;
    const held = event.target === this.#parts.window;
    const at = held
      ? this.#frameUnder(event) - this.#framing.start(this.#index)
      : this.#state.patches.length / 2;
    this.#grab = { at, x: event.clientX, moved: !held };
    this.#parts.map.setPointerCapture(event.pointerId);
    (this.#show.controls ? this.#parts.slider : this.#parts.map).focus({ preventScroll: true });
    event.preventDefault();
    this.#onDrag(event);
  }

  /** @param {PointerEvent} event */
  #onDrag(event) {
    const grab = this.#grab;
    if (!grab) return;
    grab.moved ||= Math.abs(event.clientX - grab.x) > 3;
    const start = this.#frameUnder(event) - grab.at;
    if (grab.moved) this.#setIndex(this.#framing.position(start), "user");
  }

  /** @param {PointerEvent} event */
  #onRelease(event) {
    const grab = this.#grab;
    // A click within the window goes there too, as one beside it does.
    if (grab && !grab.moved) Object.assign(grab, { at: this.#state.patches.length / 2, moved: true });
    this.#onDrag(event);
    this.#grab = null;
  }

  /** @param {PointerEvent} event */
  #onPoint(event) {
    const box = this.#parts.patch.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    this.#setPointer([clamp(x, 0, 1 - 1e-9), clamp(y, 0, 1 - 1e-9)]);
  }

  /** @param {[number, number] | null} pointer */
  #setPointer(pointer) {
    this.#pointer = pointer;
    this.#invalidate();
  }
}

/** @param {HTMLCanvasElement} canvas */
const contextOf = (canvas) =>
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

// How many of the screen's pixels a length has: what the browser says, unless it leaves the
// density out (as Chromium does where one is only emulated).
/** @param {number} length @param {number} [said] */
function devicePixels(length, said) {
  const expected = length * devicePixelRatio;
  return said && Math.abs(said - expected) < 2 ? said : Math.round(expected);
}

// Maps a fraction from the top to a fractional row of the picture, given the rows' edges as
// fractions from the bottom; null where they are equally high.
/** @param {number[] | null} positions @param {number} height */
function rowFinder(positions, height) {
  if (!positions) return null;
  /** @type {(fraction: number) => number} */
  return (fraction) => {
    const position = 1 - fraction;
    const low = lastUpTo(positions, position, height);
    const inside = (position - positions[low]) / (positions[low + 1] - positions[low]);
    return height - (low + clamp(inside, 0, 1));
  };
}

/** @param {Rows} rows @param {number} row */
function rowText({ values, unit, names }, row) {
  if (names) return names[row];
  const value = values[row];
  if (unit !== "Hz") return `${unit} ${value}`;
  return value < 1000 ? `${Math.round(value * 10) / 10} Hz` : `${(value / 1000).toFixed(2)} kHz`;
}

/** @param {Color} color @param {number} index */
function valueText({ first, last, bad, vmin, vmax, values, unit }, index) {
  if (bad && index === 0) return "no value";
  const step = (vmax - vmin) / (last - first + 1);
  const tiny = step < 1e-4 || step > 1e4;
  /** @type {(value: number) => string} */
  const write = (value) => {
    const decimals = clamp(Math.ceil(-Math.log10(step)), 0, 6);
    const text = tiny ? value.toExponential(2) : value.toFixed(decimals);
    return `${text.replace(/^-/, "−")} ${unitOf(unit)}`.trim();
  };
  if (index < first) return `< ${write(vmin)}`;
  if (index > last) return `> ${write(vmax)}`;
  return write(values ? values[index - first] : vmin + (index - first + 0.5) * step);
}

// Ticks are placed absolutely, so their box must be told how wide they are.
/** @param {HTMLElement} box @param {[number, string][]} ticks */
function fitText(box, ticks) {
  box.style.setProperty("--characters", `${Math.max(1, ...ticks.map(([, text]) => text.length))}`);
}

// Writes the label of an axis, or only its unit where there is no room for more.
/** @param {HTMLElement} node @param {string} label */
function fitLabel(node, label) {
  node.textContent = label;
  const fits = node.scrollWidth <= node.clientWidth;
  node.title = fits ? "" : label;
  if (!fits) node.textContent = unitOf(label) || label;
}

/** @param {string} label */
function unitOf(label) {
  return label.slice(label.indexOf("(") + 1).replace(/\)+$/, "");
}

// Fills `container` with a player and returns it. `tiles`: the picture's files, as data URIs,
// typed arrays, DataViews or ArrayBuffers; `audio`: an <audio> element or null; `show`: whether
// there are a `header` and `controls` (without, the overview takes the keys); `options`: what
// overrides state.options.
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

// The player as an element: what lies in it is the still picture (also the texture), the sound
// and, last, the state as JSON.
class PatchvizPlayer extends HTMLElement {
  /** @type {Player | null} */
  player = null;
  /** @type {Partial<State["options"]>} */
  #kept = {};

  connectedCallback() {
    this.start();
  }

  // A page being parsed connects the element before its content is there; the script that
  // follows the element starts it then.
  start() {
    const json = this.querySelector("script[type='application/json']");
    if (this.player || !this.isConnected || !json) return;
    this.player = mount(this, {
      state: JSON.parse(json.textContent),
      tiles: [...this.querySelectorAll("img")].map((image) => image.src),
      audio: this.querySelector("audio"),
      options: this.#kept,
    });
  }

  disconnectedCallback() {
    if (!this.player) return;
    const { index, loop, speed, time } = this.player;
    this.#kept = { index, loop, speed, time, autoplay: false };
    this.player.destroy();
    this.player = null;
  }
}

// Each version of the player has a name of its own, so that pages may mix them.
/** @param {string} name */
function definePlayer(name) {
  if (!customElements.get(name)) customElements.define(name, class extends PatchvizPlayer {});
  const nodes = /** @type {NodeListOf<PatchvizPlayer>} */ (document.querySelectorAll(name));
  for (const node of nodes) node.start?.();
}

export { PatchvizPlayer, audioFromBytes, definePlayer, mount };
