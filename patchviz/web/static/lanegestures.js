// What pointer and keys do on the lanes: a click goes there, hovering names, a threshold's line is dragged.
import { clamp } from "./framing.js";
import { fractionsIn } from "./gestures.js";
import { hold, isChord, listen } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { About } from "./lanes.js" */
/** @import { Parts } from "./parts.js" */

// How near to a line it is grabbed, and from where on it is dragged; a finger covers the lane, whose height
// is so many times as long to it.
const MOUSE = { reach: 4, least: 3, times: 1 }; // px
const FINGER = { reach: 22, least: 8, times: 4 };

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followLanes({ lanes }, { display, now, move, view, say, zoomed }, signal) {
  /** @type {{ lane: Element, x: number, y: number, from: number, hand: typeof MOUSE, moved: boolean } | null} */
  let grab = null; // of a line: where, and where the line was
  let wasGrabbed = false; // what then clicks is no click
  /** @param {Event} event */
  const laneUnder = ({ target }) => {
    const svg = /** @type {Element} */ (target).closest(".lane svg");
    return svg && display.lanes.about.get(svg);
  };
  /** @param {MouseEvent} event @param {About} about */
  const frameUnder = (event, { lane }) => view().frameAt(fractionsIn(lane, event)[0]);
  // The patch in whose middle a frame lies.
  /** @param {number} frame */
  const around = (frame) => {
    const { framing } = now();
    return clamp(Math.round(framing.position(Math.max(framing.start(0), frame - framing.length / 2))), 0, framing.last);
  };
  /** @param {MouseEvent} event @param {About} about */
  const spanUnder = (event, about) => {
    const { lane, spans } = about;
    const near = view().frameAt(MOUSE.reach / lane.clientWidth) - view().frameAt(0);
    const frame = frameUnder(event, about);
    // What begins last lies above what began before.
    return spans.findLast(([start, end]) => frame >= start - near && frame <= end + near);
  };
  /** @param {PointerEvent} event */
  const handOf = ({ pointerType }) => (pointerType === "mouse" ? MOUSE : FINGER);
  /** @param {{ clientY: number }} event @param {About} about @param {typeof MOUSE} hand */
  const isOnLine = ({ clientY }, { lane, bytes }, { reach }) => {
    const { threshold } = display.known;
    if (!bytes || threshold === null) return false;
    const { top, height } = lane.getBoundingClientRect();
    return Math.abs(clientY - top - (1 - threshold) * height) <= reach;
  };
  /** @param {number | null} part of the lane's height */
  const set = (part) => {
    display.known.threshold = part;
    display.lanes.showThreshold();
    display.followKnown();
    zoomed();
  };
  /** @param {PointerEvent} event */
  const drag = ({ clientY }) => {
    if (!grab) return;
    const { lane, from, hand } = grab;
    if (!grab.moved && Math.abs(clientY - grab.y) <= hand.least) return;
    if (!grab.moved && hand === FINGER) grab.y = clientY; // else it would jump
    grab.moved = true;
    set(clamp(from - (clientY - grab.y) / (hand.times * lane.getBoundingClientRect().height), 0, 1));
  };
  /** @param {MouseEvent} event @param {About} about */
  const go = (event, about) => {
    const frame = frameUnder(event, about);
    const [start, end] = spanUnder(event, about) ?? [frame, frame];
    // A label is shown whole where it fits.
    move(around(end - start <= now().framing.length ? (start + end) / 2 : frame));
  };
  const tell = () => {
    const { hasStops, what } = display.known;
    if (hasStops && !what.follow) say("N and P stop where they did: these are not events of the threshold.");
  };
  /** @param {MouseEvent} event @param {About} about */
  const words = (event, about) => {
    const { bytes, name } = about;
    if (!bytes) return spanUnder(event, about)?.[2] ?? name;
    const byte = bytes[around(frameUnder(event, about))];
    return `${name} ${byte === 255 ? "not scored" : display.lanes.scoreOf(byte / 254)}`;
  };
  listen(lanes, {
    // A finger on the line drags it, and does not scroll the page.
    touchstart(event) {
      const about = laneUnder(event);
      if (about && isOnLine(event.touches[0], about, FINGER)) event.preventDefault();
    },
    pointerdown(event) {
      wasGrabbed = false;
      const about = laneUnder(event);
      const hand = handOf(event);
      if (!about || event.button !== 0 || !isOnLine(event, about, hand)) return;
      const { clientX: x, clientY: y } = event;
      grab = { lane: about.lane, x, y, from: display.known.threshold ?? 0, hand, moved: false };
      hold(about.lane, event);
    },
    pointermove(event) {
      drag(event);
      const about = laneUnder(event);
      if (!about) return;
      lanes.title = grab ? "" : words(event, about);
      lanes.style.cursor = grab || isOnLine(event, about, MOUSE) ? "ns-resize" : "pointer";
    },
    pointerleave: () => (lanes.title = lanes.style.cursor = ""),
    pointerup(event) {
      if (!grab) return;
      const { x, hand, moved } = grab;
      grab = null;
      wasGrabbed = true;
      const about = laneUnder(event);
      if (moved) tell();
      // Of a finger that touchstart took no click comes.
      else if (about && hand === FINGER && Math.abs(event.clientX - x) <= hand.least) go(event, about);
    },
    pointercancel: () => (grab = null),
    click(event) {
      const about = laneUnder(event);
      if (about && !wasGrabbed) go(event, about);
    },
    dblclick(event) {
      const about = laneUnder(event);
      if (about && isOnLine(event, about, MOUSE)) set(null);
    },
    keydown(event) {
      if (!(/** @type {Element} */ (event.target).matches("[role=slider]")) || isChord(event)) return;
      const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 25, PageDown: -25 }[event.key];
      if (event.key === "Escape") set(null);
      else if (steps) set(clamp((display.known.threshold ?? 0) + steps / 254, 0, 1));
      else return;
      tell();
      event.preventDefault();
      event.stopPropagation();
    },
  }, signal);
}

export { followLanes };
