// What is written about a patch and its cells, as core/captions.py has it for figures; the times: time.js.
import { clamp } from "./framing.js";
import { decimalsFor, formatSpan, formatTime, timeTicks } from "./time.js";

/** @import { Framing } from "./framing.js" */
/** @import { Color, Rows, State } from "./state.js" */

class Captions {
  #state;
  #framing;
  #longest; // the time of the recording that is furthest from 0
  #decimals;

  /** @param {State} state @param {Framing} framing */
  constructor(state, framing) {
    const { start, count, duration } = state.columns;
    this.#state = state;
    this.#framing = framing;
    const ends = [start, start + count * duration, framing.interval(framing.last)[1]]; // padded
    this.#longest = Math.max(...ends.map(Math.abs));
    this.#decimals = decimalsFor(Math.min(framing.hop, framing.length * duration), 3);
  }

  get #items() {
    return this.#state.patches.items;
  }

  // What a patch is.
  get noun() {
    return this.#items ? "item" : "patch";
  }

  // When a patch sounds, or what is said of an item, which may be nothing.
  /** @param {number} index @param {string} [dash] */
  span(index, dash) {
    if (this.#items) return this.#items[index];
    return formatSpan(...this.#framing.interval(index), this.#longest, this.#decimals, dash);
  }

  // Which patch it is and when it sounds, as the header has it.
  /** @param {number} index */
  readout(index) {
    const { lastNumber } = this.#framing;
    return joined(`${this.noun} ${this.#framing.number(index)} / ${lastNumber}`, " · ", this.span(index));
  }

  // The same, to be spoken.
  /** @param {number} index */
  spoken(index) {
    const { lastNumber } = this.#framing;
    return joined(`${this.noun} ${this.#framing.number(index)} of ${lastNumber}`, ", ", this.span(index, " to "));
  }

  // The time axis of a patch, and the time furthest from 0 that decides how its times are written.
  /** @param {number} index @param {boolean} inPatch whether it counts from the patch's start */
  #axis(index, inPatch) {
    const [start, end] = this.#framing.interval(index);
    return inPatch ? [0, end - start, end - start] : [start, end, this.#longest];
  }

  // The ticks of the time axis of a patch that is so wide, as [fraction, text].
  /** @type {(index: number, inPatch: boolean, width: number) => [number, string][]} */
  timeTicks(index, inPatch, width) {
    if (this.#items) return [];
    const [start, end, longest] = this.#axis(index, inPatch);
    const most = Math.max(2, Math.floor(width / (longest < 60 ? 50 : 72)));
    return timeTicks(start, end, most, longest).map(([time, text]) => [(time - start) / (end - start), text]);
  }

  // Time, row (from the bottom) and value of a cell, `frame` frames into a patch.
  /** @type {(index: number, inPatch: boolean, frame: number, row: number, value: number) => string} */
  cell(index, inPatch, frame, row, value) {
    const [start, , longest] = this.#axis(index, inPatch);
    const { columns, rows, color } = this.#state;
    const { duration } = columns;
    const written = formatTime(start + frame * duration, longest, decimalsFor(duration, 3));
    const time = this.#items ? `frame ${Math.floor(frame)}` : longest < 60 ? `${written} s` : written;
    return [time, rowText(rows, row), valueText(color, value)].join(" · ");
  }
}

// Of an item without a name nothing follows.
/** @param {string} which @param {string} mark @param {string} rest */
function joined(which, mark, rest) {
  return rest ? which + mark + rest : which;
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
    return `${text.replace(/^-/, "−")} ${unit}`.trim();
  };
  if (index < first) return `< ${write(vmin)}`;
  if (index > last) return `> ${write(vmax)}`;
  return write(values ? values[index - first] : vmin + (index - first + 0.5) * step);
}

/** @param {string} label */
function unitOf(label) {
  return label.slice(label.indexOf("(") + 1).replace(/\)+$/, "");
}

export { Captions, unitOf };
