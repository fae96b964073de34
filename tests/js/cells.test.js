// Cells read from PNG files, their levels, and which of them each pixel shows, by brute force.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import {
  Cells, Raster, asBytes, bytesOfDataUri, coverage, decodePng,
} from "../../patchviz/web/static/cells.js";

/** @typedef {(fraction: number) => number} Mapping */

// Numbers below `below`, the same each time.
/** @type {(seed: number, below: number) => Generator<number, never>} */
function* numbers(seed, below) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield Math.floor((state / 2 ** 32) * below);
  }
}

/** @type {(n: number, generator: Generator<number, never>) => Uint8Array<ArrayBuffer>} */
const take = (n, generator) => Uint8Array.from({ length: n }, () => generator.next().value);

// -- PNG files -----------------------------------------------------------------------------------

// Its check sum is left 0: the data have one of their own, and that is looked at.
/** @param {string} kind @param {Uint8Array} content */
function chunk(kind, content) {
  const bytes = new Uint8Array(12 + content.length);
  new DataView(bytes.buffer).setUint32(0, content.length);
  bytes.set(Buffer.from(kind, "latin1"), 4);
  bytes.set(content, 8);
  return bytes;
}

// As texture.py writes it; `filter` and `cut` make it otherwise.
/**
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array} data
 * @param {{ filter?: number, cut?: number, extra?: Uint8Array[] }} [otherwise]
 */
function png(width, height, data, { filter = 4, cut = 0, extra = [] } = {}) {
  const rows = new Uint8Array(height * (width + 1));
  /** @type {(x: number, y: number) => number} */
  const at = (x, y) => (x < 0 || y < 0 ? 0 : data[y * width + x]);
  for (let y = 0, to = 0; y < height; y++) {
    rows[to++] = filter;
    for (let x = 0; x < width; x++, to++) {
      const [left, up, corner] = [at(x - 1, y), at(x, y - 1), at(x - 1, y - 1)];
      /** @type {(value: number) => number} */
      const distance = (value) => Math.abs(left + up - corner - value);
      const predicted = [left, up, corner].reduce((a, b) => (distance(b) < distance(a) ? b : a));
      rows[to] = at(x, y) - predicted;
    }
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, 3], 8);
  const packed = deflateSync(rows.subarray(0, rows.length - cut));
  const half = packed.length >> 1;
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...extra,
    chunk("IDAT", packed.subarray(0, half)),
    chunk("IDAT", packed.subarray(half)), // as many as one likes
    chunk("IEND", new Uint8Array()),
  ]);
}

test("a picture is read as it was written", async () => {
  for (const [width, height] of [[1, 1], [1, 9], [9, 1], [2, 2], [17, 5], [300, 3]]) {
    for (const below of [2, 5, 256]) {
      const data = take(width * height, numbers(width, below));
      assert.deepEqual(await decodePng(png(width, height, data)), { width, height, data });
    }
  }
});

test("what else is in the file does not matter", async () => {
  const data = take(35, numbers(1, 256));
  const extra = [chunk("PLTE", take(768, numbers(2, 256))), chunk("tEXt", take(9, numbers(3, 256)))];
  assert.deepEqual(await decodePng(png(7, 5, data, { extra })), { width: 7, height: 5, data });
});

test("a part of a larger buffer is read from where it starts", async () => {
  const data = take(35, numbers(1, 256));
  const file = png(7, 5, data);
  const around = new Uint8Array(file.length + 20);
  around.set(file, 11);
  assert.deepEqual((await decodePng(around.subarray(11, 11 + file.length))).data, data);
});

test("what is no picture of ours says so", async () => {
  const data = take(35, numbers(1, 256));
  const file = png(7, 5, data);
  /** @type {(bytes: Uint8Array<ArrayBuffer>, message: string) => Promise<void>} */
  const no = async (bytes, message) => assert.rejects(decodePng(bytes), { message });
  await no(new Uint8Array(), "it is no PNG file");
  await no(new Uint8Array(80), "it is no PNG file");
  await no(file.subarray(0, 40), "it is no PNG file");
  await no(png(7, 5, data, { cut: 1 }), "its data are cut short");
  await no(png(7, 5, data, { cut: 8 }), "its data are cut short");
  for (const filter of [0, 1, 2, 3, 5]) {
    await no(png(7, 5, data, { filter }), "its rows are filtered in another way");
  }
});

