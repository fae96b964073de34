// What a sheet is made of around its tiles: its elements, without behaviour.
import { choiceButton, nameKeys } from "./namekeys.js";
import { closing, div, element, iconButton } from "./parts.js";
import { KEEP, REJECT } from "./picks.js";

/** @import { SheetState } from "./state.js" */

const HEARS = " · space hears";
const HINTS = "← ↑ ↓ → move" + HEARS + " · Enter opens · K keeps · X rejects · digits name · U undoes · N next undecided";

const SHEET_KEYS = [
  ["← ↑ ↓ →", "go to another patch"], ["PgUp PgDn", "as far as is seen"], ["Home End", "the first patch, the last"],
  ["Space", "hear the patch, or stop"], ["Enter", "open the patch in its recording, where it has more keys; so does a double click"],
  ["K", "keep the patch, also where it is open; a second time takes it back"], ["X", "reject it"], ["1-9, 0", "name it, as the buttons say"],
  ["U, Ctrl+Z", "undo"], ["N", "the next that is undecided"], ["?", "all keys"],
];

/** @param {string} value @param {string} text */
const option = (value, text) => element("option", { value, dir: "auto" }, text);

/** @param {string} text @param {HTMLElement} control */
const label = (text, control) => element("label", {}, `${text} `, control);

/** @param {string} text @param {string} [title] */
const button = (text, title = "") => element("button", { type: "button", dir: "auto", title }, text);

// Returns the elements by name. `scored`: the classes with scores; `labels`: those of labels; `scroller`
// has the tiles; `sounds`: whether some of them can be heard.
/** @param {SheetState} state @param {string[]} scored @param {Iterable<string>} labels @param {HTMLElement} scroller @param {boolean} sounds */
function buildSheet({ names, title, height, of, tiles, unlisted }, scored, labels, scroller, sounds) {
  const keysOfNames = nameKeys(names.map(([name]) => name));
  const parts = {
    progress: element("span", { class: "readout" }),
    sort: element("select", {}, option("given", "as given"), option("time", "by time")),
    show: element("select"),
    least: element("input", { type: "number", step: "any" }),
    undo: button("Undo"),
    help: button("Keys", "All keys (?)"),
    keys: element("dialog", { class: "help", "aria-label": "Keys" }),
    rest: button("", "Scroll on"),
    csv: button("CSV", "Take along what was decided, as a table"),
    raven: button("Raven", "Take along what was decided, as a selection table"),
    status: element("span", { class: "status", role: "status" }),
    bar: element("div", { class: "bar", role: "toolbar", "aria-label": "This patch" }),
    chips: names.map((name, k) => choiceButton(name, keysOfNames[k])),
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
  if (unlisted) parts.sort.append(element("option", { disabled: "" }, `${unlisted} more are not on this page: of="…"`));
  // Whoever lists tiles has an order in mind.
  if (of !== null && tiles === null) parts.sort.value = `score ${of}`;
  const shows = [["all", "all"], ["open", "undecided"], ...(sounds ? [["unheard", "not heard"]] : []), [KEEP, "kept"], [REJECT, "rejected"]];
  for (const [value, text] of shows) parts.show.append(option(value, text));
  for (const [name] of names) parts.show.append(option(`name ${name}`, `named ${name}`));
  for (const name of labels) parts.show.append(option(`label ${name}`, `labelled ${name}`));
  const keys = SHEET_KEYS.filter(([key]) => sounds || key !== "Space");
  const rows = keys.map(([key, does]) => element("tr", {}, element("th", { scope: "row" }, key), element("td", {}, does)));
  parts.keys.append(element("table", {}, ...rows), closing());
  parts.rest.className = "rest";
  // Not within the list, whose options hold no buttons.
  parts.hear.hidden = !sounds;
  parts.bar.append(parts.hear, parts.keep, parts.reject, parts.open);
  scroller.append(parts.bar);
  if (height) scroller.style.maxHeight = `${height}px`;
  const least = label("score ≥", parts.least);
  least.hidden = !scored.length;
  const body = element(
    "div",
    { class: "player sheet", role: "group", "aria-label": title || "Patches" },
    div("header", element("span", { class: "title", dir: "auto" }, title), parts.progress),
    div("tools", label("sort", parts.sort), label("show", parts.show), least, parts.undo, parts.csv, parts.raven, parts.help),
    div("chips", ...parts.chips),
    scroller,
    parts.rest,
    div("labels", element("span", { class: "hints" }, sounds ? HINTS : HINTS.replace(HEARS, "")), parts.status),
    parts.message,
    parts.dialog,
    parts.keys,
  );
  return { ...parts, body };
}

// A button that is pressed leaves the keys to the list.
/** @param {MouseEvent} event @param {HTMLElement} list */
function keepFocus(event, list) {
  const target = /** @type {Element} */ (event.target);
  if (!target.closest("button") || target.closest("dialog")) return;
  event.preventDefault();
  list.focus({ preventScroll: true });
}

export { buildSheet, keepFocus };
