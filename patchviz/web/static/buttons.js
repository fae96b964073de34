// What the player's buttons do, its slider and its list of speeds.
import { listen } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */
/** @import { Player } from "./player.js" */

// Those of one player, `shown`, may play another, `to`.
/** @param {Parts} parts @param {Actions} actions @param {Player} to @param {Player} shown @param {AbortSignal} signal */
function followButtons(parts, { toggle, stop, move }, to, shown, signal) {
  const { play, previous, next, hear, loop, sound, slider, speed, timeMode } = parts;
  /** @type {(node: HTMLElement, click: () => unknown) => void} */
  const onClick = (node, click) => listen(node, { click }, signal);
  onClick(play, toggle);
  onClick(previous, () => stop(-1));
  onClick(next, () => stop(1));
  onClick(hear, () => (to.hearing ? to.pause() : to.hear()));
  onClick(loop, () => (to.loop = !to.loop));
  onClick(sound, () => (to.muted = !to.muted));
  onClick(timeMode, () => (shown.time = shown.time === "patch" ? "recording" : "patch"));
  listen(slider, { input: () => move(Number(slider.value)) }, signal);
  listen(speed, { change: () => (to.speed = Number(speed.value)) }, signal);
}

export { followButtons };
