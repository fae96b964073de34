// Tiles of a sheet in rows that scroll: only those that are seen are there, each a crop of one texture.
import { clamp } from "./framing.js";
import { div, element } from "./parts.js";
import { buildCaption } from "./tilecaptions.js";

/** @import { Place } from "./known.js" */
/** @import { Caption, TileCaptions } from "./tilecaptions.js" */

const GAP = 4; // px, between columns
const ROW_GAP = 12; // px
const [SMALL, LARGE] = [160, 320]; // px, of a tile's width
const NARROW = 110; // px, where two would not be side by side else
const PADDING = 4; // px, of its words
const [TAG, TAG_PADDING, TAG_BOTTOM] = [4, 6, 22]; // px: where what is on its picture begins and ends (sheet.css)

/**
 * @typedef {object} Tile
 * @property {HTMLElement} node
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} tag
 * @property {Caption} caption
 * @property {HTMLElement} spoken what of it is only seen as colours and signs
 */

// How many columns of at least so many px there is room for.
/** @param {number} room @param {number} least */
const columnsOf = (room, least) => Math.max(1, Math.floor((room + GAP) / (least + GAP)));

class Tiles {
  #captions;
  #total;
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
  #picture = 0; // how high it is, in px, and all of a tile
  #high = 0;
  #room = ""; // that they were made for
  #resizes;
  /** @type {CanvasRenderingContext2D | null} */
  #words = null; // that are measured

