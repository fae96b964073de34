// Answers Python's tests (node.py): a line of JSON, [[function, ...arguments], ...], by a line of
// as many answers.
import { createInterface } from "node:readline";

import { Cells } from "../../patchviz/web/static/cells.js";
import { Captions } from "../../patchviz/web/static/captions.js";
import { Framing } from "../../patchviz/web/static/framing.js";
import { Known } from "../../patchviz/web/static/known.js";
import * as time from "../../patchviz/web/static/time.js";

/** @import { Clock, State } from "../../patchviz/web/static/state.js" */

const { Times, ...times } = time;

// The rows of a picture, given its files in base64.
/** @param {string[]} files */
async function cellsOf(...files) {
  const cells = await Cells.decode(files.map((file) => Buffer.from(file, "base64")), "image/png");
  const { width, height } = cells;
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => cells.at(column, row)),
  );
}

// What the page calls a patch.
/** @param {State} state @param {number} index */
function readout(state, index) {
  return new Captions(state, new Framing(state)).readout(index);
}

// The classes of the labels that are in each patch.
/** @param {State} state */
function labelsOf(state) {
  const framing = new Framing(state);
  const known = new Known(state, framing);
  return Array.from({ length: framing.last + 1 }, (_, index) => known.names(index));
}

// What the page says of a patch.
/** @param {State} state @param {number} index */
function knownText(state, index) {
  return new Known(state, new Framing(state)).text(index);
}

// Two times of day, as a caption has them.
/** @type {(clock: Clock, start: number, end: number, decimals: number) => string} */
function clockSpan(clock, start, end, decimals) {
  return new Times(0, clock).span(start, end, decimals);
}

/** @type {Record<string, (...args: any[]) => unknown>} */
const functions = { ...times, cellsOf, clockSpan, knownText, labelsOf, readout };

for await (const line of createInterface({ input: process.stdin })) {
  /** @type {[string, ...unknown[]][]} */
  const calls = JSON.parse(line);
  const answers = calls.map(([name, ...args]) => functions[name](...args));
  console.log(JSON.stringify(await Promise.all(answers)));
}
