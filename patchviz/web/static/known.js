// What is known of patches: labels as boxes over the sound, lanes below the overview, stops.
import { bytesOfDataUri } from "./cells.js";
import { lastUpTo } from "./framing.js";
import { div, element, svgElement } from "./parts.js";

/** @typedef {{ x: number, y: number, wide: number, high: number, k: number }} Box */
/** @import { Framing } from "./framing.js" */
/** @import { Known as What, State } from "./state.js" */

const NOTHING = {
  classes: [], labels: [], scores: [], threshold: null, overlapping: "max", note: "", top: null,
  groups: [], stops: [],
};
const BINS = 1200; // of a lane at most
const NEAR = 53; // px; boxes of a class that are nearer than this have one name
const NEARLY = 1e-6; // s, to which times are told: labels that only meet a patch are not in it

class Known {
  /** @type {What} */
  #known;
  #state;
  #framing;
  #top;
  /** @type {number[]} */
  #starts;
  /** @type {number[]} */
  #latest; // when the last of the labels that have started ends

  /** @param {State} state @param {Framing} framing */
  constructor(state, framing) {
    this.#state = state;
    this.#framing = framing;
    this.#known = state.known ?? NOTHING;
    const { labels, top } = this.#known;
    this.#top = top ? new Int32Array(bytesOfDataUri(top).buffer) : null;
    this.#starts = labels.map(([start]) => start);
    let latest = -Infinity;
    this.#latest = labels.map(([, end]) => (latest = Math.max(latest, end)));
  }

  get hasStops() {
    return this.#known.stops.length > 0;
  }

  // The next patch to stop at, or the one before; where there is none, the same.
  /** @param {number} index @param {1 | -1} direction */
  stop(index, direction) {
    const { stops } = this.#known;
    const beyond = stops.filter((stop) => direction * (stop - index) > 0);
    return (direction > 0 ? beyond[0] : beyond.at(-1)) ?? index;
  }