// Whether a file is refused, or read as nothing but `data`.
/** @type {(file: Uint8Array<ArrayBuffer>, data: Uint8Array) => Promise<void>} */
const holds = (file, data) =>
  decodePng(file).then(
    (read) => assert.deepEqual(read.data, data),
    (error) => assert.ok(error.message),
  );

test("a file that is cut or has a wrong bit is never another picture", async () => {
  const data = take(35, numbers(1, 256));
  const file = png(7, 5, data);
  const end = file.indexOf("IEND") - 4;
  for (let n = 0; n < file.length; n++) {
    const cut = file.subarray(0, n);
    if (n < end - 4) await assert.rejects(decodePng(cut), `cut to ${n} bytes`);
    else await holds(cut, data);
  }
  for (let at = 0; at < file.length; at++) {
    const wrong = Uint8Array.from(file);
    wrong[at] ^= 1 << at % 8; // the checksums know every bit alike
    await holds(wrong, data);
  }
});

test("bytes of whatever holds them", () => {
  const bytes = Uint8Array.of(9, 1, 2, 255, 0, 9);
  const expected = Uint8Array.of(1, 2, 255, 0);
  const uri = "data:image/png;base64,AQL/AA==";
  for (const found of [
    asBytes(bytes.subarray(1, 5)),
    asBytes(new DataView(bytes.buffer, 1, 4)),
    asBytes(bytes.buffer.slice(1, 5)),
    bytesOfDataUri(uri),
  ]) assert.deepEqual(found, expected);
});

// -- cells and their levels ------------------------------------------------------------------------

test("tiles are joined from left to right", async () => {
  const [wide, narrow] = [take(21, numbers(1, 256)), take(6, numbers(2, 256))];
  const tiles = [png(7, 3, wide), png(2, 3, narrow)];
  const uris = tiles.map((tile) => `data:image/png;base64,${tile.toString("base64")}`);
  for (const held of [tiles, uris, tiles.map((tile) => new DataView(asBytes(tile).slice().buffer))]) {
    const cells = await Cells.decode(held, "image/png");
    assert.deepEqual([cells.width, cells.height], [9, 3]);
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 9; column++) {
        const expected = column < 7 ? wide[7 * row + column] : narrow[2 * row + column - 7];
        assert.equal(cells.at(column, row), expected);
      }
    }
  }
});

test("each level has the maxima of two columns of the one before", () => {
  for (const [width, height] of [[1, 1], [2, 3], [7, 2], [64, 1], [100, 4]]) {
    const data = take(width * height, numbers(width, 256));
    const cells = new Cells(width, height, data);
    for (const k of [3, 0, 1, 7]) {
      const level = cells.level(k);
      assert.equal(level.width, Math.ceil(width / 2 ** k));
      const expected = [];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < level.width; x++) {
          const row = data.subarray(y * width, (y + 1) * width);
          expected.push(Math.max(...row.subarray(x * 2 ** k, (x + 1) * 2 ** k)));
        }
      }
      assert.deepEqual([...level.data], expected);
    }
  }
});

// -- which cells a pixel shows -------------------------------------------------------------------

// By definition: the cell under the pixel's centre, and all whose centres it holds.
/** @type {(i: number, n: number, nCells: number, toCell: Mapping) => number[]} */
function shown(i, n, nCells, toCell) {
  const [start, end] = [toCell(i / n), toCell((i + 1) / n)];
  const cells = Array.from({ length: nCells }, (_, cell) => cell);
  const under = Math.floor(toCell((i + 0.5) / n));
  return cells.filter((cell) => cell === under || (cell + 0.5 >= start && cell + 0.5 < end));
}

/** @type {Record<string, (nCells: number) => Mapping>} */
const MAPS = {
  "rows of equal height": (nCells) => (fraction) => fraction * nCells,
  "rows that grow": (nCells) => (fraction) => nCells * fraction ** 2,
  "rows that shrink": (nCells) => (fraction) => nCells * Math.sqrt(fraction),
};

