// Ultrasound mixed down: what lies about the frequency that the pointer was at is heard from 0 Hz on.
import { fractionsIn } from "./gestures.js";
import { listen } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */
/** @import { Player } from "./player.js" */

/** @param {Parts} parts @param {Actions} actions @param {Player} to @param {Player} shown @param {AbortSignal} signal */
function followMixing({ tune, patch, mixes, mixed, mixedFrom }, actions, to, shown, signal) {
  const { sound } = to;
  const { display, view } = actions;
  /** @type {number | null} */
  let pointed = null; // Hz
  /** @param {number} level of the axis */
  const hertzAt = (level) => display.axis.band(level, level)?.[0] ?? null;
  const draw = () => {
    if (!view()) return; // there is no picture yet
    const { mix, rate } = sound;
    const label = /** @type {HTMLElement} */ (mixes.parentElement);
    label.hidden = !sound.audio || rate <= 48_000 || hertzAt(0) === null;
    mixes.checked = mix !== null;
    const hertz = mix ?? middle();
    mixed.textContent = `mixed down from ${((hertz ?? 0) / 1000).toFixed(1)} kHz`;
    const down = view().down(display.axis.level(mix ?? 0));
    mixedFrom.hidden = mix === null || down < 0 || down > 1;
    mixedFrom.style.top = `${100 * down}%`;
  };
  const middle = () => pointed ?? hertzAt((view().height[0] + view().height[1]) / 2);
  const follow = () => sound.mix !== null && (sound.mix = middle());
  actions.mix = () => {
    draw(); // another sound may have come
    if (mixes.parentElement?.hidden) return actions.say("There is no ultrasound to be mixed down.");
    sound.mix = sound.mix === null ? middle() : null;
  };
  listen(mixes, { change: () => actions.mix() }, signal);
  listen(tune, { click: draw }, signal);
  /** @param {PointerEvent} event */
  const point = (event) => {
    pointed = hertzAt(view().level(fractionsIn(patch, event)[1]));
    follow();
    draw();
  };
  listen(patch, { pointermove: point, pointerdown: point }, signal);
  const offs = [shown.on("zoom", () => (follow(), draw())), to.on("mix", draw)];
  signal.addEventListener("abort", () => offs.forEach((off) => off()));
  mixedFrom.hidden = true;
  draw();
}

export { followMixing };
