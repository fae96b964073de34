// What zooms in and out: the wheel, two fingers, a box, keys; and the line of the whole recording.
import { clamp } from "./framing.js";
import { fractionsIn } from "./gestures.js";
import { hold, listen } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */

const STEP = 1.5; // of a key
const FINGERS = 40; // px: nearer than this along an axis, two fingers say nothing of it

// Where there is no page to scroll the wheel alone zooms.
/** @param {HTMLElement} body */
function fills(body) {
  const { host } = /** @type {ShadowRoot} */ (body.getRootNode());
  return Boolean(document.fullscreenElement?.contains(host)) || body.classList.contains("fills");
}

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followWheel({ body, patch, overview, map, rowTicks, timeTicks }, { view, zoomed }, signal) {
  /** @param {WheelEvent} event */
  const wheel = (event) => {
    const { ctrlKey, metaKey, shiftKey, deltaX, deltaY, deltaMode } = event;
    const at = event.composedPath();
    const [onMap, onRows] = [map, rowTicks].map((node) => at.includes(node));
    if (!onMap && !onRows && !at.includes(timeTicks) && !at.includes(patch)) return;
    const now = view();
    const [x, y] = fractionsIn(onMap ? overview : patch, event).map((part) => clamp(part, 0, 1));
    if (ctrlKey || metaKey || (fills(body) && Math.abs(deltaY) >= Math.abs(deltaX))) {
      const times = 2 ** (clamp((deltaY || deltaX) * (deltaMode ? 30 : 1), -100, 100) / 100);
      if (onMap) now.widen(x, times);
      else if (shiftKey || onRows) now.zoom(x, y, 1, times);
      else now.zoom(x, y, times, 1);
    } else if (now.zoomed && !onMap && Math.abs(deltaX) > Math.abs(deltaY) && !shiftKey) {
      now.pan(deltaX / patch.clientWidth, 0);
    } else return;
    event.preventDefault();
    zoomed();
  };
  listen(body, { wheel }, signal);
}

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followFingers({ patch }, { view, zoomed }, signal) {
  /** @type {Map<number, number[]>} */
  const fingers = new Map();
  /** @type {{ spots: number[][], time: [number, number], height: [number, number] } | null} */
  let began = null;
  const begin = () => {
    const { time, height } = view();
    began = fingers.size === 2 ? { spots: [...fingers.values()], time, height } : null;
  };
  /** @param {PointerEvent} event */
  const leave = ({ pointerId }) => {
    fingers.delete(pointerId);
    begin();
  };
  listen(
    patch,
    {
      pointerdown(event) {
        if (event.pointerType !== "touch") return;
        fingers.set(event.pointerId, fractionsIn(patch, event));
        begin();
      },
      pointermove(event) {
        if (!fingers.has(event.pointerId)) return;
        fingers.set(event.pointerId, fractionsIn(patch, event));
        if (!began) return;
        const [[a, b], [c, d], size] = [began.spots, [...fingers.values()], [patch.clientWidth, patch.clientHeight]];
        const now = Object.assign(view(), { time: began.time, height: began.height });
        const [wide, high] = [0, 1].map((k) => {
          const [before, after] = [Math.abs(a[k] - b[k]), Math.abs(c[k] - d[k])];
          return before * size[k] < FINGERS ? 1 : before / Math.max(after, 1e-3);
        });
        const [x, y, toX, toY] = [a[0] + b[0], a[1] + b[1], c[0] + d[0], c[1] + d[1]].map((sum) => sum / 2);
        now.zoom(x, y, wide, high);
        now.pan(x - toX, toY - y);
        zoomed();
      },
      pointerup: leave,
      pointercancel: leave,
      // Or the page would scroll and zoom itself.
      touchstart: (event) => event.touches.length > 1 && event.preventDefault(),
      touchmove: (event) => event.touches.length > 1 && event.preventDefault(),
    },
    signal,
  );
}