for (const [name, map] of Object.entries(MAPS)) {
  test(`pixels show what they cover, and every cell is seen: ${name}`, () => {
    for (const n of [1, 2, 3, 10, 33, 100]) {
      for (const nCells of [1, 2, 3, 7, 32, 99, 100, 101, 257]) {
        const { from, to } = coverage(n, nCells, map(nCells));
        const seen = new Set();
        for (let i = 0; i < n; i++) {
          const cells = Array.from({ length: to[i] - from[i] }, (_, k) => from[i] + k);
          assert.deepEqual(cells, shown(i, n, nCells, map(nCells)), `pixel ${i} of ${n}`);
          assert.ok(cells.length, "no pixel is empty");
          if (i) assert.ok(from[i] <= to[i - 1] && from[i] >= from[i - 1], "there is no gap");
          for (const cell of cells) seen.add(cell);
        }
        assert.equal(seen.size, nCells, `of ${nCells} cells in ${n} pixels`);
      }
    }
  });
}

test("of a part, no cell beyond it is shown, and none of it is left out", () => {
  for (const [n, first, last] of [[10, 3, 13], [7, 20, 90], [50, 96.5, 100], [3, 0.25, 7.75]]) {
    /** @type {Mapping} */
    const toCell = (fraction) => first + fraction * (last - first);
    const { from, to } = coverage(n, 100, toCell);
    for (let i = 0; i < n; i++) {
      const cells = Array.from({ length: to[i] - from[i] }, (_, k) => from[i] + k);
      assert.deepEqual(cells, shown(i, n, 100, toCell));
    }
    assert.ok(from[0] >= Math.floor(first) && to[n - 1] <= Math.ceil(last));
  }
});

// -- cells as pixels ---------------------------------------------------------------------------

// What Raster needs of a canvas: to put pixels into one, and to stretch them over another.
class FakeContext {
  imageSmoothingEnabled = true;
  pixels = new Uint32Array();

  constructor(width = 0, height = 0) {
    this.canvas = { width, height, context: this };
  }

  /** @param {number} width @param {number} height */
  createImageData(width, height) {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }

  /** @param {ImageData} image */
  putImageData(image) {
    assert.deepEqual([this.canvas.width, this.canvas.height], [image.width, image.height]);
    this.pixels = new Uint32Array(image.data.slice().buffer);
  }

  clearRect() {
    this.pixels = new Uint32Array(this.canvas.width * this.canvas.height);
  }

  /**
   * @typedef {{ width: number, context: FakeContext }} FakeCanvas
   * @type {(source: FakeCanvas, sx: number, sy: number, sw: number, sh: number, dx: number,
   *   dy: number, width: number, height: number) => void}
   */
  drawImage({ width: sourceWidth, context }, sx, sy, sw, sh, dx, dy, width, height) {
    assert.equal(this.imageSmoothingEnabled, false);
    assert.deepEqual([dx, dy, width, height], [0, 0, this.canvas.width, this.canvas.height]);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const row = Math.floor(sy + ((y + 0.5) / height) * sh);
        const column = Math.floor(sx + ((x + 0.5) / width) * sw);
        this.pixels[y * width + x] = context.pixels[row * sourceWidth + column];
      }
    }
  }
}

Object.assign(globalThis, {
  document: { createElement: () => ({ getContext: () => new FakeContext() }) },
});

const palette = Uint32Array.from({ length: 256 }, (_, index) => 0xff000000 + 257 * index);

/** @type {(raster: Raster, width: number, height: number, first: number, last: number) => Uint32Array} */
function drawn(raster, width, height, first, last) {
  const target = new FakeContext(width, height);
  const context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (target));
  raster.draw(context, first, last, palette);
  return target.pixels;
}

/** @type {(values: number[]) => number} */
const greatest = (values) => Math.max(...values);

// What a pixel shows of its cells, by default the greatest, of every pixel.
/**
 * @type {(cells: Cells, width: number, height: number, first: number, last: number,
 *   toRow: Mapping, reduced?: (values: number[]) => number) => Uint32Array}
 */
function expectedPixels(cells, width, height, first, last, toRow, reduced = greatest) {
  /** @type {Mapping} */
  const toColumn = (fraction) => first + fraction * (last - first);
  const columns = Array.from({ length: width }, (_, x) => shown(x, width, cells.width, toColumn));
  const rows = Array.from({ length: height }, (_, y) => shown(y, height, cells.height, toRow));
  return Uint32Array.from(
    rows.flatMap((row) =>
      columns.map((column) =>
        palette[reduced(row.flatMap((r) => column.map((c) => cells.at(c, r))))],
      ),
    ),
  );
}

