// What is seen of a player: the picture, the window over it, and all that is written around them.
import { Captions, unitOf } from "./captions.js";
import { Raster, bytesOfDataUri } from "./cells.js";
import { clamp, lastUpTo } from "./framing.js";
import { Known } from "./known.js";
import { addSpeed, placeTicks, setIcon, setLabel, setPressed } from "./parts.js";

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
  /** @type {Uint32Array} */
  #palette = LATER;
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

  // `onResize` draws what depends on the moment; the rest is drawn here.
  /** @param {Parts} parts @param {() => void} onResize */
  constructor(parts, onResize) {
    this.#parts = parts;
    this.#resizes = this.#watchSizes(onResize);
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
    this.captions = new Captions(state, framing);
    this.known = new Known(state, framing);
    this.#cells = cells ?? this.#cells;
    this.#palette = new Uint32Array(bytesOfDataUri(state.color.palette).buffer);
    this.#toRow = rowFinder(state.rows.positions, state.image.height);
    const raster = () => new Raster(this.#cells, this.#toRow);
    // Without a picture the player keeps time for one that is drawn elsewhere.
    if (this.#cells) this.#rasters = { patch: raster(), overview: raster() };
    this.#showStatic();
    this.say("");
    this.#parts.body.classList.remove("failed");
    this.#fit();
    this.#showScale();
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
    const context = contextOf(parts.overview);
    context.font = "11px system-ui";
    const widths = this.known.showLanes(parts.lanes).map((name) => context.measureText(name.textContent ?? "").width + 9);
    parts.body.style.setProperty("--names", `${Math.max(0, ...widths)}px`);
    parts.known.hidden = !this.#state.known;
    parts.previous.hidden = parts.next.hidden = !this.known.hasStops;
    parts.map.setAttribute("aria-valuemax", last);
    const rest = patches.tail + patches.padded;
    parts.tail.style.width = `${(100 * rest) / this.#framing.frames}%`;
    parts.tail.hidden = !rest;
    parts.tail.title = patches.padded
      ? `${patches.padded} frames of padding`
      : `${patches.tail} frames after the last patch`;
  }

  #showScale() {
    const { scale, scaleTicks } = this.#parts;
    const { color } = this.#state;
    const levels = this.#palette.slice(color.first, color.last + 1).reverse();
    Object.assign(scale, { width: 1, height: levels.length });
    const image = new ImageData(new Uint8ClampedArray(levels.buffer), 1, levels.length);
    contextOf(scale).putImageData(image, 0, 0);
    placeTicks(scaleTicks, color.ticks, "bottom");
  }

  // What depends on the size, but not on the moment.
  #fit() {
    const { rowLabel, unit, overview } = this.#parts;
    const { frequency, color, columns } = this.#state;
    fitLabel(rowLabel, frequency.label);
    fitLabel(unit, color.label, color.unit);
    this.#showRowTicks();
    const end = columns.count / columns.step;
    if (!this.#rasters) return;
    const context = contextOf(overview);
    this.#rasters.overview.draw(context, 0, end, this.#palette);
    context.fillStyle = "#808080a0";
    const scale = overview.width / columns.count;
    for (const [from, to] of this.#framing.unseen()) context.fillRect(from * scale, 0, (to - from) * scale, overview.height);
    this.#hatch(context, 0, columns.count);
    this.known.draw(context, 0, columns.count);
  }

  // Hatches what is padding, in a canvas that shows the frames from one to another.
  /** @param {CanvasRenderingContext2D} context @param {number} first @param {number} last */
  #hatch(context, first, last) {
    const { width, height } = context.canvas;
    const spans = this.#framing.padding(first, last);
    if (!spans.length) return;
    const scale = width / (last - first);
    const dpr = devicePixelRatio;
    context.save();
    context.beginPath();
    for (const [from, to] of spans) context.rect((from - first) * scale, 0, (to - from) * scale, height);
    context.clip();
    context.beginPath();
    for (let x = -height; x < width; x += 8 * dpr) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.strokeStyle = "#fff6";
    context.lineWidth = dpr;
    context.stroke();
    context.restore();
  }

  #showRowTicks() {
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
  }

  /** @param {Moment} moment */
  showButtons({ mode, loop, speed, inPatch, sounds, muted }) {
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
    const axis = inPatch ? "patch" : "recording";
    parts.timeMode.textContent = `in ${axis} ⇄`;
    setLabel(parts.timeMode, `Time in ${axis}; switch`);
  }

  // -- what changes with the moment --------------------------------------------------------

  /** @param {Moment} moment */
  draw(moment) {
    if (!this.#rasters) return;
    const { index, inPatch } = moment;
    const { patch, timeTicks } = this.#parts;
    const first = this.#framing.start(index);
    const [from, to] = [first, first + this.#framing.length].map((f) => f / this.#state.columns.step);
    this.#rasters.patch.draw(contextOf(patch), from, to, this.#palette);
    this.#hatch(contextOf(patch), first, first + this.#framing.length);
    this.known.draw(contextOf(patch), first, first + this.#framing.length);
    this.#placeWindow(first);
    this.#placePlayheads(moment);
    this.#writeReadout(moment);
    const ticks = this.captions.timeTicks(index, inPatch, this.#widths.get(patch) ?? 0);
    placeTicks(timeTicks, ticks, "left");
    this.#writePointed(moment);
  }

  /** @param {number} first */
  #placeWindow(first) {
    const { frames, length } = this.#framing;
    const { window, before, after, overview } = this.#parts;
    const width = this.#widths.get(overview) ?? 0;
    const wide = Math.max(6, (length / frames) * width);
    const x = clamp((first / frames) * width, 0, Math.max(0, width - wide));
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
      [heard, (time - columns.start) / (columns.count * columns.duration)],
      [playhead, (time - start) / (end - start)],
    ];
    for (const [line, fraction] of lines) {
      line.hidden = !shown;
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
    const [x, y] = this.pointer;
    const { width, height } = this.#cells;
    const frame = x * this.#framing.length;
    const row = clamp(Math.floor(this.#toRow ? this.#toRow(y) : y * height), 0, height - 1);
    const at = this.#framing.start(index) + Math.floor(frame);
    const column = Math.min(Math.floor(at / this.#state.columns.step), width - 1);
    const value = this.#cells.at(column, row);
    pointed.textContent = this.captions.cell(index, inPatch, frame, height - 1 - row, value);
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

// Writes the label of an axis, or only its unit where there is no room for more.
/** @param {HTMLElement} node @param {string} label @param {string} unit */
function fitLabel(node, label, unit = unitOf(label)) {
  node.textContent = label;
  const fits = node.scrollWidth <= node.clientWidth;
  node.title = fits ? "" : label;
  if (!fits) node.textContent = unit || label;
}

export { Display, LATER };
