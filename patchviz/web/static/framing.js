// Which frames are patch i, as core/framing.py knows it; nothing else on the page does.

/** @import { State } from "./state.js" */

/** @type {(value: number, low: number, high: number) => number} */
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The last of n rising numbers that is no greater than a value, or else the first.
/** @type {(rising: number[], value: number, n: number) => number} */
function lastUpTo(rising, value, n) {
  let low = 0;
  while (n - low > 1) {
    const middle = (low + n) >> 1;
    if (rising[middle] <= value) low = middle;
    else n = middle;
  }
  return low;
}

class Framing {
  #columns;
  #patches;

  /** @param {Pick<State, "columns" | "patches">} state */
  constructor({ columns, patches }) {
    this.#columns = columns;
    this.#patches = patches;
    this.frames = columns.count; // in the whole recording
    this.length = patches.length; // of every patch, in frames
    this.last = patches.count - 1; // the index of the last patch
  }

  // From one start to the next, in seconds; where they are uneven, the least of these times.
  get hop() {
    return this.#patches.hop * this.#columns.duration;
  }

  // What a patch is called, and the last one: where patches are some of others, these have other numbers.
  /** @param {number} index */
  number(index) {
    return this.#patches.numbers?.[index] ?? index;
  }

  // Which patch has a number; -1 where none has.
  /** @param {number} number */
  indexOf(number) {
    const { numbers } = this.#patches;
    if (numbers) return numbers.indexOf(number);
    return number <= this.last ? number : -1;
  }

  get lastNumber() {
    return this.#patches.last;
  }

  // The first frame of a patch.
  /** @param {number} index */
  start(index) {
    const { hop, starts } = this.#patches;
    return starts ? starts[index] : index * hop;
  }

  // Whether a patch goes on with what the one before it shows, as Framing.follows in Python.
  /** @param {number} index */
  follows(index) {
    const { hop, items } = this.#patches;
    const step = this.start(index) - this.start(index - 1);
    return !items && this.number(index) === this.number(index - 1) + 1 && step <= Math.max(this.length, hop) + 2;
  }

  // What no patch shows: gaps and the end, as [first, last] frames.
  unseen() {
    const spans = [];
    let end = 0;
    for (let index = 0; index <= this.last; index++) {
      const start = this.start(index);
      if (start > end) spans.push([end, start]);
      end = Math.max(end, start + this.length);
    }
    return end < this.frames ? [...spans, [end, this.frames]] : spans;
  }

  // What is padding, of the frames from one to another: the end of the recording, or of each item.
  /** @param {number} first @param {number} last */
  padding(first, last) {
    const { filled, padded, beyond } = this.#patches;
    if (!filled) {
      const from = Math.max(first, this.frames - padded - beyond);
      return padded && from < last ? [[from, last]] : [];
    }
    const spans = [];
    for (let item = Math.floor(first / this.length); item * this.length < last; item++) {
      if (filled[item] < this.length) spans.push([item * this.length + filled[item], (item + 1) * this.length]);
    }
    return spans;
  }

  // Where a frame lies among the starts: 2.5 is halfway from that of patch 2 to that of patch 3.
  /** @param {number} frame */
  position(frame) {
    const { count, hop, starts } = this.#patches;
    if (!starts) return frame / hop;
    const i = lastUpTo(starts, frame, count);
    return i + (frame - starts[i]) / ((starts[i + 1] ?? Infinity) - starts[i]);
  }

  // Start and end of a patch in the recording, in seconds.
  /** @param {number} index @returns {[number, number]} */
  interval(index) {
    const { start, duration } = this.#columns;
    const first = this.start(index);
    return [start + first * duration, start + (first + this.length) * duration];
  }

  // The same as captions have it: as it was asked for, where these frames are what was meant.
  /** @param {number} index */
  asked(index) {
    return this.#patches.asked?.[index] ?? this.interval(index);
  }

  // The last patch that starts at or before a time, or else the first.
  /** @param {number} time */
  indexAt(time) {
    const { start, duration } = this.#columns;
    // Browsers count the time of sound in microseconds: what was sought may come back early.
    const early = Math.min(1e-5, this.hop / 10);
    const index = Math.floor(this.position((time - start + early) / duration));
    return clamp(index, 0, this.last);
  }

  // Seconds by which a time that is written, to the millisecond, may be early.
  get tolerance() {
    return Math.min(5e-4, this.hop / 2);
  }

  // How many patches from one it is to that one patch length away, at least one.
  /** @param {number} index @param {1 | -1} direction */
  stride(index, direction) {
    const far = this.position(this.start(index) + direction * this.length);
    return Math.max(1, Math.round(direction * (far - index)));
  }
}

export { Framing, clamp, lastUpTo };
