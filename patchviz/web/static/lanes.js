// The lanes below the overview: labels, groups, and the scores of some classes, which can be chosen.
import { toldApart } from "./apart.js";
import { bytesOfDataUri } from "./cells.js";
import { clamp } from "./framing.js";
import { color, div, element, svgElement } from "./parts.js";

/** @import { Framing } from "./framing.js" */
/** @import { View } from "./view.js" */
/** @import { Known as What, State } from "./state.js" */

/** @typedef {{ lane: Element, name: string, spans: [number, number, string][], bytes?: Uint8Array }} About */

const BINS = 1200; // of a lane at most
const MOST_LANES = 8; // of classes, as in figures

class Lanes {
  #known;
  #state;
  #framing;
  #view;
  #box;
  #onChoice;
  #update = () => {}; // of what the list shows
  #bytes; // the scores of each class
  /** @type {(() => void)[]} */
  #draws = []; // what is drawn where the stretch is another
  #drawn = ""; // which
  /** @type {(() => void)[]} */
  #thresholds = []; // what is said at once where the threshold is another
  /** @type {(() => void)[]} */
  #hits = []; // what reaches it: in the next frame
  #areHitsDue = false;
  /** @type {Set<number>} */
  chosen; // positions among the scores
  /** @type {Map<Element, About>} */
  about = new Map(); // what lanes show, at which frames

