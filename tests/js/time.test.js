// Times as the player writes them, held to the table that the figures are held to as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decimalsFor, formatSpan, formatTime, timeTicks } from "../../patchviz/web/static/time.js";

/** @type {Record<string, any[][]>} */
const table = JSON.parse(readFileSync(new URL("../core/times.json", import.meta.url), "utf8"));

/** @type {Record<string, (...args: any[]) => unknown>} */
const written = {
  "format_time: time, longest, decimals": formatTime,
  "format_span: start, end, longest, decimals": formatSpan,
  "decimals_for: step, least": decimalsFor,
  "time_ticks: start, end, most, longest": (start, end, most, longest) =>
    timeTicks(start, end, most, longest).map(([, text]) => text),
};

test("the table has what is written, and nothing else", () => {
  assert.deepEqual(Object.keys(table), Object.keys(written));
});

for (const [name, write] of Object.entries(written)) {
  test(name, () => {
    for (const row of table[name]) {
      const [args, expected] = [row.slice(0, -1), row.at(-1)];
      assert.deepEqual(write(...args), expected, `of ${JSON.stringify(args)}`);
    }
  });
}

test("ticks lie at what they say, and within", () => {
  for (const row of table["time_ticks: start, end, most, longest"]) {
    const [start, end, most, longest] = row;
    for (const [time, text] of timeTicks(start, end, most, longest)) {
      const parts = text.replace(/^-| s$/g, "").split(":").map(Number);
      const seconds = parts.reduce((sum, part) => 60 * sum + part, 0);
      assert.ok(Math.abs(time - (text.startsWith("-") ? -seconds : seconds)) < 1e-9, text);
      assert.ok(time >= start - 1e-9 && time <= end + 1e-9, text);
    }
  }
});

test("a span that is spoken has no dash", () => {
  assert.equal(formatSpan(0.65, 5.64, 15, 3, " to "), "0.650 to 5.640 s");
  assert.equal(formatSpan(-0.5, -0.3, 15, 3, " to "), "-0.500 to -0.300 s");
  assert.equal(formatSpan(62, 67, 67, 0, " to "), "1:02 to 1:07");
});
