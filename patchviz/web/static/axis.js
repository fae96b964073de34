// The frequency axis: which value lies how high, and its ticks where a part of it is seen.

import { clamp } from "./framing.js";

/** @import { State } from "./state.js" */

const C2 = 65.40639;

// As plot/axis.py draws them straight, from 0 Hz on.
/** @type {Record<string, (hertz: number) => number>} */
const FORWARD = {
  linear: (hertz) => hertz,
  log: Math.log2,
  mel: (hertz) => (hertz < 1000 ? (hertz * 3) / 200 : 15 + (Math.log(hertz / 1000) * 27) / Math.log(6.4)),
  mel_htk: (hertz) => Math.log1p(hertz / 700),
  symlog: (hertz) => (hertz < C2 ? hertz / C2 : 1 + Math.log2(hertz / C2)),
};

const APART = 28; // px: ticks are not nearer than this
const CHANNEL_APART = 16; // those of channels, which are many

// The steps 1, 2, 5, 10 and so on that are at least so much, and may be below 1.
/** @param {number} least */
function* roundSteps(least) {
  for (let e = Math.floor(Math.log10(least)); ; e++) {
    for (const m of [1, 2, 5]) if (m * 10 ** e >= least * (1 - 1e-9)) yield m * 10 ** e;
  }
}

class Axis {
  #state;
  #forward;
  #ends;
  #n;

  /** @param {State} state */
  constructor(state) {
    this.#state = state;
    const { scale, limits, channels } = state.frequency;
    this.#forward = FORWARD[scale];
    this.#ends = limits.map(this.#forward);
    this.#n = Math.max(1, channels.length);
  }

  // How high a value lies on the axis of one channel, from 0 to 1, and which lies there.
  /** @param {number} value */
  level(value) {
    const [low, high] = this.#ends;
    return (this.#forward(value) - low) / (high - low);
  }

  /** @param {number} level */
  value(level) {
    let [low, high] = this.#state.frequency.limits;
    for (let i = 0; i < 50; i++) {
      const middle = (low + high) / 2;
      if (this.level(middle) < level) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  // The frequencies between two heights of the picture, in Hz; null where rows have none, or where
  // they are those of several channels.
  /** @param {number} low @param {number} high @returns {[number, number] | null} */
  band(low, high) {
    const isHertz = this.#state.rows.unit === "Hz" && this.#n === 1;
    return isHertz ? [this.value(low), this.value(high)] : null;
  }

  // Whether rows have names, such as notes; those of channels may be numbers, which are better rounded.
  get named() {
    const { names } = this.#state.rows;
    return names !== null && (this.#n === 1 || !/Hz$|bin \d+$/.test(names[0]));
  }

  // Ticks between two heights that are so many pixels apart, from the bottom, as [height, text].
  /** @param {number} low @param {number} high @param {number} pixels @returns {[number, string][]} */
  ticks(low, high, pixels) {
    const n = this.#n;
    const perHeight = pixels / (high - low);
    if (this.named) return this.#named(low, high, perHeight);
    return Array.from({ length: n }, (_, k) => {
      const [from, to] = [low, high].map((level) => clamp(level * n - k, 0, 1));
      if (from >= to) return [];
      const ticks = this.#round(from, to, perHeight / n);
      // Alike in all channels, and as far apart where two of them meet.
      while (n > 1 && ticks.length > 1 && (ticks[0][0] + 1 - ticks[ticks.length - 1][0]) * perHeight < CHANNEL_APART * n) ticks.shift();
      return ticks;
    }).flatMap((ticks, k) => ticks.map(([at, text]) => /** @type {[number, string]} */ ([(k + at) / n, text])));
  }

  // Round values: in equal steps, or, where these would be crowded, 1, 2, 5, 10.
  /** @param {number} low @param {number} high @param {number} perHeight @returns {[number, string][]} */
  #round(low, high, perHeight) {
    const [from, to] = [low, high].map((level) => this.value(level));
    const isHertz = this.#state.rows.unit === "Hz";
    /** @param {number[]} values @returns {[number, string][]} */
    const placed = (values) => values.map((value) => [this.level(value), this.#text(value)]);
    const isStraight = Math.abs(this.level((from + to) / 2) - (low + high) / 2) < 0.2 * (high - low);
    const apart = this.#n > 1 ? CHANNEL_APART : APART;
    const least = Math.max((to - from) / ((high - low) * perHeight) * apart, isHertz ? 0 : 1);
    for (const step of isStraight ? roundSteps(least) : []) {
      const first = Math.ceil(from / step - 1e-9);
      const ticks = placed(Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, k) => (first + k) * step));
      if (ticks.length < 2) break;
      if (ticks.every(([at], k) => !k || (at - ticks[k - 1][0]) * perHeight >= apart)) return ticks;
    }
    const values = [];
    if (to > 2 * from) {
      for (const value of roundSteps(Math.max(from, to / 1000))) {
        if (value > to) break;
        values.push(value);
      }
    } else {
      const [step] = roundSteps((to - from) / 4);
      for (let k = Math.ceil(from / step); k * step <= to; k++) values.push(k * step);
    }
    return placed(values);
  }

  // Every so many rows, by their names.
  /** @param {number} low @param {number} high @param {number} perHeight @returns {[number, string][]} */
  #named(low, high, perHeight) {
    const { names, positions } = this.#state.rows;
    const all = /** @type {string[]} */ (names);
    const edges = positions ?? Array.from({ length: all.length + 1 }, (_, k) => k / all.length);
    /** @type {[number, string][]} */
    const ticks = all.map((name, k) => [(edges[k] + edges[k + 1]) / 2, name.slice(name.lastIndexOf(" ") + 1)]);
    const seen = ticks.filter(([at]) => at >= low && at <= high);
    const step = Math.max(1, Math.ceil((APART * seen.length) / ((high - low) * perHeight)));
    return seen.filter((_, k) => k % step === 0);
  }

  /** @param {number} value */
  #text(value) {
    const { unit } = this.#state.frequency;
    /** @param {number} number */
    const write = (number) => `${+number.toPrecision(10)}`;
    if (unit > 1 || this.#state.rows.unit !== "Hz") return write(value / unit);
    return value < 1000 ? write(value) : `${write(value / 1000)}k`;
  }
}

export { Axis };
