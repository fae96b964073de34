// The colour bar: which part of the figure's scale the colours are spread over, and how many cells
// of the patch have which level. Only the palette changes: the cells stay what they are.
import { bytesOfDataUri } from "./cells.js";
import { valueText } from "./captions.js";
import { clamp } from "./framing.js";
import { hold, isChord, placeTicks, setLabel } from "./parts.js";

/** @import { Cells } from "./cells.js" */
/** @import { Parts } from "./parts.js" */
/** @import { Color } from "./state.js" */

/** @typedef {[number, number]} Limits */

const CELLS = 1 << 16; // that are counted at most

class ColorBar {
  #parts;
  #redraw;
  /** @type {Color} */
  #color = /** @type {any} */ (null);
  /** @type {Cells | null} */
  #cells = null;
  #given = new Uint32Array();
  #counts = new Float64Array();
  #isMax = true;
  #k = 0; // 2 ** k columns are seen as one
  /** @type {Limits} */
  #limits = [0, 1]; // of the scale, from its lowest colour
  #preset = "given";
  palette = new Uint32Array();

  /** @param {Parts} parts @param {() => void} redraw */
  constructor(parts, redraw) {
    this.#parts = parts;
    this.#redraw = redraw;
    const { bar, contrast, unlike, ends } = parts;
    /** @type {0 | 1 | null} */
    let held = null;
    /** @param {PointerEvent} event */
    const level = (event) => {
      const { bottom, height } = bar.getBoundingClientRect();
      return (bottom - event.clientY) / height;
    };
    bar.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const [low, high] = this.#limits.map((limit) => Math.abs(level(event) - limit));
      held = low < high ? 0 : 1;
      hold(bar, event, ends[held]);
    });
    bar.addEventListener("pointermove", (event) => held !== null && this.#move(held, level(event)));
    for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) bar.addEventListener(type, () => (held = null));
    bar.addEventListener("dblclick", () => this.#choose("given"));
    unlike.addEventListener("click", () => {
      this.#choose("given");
      contrast.focus({ preventScroll: true }); // the button is gone
    });
    contrast.addEventListener("change", () => this.#choose(contrast.value));
    ends.forEach((end, k) => end.addEventListener("keydown", (event) => {
      /** @type {Record<string, number>} */
      const by = { ArrowUp: 0.01, ArrowRight: 0.01, ArrowDown: -0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 };
      if (!(event.key in by) || isChord(event)) return;
      this.#move(/** @type {0 | 1} */ (k), this.#limits[k] + by[event.key]);
      event.preventDefault();
      event.stopPropagation();
    }));
  }

  // What was chosen stays while the scale is the same.
  /** @param {Color} color @param {Cells | null} cells @param {boolean} isMax whether pixels show maxima */
  show(color, cells, isMax) {
    this.#isMax = isMax;
    if (JSON.stringify(color) !== JSON.stringify(this.#color)) [this.#limits, this.#preset] = [[0, 1], "given"];
    this.#color = color;
    this.#cells = cells;
    this.#given = new Uint32Array(bytesOfDataUri(color.palette).buffer);
    placeTicks(this.#parts.scaleTicks, color.ticks, "bottom");
    this.#parts.histogram.setAttribute("viewBox", `0 0 1 ${color.last - color.first + 1}`);
    this.#spread();
    this.#tell();
  }

  /** @param {0 | 1} end @param {number} level */
  #move(end, level) {
    const [low, high] = this.#limits;
    this.#limits = end ? [low, clamp(level, low + 0.01, 1)] : [clamp(level, 0, high - 0.01), high];
    this.#preset = this.#limits[1] - this.#limits[0] < 1 ? "own" : "given";
    this.#change();
  }

  /** @param {string} preset */
  #choose(preset) {
    this.#preset = preset;
    if (preset === "given") this.#limits = [0, 1];
    if (preset === "robust" && this.#cells) this.#limits = this.#robust(this.#cells.counts(0, this.#cells.width, CELLS, this.#k));
    if (preset === "patch") this.#limits = this.#robust(this.#counts);
    this.#change();
  }

  // The picture first (see display.js).
  #change() {
    this.#spread();
    this.#redraw();
    this.#tell();
  }

  // Where 2 and 98 % of what is seen are, of those that have a level of the scale.
  /** @param {Float64Array} counts @returns {Limits} */
  #robust(counts) {
    const levels = counts.subarray(this.#color.first, this.#color.last + 1);
    const total = levels.reduce((sum, count) => sum + count, 0);
    /** @param {number} part */
    const at = (part) => {
      let [below, k] = [0, 0];
      while (k < levels.length - 1 && (below += levels[k]) < part * total) k++;
      return k / (levels.length - 1);
    };
    const low = Math.min(at(0.02), 0.99);
    return total ? [low, Math.max(at(0.98), low + 0.01)] : [0, 1];
  }

  #spread() {
    const { first, last } = this.#color;
    const [low, high] = this.#limits;
    this.palette = this.#given.slice();
    for (let k = first; k <= last; k++) {
      const level = clamp(((k - first) / (last - first || 1) - low) / (high - low), 0, 1);
      this.palette[k] = this.#given[first + Math.round(level * (last - first))];
    }
  }

  #tell() {
    const { scale, ends, contrast, unlike } = this.#parts;
    const { first, last } = this.#color;
    const [low, high] = this.#limits;
    const levels = this.palette.slice(first, last + 1).reverse();
    Object.assign(scale, { width: 1, height: levels.length });
    const image = new ImageData(new Uint8ClampedArray(levels.buffer), 1, levels.length);
    /** @type {CanvasRenderingContext2D} */ (scale.getContext("2d")).putImageData(image, 0, 0);
    const texts = this.#limits.map((limit) => valueText(this.#color, first + Math.round(limit * (last - first))));
    ends.forEach((end, k) => {
      end.style.bottom = `${100 * this.#limits[k]}%`;
      end.setAttribute("aria-valuenow", `${Math.round(100 * this.#limits[k])}`);
      end.setAttribute("aria-valuetext", texts[k]);
    });
    contrast.value = this.#preset;
    const isGiven = high - low >= 1;
    unlike.hidden = isGiven;
    if (isGiven) return;
    const says = `${texts.join(" to ")}, not the figure's`;
    unlike.textContent = `colours: ${says} ✕`;
    setLabel(unlike, `Colours: ${says}; show the figure's`);
  }

  // Draws how many cells of the columns that are seen, on so many pixels, have which level.
  /** @param {number} first @param {number} last @param {number} width */
  draw(first, last, width) {
    if (!this.#cells) return;
    const color = this.#color;
    const columns = (last - first) / width;
    this.#k = this.#isMax && columns > 1 && isFinite(columns) ? Math.floor(Math.log2(columns)) : 0;
    const counts = (this.#counts = this.#cells.counts(Math.floor(first), Math.ceil(last), CELLS, this.#k));
    const levels = counts.subarray(color.first, color.last + 1);
    const { length } = levels;
    const most = Math.sqrt(Math.max(...levels.subarray(1, length - 1))) || 1; // the ends hold what is beyond

    let d = `M1 ${length}`;
    levels.forEach((count, k) => (d += `H${Math.max(0, 1 - Math.sqrt(count) / most).toFixed(2)}V${length - k - 1}`));
    this.#parts.histogram.firstElementChild?.setAttribute("d", `${d}H1z`);
  }
}

export { ColorBar };
