// The spectrogram as palette indices, and how some of its columns become pixels.

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
/** @typedef {{ width: number, data: Uint8Array }} Level */

class Cells {
  // Each level holds the maxima of pairs of columns of the one before; made when first needed.
  /** @type {Level[]} */
  #levels;

  /** @param {number} width @param {number} height @param {Uint8Array} data */
  constructor(width, height, data) {
    this.width = width;
    this.height = height;
    this.#levels = [{ width, data }];
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
    return this.#levels[0].data[row * this.width + column];
  }

  /** @param {number} k */
  level(k) {
    while (this.#levels.length <= k) {
      const { width, data } = /** @type {Level} */ (this.#levels.at(-1));
      const half = Math.ceil(width / 2);
      const maxima = new Uint8Array(half * this.height);
      for (let y = 0, to = 0; y < this.height; y++) {
        const end = (y + 1) * width;
        for (let from = y * width; from < end; from += 2, to++) {
          maxima[to] = from + 1 < end ? Math.max(data[from], data[from + 1]) : data[from];
        }
      }
      this.#levels.push({ width: half, data: maxima });
    }
    return this.#levels[k];
  }
}

// Draws columns of the cells to fill a canvas: sharp where there are more pixels than cells, the
// maximum where there are fewer.
class Raster {
  #cells;
  #toRow;
  /** @type {Coverage | null} */
  #rows = null;
  #height = 0;
  #context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  /** @type {ImageData | null} */
  #image = null;

  // `toRow` maps 0..1 from the top to a fractional row; null where all rows are equally high.
  /** @param {Cells} cells @param {((fraction: number) => number) | null} toRow */
  constructor(cells, toRow) {
    this.#cells = cells;
    this.#toRow = toRow;
  }

  /** @param {number} height */
  #rowsFor(height) {
    if (!this.#rows || height !== this.#height) {
      const nRows = this.#cells.height;
      const n = !this.#toRow && nRows <= height ? nRows : height;
      this.#rows = coverage(n, nRows, this.#toRow ?? ((fraction) => fraction * nRows));
      this.#height = height;
    }
    return this.#rows;
  }

  /** @type {(target: CanvasRenderingContext2D, first: number, last: number, palette: Uint32Array) => void} */
  draw(target, first, last, palette) {
    const { width, height } = target.canvas;
    target.clearRect(0, 0, width, height);
    if (!width || !height || !(last > first)) return;
    const rows = this.#rowsFor(height);
    const density = (last - first) / width;
    // A coarser level saves work where a pixel holds many cells.
    const k = density < 4 ? 0 : Math.floor(Math.log2(density));
    const level = this.#cells.level(k);
    const left = density > 1 ? first : Math.floor(first);
    const right = density > 1 ? last : Math.ceil(last);
    const n = density > 1 ? width : right - left;
    /** @type {(fraction: number) => number} */
    const toColumn = (fraction) => (left + fraction * (right - left)) / 2 ** k;
    this.#fill(level, coverage(n, level.width, toColumn), rows, palette);
    const perCell = n / (right - left);
    const [x, span] = [(first - left) * perCell, (last - first) * perCell];
    target.imageSmoothingEnabled = false;
    target.drawImage(this.#context.canvas, x, 0, span, rows.from.length, 0, 0, width, height);
  }

  /** @type {(level: Level, columns: Coverage, rows: Coverage, palette: Uint32Array) => void} */
  #fill({ width, data }, columns, rows, palette) {
    const [outWidth, outHeight] = [columns.from.length, rows.from.length];
    let image = this.#image;
    if (image?.width !== outWidth || image.height !== outHeight) {
      Object.assign(this.#context.canvas, { width: outWidth, height: outHeight });
      image = this.#image = this.#context.createImageData(outWidth, outHeight);
    }
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0, out = 0; y < outHeight; y++) {
      const [top, bottom] = [rows.from[y] * width, rows.to[y] * width];
      for (let x = 0; x < outWidth; x++, out++) {
        const [start, stop] = [columns.from[x], columns.to[x]];
        let index = -1;
        for (let row = top; row < bottom; row += width) {
          for (let at = row + start; at < row + stop; at++) if (data[at] > index) index = data[at];
        }
        pixels[out] = index < 0 ? 0 : palette[index];
      }
    }
    this.#context.putImageData(image, 0, 0);
  }
}

export { Cells, Raster, asBytes, bytesOfDataUri, coverage, decodePng };