// With Shift, because without it a pointer points.
/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followBox({ patch, box, focus }, { view, zoomed }, signal) {
  /** @type {number[] | null} */
  let from = null;
  /** @param {PointerEvent} event */
  const spot = (event) => fractionsIn(patch, event).map((part) => clamp(part, 0, 1));
  const end = () => {
    from = null;
    box.hidden = true;
  };
  /** @type {import("./parts.js").Handlers} */
  const handlers = {
    pointerdown(event) {
      if (!event.shiftKey || event.button !== 0 || event.pointerType === "touch") return;
      from = spot(event);
      hold(patch, event, focus);
      event.stopImmediatePropagation();
    },
    pointermove(event) {
      if (!from) return;
      const to = spot(event);
      const [left, top] = [0, 1].map((k) => Math.min(from?.[k] ?? 0, to[k]));
      const [right, bottom] = [0, 1].map((k) => 1 - Math.max(from?.[k] ?? 0, to[k]));
      box.style.inset = [top, right, bottom, left].map((part) => `${100 * part}%`).join(" ");
      box.hidden = false;
    },
    pointerup(event) {
      if (!from) return;
      const to = spot(event);
      // What is thin is a box of all that lies above and below, or beside.
      const thin = [patch.clientWidth, patch.clientHeight].map((size, k) => Math.abs(to[k] - (from?.[k] ?? 0)) * size < 8);
      thin.forEach((is, k) => is && from && ([from[k], to[k]] = [0, 1]));
      if (!thin[0] || !thin[1]) view().box(from, to);
      end();
      zoomed();
    },
    pointercancel: end,
    dblclick() {
      view().reset();
      zoomed();
    },
  };
  box.hidden = true;
  listen(patch, handlers, signal);
}

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followZoomKeys({ body, zoomedTo, focus }, { view, zoomed }, signal) {
  /** @type {Record<string, [number, number]>} */
  const pans = { ArrowLeft: [-0.25, 0], ArrowRight: [0.25, 0], ArrowUp: [0, 0.25], ArrowDown: [0, -0.25] };
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const { key, code, altKey, ctrlKey, metaKey } = event;
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (ctrlKey || metaKey || target.localName === "select") return;
    const now = view();
    // With Alt some keyboards write other signs.
    const direction = "+=".includes(key) || code === "NumpadAdd" || (altKey && code === "Equal") ? 1
      : key === "-" || (altKey && code === "Minus") ? -1 : 0;
    const times = STEP ** -direction;
    if (direction) now.zoom(0.5, 0.5, altKey ? 1 : times, altKey ? times : 1);
    else if (!now.zoomed) return;
    else if (altKey && key in pans) now.pan(...pans[key]);
    else if (!altKey && (key === "0" || key === "Escape")) now.reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
    zoomed();
  };
  const click = () => {
    view().reset();
    zoomed();
    focus.focus({ preventScroll: true }); // the button is gone
  };
  listen(body, { keydown }, signal);
  listen(zoomedTo, { click }, signal);
}

// The line above the overview of a part goes anywhere in the recording.
/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followWhole({ whole, map }, { now, move, view, zoomed }, signal) {
  /** @param {PointerEvent} event */
  const go = (event) => {
    const { framing } = now();
    const frame = fractionsIn(whole, event)[0] * framing.frames - framing.length / 2;
    if (event.buttons & 1) move(framing.position(frame));
  };
  const pointerdown = (/** @type {PointerEvent} */ event) => {
    whole.setPointerCapture(event.pointerId);
    go(event);
  };
  const dblclick = () => {
    view().unstretch();
    zoomed();
  };
  listen(whole, { pointerdown, pointermove: go }, signal);
  listen(map, { dblclick }, signal);
}

const ZOOMING = [followWheel, followFingers, followBox, followZoomKeys, followWhole];

export { ZOOMING };
