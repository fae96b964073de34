// A region of the recording that is heard in place of the patch: dragged over, what is zoomed to, or a
// label's span, which turns.
import { clamp } from "./framing.js";
import { fractionsIn } from "./gestures.js";
import { hold, listen } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */
/** @import { Player } from "./player.js" */

/** @typedef {{ span: [number, number], name: string }} Label */

/** @param {Parts} parts @param {Actions} actions @param {Player} to @param {Player} shown @param {AbortSignal} signal */
function followRegion({ patch, region, body, focus, measured }, actions, to, shown, signal) {
  const { view, say, display } = actions;
  let marks = false; // with the next drag, as where there is no Alt
  let dragged = false; // what then clicks is no click
  let lent = false; // whether it loops for a label alone
  /** @type {number | null} */
  let from = null;
  const draw = () => {
    if (!view()) return; // there is no picture yet
    const [start, end] = to.interval();
    region.hidden = !to.region;
    const [left, right] = (to.region ?? []).map((time) => clamp(view().across((time - start) / (end - start)), 0, 1));
    region.style.left = `${100 * left}%`;
    region.style.width = `${100 * (right - left)}%`;
  };
  /** @param {number} part of the picture, from its left */
  const timeAt = (part) => {
    const [start, end] = to.interval();
    return start + view().within(part) * (end - start);
  };
  /** @param {[number, number] | null} span */
  const choose = (span, name = "") => {
    mark(false);
    to.region = span;
    if (!span && lent) to.loop = lent = false;
    const times = span?.map((time) => time.toFixed(3)).join("-");
    say(times ? `Heard in place of the patch: ${name}${times} s. R, Alt+click or the menu ends that.` : "");
  };
  /** @param {boolean} on */
  const mark = (on) => {
    marks = on;
    body.classList.toggle("marks", on);
  };
  /** @param {Label} label */
  const isHeard = ({ span }) => `${to.region}` === `${span}`;
  // A label turns until it is chosen again, or another is.
  /** @param {Label | null} [label] */
  const turn = (label) => {
    to.pause();
    if (!label || isHeard(label)) return choose(null);
    choose(label.span, `${label.name}, `);
    lent ||= !to.loop;
    to.loop = true;
    to.hear();
  };
  actions.region = () => choose(to.region ? null : [timeAt(0), timeAt(1)]);
  actions.mark = () => {
    if (to.region) return choose(null);
    mark(true);
    say("Drag over what is to be heard in place of the patch.");
  };
  actions.label = () => {
    const labels = to.sound.audio ? display.known.spans(to.index).filter(({ span }) => span[1] > span[0]) : [];
    if (!labels.length) return say("There is no label to be heard in this patch.");
    turn(labels[labels.findIndex(isHeard) + 1]);
  };
  /** @param {PointerEvent} event */
  const spot = (event) => clamp(fractionsIn(patch, event)[0], 0, 1);
  /** @param {MouseEvent} event */
  const labelUnder = (event) => {
    const [x, y] = fractionsIn(patch, event);
    const label = to.sound.audio && display.labelAt(x, y);
    return label && label.span[1] > label.span[0] ? label : null;
  };
  /** @type {import("./parts.js").Handlers} */
  const handlers = {
    pointerdown(event) {
      dragged = false;
      if (!(event.altKey || marks) || event.button !== 0) return;
      from = spot(event);
      hold(patch, event, focus);
    },
    pointerup(event) {
      if (from === null) return;
      const [left, right] = [from, spot(event)].sort((a, b) => a - b);
      from = null;
      dragged = true;
      choose((right - left) * patch.clientWidth < 4 ? null : [timeAt(left), timeAt(right)]);
    },
    pointercancel: () => (from = null),
    pointermove(event) {
      const label = labelUnder(event);
      patch.title = label?.name ?? "";
      patch.style.cursor = label ? "pointer" : "";
    },
    click(event) {
      const label = labelUnder(event);
      if (label && measured.hidden && !dragged && !event.shiftKey) turn(label);
    },
  };
  listen(patch, handlers, signal);
  for (const [player, event] of /** @type {[Player, string][]} */ ([[to, "region"], [to, "index"], [shown, "zoom"]])) {
    signal.addEventListener("abort", player.on(event, draw));
  }
  region.hidden = true;
}

export { followRegion };
