// How times are written, the same way as in the figures (core/times.py; tests/core/times.json holds for
// both): seconds below a minute, then minutes, then hours. `longest`, the time of the recording that is
// furthest from 0, decides which. Where it is known when the recording began, the time of day.

/** @import { Clock } from "./state.js" */

/** @param {number} time @param {number} longest @param {number} decimals */
function formatTime(time, longest, decimals) {
  const unit = 10 ** decimals;
  // So that 59.9996 s does not become 0:60.000, nor 0 become -0.
  const units = Math.round(Math.abs(time) * unit);
  const seconds = Math.floor(units / unit);
  const minutes = Math.floor(seconds / 60);
  /** @type {(number: number) => string} */
  const two = (number) => String(number % 60).padStart(2, "0");
  let text = `${seconds}`;
  if (longest >= 3600) text = `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
  else if (longest >= 60) text = `${minutes}:${two(seconds)}`;
  if (decimals) text += `.${String(units % unit).padStart(decimals, "0")}`;
  return time < 0 && units ? `-${text}` : text;
}

// How many decimals tell times apart that lie `step` seconds apart; `least` or more.
/** @param {number} step @param {number} least */
function decimalsFor(step, least) {
  return Math.max(least, Math.ceil(-Math.log10(step) - 1e-9));
}

/** @type {(start: number, end: number, longest: number, decimals: number, dash?: string) => string} */
function formatSpan(start, end, longest, decimals, dash = "-") {
  const texts = [start, end].map((time) => formatTime(time, longest, decimals));
  const span = texts.join(texts.some((text) => text.startsWith("-")) ? " to " : dash);
  return longest < 60 ? `${span} s` : span;
}

const DAY = 86400;

// The time of day at a time of the recording, to the minute or with decimals, and on which day it is,
// counted from that of time 0.
/** @type {(clock: Clock, time: number, decimals: number | null) => [number, string]} */
function clockTime({ zero }, time, decimals) {
  const unit = 10 ** (decimals ?? 0);
  const units = Math.floor((zero + time) * unit + 0.5);
  const day = Math.floor(units / (DAY * unit));
  const rest = units - day * DAY * unit;
  const seconds = Math.floor(rest / unit);
  /** @type {(number: number) => string} */
  const two = (number) => String(number).padStart(2, "0");
  let text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  if (decimals !== null) text += `:${two(seconds % 60)}`;
  if (decimals) text += `.${String(rest % unit).padStart(decimals, "0")}`;
  return [day, text];
}

// The date of a day, counted from that of time 0.
/** @param {Clock} clock @param {number} day */
function dateOf({ date }, day) {
  return new Date(Date.parse(`${date}T00:00Z`) + day * DAY * 1000).toISOString().slice(0, 10);
}

// How the times of one recording are written.
class Times {
  #longest;
  #clock;

  /** @param {number} longest @param {Clock | null} [clock] */
  constructor(longest, clock = null) {
    this.#longest = longest;
    this.#clock = clock;
  }

  // How wide a tick's text is, in CSS pixels, with some air.
  get width() {
    return this.#clock ? 84 : this.#longest < 60 ? 50 : 72;
  }

  // A time that stands alone.
  /** @param {number} time @param {number} decimals */
  moment(time, decimals) {
    if (this.#clock) {
      const [day, text] = clockTime(this.#clock, time, decimals);
      return this.#clock.dated ? `${dateOf(this.#clock, day)} ${text}` : text;
    }
    const text = formatTime(time, this.#longest, decimals);
    return this.#longest < 60 ? `${text} s` : text;
  }

  /** @type {(start: number, end: number, decimals: number, dash?: string) => string} */
  span(start, end, decimals, dash = "-") {
    const clock = this.#clock;
    if (!clock) return formatSpan(start, end, this.#longest, decimals, dash);
    const [[first, begins], [last, ends]] = [start, end].map((time) => clockTime(clock, time, decimals));
    const [from, to] = [first, last].map((day) => dateOf(clock, day));
    if (first !== last) return `${from} ${begins} to ${to} ${ends}`;
    const span = `${begins}${dash}${ends}`;
    return clock.dated ? `${from} ${span}` : span;
  }

  // The start of a span, where there is no room for its end; nor, `isUndated`, for the date.
  /** @param {number} start @param {number} decimals @param {boolean} [isUndated] */
  begin(start, decimals, isUndated = false) {
    if (this.#clock) {
      const [day, text] = clockTime(this.#clock, start, decimals);
      return `${!this.#clock.dated ? "" : isUndated ? "…" : `${dateOf(this.#clock, day)} `}${text}-…`;
    }
    const text = formatTime(start, this.#longest, decimals);
    return `${text}${text.startsWith("-") ? " to " : "-"}…${this.#longest < 60 ? " s" : ""}`;
  }

  // Round times within [start, end] as [time, text], in no more than `most` steps.
  /** @param {number} start @param {number} end @param {number} most */
  ticks(start, end, most) {
    return timeTicks(start, end, most, this.#longest, this.#clock);
  }

  // On, or from, which day of which clock some times are; nothing without a clock.
  /** @param {number[]} times */
  day(...times) {
    const clock = this.#clock;
    if (!clock) return "";
    const [date, last] = times.map((time) => dateOf(clock, clockTime(clock, time, 3)[0]));
    return `${date === last ? "on" : "from"} ${date}${clock.zone ? `, ${clock.zone}` : ""}`;
  }
}

const STEPS = [
  ...[6, 5, 4, 3, 2, 1, 0].flatMap((e) => [1, 2, 5].map((m) => m / 10 ** e)),
  ...[10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((m) => 60 * m),
  ...[1, 2, 3, 6, 12, 24, 48, 120].map((h) => 3600 * h),
];
const LAST_STEP = 3600 * 240;

// Round times within [start, end] as [time, text], in no more than `most` steps.
/** @type {(start: number, end: number, most: number, longest: number, clock?: Clock | null) => [number, string][]} */
function timeTicks(start, end, most, longest, clock = null) {
  // Rounding errors of start and end, which move, do not change the step.
  const least = ((end - start) / most) * (1 - 1e-9);
  const step =
    STEPS.find((candidate) => candidate >= least) ?? Math.ceil(least / LAST_STEP) * LAST_STEP;
  const decimals = decimalsFor(step, 0);
  const zero = clock?.zero ?? 0; // what is round is so on the clock
  /** @type {[number, string][]} */
  const ticks = [];
  const stop = Math.floor((end + zero) / step + 1e-9);
  for (let k = Math.ceil((start + zero) / step - 1e-9); k <= stop; k++) {
    const time = k * step - zero;
    const text = clock ? clockTime(clock, time, step < 60 ? decimals : null)[1] : formatTime(time, longest, decimals);
    ticks.push([time, longest < 60 && !clock ? `${text} s` : text]);
  }
  return ticks;
}

export { Times, clockTime, decimalsFor, formatSpan, formatTime, timeTicks };