  // There are at most `total`, and as few as these may be larger. `paint(tile, position)` draws the
  // picture of one, `write(tile, position, isNew)` says what it is; `onFit` is told when tiles have
  // other sizes or places.
  /** @param {TileCaptions} captions @param {number} total @param {(tile: Tile, position: number) => void} paint @param {(tile: Tile, position: number, isNew: boolean) => void} write @param {() => void} onFit */
  constructor(captions, total, paint, write, onFit) {
    this.#captions = captions;
    this.#total = total;
    this.#paint = paint;
    this.#write = write;
    this.#onFit = onFit;
    this.list = element("div", {
      class: "list", role: "listbox", tabindex: "0", "aria-label": "Patches",
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
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.#step));
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
    // A page of its own has no limit, and what the window leaves.
    const tall = parseFloat(getComputedStyle(this.scroller).maxHeight) || this.scroller.clientHeight;
    if (this.#room !== `${[width, tall]}`) this.#resize(width, tall);
    this.#room = `${[width, tall]}`;
    const rows = Math.ceil(this.#count / this.#columns);
    this.list.style.height = `${Math.max(0, rows * this.#step - ROW_GAP)}px`;
    for (const position of [...this.#shown.keys()]) this.#free(position);
    this.#place();
  }

  // Makes tiles as large as lets all of them be seen at a time; where that is too small, as small as
  // can be looked at.
  /** @param {number} width @param {number} tall */
  #resize(width, tall) {
    const most = Math.max(columnsOf(width, SMALL), Math.min(2, columnsOf(width, NARROW)));
    const few = Math.max(1, Math.min(this.#total, Math.ceil((width + GAP) / (LARGE + GAP))));
    for (this.#columns = few; ; this.#columns++) {
      this.#width = Math.min(LARGE, (width - (this.#columns - 1) * GAP) / this.#columns);
      this.#picture = Math.round(this.#width * 0.6);
      const rows = Math.ceil(this.#total / this.#columns);
      const isLast = this.#columns >= most;
      if (!isLast && rows * this.#picture > tall) continue; // without captions even
      this.#high = this.#picture + this.#measure();
      if (isLast || rows * this.#step - ROW_GAP <= tall) break;
    }
    this.list.style.setProperty("--picture", `${this.#picture}px`);
  }

  // How high captions are: all as the highest.
  #measure() {
    const captions = this.#captions.longest.map((tile) => {
      const caption = buildCaption();
      this.#captions.write(caption, tile, this);
      return caption.node;
    });
    const probe = div("probe", ...captions);
    probe.style.width = `${this.#width}px`;
    this.list.append(probe);
    const high = Math.max(...captions.map(({ offsetHeight }) => offsetHeight));
    probe.remove();
    return high;
  }

  // From a row to the next.
  get #step() {
    return this.#high + ROW_GAP;
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => this.#place());
  }

  #place() {
    this.#frame = 0;
    if (!this.#width) return;
    const { scrollTop, clientHeight } = this.scroller;
    const step = this.#step;
    const first = Math.max(0, Math.floor(scrollTop / step) - 1) * this.#columns;
    const last = Math.min(this.#count, Math.ceil((scrollTop + clientHeight) / step + 1) * this.#columns);
    for (const position of [...this.#shown.keys()]) if (position < first || position >= last) this.#free(position);
    /** @type {[Tile, number][]} */
    const fresh = [];
    for (let position = first; position < last; position++) if (!this.#shown.has(position)) fresh.push([this.#show(position), position]);
    // One after the other: each picture would wait for the layout of the words before it.
    for (const [tile, position] of fresh) this.#paint(tile, position);
    for (const [tile, position] of fresh) this.#write(tile, position, true);
    this.#onFit();
  }

  // How many tiles are not wholly seen until one scrolls on.
  get nBelow() {
    const { scrollTop, clientHeight } = this.scroller;
    const rows = Math.floor((scrollTop + clientHeight + ROW_GAP + 1) / this.#step);
    return Math.max(0, this.#count - rows * this.#columns);
  }

  // Whether there are more rows than are seen at a time.
  get isScrolled() {
    return this.scroller.scrollHeight > this.scroller.clientHeight;
  }

  // Scrolls on by as many rows as are seen.
  page() {
    this.scroller.scrollTop += this.rows * this.#step;
  }

  /** @param {number} position */
  #free(position) {
    const tile = /** @type {Tile} */ (this.#shown.get(position));
    tile.node.hidden = true;
    tile.node.removeAttribute("id"); // which is that of the position, and of whichever tile comes there
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
    const size = [this.#width, this.#picture].map((px) => Math.round(px * devicePixelRatio));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    return tile;
  }

  /** @returns {Tile} */
  #make() {
    const [canvas, tag, spoken] = [element("canvas"), element("div", { class: "tag", dir: "auto", "aria-hidden": "true" }), div("spoken")];
    const caption = buildCaption();
    const node = element("div", { class: "tile", role: "option" }, div("picture", canvas), caption.node, spoken, tag);
    this.list.append(node);
    return { node, canvas, tag, caption, spoken };
  }

  /** @param {number} position */
  #corner(position) {
    const row = Math.floor(position / this.#columns);
    return [(position - row * this.#columns) * (this.#width + GAP), row * this.#step];
  }

  // Whether there is room for words below a tile.
  /** @param {string} text */
  fits = (text) => this.#wide(text) <= this.#width - PADDING;

  // Where the tag of a tile covers its picture, in pixels of that.
  /** @param {string} text @returns {Place[]} */
  taken(text) {
    const right = Math.min(TAG + 2 * TAG_PADDING + this.#wide(text), this.#width - TAG);
    return text ? [[0, Math.ceil(right * devicePixelRatio), 0, TAG_BOTTOM * devicePixelRatio]] : [];
  }

  /** @param {string} text */
  #wide(text) {
    if (!this.#words) {
      this.#words = /** @type {CanvasRenderingContext2D} */ (element("canvas").getContext("2d"));
      const { fontSize, fontFamily } = getComputedStyle(this.list);
      this.#words.font = `${fontSize} ${fontFamily}`;
    }
    return this.#words.measureText(text).width;
  }

  get width() {
    return this.#width;
  }

  // Fills a tile in again, if it is there; names of labels make room for another tag.
  /** @param {number} position */
  refresh(position) {
    const tile = this.#shown.get(position);
    if (!tile) return;
    const before = tile.tag.textContent;
    this.#write(tile, position, false);
    if (tile.tag.textContent !== before) this.#paint(tile, position);
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
      width: `${this.#width}px`, height: `${this.#picture}px`, transform: `translate(${x}px, ${y}px)`,
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
