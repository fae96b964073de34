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
  loop: "M4.5 4H11a3 3 0 0 1 3 3v1.5h-1.5V7A1.5 1.5 0 0 0 11 5.5H4.5V8L1 4.750 4.5 1.5zM11.5 12H5a3 3 0 0 1-3-3V7.5h1.5V9A1.5 1.5 0 0 0 5 10.5h6.5V8L15 11.250 11.5 14.5z",
  sound: "M2 6v4h2.5L8 13V3L4.5 6zM9.5 5.200a3.5 3.5 0 0 1 0 5.600l.8 1.100a4.900 4.900 0 0 0 0-7.800zM11.400 2.700l-.8 1.100a6.5 6.5 0 0 1 0 8.400l.8 1.100a8 8 0 0 0 0-10.600z",
  muted: "M2 6v4h2.5L8 13V3L4.5 6zM10 5.800l-.8.8L10.600 8l-1.400 1.400.8.8L11.400 8.800l1.400 1.400.8-.8L12.200 8l1.400-1.400-.8-.8-1.400 1.400z",
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

// JupyterLab takes keys away from whatever does not carry this.
const KEEPS_KEYS = { "data-lm-suppress-shortcuts": "true" };

/** @param {string} name @param {keyof typeof ICONS} icon @param {string} label */
function iconButton(name, icon, label) {
  const button = element("button", { type: "button", class: `icon ${name}`, ...KEEPS_KEYS });
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

// What makes the overview a slider, where it is the only one.
const SLIDER = {
  tabindex: "0", role: "slider", "aria-label": "Patch", "aria-valuemin": "0", ...KEEPS_KEYS,
};

const SPEEDS = [0.25, 0.5, 1, 2, 4];

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
    before: div("shade"),
    after: div("shade"),
    tail: div("tail"),
    window: div("window"),
    heard: div("playhead"),
    map: element("div", { class: "map", ...(show.controls === true ? { "aria-hidden": "true" } : SLIDER) }),
    lanes: div("lanes"),
    rowLabel: element("span", { class: "label", dir: "auto" }),
    unit: element("span", { class: "label", dir: "auto" }),
    rowTicks: element("div", { class: "row-ticks", "aria-hidden": "true" }),
    patch: element("canvas", { class: "cells", role: "img" }),
    playhead: div("playhead"),
    scale: element("canvas", { class: "scale" }),
    scaleTicks: div("scale-ticks"),
    timeTicks: element("div", { class: "time-ticks", "aria-hidden": "true" }),
    timeMode: element("button", { type: "button", class: "time-mode", ...KEEPS_KEYS }),
    pointed: element("output", { class: "pointed", "aria-live": "off" }),
    play: iconButton("play", "play", "Play"),
    slider: element("input", {
      type: "range", min: "0", step: "1", "aria-label": "Patch", ...KEEPS_KEYS,
    }),
    speed: element("select", { class: "speed", "aria-label": "Speed", ...KEEPS_KEYS }),
    previous: iconButton("stop", "previous", "Previous event (P)"),
    next: iconButton("stop", "next", "Next event (N)"),
    hear: iconButton("hear", "span", "Hear this patch"),
    loop: iconButton("loop", "loop", "Loop"),
    sound: iconButton("sound", "sound", "Sound"),
    message: element("p", { class: "message", role: "status" }),
  };
  for (const speed of SPEEDS) addSpeed(parts.speed, speed);
  const { noun, number, count, dot, span } = parts;
  const readout = element("span", { class: "readout" }, noun, number, count, dot, span, parts.known);
  parts.map.append(
    parts.overview, parts.before, parts.after, parts.tail, parts.window, parts.heard,
  );
  const below = div("below", parts.timeMode, parts.pointed);
  const stage = div(
    "stage",
    div("labels", parts.rowLabel, parts.unit),
    parts.rowTicks,
    div("patch", parts.patch, parts.playhead),
    div("color", parts.scale, parts.scaleTicks),
    parts.timeTicks,
    below,
  );
  const body = element("div", { class: "player", role: "group", ...KEEPS_KEYS });
  if (show.header) body.append(div("header", parts.title, readout));
  if (show.picture) body.append(parts.map, parts.lanes, stage);
  if (show.controls) {
    const { previous, next, speed, hear, loop, sound } = parts;
    const buttons = div("buttons", previous, next, speed, hear, loop, sound);
    if (show.controls === true) body.append(div("controls", parts.play, parts.slider, buttons));
    else (show.picture ? below : body).append(buttons);
  }
  body.append(parts.message);
  const style = element("style");
  style.textContent = "@player.css"; // html.py puts the stylesheet here
  // The slot shows what lies under the player, the still picture, in print and after an error.
  const nodes = [style, body, element("slot")];
  return { ...parts, body, nodes, focus: show.controls === true ? parts.slider : parts.map };
}

/** @param {HTMLSelectElement} select @param {number} speed */
function addSpeed(select, speed) {
  const option = element("option", { value: String(speed) });
  option.textContent = `${Number(speed.toPrecision(3))}×`;
  const next = [...select.options].find((other) => Number(other.value) > speed);
  select.insertBefore(option, next ?? null);
}

// Puts [fraction, text] pairs into `box` as elements, reusing those that are there.
/** @param {HTMLElement} box @param {[number, string][]} ticks @param {"left" | "bottom"} property */
function placeTicks(box, ticks, property) {
  while (box.children.length > ticks.length) box.lastElementChild?.remove();
  while (box.children.length < ticks.length) box.append(element("span", { dir: "auto" }));
  ticks.forEach(([fraction, text], i) => {
    const tick = /** @type {HTMLElement} */ (box.children[i]);
    if (tick.textContent !== text) tick.textContent = text;
    tick.style.setProperty(property, `${(100 * fraction).toFixed(3)}%`);
  });
  // Ticks are placed absolutely, so a box of rows must be told how wide they are.
  if (property === "bottom") {
    box.style.setProperty("--characters", `${Math.max(1, ...ticks.map(([, text]) => text.length))}`);
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

export { addSpeed, buildParts, div, element, listen, placeTicks, setIcon, setLabel, setPressed, svgElement };
