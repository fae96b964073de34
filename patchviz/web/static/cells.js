// The spectrogram as palette indices, and how some of its columns become pixels.
import { clamp, lastUpTo } from "./framing.js";

// Python writes the PNG (texture.py): one byte per cell, every row filtered by Paeth's predictor.
// Reading its bytes gives the indices themselves, also where a browser blurs what a canvas returns.
/** @param {Uint8Array<ArrayBuffer>} bytes */
async function decodePng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 57 || view.getUint32(0) !== 0x89504e47) throw new Error("it is no PNG file");
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const parts = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const isData = view.getUint32(at + 4) === 0x49444154; // "IDAT"
    if (isData) parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const inflated = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  const rows = new Uint8Array(await new Response(inflated).arrayBuffer());
  if (rows.length !== height * (width + 1)) throw new Error("its data are cut short");
  const data = new Uint8Array(width * height);
  let above = new Uint8Array(width);
  for (let y = 0, from = 0; y < height; y++) {
    if (rows[from++] !== 4) throw new Error("its rows are filtered in another way");
    const row = data.subarray(y * width, (y + 1) * width);
    let [left, corner] = [0, 0];
    for (let x = 0; x < width; x++, from++) {
      const up = above[x];
      const dLeft = Math.abs(up - corner);
      const dUp = Math.abs(left - corner);
      const dCorner = Math.abs(left + up - 2 * corner);
      const nearest = dLeft <= dUp && dLeft <= dCorner ? left : dUp <= dCorner ? up : corner;
      left = (rows[from] + nearest) & 255;
      row[x] = left;
      corner = up;
    }
    above = row;
  }
  return { width, height, data };
}

// A lossy picture holds the indices as shades of grey.
/** @param {Uint8Array<ArrayBuffer>} bytes @param {string} type */
async function decodeGrey(bytes, type) {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }));
  const { width, height } = bitmap;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const rgba = context.getImageData(0, 0, width, height).data;
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => rgba[4 * i]) };
}

