// What the player is made of: its elements, without behaviour.

// Text is only ever set as text, so that no title or label can become markup.
/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 */
function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** @param {string} name @param {Node[]} children */
const div = (name, ...children) => element("div", { class: name }, ...children);

const ICONS = {
  play: "M5 3v10l8-5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  previous: "M3 3h2v10H3zM13 3v10L6 8z",
  next: "M11 3h2v10h-2zM3 3v10l7-5z",
  span: "M2 3h1.5v10H2zM12.5 3H14v10h-1.5zM6 4.5v7L11 8z",
  tune: "M2 4h6v1.5H2zM12 4h2v1.5h-2zM9 2.75h1.5v4H9zM2 10.5h2v1.5H2zM8 10.5h6v1.5H8zM5 9.25h1.5v4H5z",
  loop: "M4.5 4H11a3 3 0 0 1 3 3v1.5h-1.5V7A1.5 1.5 0 0 0 11 5.5H4.5V8L1 4.75 4.5 1.5zM11.5 12H5a3 3 0 0 1-3-3V7.5h1.5V9A1.5 1.5 0 0 0 5 10.5h6.5V8L15 11.25 11.5 14.5z",
  sound: "M2 6v4h2.5L8 13V3L4.5 6zM9.5 5.2a3.5 3.5 0 0 1 0 5.6l.8 1.1a4.9 4.9 0 0 0 0-7.8zM11.4 2.7l-.8 1.1a6.5 6.5 0 0 1 0 8.4l.8 1.1a8 8 0 0 0 0-10.6z",
  tick: "M6.2 12.6 1.6 8l1.4-1.4 3.2 3.2 6.8-6.8L14.4 4.4z",
  cross: "M3.4 2 8 6.6 12.6 2 14 3.4 9.4 8l4.6 4.6-1.4 1.4L8 9.4 3.4 14 2 12.6 6.6 8 2 3.4z",
  open: "M2 2h5v1.5H3.5V7H2zM9 12.5h3.5V9H14v5H9z",
  more: "M2 6.5h3v3H2zM6.5 6.5h3v3h-3zM11 6.5h3v3h-3z",
  full: "M2 2h5v1.5H3.5V7H2zM9 2h5v5h-1.5V3.5H9zM2 9h1.5v3.5H7V14H2zM12.5 9H14v5H9v-1.5h3.5z",
  muted: "M2 6v4h2.5L8 13V3L4.5 6zM10 5.8l-.8.8L10.6 8l-1.4 1.4.8.8L11.4 8.8l1.4 1.4.8-.8L12.2 8l1.4-1.4-.8-.8-1.4 1.4z",
};

