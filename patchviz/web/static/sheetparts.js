// What a sheet is made of around its tiles: its elements, without behaviour.
import { color, div, element, iconButton } from "./parts.js";
import { KEEP, REJECT } from "./picks.js";

/** @import { SheetState } from "./state.js" */

const HELP = "← ↑ ↓ → move · space hears · Enter opens · K keeps · X rejects · 1-9 name · U undoes · N next undecided";

/** @param {string} value @param {string} text */
const option = (value, text) => element("option", { value, dir: "auto" }, text);

/** @param {string} text @param {HTMLElement} control */
const label = (text, control) => element("label", {}, `${text} `, control);

/** @param {string} text @param {string} [title] */
const button = (text, title = "") => element("button", { type: "button", dir: "auto", title }, text);

// Returns the elements by name. `scored`: the classes with scores; `labels`: those of labels; `scroller`
// has the tiles.
/** @param {SheetState} state @param {string[]} scored @param {Iterable<string>} labels @param {HTMLElement} scroller */
function buildSheet({ names, title, height, of }, scored, labels, scroller) {
  const parts = {
    progress: element("span", { class: "readout" }),
    sort: element("select", {}, option("given", "as given"), option("time", "by time")),
    show: element("select"),
    least: element("input", { type: "number", step: "any" }),
    undo: button("Undo"),
    csv: button("CSV", "Take along what was decided, as a table"),
    raven: button("Raven", "Take along what was decided, as a selection table"),
    status: element("span", { class: "status", role: "status" }),
    bar: element("div", { class: "bar", role: "toolbar", "aria-label": "This patch" }),
    chips: names.map(([name, dark, light], k) => {
      const chip = button(k < 9 ? `${k + 1} ${name}` : name);
      chip.className = "chip";
      color(chip, dark, light);
      return chip;
    }),
    dialog: element("dialog", { class: "opened", "aria-label": "Patch" }),
    message: element("p", { class: "message", role: "status" }),
    hear: iconButton("hear", "play", "Hear (space)"),
    keep: iconButton("keep", "tick", "Keep (K)"),
    reject: iconButton("reject", "cross", "Reject (X)"),
    open: iconButton("open", "open", "Open (Enter)"),
    line: div("playhead"),
  };
  if (scored.length) parts.sort.append(option("score", "by highest score"));
  for (const name of scored) parts.sort.append(option(`score ${name}`, `by score of ${name}`));
  if (of !== null) parts.sort.value = `score ${of}`;
  const shows = [["all", "all"], ["open", "undecided"], ["unheard", "not heard"], [KEEP, "kept"], [REJECT, "rejected"]];
  for (const [value, text] of shows) parts.show.append(option(value, text));
  for (const [name] of names) parts.show.append(option(`name ${name}`, `named ${name}`));
  for (const name of labels) parts.show.append(option(`label ${name}`, `labelled ${name}`));
  // Not within the list, whose options hold no buttons.
  parts.bar.append(parts.hear, parts.keep, parts.reject, parts.open);
  scroller.append(parts.bar);
  if (height) scroller.style.maxHeight = `${height}px`;
  const least = label("score ≥", parts.least);
  least.hidden = !scored.length;
  const body = element(
    "div",
    { class: "player sheet", role: "group", "aria-label": title || "Patches", "data-lm-suppress-shortcuts": "true" },
    div("header", element("span", { class: "title", dir: "auto" }, title), parts.progress),
    div("tools", label("sort", parts.sort), label("show", parts.show), least, parts.undo, parts.csv, parts.raven),
    div("chips", ...parts.chips),
    scroller,
    div("labels", element("span", { class: "hints" }, HELP), parts.status),
    parts.message,
    parts.dialog,
  );
  return { ...parts, body };
}

export { buildSheet };
