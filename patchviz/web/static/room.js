// The room that a player has: full screen, and the list of its keys over it.
import { isReachable } from "./links.js";
import { HINTED, KEYS } from "./keys.js";
import { element, listen, setLabel, setPressed } from "./parts.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followRoom({ body, full, help, keys, hint }, actions, signal) {
  const { host } = /** @type {ShadowRoot} */ (body.getRootNode());
  const isFull = () => document.fullscreenElement !== null && host.matches(":fullscreen");
  // A page of its own says so (html.py).
  if (getComputedStyle(host).getPropertyValue("--patchviz-hint")) body.classList.add("fills");
  full.hidden = !document.fullscreenEnabled; // as on phones of Apple, and in some frames
  actions.fill = async () => {
    try {
      await (isFull() ? document.exitFullscreen() : host.requestFullscreen());
    } catch {
      actions.say("This page may not fill the screen.");
    }
  };
  // What does not work here is not offered.
  const kind = (/** @type {string} */ key) => ({ class: key === "N P" ? "of-events" : "" });
  const rows = KEYS.map(([key, does]) => element("tr", kind(key), element("th", { scope: "row" }, key), element("td", {}, does)));
  const link = rows[KEYS.findIndex(([key]) => key === "L")];
  actions.help = () => {
    link.hidden = !isReachable(host);
    if (!help.open) help.showModal();
  };
  keys.append(...rows);
  const hinted = KEYS.filter(([key]) => HINTED.includes(key));
  hint.append(...hinted.map(([key, does], k) => element("span", kind(key), k ? " · " : "", element("span", { class: "key" }, `${key}:`), ` ${does}`)));
  const show = () => {
    setPressed(full, isFull());
    setLabel(full, isFull() ? "Leave full screen (F)" : "Full screen (F)");
  };
  show();
  listen(full, { click: () => actions.fill() }, signal);
  document.addEventListener("fullscreenchange", show, { signal });
  // Beside what it says, a click closes it; and no key but its own reaches the player meanwhile.
  listen(help, { click: ({ target }) => target === help && help.close(), keydown: (event) => event.stopPropagation() }, signal);
}

export { followRoom };
