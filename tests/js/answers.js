// Answers Python's tests (node.py): a line of JSON, [[function, ...arguments], ...], by a line of
// as many answers.
import { createInterface } from "node:readline";

import { Cells } from "../../patchviz/web/static/cells.js";
import * as time from "../../patchviz/web/static/time.js";

// The rows of a picture, given its files in base64.
/** @param {string[]} files */
async function cellsOf(...files) {
  const cells = await Cells.decode(files.map((file) => Buffer.from(file, "base64")), "image/png");
  const { width, height } = cells;
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => cells.at(column, row)),
  );
}

/** @type {Record<string, (...args: any[]) => unknown>} */
const functions = { ...time, cellsOf };

for await (const line of createInterface({ input: process.stdin })) {
  /** @type {[string, ...unknown[]][]} */
  const calls = JSON.parse(line);
  const answers = calls.map(([name, ...args]) => functions[name](...args));
  console.log(JSON.stringify(await Promise.all(answers)));
}
