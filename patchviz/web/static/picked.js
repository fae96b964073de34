// What somebody decides of patches, as a widget's model has it for Python.
import { KEEP, REJECT } from "./picks.js";

/** @import { Decided } from "./picks.js" */

/**
 * What is needed of a model of ipywidgets.
 * @typedef {object} PickModel
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => unknown} set
 */

const PICKED = ["picked", "rejected", "names"];

// What Python says is decided.
/** @param {PickModel} model @returns {Decided} */
function decidedOf(model) {
  const decided = new Map(/** @type {number[]} */ (model.get("picked")).map((id) => [id, KEEP]));
  for (const [id, name] of model.get("names")) decided.set(id, name);
  for (const id of model.get("rejected")) decided.set(id, REJECT);
  return [...decided];
}

/** @param {PickModel} model @param {Decided} decided */
function setDecided(model, decided) {
  const kept = decided.filter(([, what]) => what !== REJECT);
  model.set("picked", kept.map(([id]) => id));
  model.set("names", kept.filter(([, what]) => what !== KEEP));
  model.set("rejected", decided.filter(([, what]) => what === REJECT).map(([id]) => id));
}

// Calls a function once for what one message changes: several traits of it come one by one.
/** @param {() => void} f */
function together(f) {
  let isWaiting = false;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    queueMicrotask(() => {
      isWaiting = false;
      f();
    });
  };
}

export { PICKED, decidedOf, setDecided, together };
