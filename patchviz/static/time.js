// How times are written, the same way as in the figures (axes.py): seconds below a minute, then
// minutes, then hours. `longest` is the latest time of the recording and decides which.

function formatTime(time, longest, decimals) {
  if (longest < 60) return time.toFixed(decimals);
  const unit = 10 ** decimals;
  const units = Math.round(Math.abs(time) * unit); // so that 59.9996 s does not become 0:60.000
  const seconds = Math.floor(units / unit);
  const two = (number) => String(number % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  let text = `${minutes}:${two(seconds)}`;
  if (longest >= 3600) text = `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
  if (decimals) text += `.${String(units % unit).padStart(decimals, "0")}`;
  return (time < 0 ? "-" : "") + text;
}

// How many decimals tell times apart that lie `step` seconds apart; three or more.
function decimalsFor(step) {
  return Math.max(3, Math.ceil(-Math.log10(step) - 1e-9));
}

function formatSpan(start, end, longest, decimals) {
  const span = `${formatTime(start, longest, decimals)}-${formatTime(end, longest, decimals)}`;
  return longest < 60 ? `${span} s` : span;
}

const STEPS = [
  ...[-5, -4, -3, -2, -1, 0].flatMap((e) => [1, 2, 5].map((m) => m * 10 ** e)),
  ...[10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400],
];

// Round times within [start, end], at most `most` of them, as [time, text].
function timeTicks(start, end, most, longest) {
  const step = STEPS.find((candidate) => (end - start) / candidate <= most) ?? end - start;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const ticks = [];
  for (let k = Math.ceil(start / step - 1e-9); k * step <= end + step * 1e-9; k++) {
    const text = formatTime(k * step, longest, decimals);
    ticks.push([k * step, longest < 60 ? `${text} s` : text]);
  }
  return ticks;
}

export { decimalsFor, formatSpan, formatTime, timeTicks };
