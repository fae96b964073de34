// The player as an element of a page; and what the page's module gives others.
import { followLinks } from "./links.js";
import { followPageKeys } from "./pagekeys.js";
import { audioFromBytes, mount } from "./player.js";
import { toldIn } from "./told.js";

/** @import { State } from "./state.js" */

// What lies in it is the still picture (also the texture), the sound and, last, the state as JSON.
class PatchvizPlayer extends HTMLElement {
  /** @type {ReturnType<typeof mount> | null} */
  player = null;
  #leave = new AbortController();
  // How it was when it was last on the page, and is when it comes back.
  /** @type {Partial<State["options"]>} */
  kept = {};

  connectedCallback() {
    this.start();
  }

  start() {
    const state = this.isConnected && !this.player && toldIn(this);
    if (!state) return;
    this.player = mount(this, {
      state,
      tiles: [...this.querySelectorAll("img")].map((image) => image.dataset.file ?? image.src),
      audio: this.querySelector("audio"),
      options: this.kept,
    });
    this.#leave = new AbortController();
    followLinks(this, this.player, this.#leave.signal, "index" in this.kept);
    followPageKeys(this, this.#leave.signal);
    // One that is moved on its page is another player: whoever listens to it does so anew.
    this.dispatchEvent(new Event("patchviz-mount", { bubbles: true }));
  }

  disconnectedCallback() {
    if (!this.player) return;
    const { index, loop, speed, time, sound: { pitch, gain } } = this.player;
    this.kept = { index, loop, speed, time, pitch, gain, autoplay: false };
    this.#leave.abort();
    this.player.destroy();
    this.player = null;
  }
}

// Each version of the player has a name of its own, so that pages may mix them.
/** @param {string} name */
function definePlayer(name) {
  if (!customElements.get(name)) customElements.define(name, class extends PatchvizPlayer {});
  for (const node of /** @type {NodeListOf<PatchvizPlayer>} */ (document.querySelectorAll(name))) node.start?.();
}

export { PatchvizPlayer, audioFromBytes, definePlayer, mount };
