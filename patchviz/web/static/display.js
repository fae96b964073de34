// What is seen of a player: the picture, the window over it, and all that is written around them.
import { Axis } from "./axis.js";
import { Captions, unitOf } from "./captions.js";
import { Raster, rowFinder } from "./cells.js";
import { ColorBar } from "./contrast.js";
import { clamp } from "./framing.js";
import { Known } from "./known.js";
import { Lanes } from "./lanes.js";
import { hatch } from "./padding.js";
import { addSpeed, offerSpeeds, placeTicks, setIcon, setLabel, setPressed } from "./parts.js";
import { View } from "./view.js";

/** @import { Cells } from "./cells.js" */
/** @import { Framing } from "./framing.js" */
/** @import { Parts } from "./parts.js" */
/** @import { State } from "./state.js" */

/**
 * What the player is at.
 * @typedef {object} Moment
 * @property {number} index
 * @property {number} time of the clock, in seconds of the recording
 * @property {"through" | "span" | null} mode what it plays
 * @property {boolean} loop
 * @property {number} speed
 * @property {boolean} inPatch whether the time axis counts from the patch's start
 * @property {boolean} sounds whether there is a sound
 * @property {boolean} muted
 */

// What is there from the first picture on; whatever is called before that asks for it.
/** @type {any} */
const LATER = undefined;

class Display {
  #parts;
  #resizes;
  /** @type {Map<Element, number>} */
  #widths = new Map(); // of the canvases, in CSS pixels
  /** @type {State} */
  #state = LATER;
  /** @type {Framing} */
  #framing = LATER;
  /** @type {Cells} */
  #cells = LATER;
  #bar;
  /** @type {{ patch: Raster, overview: Raster }} */
  #rasters = LATER;
  /** @type {((fraction: number) => number) | null} */
  #toRow = null;
  /** @type {[number, number] | null} */
  pointer = null; // [x, y] over the patch, as fractions
  /** @type {Captions} */
  captions = LATER;
  /** @type {Known} */
  known = LATER;
  /** @type {Lanes} */
  lanes = LATER;
  /** @type {View} */
  view = LATER;
  /** @type {Axis} */
  axis = LATER;
  #overview = ""; // which stretch is drawn
  #rows = ""; // which levels have ticks
  #zoom = "0,1,0,1"; // and what is said of it
  /** @type {number[][]} */
  #unseen = [];
  /** @type {import("./known.js").Box[]} */
  #boxes = []; // of labels in the patch
  onChoice = () => {}; // of other classes
  onDraw = (/** @type {number} */ _index) => {}; // of a patch

