// What is written about patches and cells, without a page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Captions, unitOf } from "../../patchviz/web/static/captions.js";
import { Framing } from "../../patchviz/web/static/framing.js";

/** @import { Clock, Color, Rows, State } from "../../patchviz/web/static/state.js" */

/** @param {{ duration?: number, clock?: Clock | null, patches?: object, rows?: Partial<Rows>, color?: Partial<Color> }} [changed] */
function captions({ duration = 0.02, clock = null, patches, rows, color } = {}) {
  const state = /** @type {State} */ ({
    columns: { count: 1000, step: 1, start: -2, duration, clock },
    patches: { count: 10, length: 50, hop: 100, starts: null, numbers: null, items: null, last: 9, tail: 0, padded: 0, beyond: 0, filled: null, ...patches },
    rows: { positions: null, values: [55, 999.94, 4000], unit: "Hz", names: null, ...rows },
    color: {
      palette: "", first: 1, last: 50, bad: true, vmin: -100, vmax: 0, unit: "dB",
      label: "Level relative to the maximum (dB)",
      values: null, ticks: [], ...color,
    },
  });
  return new Captions(state, new Framing(state));
}

test("a patch has its index, the last one and its times", () => {
  assert.equal(captions().readout(3), "patch 3 / 9 · 4.000-5.000 s");
  assert.equal(captions().spoken(3), "patch 3 of 9, 4.000 to 5.000 s");
  assert.equal(captions().span(0), "-2.000 to -1.000 s");
  assert.equal(captions({ duration: 0.2 }).readout(9), "patch 9 / 9 · 2:58.000-3:08.000");
});

test("some of other patches keep their numbers", () => {
  const some = captions({ patches: { count: 2, starts: [300, 700], numbers: [3, 7], last: 9 } });
  assert.equal(some.readout(1), "patch 7 / 9 · 12.000-13.000 s");
  assert.equal(some.spoken(0), "patch 3 of 9, 4.000 to 5.000 s");
});

test("items are counted and named, and have no times", () => {
  const items = ["a.wav", "", "c.wav · 9 of 50 frames"];
  const batch = captions({ patches: { count: 3, items, last: 2, hop: 50 } });
  assert.equal(batch.readout(0), "item 0 / 2 · a.wav");
  assert.equal(batch.spoken(2), "item 2 of 2, c.wav · 9 of 50 frames");
  assert.deepEqual(batch.timeTicks(0, true, 500), []);
  assert.equal(batch.cell(1, true, 7, 0, 26), "frame 7 · 55 Hz · −49 dB");
});

test("ticks lie within the patch, in the recording or from its start", () => {
  const inRecording = captions().timeTicks(3, false, 250);
  const inPatch = captions().timeTicks(3, true, 250);
  for (const [ticks, start] of /** @type {[[number, string][], number][]} */ ([[inRecording, 4], [inPatch, 0]])) {
    assert.equal(ticks.length, 6);
    ticks.forEach(([fraction, text], i) => {
      assert.ok(Math.abs(fraction - i / 5) < 1e-9);
      assert.equal(text, `${(start + i / 5).toFixed(1)} s`);
    });
  }
  assert.equal(captions().timeTicks(3, true, 100).length, 3);
});

test("where it is known when the recording began, times are those of the day", () => {
  const clock = { date: "2024-12-31", zero: 86394, zone: "UTC+02:00", dated: true };
  const night = captions({ clock });
  assert.equal(night.readout(0), "patch 0 / 9 · 2024-12-31 23:59:52.000-23:59:53.000");
  assert.equal(night.span(3), "2024-12-31 23:59:58.000-23:59:59.000");
  assert.equal(night.span(4), "2025-01-01 00:00:00.000-00:00:01.000");
  assert.equal(night.spoken(4), "patch 4 of 9, 2025-01-01 00:00:00.000 to 00:00:01.000");
  assert.equal(night.day(4), "on 2025-01-01, UTC+02:00");
  assert.equal(captions().day(4), "");
  assert.deepEqual(night.timeTicks(3, false, 250), [[0, "23:59:58.0"], [0.5, "23:59:58.5"], [1, "23:59:59.0"]]);
  assert.equal(night.timeTicks(3, true, 250)[0][1], "0.0 s"); // within the patch
  assert.equal(night.cell(4, false, 25, 2, 26), "2025-01-01 00:00:00.500 · 4.00 kHz · −49 dB");
  const day = captions({ duration: 0.2, clock: { ...clock, zero: 3600.5, dated: false } });
  assert.equal(day.span(9), "01:02:58.500-01:03:08.500");
  assert.deepEqual(day.timeTicks(9, false, 200).map(([, text]) => text), ["01:03:00", "01:03:05"]);
  const hours = captions({ duration: 4, clock: { ...clock, zero: 3600.5, dated: false } });
  assert.deepEqual(hours.timeTicks(0, false, 500).map(([, text]) => text), ["01:00", "01:01", "01:02", "01:03"]);
});

test("a cell has its time, row and value", () => {
  assert.equal(captions().cell(3, false, 25, 2, 26), "4.500 s · 4.00 kHz · −49 dB");
  assert.equal(captions().cell(3, true, 25, 1, 26), "0.500 s · 999.9 Hz · −49 dB");
  assert.equal(captions({ duration: 0.2 }).cell(9, false, 0, 0, 26), "2:58.000 · 55 Hz · −49 dB");
  assert.equal(captions({ duration: 0.0002 }).cell(3, true, 1, 0, 26), "0.0002 s · 55 Hz · −49 dB");
});

test("rows are those of their unit, or have names", () => {
  /** @param {Partial<Rows>} rows */
  const row = (rows) => captions({ rows }).cell(3, true, 0, 1, 26).split(" · ")[1];
  assert.equal(row({ unit: "bin" }), "bin 999.94");
  assert.equal(row({ names: ["C", "C♯", "D"] }), "C♯");
});

test("values are known to a colour, and beyond the colours only their limit is", () => {
  /** @param {number} index @param {Partial<Color>} [color] */
  const value = (index, color) => captions({ color }).cell(3, true, 0, 0, index).split(" · ")[2];
  assert.deepEqual([1, 50, 51].map((index) => value(index)), ["−99 dB", "−1 dB", "> 0 dB"]);
  assert.deepEqual([value(0), value(0, { bad: false })], ["no value", "< −100 dB"]);
  assert.equal(value(2, { values: [-90, -70] }), "−70 dB");
  assert.equal(value(1, { vmin: 0, vmax: 1e-6, unit: "" }), "1.00e-8");
  assert.equal(value(1, { vmin: 0, vmax: 1 }), "0.01 dB");
});

test("a unit stands in brackets, or alone", () => {
  assert.deepEqual(["level (dB)", "dB"].map(unitOf), ["dB", "dB"]);
});
