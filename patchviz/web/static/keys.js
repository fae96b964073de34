// What each key does, and the words for it: the list that `?` opens, and that of the documentation.

/** @import { Actions } from "./gestures.js" */

/** @typedef {(actions: Actions, event: KeyboardEvent) => unknown} Act */

/** @param {1 | -1} direction @returns {Act} */
const step = (direction) => ({ now, move }, { shiftKey }) => {
  const { index, framing } = now();
  move(index + direction * (shiftKey ? framing.stride(index, direction) : 1));
};

// Gestures stand among them, without anything to call.
/** @type {[string, string, Record<string, Act>?][]} */
const KEYS = [
  ["Space", "play, pause", { " ": ({ toggle }) => toggle() }],
  ["← →", "one patch back, one on", { ArrowLeft: step(-1), ArrowRight: step(1) }],
  ["Shift+← →", "one patch length back, one on"],
  ["Home End", "the first patch, the last", { Home: ({ move }) => move(0), End: ({ now, move }) => move(now().framing.last) }],
  ["N P", "the next event, the one before", { n: ({ stop }) => stop(1), p: ({ stop }) => stop(-1) }],
  ["+ - 0", "zoom in time, out, back; with Alt in frequency"],
  ["Alt+arrows", "move what is zoomed"],
  ["Wheel, two fingers", "zoom; in a page that scrolls, Ctrl (Cmd) and the wheel"],
  ["Shift+drag", "zoom to a box; a double click goes back"],
  ["R, Alt+drag", "hear what is zoomed to, or dragged over, in place of the patch", { r: ({ region }) => region() }],
  ["O, click on a label", "loop the label, the next one, none", { o: ({ label }) => label() }],
  ["H", "mix ultrasound down from the pointer's frequency, or not", { h: ({ mix }) => mix() }],
  ["Drag on the colour bar", "other limits; a double click goes back"],
  ["M", "measure between two points: click, or arrows and Enter", { m: ({ measure }) => measure() }],
  ["C", "copy what is measured, or the times of the patch", { c: ({ copyMeasured }) => copyMeasured() }],
  ["L", "copy a link to this patch", { l: ({ link }) => link() }],
  ["F", "full screen, and back", { f: ({ fill }) => fill() }],
  ["?", "all keys", { "?": ({ help }) => help() }],
  ["Click, drag in the overview", "go there"],
  ["Click on a lane", "go there; a threshold's line can be dragged, a double click takes it back"],
  ["Pointer over the patch", "time, frequency and level"],
];

const HINTED = ["Space", "← →", "N P", "+ - 0", "?"]; // on a page of its own

/** @type {Record<string, Act>} */
const ACTS = Object.assign({}, ...KEYS.map(([, , acts]) => acts));

export { ACTS, HINTED, KEYS };
