// What keys and the pointer do: they move the window, play, and point at cells.
import { clamp } from "./framing.js";
import { listen } from "./parts.js";

/** @import { Framing } from "./framing.js" */
/** @import { Parts } from "./parts.js" */

/**
 * What they ask of the player.
 * @typedef {object} Actions
 * @property {() => { index: number, framing: Framing }} now which patch is shown, of which there are
 * @property {(index: number) => void} move
 * @property {(direction: 1 | -1) => void} stop goes to the next event, or the one before
 * @property {() => void} toggle plays, or pauses
 * @property {(pointer: [number, number] | null) => void} point
 */

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followKeys({ body }, { now, move, stop, toggle }, signal) {
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const { localName: at } = /** @type {Element} */ (event.composedPath()[0]);
    if (event.altKey || event.ctrlKey || event.metaKey || at === "select") return;
    const { index, framing } = now();
    /** @type {(direction: 1 | -1) => number} */
    const next = (direction) => index + direction * (event.shiftKey ? framing.stride(index, direction) : 1);
    /** @type {Record<string, number>} */
    const to = { ArrowLeft: next(-1), ArrowRight: next(1), Home: 0, End: framing.last };
    if (event.key in to) move(to[event.key]);
    else if (event.key === "n" || event.key === "p") stop(event.key === "n" ? 1 : -1);
    else if (event.key === " " && at !== "button") toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  listen(body, { keydown }, signal);
}

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followDrags({ map, overview, window, focus }, { now, move }, signal) {
  /** @type {{ at: number, x: number, moved: boolean } | null} */
  let grab = null; // {at: frames from a dragged window's start to the pointer, x, moved}
  /** @param {PointerEvent} event */
  const frameUnder = (event) => fractionsIn(overview, event)[0] * now().framing.frames;
  /** @param {PointerEvent} event */
  const drag = (event) => {
    if (!grab) return;
    grab.moved ||= Math.abs(event.clientX - grab.x) > 3;
    if (grab.moved) move(now().framing.position(frameUnder(event) - grab.at));
  };
  listen(
    map,
    {
      pointerdown(event) {
        if (event.button !== 0) return;
        const { index, framing } = now();
        const held = event.target === window;
        const at = held ? frameUnder(event) - framing.start(index) : framing.length / 2;
        grab = { at, x: event.clientX, moved: !held };
        map.setPointerCapture(event.pointerId);
        focus.focus({ preventScroll: true });
        event.preventDefault();
        drag(event);
      },
      pointermove: drag,
      pointerup(event) {
        // A click within the window goes there too, as one beside it does.
        if (grab && !grab.moved) Object.assign(grab, { at: now().framing.length / 2, moved: true });
        drag(event);
        grab = null;
      },
      pointercancel: () => (grab = null),
    },
    signal,
  );
}

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followPointer({ patch }, { point }, signal) {
  /** @param {PointerEvent} event */
  const move = (event) => {
    const [x, y] = fractionsIn(patch, event);
    point([clamp(x, 0, 1 - 1e-9), clamp(y, 0, 1 - 1e-9)]);
  };
  // A finger leaves when it is lifted, and what it pointed at should stay to be read.
  /** @param {PointerEvent} event */
  const leave = ({ pointerType }) => pointerType !== "touch" && point(null);
  listen(patch, { pointermove: move, pointerdown: move, pointerleave: leave }, signal);
}

// Where the pointer is over an element, as fractions from its left and its top.
/** @param {Element} node @param {PointerEvent} event */
function fractionsIn(node, { clientX, clientY }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

export { followDrags, followKeys, followPointer };
