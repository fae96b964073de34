// How times are written, the same way as in the figures (core/captions.py; tests/core/times.json holds for
// both): seconds below a minute, then minutes, then hours. `longest`, the time of the recording that is
// furthest from 0, decides which.

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

const STEPS = [
  ...[6, 5, 4, 3, 2, 1, 0].flatMap((e) => [1, 2, 5].map((m) => m / 10 ** e)),
  ...[10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((m) => 60 * m),
  ...[1, 2, 3, 6, 12, 24, 48, 120].map((h) => 3600 * h),
];
const LAST_STEP = 3600 * 240;

// Round times within [start, end] as [time, text], in no more than `most` steps.
/** @type {(start: number, end: number, most: number, longest: number) => [number, string][]} */
function timeTicks(start, end, most, longest) {
  // Rounding errors of start and end, which move, do not change the step.
  const least = ((end - start) / most) * (1 - 1e-9);
  const step =
    STEPS.find((candidate) => candidate >= least) ?? Math.ceil(least / LAST_STEP) * LAST_STEP;
  const decimals = decimalsFor(step, 0);
  /** @type {[number, string][]} */
  const ticks = [];
  const stop = Math.floor(end / step + 1e-9);
  for (let k = Math.ceil(start / step - 1e-9); k <= stop; k++) {
    const text = formatTime(k * step, longest, decimals);
    ticks.push([k * step, longest < 60 ? `${text} s` : text]);
  }
  return ticks;
}

export { decimalsFor, formatSpan, formatTime, timeTicks };
