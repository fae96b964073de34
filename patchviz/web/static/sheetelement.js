// The sheet as an element of a page; and what its module gives others.
import { followPageKeys } from "./pagekeys.js";
import { KEEP, REJECT } from "./picks.js";
import { mountSheet } from "./sheet.js";
import { audioFromBytes } from "./sound.js";
import { toldIn } from "./told.js";

/** @import { Source } from "./recording.js" */

// What lies in it are its recordings and, last, its state as JSON.
class PatchvizSheet extends HTMLElement {
  /** @type {ReturnType<typeof mountSheet> | null} */
  sheet = null;
  #leave = new AbortController();

  connectedCallback() {
    this.start();
  }

  start() {
    const said = this.isConnected && !this.sheet && toldIn(this);
    if (!said) return;
    const sources = [.../** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(":scope > div"))].map(sourceOf);
    // A notebook has beside it what was decided since (saved.py).
    const saved = /** @type {HTMLElement | null} */ (this.closest("[data-scrubber]"));
    const now = saved && document.querySelector(`[data-now="${saved.dataset.scrubber}"]`);
    const state = { ...said, ...JSON.parse(now?.textContent || "{}") };
    this.sheet = mountSheet(this, { state, sources });
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    followPageKeys(this, signal);
    const follow = () => this.sheet?.follow();
    addEventListener("storage", ({ key }) => key?.endsWith(said.key) && follow(), { signal });
    // No event tells a page that somebody left and goes back to, nor another sheet of these patches on it.
    addEventListener("pageshow", follow, { signal });
    this.addEventListener("focusin", follow, { signal });
    this.dispatchEvent(new Event("patchviz-mount", { bubbles: true })); // as in element.js
  }

  disconnectedCallback() {
    this.#leave.abort();
    this.sheet?.destroy();
    this.sheet = null;
  }
}

/** @param {HTMLElement} node @returns {Source} */
function sourceOf(node) {
  return {
    state: JSON.parse(node.querySelector("script")?.textContent ?? ""),
    tiles: [...node.querySelectorAll("img")].map((image) => image.dataset.file ?? image.src),
    audio: node.querySelector("audio"),
  };
}

// Each version has a name of its own, as in element.js.
/** @param {string} name */
function defineSheet(name) {
  if (!customElements.get(name)) customElements.define(name, class extends PatchvizSheet {});
  for (const node of /** @type {NodeListOf<PatchvizSheet>} */ (document.querySelectorAll(name))) node.start?.();
}

export { KEEP, PatchvizSheet, REJECT, audioFromBytes, defineSheet, mountSheet };
