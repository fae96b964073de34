// The keys and buttons that name a patch.
import { color, element, isChord } from "./parts.js";

// Which key each name has: 1 to 9 and then 0, as they lie side by side, or, where all names are digits,
// its own; what comes later has none.
/** @param {string[]} names */
function nameKeys(names) {
  const areDigits = names.every((name) => /^\d$/.test(name));
  return names.map((name, k) => (areDigits ? name : k < 10 ? `${(k + 1) % 10}` : ""));
}

// Calls `decide` with the name whose key is pressed within a node, before a player there has the key
// for something else.
/** @param {HTMLElement} node @param {() => string[]} names @param {(name: string) => void} decide @param {AbortSignal} signal */
function followNameKeys(node, names, decide, signal) {
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const isOthers = isChord(event) || target.closest("select, textarea, [type=number], .help");
    const at = isOthers ? -1 : nameKeys(names()).indexOf(event.key);
    if (at < 0) return;
    decide(names()[at]);
    event.preventDefault();
    event.stopPropagation();
  };
  node.addEventListener("keydown", keydown, { capture: true, signal });
}

// The button that gives a patch a name, with its key, if it has one.
/** @param {import("./state.js").SheetState["names"][0]} choice @param {string} key */
function choiceButton([name, dark, light, turn], key) {
  const chip = element("button", { type: "button", class: "chip" }, element("bdi", {}, name));
  if (key) chip.prepend(element("kbd", {}, key), " ");
  color(chip, dark, light, turn);
  return chip;
}

export { choiceButton, followNameKeys, nameKeys };
