// How it is heard: the panel with the gain, the pitch, and whether only the band shown is heard.
import { listen } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */
/** @import { Player } from "./player.js" */
/** @import { Sound } from "./sound.js" */

// Connects the panel with a sound.
/** @param {Parts} parts @param {Actions} _actions @param {Player} player @param {Player} _shown @param {AbortSignal} signal */
function followTuning({ tune, tuning, gain, keep, filter, message }, _actions, { sound }, _shown, signal) {
  /** @param {boolean} opened */
  const open = (opened) => {
    if (opened) message.before(tuning);
    else tuning.remove();
    tune.setAttribute("aria-expanded", `${opened}`);
  };
  listen(tune, { click: () => open(!tuning.isConnected) }, signal);
  listen(gain, { input: () => (sound.gain = Number(gain.value)) }, signal);
  listen(keep, { change: () => (sound.pitch = keep.checked ? "keep" : "expand") }, signal);
  listen(filter, { change: () => (sound.filtered = filter.checked) }, signal);
  // The player's keys are no keys of these.
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    open(false);
    tune.focus();
  };
  listen(tuning, { keydown }, signal);
}

/** @param {Parts} parts @param {Sound} sound */
function showTuning({ tune, tuning, gain, gainText, keep, filter, band }, sound) {
  tune.hidden = !sound.audio;
  if (tune.hidden) tuning.remove();
  gain.value = `${sound.gain}`;
  gain.style.setProperty("--filled", `${(Number(gain.value) + 20) / 60}`);
  gainText.textContent = `${sound.gain > 0 ? "+" : ""}${Number(sound.gain.toFixed(1))} dB`.replace("-", "−");
  gain.setAttribute("aria-valuetext", gainText.textContent);
  keep.checked = sound.pitch === "keep";
  if (keep.parentElement) keep.parentElement.hidden = !sound.canKeep;
  filter.checked = sound.filtered;
  if (filter.parentElement) filter.parentElement.hidden = !sound.band;
  band.textContent = sound.band ? `only ${sound.band.map((f) => (f < 1e4 ? (f / 1000).toFixed(2) : (f / 1000).toPrecision(3))).join("–")} kHz` : "";
}

export { followTuning, showTuning };