/** @type {(tag: string, attributes: Record<string, string>, ...children: Element[]) => SVGElement} */
function svgElement(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** @param {Element} button @param {keyof typeof ICONS} name */
function setIcon(button, name) {
  const path = svgElement("path", { d: ICONS[name] });
  button.replaceChildren(svgElement("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, path));
}

const STYLE = "@player.css"; // html.py puts the stylesheet here

// Keeps a key from JupyterLab, which looks whether what has the focus has this; with Ctrl or Cmd it is Jupyter's, but for
// an undo of ours.
/** @param {{ key: string, ctrlKey: boolean, metaKey: boolean, target: any }} event */
const keepKey = ({ key, ctrlKey, metaKey, target }) =>
  target.toggleAttribute("data-lm-suppress-shortcuts", key === "z" || !(ctrlKey || metaKey));

/** @param {Element} element @param {AbortSignal} signal */
const keepKeys = (element, signal) =>
  addEventListener("keydown", (event) => element === event.target && keepKey(event), { capture: true, signal });

/** @param {string} name @param {keyof typeof ICONS} icon @param {string} label */
function iconButton(name, icon, label) {
  const button = element("button", { type: "button", class: `icon ${name}` });
  setIcon(button, icon);
  setLabel(button, label);
  return button;
}

/** @param {HTMLElement} button @param {string} label */
function setLabel(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}

/** @param {Element} button @param {boolean} pressed */
function setPressed(button, pressed) {
  button.setAttribute("aria-pressed", `${pressed}`);
}

// What can be taken along, in a menu.
/** @type {[string, string][]} */
const TAKEN = [
  ["wav", "Sound of this patch (WAV)"], ["png", "Picture (PNG)"], ["csv", "Labels (CSV)"],
  ["raven", "Labels (Raven)"], ["link", "Link to this patch (L)"], ["mark", "Mark what is heard (R)"],
  ["measure", "Measure (M)"], ["full", "Full screen (F)"], ["help", "All keys (?)"],
];

function taking() {
  const summary = element("summary", { class: "icon" });
  setIcon(summary, "more");
  setLabel(summary, "Take along");
  const buttons = TAKEN.map(([take, text]) => element("button", { type: "button", "data-take": take }, text));
  const menu = element("div", { class: "taken", role: "group", "aria-label": "Take along" }, ...buttons);
  return element("details", { class: "more" }, summary, menu);
}

// The button that closes a dialog.
const closing = () =>
  element("form", { method: "dialog" }, element("button", { class: "close" }, "Close"));

// What makes the overview a slider, where it is the only one.
const SLIDER = {
  tabindex: "0", role: "slider", "aria-label": "Patch", "aria-valuemin": "0",
};

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const SLOW = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4]; // for ultrasound

const CONTRASTS = [["given", "as given"], ["robust", "robust"], ["patch", "patch"], ["own", "own"]];

/** @typedef {ReturnType<typeof buildParts>} Parts */
/** @typedef {{ header: boolean, picture: boolean, controls: boolean | "buttons" }} Show */

// Returns the elements by name. `show` says what of them there is; without a slider among the
// controls the overview takes the keys.
/** @param {Show} show */
function buildParts(show) {
  const parts = {
    title: element("span", { class: "title", dir: "auto" }),
    noun: element("span"),
    number: element("span", { class: "number" }),
    count: element("span"),
    dot: element("span"),
    span: element("span", { class: "times" }),
    known: element("span", { class: "known", dir: "auto" }),
    overview: element("canvas", { class: "cells" }),
    names: element("canvas", { class: "names", "aria-hidden": "true" }),
    before: div("shade"),
    after: div("shade"),
    tail: div("tail"),
    zoom: div("zoom"),
    box: div("zoom"),
    zoomedTo: element("button", { type: "button", class: "marker zoomed-to" }),
    window: div("window"),
    stretch: div("stretch"),
    here: div("here"),
    whole: element("div", { class: "whole", "aria-hidden": "true" }),
    heard: div("playhead"),
    map: element("div", { class: "map", ...(show.controls === true ? { "aria-hidden": "true" } : SLIDER) }),
    lanes: div("lanes"),
    rowLabel: element("span", { class: "label", dir: "auto" }),
    unit: element("span", { class: "label", dir: "auto" }),
    rowTicks: element("div", { class: "row-ticks", "aria-hidden": "true" }),
    patch: element("canvas", { class: "cells", role: "img" }),
    playhead: div("playhead"),
    region: div("region"),
    scale: element("canvas", { class: "scale" }),
    histogram: svgElement("svg", { class: "histogram", preserveAspectRatio: "none", "aria-hidden": "true" }, svgElement("path", {})),
    ends: ["Lowest", "Highest"].map((name) => element("div", {
      class: "end", role: "slider", tabindex: "0", "aria-orientation": "vertical", "aria-label": `${name} colour`,
      "aria-valuemin": "0", "aria-valuemax": "100",
    })),
    bar: div("bar"),
    contrast: element("select", { class: "contrast", "aria-label": "Contrast", title: "Contrast: 2-98 % of all cells, or of this patch" }),
    unlike: element("button", { type: "button", class: "marker unlike" }),
    scaleTicks: div("scale-ticks"),
    timeTicks: element("div", { class: "time-ticks", "aria-hidden": "true" }),
    timeMode: element("button", { type: "button", class: "time-mode" }),
    pointed: element("output", { class: "pointed", "aria-live": "off" }),
    play: iconButton("play", "play", "Play"),
    slider: element("input", {
      type: "range", min: "0", step: "1", "aria-label": "Patch",
    }),
    speed: element("select", { class: "speed", "aria-label": "Speed" }),
    previous: iconButton("stop", "previous", "Previous"),
    next: iconButton("stop", "next", "Next"),
    hear: iconButton("hear", "span", "Hear this patch"),
    loop: iconButton("loop", "loop", "Loop"),
    sound: iconButton("sound", "sound", "Sound"),
    full: iconButton("full", "full", "Full screen (F)"),
    measured: element("output", { class: "measured", hidden: "" }),
    more: taking(),
    keys: element("table"),
    help: element("dialog", { class: "help", "aria-label": "Keys" }),
    hint: element("p", { class: "hint" }),
    tune: iconButton("tune", "tune", "How it is heard"),
    gain: element("input", { type: "range", min: "-20", max: "40", step: "1", "aria-label": "Gain" }),
    gainText: element("span", { class: "gain" }),
    keep: element("input", { type: "checkbox" }),
    filter: element("input", { type: "checkbox" }),
    band: element("span"),
    mixes: element("input", { type: "checkbox" }),
    mixed: element("span"),
    mixedFrom: div("mixed"),
    tuning: element("div", { class: "tuning", role: "group", "aria-label": "How it is heard" }),
    message: element("p", { class: "message", role: "status" }),
  };
  const { gain, gainText, keep, filter, band, mixes, mixed } = parts;
  parts.tune.setAttribute("aria-expanded", "false");
  parts.tuning.append(
    element("label", {}, "gain", gain, gainText),
    element("label", {}, filter, band),
    element("label", {}, mixes, mixed),
    element("label", {}, keep, "keep the pitch"),
  );
  const { noun, number, count, dot, span } = parts;
  const readout = element("span", { class: "readout" }, noun, number, count, dot, span, parts.known);
  parts.map.append(
    parts.overview, parts.before, parts.after, parts.tail, parts.names, parts.window, parts.heard,
  );
  parts.window.append(parts.zoom);
  parts.bar.append(parts.histogram, parts.scale, ...parts.ends);
  for (const [value, text] of CONTRASTS) parts.contrast.append(element("option", { value }, text));
  parts.whole.append(parts.stretch, parts.here);
  const below = div("below", parts.timeMode, parts.measured, element("span", { role: "status" }, parts.zoomedTo, parts.unlike), parts.pointed);
  const stage = div(
    "stage",
    div("labels", parts.rowLabel, parts.unit),
    parts.rowTicks,
    div("patch", parts.patch, parts.playhead, parts.region, parts.mixedFrom, parts.box),
    div("color", parts.bar, parts.scaleTicks),
    parts.contrast,
    parts.timeTicks,
    below,
  );
  // A click anywhere on it gives it the keys (gestures.js).
  const body = element("div", { class: "player", role: "group", tabindex: "-1" });
  const header = div("header", parts.title, readout);
  if (show.header) body.append(header);
  if (show.picture) body.append(parts.whole, parts.map, parts.lanes, stage);
  if (show.controls) {
    const { previous, next, speed, hear, loop, sound, tune, full, more } = parts;
    const buttons = div("buttons", previous, next, speed, hear, loop, sound, tune, full, more);
    if (show.controls === true) body.append(div("controls", parts.play, parts.slider, buttons));
    else (show.picture ? below : body).append(buttons);
  }
  parts.help.append(parts.keys, closing());
  body.append(parts.message, parts.hint, parts.help);
  const style = element("style");
  style.textContent = STYLE;
  // The slot shows what lies under the player, the still picture, in print and after an error.
  const nodes = [style, body, element("slot")];
  return { ...parts, header, stage, body, nodes, focus: show.controls === true ? parts.slider : parts.map };
}

/** @param {HTMLSelectElement} select @param {number} speed */
function addSpeed(select, speed) {
  const option = element("option", { value: String(speed) });
  option.textContent = `${Number(speed.toPrecision(3))}×`;
  const next = [...select.options].find((other) => Number(other.value) > speed);
  select.insertBefore(option, next ?? null);
}

// Offers speeds of a sound that is stretched so many times.
/** @param {HTMLSelectElement} select @param {number} stretch */
function offerSpeeds(select, stretch) {
  select.replaceChildren();
  const speeds = stretch > 1 ? SLOW : SPEEDS;
  for (const speed of speeds) if (speed * stretch <= 16 && speed * stretch >= 1 / 16) addSpeed(select, speed);
}

// Puts [fraction, text] pairs into `box` as elements, reusing those that are there.
/** @param {HTMLElement} box @param {[number, string][]} ticks @param {"left" | "bottom"} property */
function placeTicks(box, ticks, property, beside = 0) {
  while (box.children.length > ticks.length) box.lastElementChild?.remove();
  while (box.children.length < ticks.length) box.append(element("span", { dir: "auto" }));
  ticks.forEach(([fraction, text], i) => {
    const tick = /** @type {HTMLElement} */ (box.children[i]);
    if (tick.textContent !== text) tick.textContent = text;
    tick.style.setProperty(property, `${(100 * fraction).toFixed(3)}%`);
  });
  // Ticks are placed absolutely, so a box of rows must be told how wide they are.
  if (property === "bottom") {
    box.style.setProperty("--characters", `${beside + Math.max(1, ...ticks.map(([, text]) => text.length))}`);
  }
}

/** @typedef {HTMLElementEventMap} Events */
/** @typedef {{ [Type in keyof Events]?: (event: Events[Type]) => unknown }} Handlers */

// Calls the handlers of events, by their types, until the signal.
/** @param {EventTarget} target @param {Handlers} handlers @param {AbortSignal} signal */
function listen(target, handlers, signal) {
  for (const [type, f] of Object.entries(handlers)) {
    target.addEventListener(type, /** @type {EventListener} */ (f), { signal });
  }
}

// Has an element follow the pointer that was pressed, wherever that goes, and keys go where they should.
/** @param {Element} element @param {PointerEvent} event @param {HTMLElement} [focus] */
function hold(element, event, focus) {
  element.setPointerCapture(event.pointerId);
  focus?.focus({ preventScroll: true });
  event.preventDefault();
}

// Whether a key is pressed with others, as those of the browser are.
/** @param {KeyboardEvent} event */
const isChord = (event) => event.altKey || event.ctrlKey || event.metaKey;

// Gives an element the colour of a class, and says how often that came before.
/** @param {Element} node @param {string} dark @param {string} light @param {number} [turn] */
function color(node, dark, light, turn = 0) {
  const { style } = /** @type {HTMLElement} */ (node);
  style.setProperty("--on-dark", dark);
  style.setProperty("--on-light", light);
  style.setProperty("--turn", `${turn}`);
}

export { STYLE, addSpeed, buildParts, closing, color, div, element, hold, iconButton, isChord, keepKey, keepKeys, listen, offerSpeeds, placeTicks, setIcon, setLabel, setPressed, svgElement };
