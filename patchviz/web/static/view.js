// What is seen: which part of every patch is zoomed to, and which stretch of the recording the
// overview shows. Whoever draws or points asks here what lies where.
import { clamp } from "./framing.js";

/** @import { Framing } from "./framing.js" */
/** @import { State } from "./state.js" */

/** @typedef {[number, number]} Span */

const LONG = 400; // patch lengths: of a longer recording the overview shows a stretch
/** @type {Span} */
const ALL = [0, 1];

// A span that is so many times as wide, about the point a fraction into it; within all of it.
/** @type {(span: Span, at: number, times: number, least: number, most?: number) => Span} */
function widened([from, to], at, times, least, most = 1) {
  const wide = clamp((to - from) * times, least, most);
  if (wide > most * (1 - 1e-9)) return [0, most];
  const start = clamp(from + at * (to - from - wide), 0, most - wide);
  return [start, start + wide];
}

class View {
  #framing;
  #least; // of a patch: the narrowest and the lowest part
  #span; // of the recording: how many frames the overview shows at first
  /** @type {string} */
  #key; // two views with the same can have the same zoom
  /** @type {Span} */
  time; // of each patch, as fractions of its length
  /** @type {Span} */
  height = ALL; // of the frequency axis, as fractions from the bottom
  /** @type {Span} */
  stretch; // of the recording, in frames

  // `before` is the view of what was shown before.
  /** @param {State} state @param {Framing} framing @param {View} [before] */
  constructor(state, framing, before) {
    const { view, columns, patches, image, frequency } = state;
    const { frames, length } = framing;
    this.#framing = framing;
    this.#key = JSON.stringify([view, frames, patches.length, image.height, frequency]);
    this.#least = [Math.min(1, (2 * columns.step) / length), Math.min(1, 2 / image.height)];
    this.time = view.time ?? ALL;
    this.#span = frames > LONG * length ? Math.sqrt(frames * length) : frames;
    this.stretch = view.stretch && view.stretch[1] <= frames ? view.stretch : [0, this.#span];
    if (before && before.#key === this.#key) Object.assign(this, before);
  }

  get zoomed() {
    const [[left, right], [low, high]] = [this.time, this.height];
    return right - left + high - low < 2;
  }

  reset() {
    this.time = this.height = ALL;
  }

  // Shows so many times more of the patch, about a point of the picture (from its left and its top).
  /** @param {number} x @param {number} y @param {number} wide @param {number} high */
  zoom(x, y, wide, high) {
    this.time = widened(this.time, x, wide, this.#least[0]);
    this.height = widened(this.height, 1 - y, high, this.#least[1]);
  }

  // Moves by so many widths and heights of what is shown.
  /** @param {number} right @param {number} up */
  pan(right, up) {
    /** @type {(span: Span, by: number) => Span} */
    const moved = ([from, to], by) => {
      const start = clamp(from + by * (to - from), 0, 1 - to + from);
      return [start, start + to - from];
    };
    this.time = moved(this.time, right);
    this.height = moved(this.height, up);
  }

  // Shows what lies between two points of the picture.
  /** @param {number[]} one @param {number[]} other each from the left and the top */
  box(one, other) {
    const [[left, right], [top, bottom]] = [0, 1].map((k) => [one[k], other[k]].sort((a, b) => a - b));
    const [times, heights] = [right - left, bottom - top];
    this.zoom(times < 1 ? left / (1 - times) : 0, times && heights < 1 ? top / (1 - heights) : 0, times, heights);
  }

  // -- what lies where in the picture of a patch ---------------------------------------------

  // How far into a patch that is shown lies what is so far from the picture's left.
  /** @param {number} x */
  within(x) {
    return this.time[0] + x * (this.time[1] - this.time[0]);
  }

  // The frames that are seen of a patch.
  /** @param {number} index @returns {Span} */
  frames(index) {
    const [first, last] = this.time.map((part) => this.#framing.start(index) + part * this.#framing.length);
    return [first, last];
  }

  // Where something lies in the picture, from its left: below 0 or above 1 where it is not seen.
  /** @param {number} part of the patch */
  across(part) {
    return (part - this.time[0]) / (this.time[1] - this.time[0]);
  }

  // How high on the axis lies what is so far from the picture's top, and where what is so high.
  /** @param {number} y */
  level(y) {
    return this.height[1] - y * (this.height[1] - this.height[0]);
  }

  /** @param {number} level */
  down(level) {
    return (this.height[1] - level) / (this.height[1] - this.height[0]);
  }

  // -- the overview --------------------------------------------------------------------------

  get isStretched() {
    return this.stretch[1] - this.stretch[0] < this.#framing.frames;
  }

  // Where a frame lies in the overview, from its left, and which lies there.
  /** @param {number} frame */
  along(frame) {
    return (frame - this.stretch[0]) / (this.stretch[1] - this.stretch[0]);
  }

  /** @param {number} x */
  frameAt(x) {
    return this.stretch[0] + x * (this.stretch[1] - this.stretch[0]);
  }

  /** @param {number} x @param {number} times */
  widen(x, times) {
    const { frames, length } = this.#framing;
    this.stretch = widened(this.stretch, x, times, Math.min(frames, 1.5 * length), frames);
  }

  // As wide as at first, about where it is.
  unstretch() {
    const middle = this.frameAt(0.5);
    const { frames } = this.#framing;
    const start = clamp(middle - this.#span / 2, 0, frames - this.#span);
    this.stretch = [start, start + this.#span];
  }

  // Moves the stretch to where a patch is in it: by as little as that takes, by a page where it
  // plays, into the middle where it is far.
  /** @param {number} index @param {boolean} playing */
  follow(index, playing) {
    const { frames, length } = this.#framing;
    const first = this.#framing.start(index);
    const [from, to] = this.stretch;
    const wide = to - from;
    const last = Math.min(first + length, frames);
    if (first >= from && last <= to) return;
    let start = first - (wide - length) / 2;
    if (playing) start = first - wide / 20;
    else if (Math.abs(first + length / 2 - (from + to) / 2) < 0.75 * wide) start = first < from ? first : last - wide;
    start = clamp(start, 0, frames - wide);
    this.stretch = [start, start + wide];
  }
}

export { View };
