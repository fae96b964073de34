// Measuring between two points of the picture: how far apart in time, in frequency, in level.
import { copy } from "./copy.js";
import { clamp } from "./framing.js";
import { fractionsIn } from "./gestures.js";
import { isChord, listen, svgElement } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */
/** @typedef {{ frame: number, high: number, time: number, hertz: number, level: number }} Point */

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followMeasuring(parts, actions, signal) {
  const { body, patch, measured, focus } = parts;
  const { display, now, say, zoomed } = actions;
  let on = false;
  /** @type {Point[]} */
  let points = [];
  const path = svgElement("path", {});
  const overlay = svgElement("svg", { class: "measure", viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" }, path);
  patch.after(overlay);
  const place = () => {
    const [x, y] = display.pointer ?? [0.5, 0.5];
    const point = display.pointAt([x, y], now().index);
    points = points.length === 1 ? [points[0], point] : [point];
    write();
  };
  function write() {
    measured.hidden = !on;
    if (points.length < 2) measured.textContent = points.length ? "measuring: the second point" : "measuring: the first point";
    else {
      const [one, two] = points;
      const texts = [`Δt ${Math.abs(two.time - one.time).toFixed(3)} s`];
      const hertz = Math.abs(two.hertz - one.hertz);
      if (!Number.isNaN(hertz)) texts.push(`Δf ${hertz < 1000 ? `${hertz.toFixed(1)} Hz` : `${(hertz / 1000).toFixed(3)} kHz`}`);
      const level = two.level - one.level;
      texts.push(Number.isNaN(level) ? "level unknown" : `Δ ${level.toFixed(1).replace("-", "−")} ${display.unit}`.trim());
      measured.textContent = texts.join(" · ");
    }
    zoomed();
  }
  display.onDraw = (index) => {
    overlay.style.display = on && points.length ? "" : "none";
    const { view } = display;
    const [start, length] = [now().framing.start(index), now().framing.length];
    const spots = points.map(({ frame, high }) => [view.across((frame - start) / length), view.down(high)]);
    const cross = spots.map(([x, y]) => `M${x} 0V1M0 ${y}H1`);
    path.setAttribute("d", cross.join(""));
  };
  actions.measure = () => {
    on = !on;
    points = [];
    write();
  };
  actions.copyMeasured = () => {
    const [from, to] = actions.span();
    const [one, two] = points.length === 2 ? points : [{ time: from, hertz: NaN, level: NaN }, { time: to, hertz: NaN, level: NaN }];
    /** @type {[string, number][]} */
    const cells = [["start_time", Math.min(one.time, two.time)], ["end_time", Math.max(one.time, two.time)],
      ["low_f", Math.min(one.hertz, two.hertz)], ["high_f", Math.max(one.hertz, two.hertz)], ["level", two.level - one.level]];
    const known = cells.filter(([, value]) => !Number.isNaN(value));
    copy(parts, [known.map(([name]) => name), known.map(([, value]) => +value.toFixed(6))].map((row) => row.join("\t")).join("\n"), say);
  };
  /** @type {Record<string, [number, number]>} */
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (!on || isChord(event) || target.matches("dialog *")) return;
    if (event.key === "Escape") actions.measure();
    else if (target.matches("button, select, summary")) return; // which have uses for the others
    else if (event.key === "Enter") place();
    else if (event.key in moves) {
      const [x, y] = display.pointer ?? [0.5, 0.5];
      const [right, down] = moves[event.key].map((move) => (move * (event.shiftKey ? 10 : 1)) / 100);
      display.pointer = [clamp(x + right, 0, 1 - 1e-9), clamp(y + down, 0, 1 - 1e-9)];
      zoomed();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  body.addEventListener("keydown", keydown, { capture: true, signal });
  /** @param {MouseEvent} event */
  const click = (event) => {
    if (!on || event.shiftKey || event.altKey) return;
    display.pointer = /** @type {[number, number]} */ (fractionsIn(patch, event).map((part) => clamp(part, 0, 1 - 1e-9)));
    focus.focus({ preventScroll: true });
    place();
  };
  listen(patch, { click }, signal);
  // As C does, where there are no keys.
  measured.title = "Copy (C)";
  listen(measured, { click: () => actions.copyMeasured() }, signal);
}

export { followMeasuring };
