// A page of players and sheets: what each is made of, the bytes that several share, what links them; and
// what the module of sheets gives others.
import { PatchvizPlayer, definePlayer } from "./element.js";
import { link, ofPlayer, ofSheet } from "./linked.js";
import { followPageKeys } from "./pagekeys.js";
import { KEEP, REJECT } from "./picks.js";
import { mountSheet } from "./sheet.js";
import { audioFromBytes } from "./sound.js";

/** @import { Source } from "./recording.js" */

// The sheet as an element of a page: what lies in it are its recordings and, last, its state as JSON.
class PatchvizSheet extends HTMLElement {
  /** @type {ReturnType<typeof mountSheet> | null} */
  sheet = null;
  #leave = new AbortController();

  connectedCallback() {
    this.start();
  }

  // As in element.js.
  start() {
    const json = this.querySelector(":scope > script[type='application/json']");
    if (this.sheet || !this.isConnected || !json) return;
    const sources = [.../** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll(":scope > div"))].map(sourceOf);
    // A notebook has beside it what was decided since (saved.py).
    const saved = /** @type {HTMLElement | null} */ (this.closest("[data-scrubber]"));
    const now = saved && document.querySelector(`[data-now="${saved.dataset.scrubber}"]`);
    const state = { ...JSON.parse(json.textContent), ...JSON.parse(now?.textContent || "{}") };
    this.sheet = mountSheet(this, { state, sources });
    this.#leave = new AbortController();
    followPageKeys(this, this.#leave.signal);
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

// Gives what stands on the page once to all that show or play it.
function share() {
  for (const node of document.querySelectorAll("[data-same]")) {
    const same = document.querySelector(`[data-once="${node.getAttribute("data-same")}"]`);
    node.setAttribute("src", same?.getAttribute("src") ?? "");
    node.removeAttribute("data-same");
  }
}

// Brings to life the players and sheets of a page, by the names of their elements.
/** @param {string} player @param {string} sheet */
function defineAll(player, sheet) {
  share();
  definePlayer(player);
  if (!customElements.get(sheet)) customElements.define(sheet, class extends PatchvizSheet {});
  for (const node of /** @type {NodeListOf<PatchvizSheet>} */ (document.querySelectorAll(sheet))) node.start?.();
  for (const box of document.querySelectorAll(".patchviz-linked")) {
    box.classList.remove("patchviz-linked"); // once
    const all = [...box.querySelectorAll(".patchviz-player, .patchviz-sheet")].map((node) => {
      if (node instanceof PatchvizPlayer && node.player) return ofPlayer(node.player);
      return node instanceof PatchvizSheet && node.sheet ? ofSheet(node.sheet) : null;
    });
    link(all.filter((one) => one !== null));
  }
}

export { KEEP, PatchvizSheet, REJECT, audioFromBytes, defineAll, mountSheet };