test("pixels have the colour of the greatest cell that they show", () => {
  const cells = new Cells(120, 9, take(120 * 9, numbers(5, 256)));
  /** @type {Mapping} */
  const linear = (fraction) => 9 * fraction;
  /** @type {Mapping} */
  const growing = (fraction) => 9 * fraction ** 2;
  for (const toRow of [null, growing]) {
    const raster = new Raster(cells, toRow);
    for (const [width, height, first, last] of [
      [120, 9, 0, 120], [40, 9, 0, 120], [30, 20, 10, 100], [240, 5, 0, 120], [60, 3, 20, 50],
      [7, 30, 13, 33], [64, 9, 96.5, 112.5],
    ]) {
      const expected = expectedPixels(cells, width, height, first, last, toRow ?? linear);
      assert.deepEqual(drawn(raster, width, height, first, last), expected, `${[width, height]}`);
    }
  }
});

/** @type {Record<"mean" | "median", (values: number[]) => number>} */
const REDUCED = {
  mean: (values) => Math.round(values.reduce((a, b) => a + b, 0) / values.length),
  median: (values) => {
    const ordered = values.toSorted((a, b) => a - b);
    const [low, high] = [(values.length - 1) >> 1, values.length >> 1];
    return Math.round((ordered[low] + ordered[high]) / 2);
  },
};

for (const reduce of /** @type {const} */ (["mean", "median"])) {
  /** @type {Mapping} */
  const linear = (fraction) => 9 * fraction;

  test(`pixels have the ${reduce} of the cells that they show, gaps aside`, () => {
    const data = take(120 * 9, numbers(5, 256)).map((index) => (index < 90 ? 0 : index));
    data.fill(0, 240, 300); // nothing but gaps in half a row
    const cells = new Cells(120, 9, data);
    for (const hasGaps of [true, false]) {
      const raster = new Raster(cells, null, reduce, hasGaps);
      /** @param {number[]} values */
      const reduced = (values) => {
        const known = hasGaps ? values.filter((index) => index) : values;
        return known.length ? REDUCED[reduce](known) : 0;
      };
      for (const [width, height, first, last] of [
        [120, 9, 0, 120], [60, 9, 0, 120], [30, 20, 10, 100], [240, 5, 0, 120], [7, 3, 13, 33],
      ]) {
        const expected = expectedPixels(cells, width, height, first, last, linear, reduced);
        assert.deepEqual(drawn(raster, width, height, first, last), expected, `${[width, height]}`);
      }
    }
  });

  test(`where a pixel holds very many cells, their ${reduce} is shown all the same`, () => {
    // Two thirds are 100, the others 250; in half of the picture, and 30 in the other.
    const data = Uint8Array.from({ length: 60_000 }, (_, x) =>
      x >= 30_000 ? 30 : x % 3 ? 100 : 250);
    const pixels = drawn(new Raster(new Cells(60_000, 1, data), null, reduce, true), 10, 1, 0, 60_000);
    const index = [...pixels].map((pixel) => palette.indexOf(pixel));
    const half = reduce === "mean" ? 150 : 100;
    for (const x of [0, 1, 2, 3]) assert.ok(Math.abs(index[x] - half) <= 1, `${index}`);
    for (const x of [6, 7, 8, 9]) assert.equal(index[x], 30);
  });
}

test("where a pixel holds many cells, none of them is lost", () => {
  for (const width of [3969, 4000, 4032]) {
    for (const bright of [0, 1, 1023, 1999, 2000, width - 2, width - 1]) {
      const data = new Uint8Array(width).fill(3);
      data[bright] = 200;
      const pixels = drawn(new Raster(new Cells(width, 1, data), null), 50, 1, 0, width);
      const lit = [...pixels.keys()].filter((x) => pixels[x] === palette[200]);
      // A cell of a coarser level may reach into the next pixel.
      const beside = lit.map((x) => Math.abs(x - Math.floor((bright / width) * 50)));
      assert.ok(lit.length === 1 && beside[0] <= 1, `cell ${bright} of ${width} in ${lit}`);
    }
  }
});

test("where there is nothing to show, nothing is shown", () => {
  const raster = new Raster(new Cells(10, 2, new Uint8Array(20).fill(7)), null);
  assert.deepEqual(drawn(raster, 3, 1, 5, 5), new Uint32Array(3));
  assert.deepEqual(drawn(raster, 3, 1, 5, NaN), new Uint32Array(3));
  assert.deepEqual(drawn(raster, 0, 2, 0, 10), new Uint32Array(0));
  assert.deepEqual(drawn(raster, 2, 1, 0, 10), new Uint32Array(2).fill(palette[7]));
});