  // Fills the box; `onChoice` is told of other classes.
  /** @param {HTMLElement} box @param {What} known @param {State} state @param {Framing} framing @param {View} view @param {() => void} onChoice */
  constructor(box, known, state, framing, view, onChoice) {
    this.#box = box;
    this.#known = known;
    this.#state = state;
    this.#framing = framing;
    this.#view = view;
    this.#onChoice = onChoice;
    this.#bytes = known.scores.map(([, bytes]) => bytesOfDataUri(bytes));
    this.chosen = new Set(Array(known.shown).keys());
    box.replaceChildren(...(known.scored > known.shown ? [this.#choice()] : []));
    this.#make();
    box.hidden = !box.children.length;
  }

  // Gives names the room that they need, or writes of each what tells it from others where there is less.
  /** @param {CanvasRenderingContext2D} context @param {CSSStyleDeclaration} style */
  fit(context, style) {
    const names = /** @type {HTMLElement[]} */ ([...this.#box.querySelectorAll(".lane span")]);
    const titles = names.map(({ title }) => title);
    context.font = "11px system-ui";
    /** @param {string} text */
    const width = (text) => context.measureText(text).width + 9;
    style.setProperty("--names", `${Math.max(0, ...titles.map(width))}px`);
    const room = names[0]?.clientWidth + 1;
    const short = toldApart(titles, (text) => !(width(text) > room));
    names.forEach((name, k) => {
      if (short[k] === titles[k]) delete name.dataset.short;
      else name.dataset.short = short[k];
    });
  }

  // The scores of the classes that have lanes, a byte for each patch.
  get shown() {
    return [...this.chosen].map((position) => this.#bytes[position]);
  }

  // The names of the classes that have lanes; others can be set, as far as the page knows them.
  get classes() {
    const { classes, scores } = this.#known;
    return [...this.chosen].sort((a, b) => a - b).map((position) => classes[scores[position][0]][0]);
  }

  set classes(names) {
    if (`${names}` === `${this.classes}`) return;
    const { classes, scores } = this.#known;
    const positions = scores.flatMap(([k], position) => (names.includes(classes[k][0]) ? [position] : []));
    if (positions.length) this.#choose(new Set(positions));
  }

  /** @param {Set<number>} chosen */
  #choose(chosen) {
    this.chosen = chosen;
    this.#update();
    this.#make();
    this.#onChoice();
  }

  // Makes those that are chosen.
  #make() {
    for (const old of this.#box.querySelectorAll(".lane")) old.remove();
    this.#draws = [];
    this.#thresholds = [];
    this.#hits = [];
    this.about.clear();
    this.#drawn = "";
    this.#box.prepend(...this.#lanes());
    this.showThreshold();
    this.draw();
  }

  // Shows the threshold where it is now; what reaches it is drawn with the rest.
  showThreshold() {
    for (const show of this.#thresholds) show();
    this.#areHitsDue = true;
  }

  // A score, of its part of the height of a lane.
  /** @param {number} part */
  scoreOf(part) {
    const [low, high] = this.#known.range;
    const digits = clamp(2 - Math.floor(Math.log10(high - low)), 0, 6);
    const text = (low + part * (high - low)).toFixed(digits);
    return (+text).toFixed(digits); // which knows no -0
  }

  // Draws what lies in the stretch of the recording that the overview shows.
  draw() {
    const stretch = `${this.#view.stretch}`;
    const isOther = stretch !== this.#drawn;
    if (isOther) for (const draw of this.#draws) draw();
    if (isOther || this.#areHitsDue) for (const draw of this.#hits) draw();
    this.#drawn = stretch;
    this.#areHitsDue = false;
  }

  // "8 of 120 classes", which opens a list of those that the page knows.
  #choice() {
    const { classes, scores, scored } = this.#known;
    const summary = element("summary", {}, "");
    const boxes = scores.map((_, position) => {
      const input = element("input", { type: "checkbox" });
      input.addEventListener("change", () => {
        const others = [...this.chosen].filter((other) => other !== position);
        this.#choose(new Set(input.checked ? [...others, position] : others));
      });
      return input;
    });
    this.#update = () => {
      const { size } = this.chosen;
      summary.textContent = `${size} of ${scored} classes`;
      boxes.forEach((box, position) => {
        box.checked = this.chosen.has(position);
        box.disabled = box.checked ? size === 1 : size >= MOST_LANES;
        box.title = box.disabled && !box.checked ? `${MOST_LANES} at most: leave one out first` : "";
      });
    };
    this.#update();
    const items = scores.map(([k], position) => {
      const [name, dark, light, , turn] = classes[k];
      const mark = element("span", { class: "mark" });
      color(mark, dark, light, turn);
      return element("label", { dir: "auto" }, boxes[position], mark, name);
    });
    const rest = scored - scores.length;
    const more = rest ? [element("p", {}, `Not on this page: ${rest} more. classes=[…] shows them.`)] : [];
    const group = { class: "menu", role: "group", "aria-label": `Classes, ${MOST_LANES} at most` };
    const choice = element("details", { class: "choice" }, summary, element("div", group, ...items, ...more));
    choice.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !choice.open) return;
      choice.open = false;
      summary.focus();
      event.stopPropagation();
    });
    return choice;
  }

  // A lane for all labels, each group and each class that is chosen.
  #lanes() {
    const { classes, labels, scores, groups } = this.#known;
    const { start, duration } = this.#state.columns;
    /** @type {(from: number, to: number, name: string) => [number, number, string]} */
    const span = (from, to, name) => [(from - start) / duration, (to - start) / duration, name];
    /** @type {HTMLElement[]} */
    const lanes = [];
    /** @param {HTMLElement} made @param {Omit<About, "lane">} about */
    const add = (made, about) => {
      const svg = /** @type {Element} */ (made.querySelector("svg"));
      this.about.set(svg, { lane: svg, ...about });
      lanes.push(made);
      return made;
    };
    let isFirst = true;
    if (labels.length) {
      const bars = shares(labels);
      const paths = classes.map(([, dark, light, , turn], k) => this.#bars(bars.filter((bar) => bar[4] === k), dark, light, turn));
      const spans = labels.map(([a, b, k]) => span(a, b, classes[k][0]));
      add(lane("labels", "", "", ...paths), { name: "labels", spans });
    }
    for (const [name, dark, light, spans] of groups) {
      add(lane(name, dark, light, this.#bars(spans, dark, light)), { name, spans: spans.map(([a, b]) => span(a, b, name)) });
    }
    scores.forEach(([k], position) => {
      if (!this.chosen.has(position)) return;
      const [name, dark, light, , turn] = classes[k];
      const bytes = this.#bytes[position];
      const [all, hits, line] = [path("", dark, light), path("", dark, light), path("", "#fff", "#000")];
      all.setAttribute("opacity", "0.35");
      line.classList.add("threshold");
      const isParted = this.#known.threshold !== null;
      const made = add(lane(name, dark, light, all, ...(isParted ? [hits, line] : [])), { name, spans: [], bytes });
      let steps = new Float64Array(0);
      this.#draws.push(() => {
        steps = this.#steps(bytes);
        stairs(all, steps, 0, turn);
      });
      if (!isParted) return;
      if (isFirst) made.append(this.#handle());
      isFirst = false;
      this.#hits.push(() => stairs(hits, steps, this.#known.threshold ?? 0, turn));
      this.#thresholds.push(() => line.setAttribute("d", `M0 ${1 - (this.#known.threshold ?? 0)}H1`));
    });
    return lanes;
  }

  // Says the threshold, where it is not the one that was given, and takes keys.
  #handle() {
    const handle = element("div", {
      class: "level", role: "slider", tabindex: "0", "aria-orientation": "vertical", "aria-label": "Threshold",
      "aria-valuemin": "0", "aria-valuemax": "254",
    });
    const given = this.#state.known?.threshold;
    this.#thresholds.push(() => {
      const part = this.#known.threshold ?? 0;
      const text = `≥ ${this.scoreOf(part)}`;
      handle.textContent = text;
      handle.classList.toggle("other", part !== given);
      handle.setAttribute("aria-valuenow", `${Math.round(254 * part)}`);
      handle.setAttribute("aria-valuetext", text);
    });
    return handle;
  }

  // Bars at the times of spans, those that share a place as a part of it, of so many; with slits where
  // the colour came before, of another class.
  /** @param {number[][]} spans @param {string} dark @param {string} light @param {number} [slits] */
  #bars(spans, dark, light, slits = 0) {
    const { start, duration } = this.#state.columns;
    const lines = [...Array(slits + 1).keys()];
    const node = path("", dark, light);
    this.#draws.push(() => {
      const [from, to] = this.#view.stretch.map((frame) => start + frame * duration);
      /** @param {number} time */
      const at = (time) => +((time - from) / (to - from)).toFixed(6);
      const seen = spans.filter(([a, b]) => b >= from && a <= to);
      const bars = seen.flatMap(([a, b, rank = 0, count = 1]) => {
        const thick = 0.6 / count / (2 * slits + 1);
        return lines.map((line) => `M${at(a)} ${0.2 + (0.6 * rank) / count + 2 * line * thick}H${Math.max(at(b), at(a) + 1 / BINS)}v${thick}H${at(a)}z`);
      });
      node.setAttribute("d", bars.join(""));
    });
    return node;
  }

  // What each of many spans of the stretch scores, from 0 to 254; NaN where nothing does.
  /** @param {Uint8Array} bytes */
  #steps(bytes) {
    const { length, last } = this.#framing;
    const [from, to] = this.#view.stretch;
    const how = this.#known.overlapping;
    const n = Math.min(BINS, Math.ceil(to - from));
    // Of "max" the sums are the greatest, and nothing is weighed.
    const [sums, weights] = [new Float64Array(n).fill(how === "max" ? NaN : 0), new Float64Array(n)];
    const perFrame = n / (to - from);
    const wide = length * perFrame;
    for (let index = Math.max(0, Math.floor(this.#framing.position(from - length))); index <= last; index++) {
      const first = (this.#framing.start(index) - from) * perFrame;
      if (first >= n) break;
      const byte = bytes[index];
      if (byte === 255) continue;
      const end = Math.min(n, first + wide);
      for (let bin = Math.max(0, Math.floor(first)); bin < end; bin++) {
        if (how === "max") {
          if (!(sums[bin] >= byte)) sums[bin] = byte;
          continue;
        }
        const off = how === "center" ? Math.abs(bin + 0.5 - first - wide / 2) / (wide / 2) : 0;
        const weight = Math.max(1 - off, 1e-9);
        sums[bin] += weight * byte;
        weights[bin] += weight;
      }
    }
    return how === "max" ? sums : sums.map((sum, bin) => sum / weights[bin]);
  }
}

// Draws the area under steps that are at least so high: in their own numbers, which are short; with
// slits, as bars.
/** @param {Element} node @param {Float64Array} steps @param {number} threshold @param {number} slits */
function stairs(node, steps, threshold, slits) {
  const least = 254 * threshold - 1e-6; // means of equal bytes may be a little less
  const thick = Math.round(254 / (2 * slits + 1));
  let d = "";
  for (let line = 0; line <= slits; line++) {
    const [low, most] = [2 * line * thick, line < slits ? thick : 254];
    d += `M0 ${254 - low}`;
    let last = 0;
    for (let bin = 0; bin < steps.length; bin++) {
      const high = clamp(steps[bin] >= least ? Math.round(steps[bin]) - low : 0, 0, most);
      if (high !== last) d += `H${bin}V${254 - low - high}`;
      last = high;
    }
    d += `H${steps.length}V${254 - low}z`;
  }
  node.setAttribute("d", d);
  node.setAttribute("transform", `scale(${1 / steps.length} ${1 / 254})`);
}

// Labels as bars, [from, to, rank, count, class]: of classes at one place each has a part, as in figures.
/** @param {What["labels"]} labels */
function shares(labels) {
  /** @type {Map<string, Set<number>>} */
  const there = new Map();
  for (const [a, b, k] of labels) there.set(`${[a, b]}`, (there.get(`${[a, b]}`) ?? new Set()).add(k));
  return labels.map(([a, b, k]) => {
    const classes = [...(there.get(`${[a, b]}`) ?? [])].sort((one, other) => one - other);
    return [a, b, classes.indexOf(k), classes.length, k];
  });
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

export { Lanes };
