// What keys and the pointer do: they move the window, play, and point at cells.
import { clamp } from "./framing.js";
import { ACTS } from "./keys.js";
import { hold, isChord, listen } from "./parts.js";

/** @import { Framing } from "./framing.js" */
/** @import { Parts } from "./parts.js" */
/** @import { Sound } from "./state.js" */
/** @import { Display } from "./display.js" */
/** @import { View } from "./view.js" */

/**
 * What they ask of the player.
 * @typedef {object} Actions
 * @property {() => { index: number, framing: Framing }} now which patch is shown, of which there are
 * @property {(index: number) => void} move
 * @property {(direction: 1 | -1) => void} stop goes to the next event, or the one before
 * @property {() => void} toggle plays, or pauses
 * @property {(pointer: [number, number] | null) => void} point
 * @property {() => View} view what is seen, which they may change
 * @property {() => void} zoomed tells that they did
 * @property {(text: string) => void} say
 * @property {() => unknown} fill takes the whole screen, or leaves it
 * @property {() => unknown} help lists the keys
 * @property {() => [number, number]} span the times of the patch that is shown
 * @property {() => { audio: HTMLAudioElement | null, about: Sound | null }} sounding
 * @property {Display} display
 * @property {() => unknown} measure between two points; or not any more
 * @property {() => unknown} copyMeasured
 * @property {() => unknown} region is heard in place of the patch: what is zoomed to; or not any more
 * @property {() => unknown} mark has the next drag choose it
 * @property {() => unknown} label has the next label of the patch turn
 * @property {() => unknown} mix the sound down, or not any more
 * @property {() => unknown} link copies a link to what is shown
 */

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followKeys({ body, focus }, actions, signal) {
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const at = target.localName;
    const isPressed = ["button", "summary"].includes(at) || target.matches("[type=checkbox]"); // by a blank
    if (isChord(event) || at === "select") return;
    const key = event.key.length > 1 ? event.key : event.key.toLowerCase();
    if (!Object.hasOwn(ACTS, key) || (key === " " && isPressed)) return;
    ACTS[key](actions, event);
    event.preventDefault();
    event.stopPropagation();
  };
  listen(body, { keydown, focus: () => focus.focus({ preventScroll: true }) }, signal);
}

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followDrags({ map, overview, window, focus }, { now, move, view }, signal) {
  /** @type {{ at: number, x: number, moved: boolean } | null} */
  let grab = null; // {at: frames from a dragged window's start to the pointer, x, moved}
  /** @param {PointerEvent} event */
  const frameUnder = (event) => view().frameAt(fractionsIn(overview, event)[0]);
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
        hold(map, event, focus);
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
/** @param {Element} node @param {MouseEvent} event */
function fractionsIn(node, { clientX, clientY }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

export { followDrags, followKeys, followPointer, fractionsIn };
