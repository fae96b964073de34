// What is written about a patch and its cells, as core/captions.py has it for figures; the times: time.js.
import { clamp } from "./framing.js";
import { Times, decimalsFor, formatSpan } from "./time.js";

/** @import { Framing } from "./framing.js" */
/** @import { Color, Rows, State } from "./state.js" */

class Captions {
  #state;
  #framing;
  times; // how those of the recording are written
  step; // from a patch to the next, or less
  #decimals;

  /** @param {State} state @param {Framing} framing */
  constructor(state, framing) {
    const { start, count, duration, clock, longest = 0 } = state.columns;
    this.#state = state;
    this.#framing = framing;
    const ends = [start, start + count * duration, framing.interval(framing.last)[1]]; // padded
    this.times = new Times(Math.max(longest, ...ends.map(Math.abs)), clock);
    this.step = Math.min(framing.hop, framing.length * duration);
    this.#decimals = decimalsFor(this.step, 3);
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
    return this.times.span(...this.#framing.asked(index), this.#decimals, dash);
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

  // On which day a patch is, where that is known.
  /** @param {number} index */
  day(index) {
    return this.times.day(...this.#framing.interval(index));
  }

  // The time axis of a patch, and how its times are written.
  /** @type {(index: number, inPatch: boolean) => [number, number, Times]} */
  #axis(index, inPatch) {
    const [start, end] = this.#framing.interval(index);
    return inPatch ? [0, end - start, new Times(end - start)] : [start, end, this.times];
  }

  // The ticks of the time axis of what is seen of a patch, so wide, as [fraction, text].
  /** @type {(index: number, inPatch: boolean, width: number, part?: [number, number]) => [number, string][]} */
  timeTicks(index, inPatch, width, [left, right] = [0, 1]) {
    if (this.#items) return [];
    const [begin, stop, times] = this.#axis(index, inPatch);
    const [start, end] = [left, right].map((part) => begin + part * (stop - begin));
    /** @param {number} room */
    const most = (room) => Math.max(2, Math.floor(width / room));
    // Where they are close, their decimals take room.
    const decimals = Math.max(0, decimalsFor((end - start) / most(times.width), 0) - 2);
    const ticks = times.ticks(start, end, most(times.width + 7 * decimals));
    return ticks.map(([time, text]) => [(time - start) / (end - start), text]);
  }

  // What a part of every patch is: its times from the patch's start, and its frequencies.
  /** @param {[number, number]} time as fractions @param {[number, number] | null} band in Hz; null: all, or none that has frequencies */
  part(time, band) {
    const long = this.#framing.length * this.#state.columns.duration;
    const [start, end] = time.map((fraction) => fraction * long);
    const times = end - start < long * (1 - 1e-9) ? formatSpan(start, end, long, decimalsFor((end - start) / 50, 0)) : "";
    const hertz = band?.map((value) => +value.toPrecision(3)) ?? [];
    const rows = band && (hertz[1] < 1000 ? `${hertz.join("-")} Hz` : `${hertz.map((value) => value / 1000).join("-")} kHz`);
    return [times && `${times} of the ${this.noun}`, rows].filter(Boolean).join(", ") || "some rows";
  }

  // Time, row (from the bottom) and value of a cell, `frame` frames into a patch.
  /** @type {(index: number, inPatch: boolean, frame: number, row: number, value: number) => string} */
  cell(index, inPatch, frame, row, value) {
    const [start, , times] = this.#axis(index, inPatch);
    const { columns, rows, color } = this.#state;
    const { duration } = columns;
    const time = this.#items ? `frame ${Math.floor(frame)}` : times.moment(start + frame * duration, decimalsFor(duration, 3));
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

export { Captions, unitOf, valueText };
