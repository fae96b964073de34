// Answers calls of time.js: a line of JSON, [[function, ...arguments], ...], by a line of answers.
import { createInterface } from "node:readline";

import * as time from "../../patchviz/static/time.js";

for await (const line of createInterface({ input: process.stdin })) {
  const answers = JSON.parse(line).map(([name, ...args]) => time[name](...args));
  console.log(JSON.stringify(answers));
}