/** @param {string} uri */
function bytesOfDataUri(uri) {
  const text = atob(uri.slice(uri.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** @typedef {ArrayBuffer | ArrayBufferView<ArrayBuffer>} Bytes */

/** @param {Bytes} data */
function asBytes(data) {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(data);
}

// Which cells [from, to) each of n pixels shows: the one under its centre and, where cells are
// smaller than pixels, all whose centres it holds. `toCell` maps 0..1 to a fractional cell.
/** @param {number} n @param {number} nCells @param {(fraction: number) => number} toCell */
function coverage(n, nCells, toCell) {
  const from = new Int32Array(n);
  const to = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const middle = Math.floor(toCell((i + 0.5) / n));
    from[i] = Math.max(0, Math.min(middle, Math.ceil(toCell(i / n) - 0.5)));
    to[i] = Math.min(nCells, Math.max(middle + 1, Math.ceil(toCell((i + 1) / n) - 0.5)));
  }
  // The last cell of a coarser level may be less than one, and ends before its centre.
  if (toCell(1) > nCells - 1) to[n - 1] = nCells;
  return { from, to };
}

/** @typedef {{ from: Int32Array, to: Int32Array }} Coverage */
/** @typedef {{ width: number, data: Uint8Array | Float32Array }} Level */
/** @typedef {"max" | "mean" | "median"} Reduction */

class Cells {
  // Each level holds the maxima, or means, of pairs of columns of the one before; made when first
  // needed.
  /** @type {{ max?: Level[], mean?: Level[] }} */
  #levels = {};
  #data;

  /** @param {number} width @param {number} height @param {Uint8Array} data */
  constructor(width, height, data) {
    this.width = width;
    this.height = height;
    this.#data = data;
  }

  // `tiles`: PNG or WebP files, from left to right, as data URIs or whatever holds bytes.
  /** @param {(string | Bytes)[]} tiles @param {string} type */
  static async decode(tiles, type) {
    const parts = [];
    for (const tile of tiles) {
      const bytes = typeof tile === "string" ? bytesOfDataUri(tile) : asBytes(tile);
      parts.push(await (type === "image/png" ? decodePng(bytes) : decodeGrey(bytes, type)));
    }
    if (parts.length === 1) return new Cells(parts[0].width, parts[0].height, parts[0].data);
    const height = parts[0].height;
    const width = parts.reduce((sum, part) => sum + part.width, 0);
    const data = new Uint8Array(width * height);
    let left = 0;
    for (const part of parts) {
      for (let y = 0; y < height; y++) {
        data.set(part.data.subarray(y * part.width, (y + 1) * part.width), y * width + left);
      }
      left += part.width;
    }
    return new Cells(width, height, data);
  }

  /** @param {number} column @param {number} row */
  at(column, row) {
    return this.#data[row * this.width + column];
  }

  // How many cells of columns from one to another have each index; of many, so many are counted. Where
  // 2 ** k columns are seen as one, these are: their maxima.
  /** @param {number} first @param {number} last @param {number} most */
  counts(first, last, most, k = 0) {
    const counts = new Float64Array(256);
    const { width, data } = this.level(k);
    [first, last] = [first >> k, Math.min(Math.ceil(last / 2 ** k), width)];
    const step = Math.max(1, Math.ceil(((last - first) * this.height) / most));
    for (let y = 0; y < this.height; y++) {
      // Each row begins elsewhere, so that nothing that comes again and again is missed.
      const end = y * width + last;
      for (let at = y * width + first + (y % step); at < end; at += step) counts[data[at]]++;
    }
    return counts;
  }

  // Of a mean, further levels hold what it is of (see `Mean`).
  /** @param {number} k @param {Mean | null} [mean] */
  level(k, mean = null) {
    const levels = (this.#levels[mean ? "mean" : "max"] ??= [{ width: this.width, data: this.#data }]);
    for (let last = levels.length - 1; last < k; last++) {
      const { width, data } = levels[last];
      const half = Math.ceil(width / 2);
      const made = new (mean ? Float32Array : Uint8Array)(half * this.height);
      const of = (/** @type {number} */ at) => (mean && !last ? mean.of[data[at]] : data[at]);
      for (let y = 0, to = 0; y < this.height; y++) {
        const end = (y + 1) * width;
        for (let from = y * width; from < end; from += 2, to++) {
          const one = of(from);
          const two = from + 1 < end ? of(from + 1) : one;
          made[to] = !mean ? Math.max(one, two) : isNaN(one) ? two : isNaN(two) ? one : (one + two) / 2;
        }
      }
      levels.push({ width: half, data: made });
    }
    return levels[k];
  }
}

// Fills a line of pixels with the indices that they have, of the cells in rows that begin at `top`, and
// before `bottom`; -1 for none.
/** @typedef {(level: Level, top: number, bottom: number, columns: Coverage, line: Int16Array) => void} Fill */

// The maxima of the rows come first: cells are read in the order in which they lie.
/** @type {Fill} */
function greatest({ width, data }, top, bottom, { from, to }, line) {
  const [left, right, n] = [from[0], to[to.length - 1], line.length];
  if (top >= bottom || left >= right) return void line.fill(-1);
  const most = data.slice(top + left, top + right);
  const wide = most.length;
  for (let row = top + width + left; row < bottom; row += width) {
    for (let x = 0; x < wide; x++) {
      const one = data[row + x];
      if (one > most[x]) most[x] = one;
    }
  }
  for (let x = 0; x < n; x++) {
    const end = to[x] - left;
    let index = -1;
    for (let at = from[x] - left; at < end; at++) if (most[at] > index) index = most[at];
    line[x] = index;
  }
}

// The index that a pixel has, of the cells in columns [start, stop) of such rows.
/** @typedef {(level: Level, top: number, bottom: number, start: number, stop: number) => number} Pick */

/** @type {(pick: Pick) => Fill} */
const eachOf = (pick) => (level, top, bottom, { from, to }, line) => {
  for (let x = 0; x < line.length; x++) line[x] = pick(level, top, bottom, from[x], to[x]);
};

// What a mean is of: the value that each index stands for, of decibels its power, and NaN of a gap; and
// from where on a mean has the index `first`, the next one, and so on.
/** @typedef {{ of: number[], edges: number[], first: number }} Mean */

/** @type {(least: number) => Mean} */
const plainMean = (least) => {
  const all = Array.from({ length: 256 }, (_, index) => index);
  return { of: all.map((index) => (index < least ? NaN : index)), edges: all.map((index) => index - 0.5), first: 0 };
};

/** @type {(mean: Mean) => Pick} */
const meanOf = ({ of, edges, first }) => ({ width, data }, top, bottom, start, stop) => {
  const isIndex = data instanceof Uint8Array;
  let [sum, n] = [0, 0];
  for (let row = top; row < bottom; row += width) {
    for (let at = row + start; at < row + stop; at++) {
      const value = isIndex ? of[data[at]] : data[at];
      if (isNaN(value)) continue;
      sum += value;
      n++;
    }
  }
  return n ? first + lastUpTo(edges, sum / n, edges.length) : 0;
};

/** @type {(least: number) => Pick} */
const medianOf = (least) => {
  const counts = new Uint32Array(256);
  return ({ width, data }, top, bottom, start, stop) => {
    counts.fill(0);
    let n = 0;
    for (let row = top; row < bottom; row += width) {
      for (let at = row + start; at < row + stop; at++) {
        if (data[at] < least) continue;
        counts[data[at]]++;
        n++;
      }
    }
    if (!n) return least - 1;
    // The two in the middle, which are one of an odd number.
    let [below, lower, index] = [0, -1, -1];
    while (below <= n >> 1) {
      below += counts[++index];
      if (lower < 0 && below > (n - 1) >> 1) lower = index;
    }
    return Math.round((lower + index) / 2);
  };
};

// Maps a fraction from the top to a fractional row of the picture, given the rows' edges as
// fractions from the bottom; null where they are equally high.
/** @param {number[] | null} positions @param {number} height */
function rowFinder(positions, height) {
  if (!positions) return null;
  /** @type {(fraction: number) => number} */
  return (fraction) => {
    const position = 1 - fraction;
    const low = lastUpTo(positions, position, height);
    const inside = (position - positions[low]) / (positions[low + 1] - positions[low]);
    return height - (low + clamp(inside, 0, 1));
  };
}

// Draws columns of the cells to fill a canvas: sharp where there are more pixels than cells, their
// maximum, mean or median where there are fewer.
class Raster {
  #cells;
  #toRow;
  #reduce;
  #mean;
  /** @type {Fill} */
  #fill;
  /** @type {(Coverage & { key: string, y: number, high: number }) | null} */
  #rows = null;
  #isHidden = (/** @type {number} */ _row) => false;
  #context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  /** @type {ImageData | null} */
  #image = null;
  #indices = new Int16Array(); // of its pixels
  #shown = ""; // what these show
  /** @type {Uint32Array | null} */
  #palette = null;

  // `toRow` maps 0..1 from the top to a fractional row; null where all rows are equally high.
  // `hasGaps`: index 0 is that of gaps. `positions`: the edges of rows from the bottom; what lies between
  // equal ones is not shown, nor in one pixel with what lies beyond.
  /**
   * @param {Cells} cells
   * @param {((fraction: number) => number) | null} toRow
   * @param {Reduction} [reduce]
   * @param {number[] | null} [positions]
   * @param {Mean | null} [mean] of which gaps are no part yet
   */
  constructor(cells, toRow, reduce = "max", hasGaps = false, positions = null, mean = null) {
    if (positions) this.#isHidden = (row) => positions[cells.height - row] === positions[cells.height - 1 - row];
    this.#cells = cells;
    this.#toRow = toRow;
    this.#reduce = reduce;
    const least = hasGaps ? 1 : 0;
    this.#mean = reduce !== "mean" ? null : mean ? { ...mean, of: hasGaps ? [NaN, ...mean.of] : mean.of } : plainMean(least);
    this.#fill = reduce === "max" ? greatest : eachOf(this.#mean ? meanOf(this.#mean) : medianOf(least));
  }

  // A coarser level saves work where a pixel holds many cells. Medians of medians are none.
  /** @param {number} density @returns {[Level, number]} */
  #level(density) {
    const k = density < 4 || this.#reduce === "median" ? 0 : Math.floor(Math.log2(density));
    return [this.#cells.level(k, this.#mean), k];
  }

  // Which cells the lines of a picture show, and which of these lines are seen: whole rows, cut at
  // the edges, where these are equally high and fewer; else one for each pixel.
  /** @param {number} height @param {[number, number]} levels */
  #rowsFor(height, [low, high]) {
    const key = `${[height, low, high]}`;
    if (this.#rows?.key === key) return this.#rows;
    const n = this.#cells.height;
    const [top, bottom] = [(1 - high) * n, (1 - low) * n];
    if (!this.#toRow && bottom - top <= height) {
      const [first, last] = [Math.floor(top + 1e-9), Math.ceil(bottom - 1e-9)];
      const cover = coverage(last - first, n, (fraction) => first + fraction * (last - first));
      return (this.#rows = { key, ...cover, y: top - first, high: bottom - top });
    }
    const toRow = this.#toRow ?? ((fraction) => fraction * n);
    /** @param {number} fraction */
    const rowAt = (fraction) => toRow(1 - high + fraction * (high - low));
    const cover = coverage(height, n, rowAt);
    cover.from.forEach((from, i) => {
      const middle = Math.floor(rowAt((i + 0.5) / height));
      for (let row = middle; row-- > from; ) if (this.#isHidden(row)) cover.from[i] = from = row + 1;
      for (let row = middle + 1; row < cover.to[i]; row++) if (this.#isHidden(row)) cover.to[i] = row;
    });
    return (this.#rows = { key, ...cover, y: 0, high: height });
  }

  // `levels`: from where to where on the axis, as fractions from its bottom.
  /** @type {(target: CanvasRenderingContext2D, first: number, last: number, palette: Uint32Array, levels?: [number, number]) => void} */
  draw(target, first, last, palette, levels) {
    const { width, height } = target.canvas;
    target.clearRect(0, 0, width, height);
    if (!width || !height || !(last > first)) return;
    const rows = this.#rowsFor(height, levels ?? [0, 1]);
    const density = (last - first) / width;
    const left = density > 1 ? first : Math.floor(first);
    const right = density > 1 ? last : Math.ceil(last);
    const n = density > 1 ? width : right - left;
    const shown = `${[n, left, right, rows.key]}`;
    if (shown !== this.#shown) {
      const [level, k] = this.#level(density);
      const columns = coverage(n, level.width, (fraction) => (left + fraction * (right - left)) / 2 ** k);
      this.#look(level, columns, rows);
    }
    if (shown !== this.#shown || palette !== this.#palette) this.#paint(n, rows.from.length, palette);
    [this.#shown, this.#palette] = [shown, palette];
    const perCell = n / (right - left);
    const [x, span] = [(first - left) * perCell, (last - first) * perCell];
    target.imageSmoothingEnabled = false;
    target.drawImage(this.#context.canvas, x, rows.y, span, rows.high, 0, 0, width, height);
  }

  // Finds the index of each pixel.
  /** @type {(level: Level, columns: Coverage, rows: Coverage) => void} */
  #look(level, columns, { from, to }) {
    const n = columns.from.length;
    if (this.#indices.length !== n * from.length) this.#indices = new Int16Array(n * from.length);
    for (let y = 0; y < from.length; y++) {
      const line = this.#indices.subarray(y * n, (y + 1) * n);
      // Rows that are high are those of several lines.
      if (y && from[y] === from[y - 1] && to[y] === to[y - 1]) line.set(this.#indices.subarray((y - 1) * n, y * n));
      else this.#fill(level, from[y] * level.width, to[y] * level.width, columns, line);
    }
  }

  /** @type {(width: number, height: number, palette: Uint32Array) => void} */
  #paint(width, height, palette) {
    let image = this.#image;
    if (image?.width !== width || image.height !== height) {
      Object.assign(this.#context.canvas, { width, height });
      image = this.#image = this.#context.createImageData(width, height);
    }
    const pixels = new Uint32Array(image.data.buffer);
    const indices = this.#indices;
    for (let at = 0; at < pixels.length; at++) pixels[at] = indices[at] < 0 ? 0 : palette[indices[at]];
    this.#context.putImageData(image, 0, 0);
  }
}

export { Cells, Raster, asBytes, bytesOfDataUri, coverage, decodePng, rowFinder };
