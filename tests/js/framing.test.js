// Which patch is where, at one hop and at uneven starts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Framing, lastUpTo } from "../../patchviz/web/static/framing.js";

const columns = { count: 1000, step: 1, note: "", start: -2, duration: 0.016, clock: null };
const rest = { tail: 0, padded: 0, beyond: 0, filled: null, numbers: null, asked: null, items: null, last: 89 };
const even = new Framing({ columns, patches: { count: 90, length: 25, hop: 10, starts: null, ...rest } });
const starts = [4, 5, 25, 100, 101, 160];
const uneven = new Framing({ columns, patches: { count: 6, length: 25, hop: 1, starts, ...rest } });
const one = new Framing({ columns, patches: { count: 1, length: 25, hop: 25, starts: [7], ...rest } });

test("starts are those of the hop, or those given", () => {
  assert.deepEqual([0, 7, 89].map((i) => even.start(i)), [0, 70, 890]);
  assert.deepEqual(starts.map((_, i) => uneven.start(i)), starts);
  assert.deepEqual([even.hop, uneven.hop], [0.16, 0.016]);
});

test("a patch goes on with the one before it, unless it is after a gap, of others, or an item", () => {
  assert.ok(even.follows(5));
  assert.deepEqual([1, 2, 3, 4, 5].map((i) => uneven.follows(i)), [true, true, false, true, false]);
  const patches = { count: 3, length: 25, hop: 10, starts: [40, 50, 70], ...rest };
  const picked = new Framing({ columns, patches: { ...patches, numbers: [4, 5, 7] } });
  assert.deepEqual([picked.follows(1), picked.follows(2)], [true, false]);
  assert.ok(!new Framing({ columns, patches: { ...patches, items: ["a", "b", "c"] } }).follows(1));
});

test("what no patch shows is the gaps and the end", () => {
  assert.deepEqual(even.unseen(), [[915, 1000]]);
  assert.deepEqual(uneven.unseen(), [[0, 4], [50, 100], [126, 160], [185, 1000]]);
  assert.deepEqual(one.unseen(), [[0, 7], [32, 1000]]);
});

test("padding is the end of the recording, or of each item", () => {
  const patches = { count: 4, length: 250, hop: 250, starts: null, ...rest };
  const padded = new Framing({ columns, patches: { ...patches, padded: 60 } });
  assert.deepEqual(padded.padding(0, 1000), [[940, 1000]]);
  assert.deepEqual(padded.padding(950, 1000), [[950, 1000]]);
  assert.deepEqual(padded.padding(0, 940), []);
  // The last frame of sound is drawn whole; the sound ends within it.
  const within = new Framing({ columns, patches: { ...patches, padded: 60, beyond: 0.25 } });
  assert.deepEqual(within.padding(0, 1000), [[939.75, 1000]]);
  assert.deepEqual(new Framing({ columns, patches }).padding(0, 1000), []);
  const items = new Framing({ columns, patches: { ...patches, filled: [250, 100, 0, 249] } });
  assert.deepEqual(items.padding(0, 1000), [[350, 500], [500, 750], [999, 1000]]);
  assert.deepEqual(items.padding(250, 500), [[350, 500]]);
});

test("an interval is a patch long, from where it starts in the recording", () => {
  for (const framing of [even, uneven]) {
    for (const i of [0, 2, 5]) {
      const first = framing.start(i);
      assert.deepEqual(framing.interval(i), [-2 + first * 0.016, -2 + (first + 25) * 0.016]);
    }
  }
});

test("the patch at a time is the last that has started", () => {
  for (const [framing, count] of /** @type {[Framing, number][]} */ ([[even, 90], [uneven, 6]])) {
    for (let i = 0; i < count; i++) {
      const [start] = framing.interval(i);
      // Ten microseconds early still find it, a millisecond early does not.
      assert.deepEqual([start, start - 9e-6, start + 0.015].map((t) => framing.indexAt(t)), [i, i, i]);
      assert.equal(framing.indexAt(start - 1e-3), Math.max(0, i - 1));
    }
    assert.deepEqual([-100, -2, 1e6].map((t) => framing.indexAt(t)), [0, 0, count - 1]);
  }
  assert.deepEqual([-100, 0, 100].map((t) => one.indexAt(t)), [0, 0, 0]);
});

test("a position lies between the starts around it", () => {
  assert.deepEqual([0, 15, 890].map((frame) => even.position(frame)), [0, 1.5, 89]);
  assert.deepEqual([4, 15, 100, 130.5, 160, 999].map((f) => uneven.position(f)), [0, 1.5, 3, 4.5, 5, 5]);
  assert.ok(uneven.position(0) < 0);
  assert.equal(one.position(500), 0);
});

test("a stride is as many patches as a patch is long, and never none", () => {
  // 2.5 hops, alike in both directions.
  assert.deepEqual([even.stride(30, 1), even.stride(30, -1)], [3, 3]);
  assert.deepEqual([0, 1, 2, 3, 5].map((i) => uneven.stride(i, 1)), [2, 1, 1, 1, 1]);
  assert.deepEqual([5, 4, 3].map((i) => uneven.stride(i, -1)), [1, 1, 1]);
  assert.ok(uneven.stride(2, -1) >= 2); // to the first, and beyond
  assert.deepEqual([one.stride(0, 1), one.stride(0, -1) >= 1], [1, true]);
});

test("the last of rising numbers that is no greater", () => {
  assert.deepEqual([-1, 0, 0.5, 3, 9].map((value) => lastUpTo([0, 1, 3, 8], value, 4)), [0, 0, 0, 2, 3]);
  assert.equal(lastUpTo([0, 1, 3, 8], 9, 3), 2);
});

test("a time that was written leads to its patch, however short the hop", () => {
  for (const duration of [0.016, 0.000256, 0.00001]) {
    const fine = new Framing({ columns: { ...columns, duration }, patches: { count: 90, length: 25, hop: 1, starts: null, ...rest } });
    for (const index of [0, 1, 44, 89]) assert.equal(fine.indexAt(fine.interval(index)[0] + fine.tolerance), index);
    assert.equal(fine.indexAt(fine.interval(44)[0] - fine.tolerance / 2 + fine.tolerance), 44);
  }
});
