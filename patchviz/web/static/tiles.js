// Tiles of a sheet in rows that scroll: only those that are seen are there, each a crop of one texture.
import { clamp } from "./framing.js";
import { div, element } from "./parts.js";

const GAP = 4; // px
const LEAST = 152; // px, of a tile's width
const CAPTION = 38; // px
const PADDING = 4; // px, of its words

/**
 * @typedef {object} Tile
 * @property {HTMLElement} node
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} tag
 * @property {HTMLElement} name
 * @property {HTMLElement} known
 * @property {HTMLElement} spoken what of it is only seen as colours and signs
 */

class Tiles {
  /** @type {Map<number, Tile>} */
  #shown = new Map(); // by position
  /** @type {Tile[]} */
  #spare = [];
  #paint;
  #write;
  #onFit;
  #count = 0;
  #frame = 0;
  #columns = 1;
  #width = 0;
  #high = 0;
  #resizes;
  /** @type {CanvasRenderingContext2D | null} */
  #words = null; // that are measured

  // `paint(tile, position)` draws the picture of one, `write(tile, position, isNew)` says what it is;
  // `onFit` is told when tiles have other sizes.
  /** @param {(tile: Tile, position: number) => void} paint @param {(tile: Tile, position: number, isNew: boolean) => void} write @param {() => void} onFit */
  constructor(paint, write, onFit) {
    this.#paint = paint;
    this.#write = write;
    this.#onFit = onFit;
    this.list = element("div", {
      class: "list", role: "listbox", tabindex: "0", "aria-label": "Patches", "data-lm-suppress-shortcuts": "true",
    });
    this.scroller = div("scroller", this.list);
    this.scroller.addEventListener("scroll", () => this.#later());
    this.#resizes = new ResizeObserver(() => this.#fit());
    this.#resizes.observe(this.scroller);
  }

  get columns() {
    return this.#columns;
  }

  // How many rows are seen at a time.
  get rows() {
    return Math.max(1, Math.floor(this.scroller.clientHeight / (this.#high + GAP)));
  }

  // Takes so many others.
  /** @param {number} count */
  set(count) {
    this.#count = count;
    for (const position of [...this.#shown.keys()]) this.#free(position);
    this.#fit();
  }

  close() {
    this.#resizes.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  #fit() {
    const width = this.scroller.clientWidth;
    if (!width) return;
    this.#columns = Math.max(1, Math.floor((width + GAP) / (LEAST + GAP)));
    this.#width = (width - (this.#columns - 1) * GAP) / this.#columns;
    this.#high = Math.round(this.#width * 0.6) + CAPTION;
    const rows = Math.ceil(this.#count / this.#columns);
    this.list.style.height = `${Math.max(0, rows * (this.#high + GAP) - GAP)}px`;
    for (const position of [...this.#shown.keys()]) this.#free(position);
    this.#place();
    this.#onFit();
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => this.#place());
  }

  #place() {
    this.#frame = 0;
    if (!this.#width) return;
    const { scrollTop, clientHeight } = this.scroller;
    const step = this.#high + GAP;
    const first = Math.max(0, Math.floor(scrollTop / step) - 1) * this.#columns;
    const last = Math.min(this.#count, Math.ceil((scrollTop + clientHeight) / step + 1) * this.#columns);
    for (const position of [...this.#shown.keys()]) if (position < first || position >= last) this.#free(position);
    /** @type {[Tile, number][]} */
    const fresh = [];
    for (let position = first; position < last; position++) if (!this.#shown.has(position)) fresh.push([this.#show(position), position]);
    // One after the other: each picture would wait for the layout of the words before it.
    for (const [tile, position] of fresh) this.#paint(tile, position);
    for (const [tile, position] of fresh) this.#write(tile, position, true);
  }

  /** @param {number} position */
  #free(position) {
    const tile = /** @type {Tile} */ (this.#shown.get(position));
    tile.node.hidden = true;
    this.#shown.delete(position);
    this.#spare.push(tile);
  }

  /** @param {number} position */
  #show(position) {
    const tile = this.#spare.shift() ?? this.#make();
    this.#shown.set(position, tile);
    const { node, canvas } = tile;
    const [x, y] = this.#corner(position);
    Object.assign(node.style, {
      width: `${this.#width}px`, height: `${this.#high}px`, transform: `translate(${x}px, ${y}px)`,
    });
    node.id = `tile-${position}`;
    node.hidden = false;
    node.setAttribute("aria-setsize", `${this.#count}`);
    node.setAttribute("aria-posinset", `${position + 1}`);
    const size = [this.#width, this.#high - CAPTION].map((px) => Math.round(px * devicePixelRatio));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    return tile;
  }

  /** @returns {Tile} */
  #make() {
    const [canvas, tag, name, known, spoken] = [element("canvas"), element("div", { class: "tag", "aria-hidden": "true" }), div("name"), div("said"), div("spoken")];
    for (const text of [tag, name, known]) text.dir = "auto";
    const node = element("div", { class: "tile", role: "option" }, div("picture", canvas), name, known, spoken, tag);
    this.list.append(node);
    return { node, canvas, tag, name, known, spoken };
  }

  /** @param {number} position */
  #corner(position) {
    const row = Math.floor(position / this.#columns);
    return [(position - row * this.#columns) * (this.#width + GAP), row * (this.#high + GAP)];
  }

  // Whether there is room for words below a tile.
  /** @param {string} text */
  fits = (text) => {
    if (!this.#words) {
      this.#words = /** @type {CanvasRenderingContext2D} */ (element("canvas").getContext("2d"));
      const { fontSize, fontFamily } = getComputedStyle(this.#shown.values().next().value?.name ?? this.list);
      this.#words.font = `${fontSize} ${fontFamily}`;
    }
    return this.#words.measureText(text).width <= this.#width - PADDING;
  };

  get width() {
    return this.#width;
  }

  // Fills a tile in again, if it is there.
  /** @param {number} position */
  refresh(position) {
    const tile = this.#shown.get(position);
    if (tile) this.#write(tile, position, false);
  }

  // Draws the pictures of those that are there.
  paint() {
    for (const [position, tile] of this.#shown) this.#paint(tile, position);
  }

  // Lays an element over the picture of a tile.
  /** @param {HTMLElement} node @param {number} position */
  cover(node, position) {
    const [x, y] = this.#corner(position);
    Object.assign(node.style, {
      width: `${this.#width}px`, height: `${this.#high - CAPTION}px`, transform: `translate(${x}px, ${y}px)`,
    });
  }

  // The picture of a tile that is there.
  /** @param {number} position */
  picture(position) {
    return this.#shown.get(position)?.canvas.parentElement;
  }

  // Scrolls as far as it takes to see a tile.
  /** @param {number} position */
  reveal(position) {
    const y = this.#corner(position)[1];
    const { scrollTop, clientHeight } = this.scroller;
    const top = clamp(scrollTop, y + this.#high - clientHeight, y);
    if (top !== scrollTop) this.scroller.scrollTop = top;
    this.#place();
  }

  // Which tile an event is on; -1: none.
  /** @param {Event} event */
  at(event) {
    const on = /** @type {Element} */ (event.target).closest(".tile");
    for (const [position, { node }] of this.#shown) if (node === on) return position;
    return -1;
  }
}

export { Tiles };