  // `onResize` draws what depends on the moment; the rest is drawn here.
  /** @param {Parts} parts @param {() => void} onResize */
  constructor(parts, onResize) {
    this.#parts = parts;
    this.#resizes = this.#watchSizes(onResize);
    this.#bar = new ColorBar(parts, () => {
      this.#overview = "";
      onResize();
    });
  }

  /** @param {() => void} onResize */
  #watchSizes(onResize) {
    const { patch, overview } = this.#parts;
    const observer = new ResizeObserver((entries) => {
      for (const { target, contentRect, devicePixelContentBoxSize } of entries) {
        const canvas = /** @type {HTMLCanvasElement} */ (target);
        const [box] = devicePixelContentBoxSize ?? [];
        canvas.width = devicePixels(contentRect.width, box?.inlineSize);
        canvas.height = devicePixels(contentRect.height, box?.blockSize);
        this.#widths.set(target, contentRect.width);
      }
      if (this.#state) this.#fit();
      onResize();
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

  close() {
    this.#resizes.disconnect();
  }

  /** @param {string} text */
  say(text) {
    this.#parts.message.textContent = text;
  }

  /** @param {string} text */
  fail(text) {
    this.#parts.body.classList.add("failed");
    this.say(text);
  }

  // -- what changes seldom -----------------------------------------------------------------

  // Takes another spectrogram; without `cells` those of the last one stay.
  /** @param {State} state @param {Framing} framing @param {Cells | null} cells */
  show(state, framing, cells) {
    this.#state = state;
    this.#framing = framing;
    this.view = new View(state, framing, this.view);
    this.axis = new Axis(state);
    this.#unseen = framing.unseen();
    this.captions = new Captions(state, framing);
    this.known = new Known(state, framing);
    this.#cells = cells ?? this.#cells;
    this.#toRow = rowFinder(state.rows.positions, state.image.height);
    const raster = () =>
      new Raster(this.#cells, this.#toRow, state.image.reduce, state.color.bad, state.rows.positions, state.color.mean);
    // Without a picture the player keeps time for one that is drawn elsewhere.
    if (this.#cells) this.#rasters = { patch: raster(), overview: raster() };
    this.#showStatic();
    this.#parts.body.classList.remove("failed");
    this.#fit();
    this.#bar.show(state.color, this.#cells ?? null, state.image.reduce === "max");
  }

  #showStatic() {
    const [{ title, alt, patches }, parts] = [this.#state, this.#parts];
    const last = `${this.#framing.last}`;
    parts.body.setAttribute("aria-label", title || "Spectrogram");
    parts.patch.setAttribute("aria-label", alt);
    parts.title.textContent = title;
    parts.timeMode.hidden = !!patches.items;
    parts.noun.textContent = `${this.captions.noun} `;
    parts.count.textContent = ` / ${this.#framing.lastNumber}`;
    parts.slider.max = last;
    offerSpeeds(parts.speed, this.#state.audio?.stretch ?? 1);
    this.lanes = new Lanes(parts.lanes, this.known.what, this.#state, this.#framing, this.view, () => {
      this.followKnown();
      this.#showKnown();
      this.onChoice();
    });
    this.#showKnown();
    parts.map.setAttribute("aria-valuemax", last);
    parts.tail.hidden = !(patches.tail + patches.padded);
    parts.tail.title = patches.padded
      ? `${patches.padded} frames of padding`
      : `${patches.tail} frames after the last patch`;
  }

  // Events are others now: of other classes, or at another threshold.
  followKnown() {
    this.known.follow(this.lanes.shown);
    this.#showStops();
  }

  // Where one may stop, if anywhere, and what that is.
  #showStops() {
    const { body, previous, next } = this.#parts;
    const { stop } = this.#state.options;
    setLabel(previous, `Previous ${stop} (P)`);
    setLabel(next, `Next ${stop} (N)`);
    for (const { lastChild: says } of body.querySelectorAll(".of-events")) {
      if (says) says.textContent = `${says.textContent}`.replace(/event|mistake|stop/, stop);
    }
    previous.hidden = next.hidden = body.classList.toggle("eventless", !this.known.hasStops);
  }

  #showKnown() {
    const { body, overview, known } = this.#parts;
    this.lanes.fit(contextOf(overview), body.style);
    known.hidden = !this.#state.known;
    this.#showStops();
  }

  // What depends on the size, but not on the moment.
  #fit() {
    const { body, overview, rowLabel, unit } = this.#parts;
    const { frequency, color } = this.#state;
    fitLabel(rowLabel, frequency.label);
    fitLabel(unit, color.label, color.unit);
    this.lanes.fit(contextOf(overview), body.style);
    this.#rows = this.#overview = this.#zoom = "";
  }

  // The stretch of the recording that the overview shows, and where it lies in all of it.
  #drawOverview() {
    const { overview, names, whole, stretch, tail } = this.#parts;
    const { patches, columns } = this.#state;
    const { view } = this;
    const [from, to] = view.stretch;
    const context = contextOf(overview);
    const [first, last] = [from / columns.step, Math.min(to, columns.count) / columns.step];
    this.#rasters.overview.draw(context, first, last, this.#bar.palette);
    this.#divide(context);
    context.fillStyle = "#808080a0";
    const { width, height } = overview;
    for (const [start, end] of this.#unseen) {
      if (end > from && start < to) context.fillRect(view.along(start) * width, 0, (view.along(end) - view.along(start)) * width, height);
    }
    hatch(context, this.#framing, from, to);
    Object.assign(names, { width, height }); // nothing is on it any more
    this.known.draw(context, [from, to], { names: contextOf(names) });
    tail.style.left = `${100 * view.along(columns.count - patches.tail - patches.padded)}%`;
    whole.hidden = !view.isStretched;
    stretch.style.left = `${(100 * from) / columns.count}%`;
    stretch.style.width = `${(100 * (to - from)) / columns.count}%`;
  }

  // Draws a line between neighbouring channels, to be seen on any ground and colour, unless they are as thin as lines.
  /** @param {CanvasRenderingContext2D} context @param {[number, number]} [levels] */
  #divide(context, [low, high] = [0, 1]) {
    const n = this.#state.frequency.channels.length;
    const { width, height } = context.canvas;
    const thick = Math.max(1, Math.round(devicePixelRatio));
    if (height < 16 * thick * n * (high - low)) return;
    context.fillStyle = "#a0a0a0";
    for (let k = 1; k < n; k++) {
      const y = ((high - k / n) / (high - low)) * height;
      context.fillRect(0, Math.round(y - thick / 2), width, thick);
    }
  }

  #showRowTicks() {
    const { rowTicks } = this.#parts;
    const height = rowTicks.clientHeight;
    const { view } = this;
    const [low, high] = view.height;
    const { channels, ticks } = this.#state.frequency;
    const all = high - low < 1 || (channels.length && !this.axis.named) ? this.axis.ticks(low, high, height) : ticks;
    const apart = channels.length ? 16 : 18;
    /** @type {(ticks: [number, string][]) => [number, string][]} */
    const fitting = (ticks) => {
      /** @type {[number, string][]} */
      const shown = [];
      for (const [level, text] of ticks) {
        const at = 1 - view.down(level);
        if (at >= 0 && at <= 1 && shown.every(([other]) => Math.abs(other - at) * height >= apart)) shown.push([at, text]);
      }
      return shown;
    };
    const half = 0.5 / channels.length;
    // In the middle of what is seen of a channel.
    const names = fitting(channels.map(([at, text]) => [(Math.max(at - half, low) + Math.min(at + half, high)) / 2, text]));
    // From the top, because octaves are crowded at the bottom; none where channels are as low as their names.
    const values = height / (high - low) < 20 * channels.length ? [] : fitting([...all].reverse());
    const beside = names.length ? Math.max(...values.map(([, text]) => text.length), 0) + 1 : 0;
    placeTicks(rowTicks, [...values, ...names], "bottom", beside);
    [...rowTicks.children].forEach((tick, k) => tick.classList.toggle("channel", values.length > 0 && k >= values.length));
  }

  /** @param {Moment} moment */
  showButtons({ index, mode, loop, speed, inPatch, sounds, muted }) {
    const parts = this.#parts;
    setIcon(parts.play, mode ? "pause" : "play");
    setLabel(parts.play, mode ? "Pause" : "Play");
    parts.play.disabled = !mode && !sounds && !this.#framing.last;
    setPressed(parts.hear, mode === "span");
    setPressed(parts.loop, loop);
    setPressed(parts.sound, !muted);
    setIcon(parts.sound, muted ? "muted" : "sound");
    parts.sound.hidden = parts.hear.hidden = !sounds;
    if (![...parts.speed.options].some((option) => Number(option.value) === speed)) {
      addSpeed(parts.speed, speed);
    }
    parts.speed.value = String(speed);
    this.#showTimeMode(index, inPatch);
  }

  // What times count from: the recording's start, the patch's, or the day, which may change.
  /** @param {number} index @param {boolean} inPatch */
  #showTimeMode(index, inPatch) {
    const { timeMode } = this.#parts;
    const day = inPatch ? "" : this.captions.day(index);
    const said = day || `in ${inPatch ? "patch" : "recording"}`;
    timeMode.textContent = `${said} ⇄`;
    setLabel(timeMode, `Time ${day ? "of day " : ""}${said}; switch`);
  }

  // -- what changes with the moment --------------------------------------------------------

  /** @param {Moment} moment */
  draw(moment) {
    if (!this.#rasters) return this.lanes.draw();
    const { index, inPatch } = moment;
    const { patch, timeTicks } = this.#parts;
    const width = this.#widths.get(patch) ?? 0;
    const { view } = this;
    const { time, height } = view;
    const [first, last] = view.frames(index);
    const { step } = this.#state.columns;
    const context = contextOf(patch);
    this.#rasters.patch.draw(context, first / step, last / step, this.#bar.palette, height);
    this.#divide(context, height);
    hatch(context, this.#framing, first, last);
    this.#boxes = this.known.draw(context, [first, last], { index, levels: height });
    view.follow(index, moment.mode === "through");
    const [overview, rows] = [`${view.stretch}`, `${height}`];
    if (overview !== this.#overview) this.#drawOverview();
    // Elements change after the canvases: text on these waits for the layout of what has changed before.
    this.lanes.draw();
    if (rows !== this.#rows) this.#showRowTicks();
    this.#bar.draw(first / step, last / step, width);
    [this.#overview, this.#rows] = [overview, rows];
    this.#placeWindow(index);
    this.#placePlayheads(moment);
    this.#writeReadout(moment);
    if (this.#state.columns.clock?.dated) this.#showTimeMode(index, inPatch);
    const ticks = this.captions.timeTicks(index, inPatch, width, time);
    placeTicks(timeTicks, ticks, "left");
    this.#writePointed(moment);
    this.onDraw(index);
  }

  // The frequencies that are zoomed to, in Hz; null where all are seen, or have none.
  get band() {
    const { height } = this.view;
    return height[1] - height[0] < 1 ? this.axis.band(...height) : null;
  }

  // Says what is zoomed to; from the patch's start, so that it stays as it is while patches move.
  #showZoom() {
    const { zoomedTo, patch } = this.#parts;
    const { zoomed, time, height } = this.view;
    this.#zoom = `${[time, height].flat()}`;
    zoomedTo.hidden = !zoomed;
    patch.parentElement?.classList.toggle("zoomed", zoomed);
    if (!zoomed) return;
    const part = this.captions.part(time, this.band);
    zoomedTo.textContent = `zoomed: ${part} ✕`;
    zoomedTo.title = "Show the whole patch (0)";
    zoomedTo.setAttribute("aria-label", `Zoomed: ${part}; show the whole patch`);
  }

  // The window over the patch, in it what is zoomed to, and where it lies in the whole recording.
  /** @param {number} index */
  #placeWindow(index) {
    const { frames, length } = this.#framing;
    const { window, zoom, before, after, overview, here } = this.#parts;
    const { time: [left, right], height: [low, high], stretch: [from, to], zoomed } = this.view;
    const first = this.#framing.start(index);
    const width = this.#widths.get(overview) ?? 0;
    const wide = Math.max(6, (length / (to - from)) * width);
    const x = clamp(this.view.along(first) * width, 0, Math.max(0, width - wide));
    here.style.left = `${(100 * first) / frames}%`;
    zoom.hidden = !zoomed;
    if (`${[left, right, low, high]}` !== this.#zoom) this.#showZoom();
    const inset = [1 - high, 1 - right, low, left].map((part) => `${100 * part}%`);
    zoom.style.inset = inset.join(" ");
    window.style.width = `${wide}px`;
    window.style.transform = `translateX(${x}px)`;
    before.style.width = `${x}px`;
    after.style.width = `${Math.max(0, width - x - wide)}px`;
  }

  /** @param {Moment} moment */
  #placePlayheads({ index, time, mode, sounds }) {
    const { columns } = this.#state;
    const { heard, playhead } = this.#parts;
    const [start, end] = this.#framing.interval(index);
    const shown = sounds && (mode !== null || time > start + 1e-3) && time <= end;
    /** @type {[HTMLElement, number][]} */
    const lines = [
      [heard, this.view.along((time - columns.start) / columns.duration)],
      [playhead, this.view.across((time - start) / (end - start))],
    ];
    for (const [line, fraction] of lines) {
      line.hidden = !shown || fraction < 0 || fraction > 1;
      line.style.left = `${(100 * fraction).toFixed(3)}%`;
    }
  }

  /** @param {Moment} moment */
  #writeReadout({ index, mode }) {
    const { number, dot, span, known, slider, map, focus } = this.#parts;
    slider.value = `${index}`;
    number.textContent = `${this.#framing.number(index)}`;
    span.textContent = this.captions.span(index);
    dot.textContent = span.textContent && " · ";
    known.textContent = this.known.text(index);
    slider.style.setProperty("--filled", `${index / Math.max(1, this.#framing.last)}`);
    // A screen reader that is told sixty times a second says nothing useful.
    if (mode && index % Math.ceil(1 / this.#framing.hop)) return;
    focus.setAttribute("aria-valuetext", this.captions.spoken(index));
    if (focus === map) map.setAttribute("aria-valuenow", `${index}`);
  }

  /** @param {Moment} moment */
  #writePointed({ index, inPatch }) {
    const { pointed, patch } = this.#parts;
    patch.dataset.pointed = this.pointer ? "yes" : "";
    if (!this.pointer) {
      pointed.textContent = this.#state.columns.note;
      return;
    }
    const { frame, row, value } = this.#cellAt(this.pointer, index);
    pointed.textContent = this.captions.cell(index, inPatch, frame, row, value);
  }

  // The cell at a point of the picture: so many frames into the patch, and rows from the bottom.
  /** @param {[number, number]} point @param {number} index */
  #cellAt([x, y], index) {
    const { width, height } = this.#cells;
    const frame = this.view.within(x) * this.#framing.length;
    const down = 1 - this.view.level(y);
    const row = clamp(Math.floor(this.#toRow ? this.#toRow(down) : down * height), 0, height - 1);
    const at = this.#framing.start(index) + Math.floor(frame);
    const column = Math.min(Math.floor(at / this.#state.columns.step), width - 1);
    return { frame, row: height - 1 - row, value: this.#cells.at(column, row) };
  }

  // What a point of the picture is, to be measured from; NaN is what nobody knows.
  /** @param {[number, number]} point @param {number} index */
  pointAt(point, index) {
    const { columns, rows, color } = this.#state;
    const { frame, row, value } = this.#cellAt(point, index);
    const at = this.#framing.start(index) + frame;
    const { first, last, vmin, vmax, values } = color;
    const level = values ? values[value - first] : vmin + ((value - first + 0.5) * (vmax - vmin)) / (last - first + 1);
    return {
      frame: at,
      high: this.view.level(point[1]),
      time: columns.start + at * columns.duration,
      hertz: rows.unit === "Hz" ? rows.values[row] : NaN,
      level: value < first || value > last ? NaN : level,
    };
  }

  // The label at a point of the picture, or null.
  /** @param {number} x @param {number} y */
  labelAt(x, y) {
    const { width, height } = this.#parts.patch;
    return this.known.under(this.#boxes, x * width, y * height, width * height);
  }

  get unit() {
    return this.#state.color.unit;
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

// Writes the label of an axis, or only its unit where there is no room for more.
/** @param {HTMLElement} node @param {string} label @param {string} unit */
function fitLabel(node, label, unit = unitOf(label)) {
  node.textContent = label;
  const fits = node.scrollWidth <= node.clientWidth;
  node.title = fits ? "" : label;
  if (!fits) node.textContent = unit || label;
}

export { Display, LATER };