  // The labels of which some may lie between two times.
  /** @param {number} start @param {number} end */
  #around(start, end) {
    const before = start - 2 * NEARLY;
    const first = this.#latest.length && this.#latest[0] > before ? 0 : lastUpTo(this.#latest, before, this.#latest.length) + 1;
    const labels = this.#known.labels.slice(first, lastUpTo(this.#starts, end, this.#starts.length) + 1);
    return labels.filter(
      ([from, to]) => from < end - NEARLY && (to > start + NEARLY || (from === to && to > start - NEARLY)),
    );
  }

  // The labels of a patch, and its highest score, as captions.py writes them.
  /** @param {number} index */
  text(index) {
    const { classes } = this.#known;
    const names = [...new Set(this.#around(...this.#framing.interval(index)).map(([, , k]) => classes[k][0]))];
    const more = names.length > 3 ? ` +${names.length - 3}` : "";
    const [k, hundredths] = this.#top?.subarray(2 * index) ?? [-1];
    const score = k < 0 ? "" : `scored ${classes[k][0]}: ${(hundredths / 100).toFixed(2)}`;
    const said = names.slice(0, 3).join(", ") + more;
    return [said && score ? `label ${said}` : said, score].filter(Boolean).join(" · ");
  }

  // Frames the labels between two frames in a canvas that shows these, and names them.
  /** @param {CanvasRenderingContext2D} context @param {number} first @param {number} last */
  draw(context, first, last) {
    const { width, height } = context.canvas;
    const { start, duration } = this.#state.columns;
    const dpr = devicePixelRatio;
    const labels = this.#around(start + first * duration, start + last * duration);
    if (!labels.length) return;
    /** @param {number} time */
    const toX = (time) => (((time - start) / duration - first) / (last - first)) * width;
    const boxes = labels.map(([from, to, k, low = 0, high = 1]) => {
      const x = toX(from);
      const y = Math.max((1 - high) * height, dpr);
      const bottom = Math.min((1 - low) * height, height - dpr);
      return { x, y, wide: Math.max(toX(to) - x, dpr), high: bottom - y, k };
    });
    // As labels.py draws them: where their sides would hide much of the sound, corners alone.
    let sides = 0;
    for (const { x, wide, high } of boxes) sides += high * (+(x >= 0) + +(x + wide <= width));
    const isOpen = sides * 3 * dpr > 0.1 * width * height;
    context.save();
    /** @type {[number, (k: number) => string, boolean][]} */
    const strokes = [[3, () => "#000a", false], [1.5, (k) => this.#known.classes[k][1], true]];
    for (const [thick, color, dashed] of strokes) {
      context.lineWidth = thick * dpr;
      for (const box of boxes) {
        const { x, y, wide, high, k } = box;
        context.strokeStyle = color(k);
        context.setLineDash(dashed ? this.#known.classes[k][3].map((length) => length * thick * dpr) : []);
        // Of many, only the upper edges: their boxes would hide the sound.
        if (boxes.length > 100) context.strokeRect(x, y, wide, 0);
        else if (isOpen) context.stroke(corners(box, 5 * dpr, high > height - 8 * dpr));
        else context.strokeRect(x, y, wide, high);
      }
    }
    this.#name(context, boxes);
    context.restore();
  }

  // Writes one name for each run of near boxes of a class, where it meets no other.
  /** @param {CanvasRenderingContext2D} context @param {Box[]} boxes */
  #name(context, boxes) {
    const dpr = devicePixelRatio;
    const tall = 14 * dpr;
    /** @type {number[][]} */
    const taken = [];
    context.font = `${11 * dpr}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    for (const run of runs(boxes, NEAR * dpr).slice(0, 80)) {
      const [name, color] = this.#known.classes[run[0].k];
      const wide = context.measureText(name).width + 6 * dpr;
      const places = run.slice(0, 8).flatMap(({ x, y, high }) => {
        const left = Math.max(0, Math.min(x, context.canvas.width - wide));
        const tops = [y >= tall + 2 * dpr ? y - tall - dpr : y, y + high + dpr];
        return tops.filter((top) => top + tall <= context.canvas.height).map((top) => [left, top]);
      });
      const [left, top] = places.find(([x, y]) => !taken.some(
        ([a, b, c]) => x < b && a < x + wide && Math.abs(y - c) < tall,
      )) ?? [0, -1];
      if (top < 0 || wide > context.canvas.width) continue;
      taken.push([left, left + wide, top]);
      context.fillStyle = "#000a";
      context.fillRect(left, top, wide, tall);
      context.fillStyle = color;
      context.fillText(name, left + 3 * dpr, top + tall / 2);
    }
  }

  // Fills the box below the overview with a lane for all labels, each group and each class, and
  // returns their names, which stand beside them.
  /** @param {HTMLElement} box */
  showLanes(box) {
    const { classes, labels, scores, groups, threshold, note } = this.#known;
    const { start, count, duration } = this.#state.columns;
    /** @param {number} time */
    const at = (time) => (time - start) / (count * duration);
    /** @param {number[][]} spans @param {number} [slits] of classes whose colour came before */
    const bars = (spans, slits = 0) => {
      const thick = 0.6 / (2 * slits + 1);
      const lines = Array.from({ length: slits + 1 }, (_, line) => 0.2 + 2 * line * thick);
      return spans.flatMap(([a, b]) => lines.map((y) =>
        `M${at(a)} ${y}H${Math.max(at(b), at(a) + 1 / BINS)}v${thick}H${at(a)}z`,
      )).join("");
    };
    const lanes = [];
    if (labels.length) {
      const paths = classes.map(([, dark, light, , turn], k) =>
        path(bars(labels.filter((label) => label[2] === k), turn), dark, light),
      );
      lanes.push(lane("labels", "", "", ...paths));
    }
    for (const [name, dark, light, spans] of groups) lanes.push(lane(name, dark, light, path(bars(spans), dark, light)));
    for (const [k, bytes] of scores) {
      const [name, dark, light] = classes[k];
      const steps = this.#steps(bytesOfDataUri(bytes));
      const all = path(stairs(steps, 0), dark, light);
      all.setAttribute("opacity", "0.35");
      const paths = [all];
      if (threshold !== null) {
        const line = path(`M0 ${1 - threshold}H1`, "#fff", "#000");
        line.classList.add("threshold");
        paths.push(path(stairs(steps, threshold), dark, light), line);
      }
      lanes.push(lane(name, dark, light, ...paths));
    }
    if (note) {
      lanes.push(element("div", { class: "note" }, note));
    }
    box.replaceChildren(...lanes);
    box.hidden = !lanes.length;
    return [...box.querySelectorAll("span")];
  }

  // What each of many spans of the recording scores, from 0 to 1; NaN where nothing does.
  /** @param {Uint8Array} bytes */
  #steps(bytes) {
    const { frames, length } = this.#framing;
    const how = this.#known.overlapping;
    const n = Math.min(BINS, frames);
    const [sums, weights] = [new Float64Array(n), new Float64Array(n)];
    bytes.forEach((byte, index) => {
      if (byte === 255) return;
      const first = (this.#framing.start(index) / frames) * n;
      const wide = (length / frames) * n;
      for (let bin = Math.floor(first); bin < Math.min(n, first + wide); bin++) {
        if (how === "max") {
          sums[bin] = weights[bin] ? Math.max(sums[bin], byte) : byte;
          weights[bin] = 1;
          continue;
        }
        const off = how === "center" ? Math.abs(bin + 0.5 - first - wide / 2) / (wide / 2) : 0;
        const weight = Math.max(1 - off, 1e-9);
        sums[bin] += weight * byte;
        weights[bin] += weight;
      }
    });
    return sums.map((sum, bin) => sum / weights[bin] / 254);
  }
}

// Boxes of a class that follow one another closely, by time; those that take most room first.
/** @param {Box[]} boxes @param {number} near */
function runs(boxes, near) {
  /** @type {Map<number, { run: Box[], end: number }>} */
  const last = new Map();
  const found = [];
  for (const box of boxes.toSorted((a, b) => a.x - b.x)) {
    let now = last.get(box.k);
    if (!now || box.x > now.end + near) {
      last.set(box.k, (now = { run: [], end: 0 }));
      found.push(now);
    }
    now.run.push(box);
    now.end = Math.max(now.end, box.x + box.wide);
  }
  return found.sort((a, b) => b.end - b.run[0].x - a.end + a.run[0].x).map(({ run }) => run);
}

// The corners of a box, or the upper ones.
/** @param {Box} box @param {number} size @param {boolean} isUpper */
function corners({ x, y, wide, high }, size, isUpper) {
  const long = Math.min(size, high / 3);
  const lower = isUpper ? "" : `M${x} ${y + high - long}v${long}h${wide}v${-long}`;
  return new Path2D(`M${x} ${y + long}V${y}h${wide}v${long}${lower}`);
}

// The area under steps that are at least so high.
/** @param {Float64Array} steps @param {number} least */
function stairs(steps, least) {
  let [d, last] = ["M0 1", -1];
  steps.forEach((step, bin) => {
    const high = 254 * step >= 254 * least - 1e-6 ? step : 0; // as known.py rounds
    if (high !== last) d += `H${+(bin / steps.length).toFixed(5)}V${+(1 - high).toFixed(3)}`;
    last = high;
  });
  return `${d}H1V1z`;
}

/** @param {Element} node @param {string} dark @param {string} light */
function color(node, dark, light) {
  const { style } = /** @type {HTMLElement} */ (node);
  style.setProperty("--on-dark", dark);
  style.setProperty("--on-light", light);
}

/** @param {string} d @param {string} dark @param {string} light */
function path(d, dark, light) {
  const node = svgElement("path", { d });
  color(node, dark, light);
  return node;
}

/** @param {string} name @param {string} dark @param {string} light @param {Element[]} paths */
function lane(name, dark, light, ...paths) {
  const text = element("span", { title: name, dir: "auto" }, name);
  if (dark) color(text, dark, light);
  const box = { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" };
  return div("lane", svgElement("svg", box, ...paths), text);
}

export { Known };
