// A patch of a sheet that is open: large, in its place in the recording, and what is decided of it.
import { KEEP, REJECT } from "./picks.js";
import { div, element, iconButton, listen, setPressed } from "./parts.js";
import { mount } from "./player.js";

/** @import { Recording } from "./recording.js" */

class Opened {
  id = -1; // which one is
  /** @type {ReturnType<typeof mount> | null} */
  #player = null;
  /** @type {HTMLElement | null} */
  #host = null;
  #said = element("span", { class: "decided" });
  #keep = iconButton("keep", "tick", "Keep (K)");
  #reject = iconButton("reject", "cross", "Reject (X)");
  #dialog;

  // `decide` is told what somebody decides of it, `onClose` that it is closed.
  /** @param {HTMLDialogElement} dialog @param {(what: string) => void} decide @param {() => void} onClose @param {AbortSignal} signal */
  constructor(dialog, decide, onClose, signal) {
    this.#dialog = dialog;
    const close = element("button", { type: "button", class: "shut" }, "Close (Esc)");
    dialog.append(div("verdict", this.#said, this.#keep, this.#reject, close));
    listen(this.#keep, { click: () => decide(KEEP) }, signal);
    listen(this.#reject, { click: () => decide(REJECT) }, signal);
    listen(close, { click: () => dialog.close() }, signal);
    listen(dialog, {
      close: () => {
        if (dialog.open) return; // it is another one already
        this.destroy();
        onClose();
      },
    }, signal);
  }

  // Not until `close` is told, which comes after the keys that follow at once.
  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {number} id @param {Recording} recording @param {number} index of the patch there */
  open(id, { source, cells }, index) {
    this.destroy(); // the one before, if that it is closed was not told yet
    this.id = id;
    this.#dialog.showModal();
    const options = { index, autoplay: false };
    const host = (this.#host = div("large"));
    this.#dialog.prepend(host);
    const player = (this.#player = mount(host, { ...source, tiles: cells ?? source.tiles, options }));
    player.ready.then(() => /** @type {HTMLElement | null} */ (host.shadowRoot?.querySelector("[type=range]"))?.focus());
  }

  // Shows what is decided of it, and says so.
  /** @param {string | undefined} what @param {string} text */
  show(what, text) {
    this.#said.textContent = text;
    setPressed(this.#keep, what !== undefined && what !== REJECT);
    setPressed(this.#reject, what === REJECT);
  }

  destroy() {
    this.#player?.destroy();
    this.#player = null;
    this.#host?.remove();
  }
}

export { Opened };
