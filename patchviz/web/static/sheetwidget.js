// The sheet in Jupyter: what is picked on the page Python knows, and the other way round.
import { PICKED, decidedOf, setDecided, together } from "./picked.js";
import { mountSheet } from "./sheet.js";
import { audioFromBytes } from "./sound.js";

/** @import { Picks } from "./picks.js" */
/** @import { Source } from "./recording.js" */

/**
 * What is needed of a model of ipywidgets.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, f: (model?: object) => void) => void} on
 * @property {(event: string, f: (model?: object) => void) => void} off
 */

class SheetWidget {
  #model;
  /** @type {Set<ReturnType<typeof mountSheet>>} */
  #views = new Set();
  #telling = false;

  /** @param {Model} model */
  constructor(model) {
    this.#model = model;
    for (const name of [...PICKED, "heard"]) model.on(`change:${name}`, this.#follow);
  }

  // What Python says is picked, and heard.
  /** @returns {[ReturnType<typeof decidedOf>, number[]]} */
  get #picks() {
    return [decidedOf(this.#model), this.#model.get("heard")];
  }

  #show = together(() => {
    for (const view of this.#views) view.setPicks(...this.#picks);
  });

  // Before anything is told: see releaseComms in scrubber.js.
  /** @param {any} [model] ipywidgets' own, which has a comm */
  #follow = (model) => {
    Object.assign(model?.comm?.jsServicesComm ?? {}, { _subshellId: null });
    if (!this.#telling) this.#show();
  };

  /** @param {ReturnType<typeof mountSheet>} from @param {Picks} picks */
  #tell(from, { decided, heard }) {
    this.#telling = true;
    setDecided(this.#model, decided);
    this.#model.set("heard", heard);
    this.#telling = false;
    this.#model.save_changes();
    for (const view of this.#views) if (view !== from) view.setPicks(decided, heard);
  }

  // Shows it in `el`. Returns a function that takes it away.
  /** @param {HTMLElement} el */
  addView(el) {
    const leave = new AbortController();
    this.#addMessage(el, leave.signal);
    // The files of some sheets lie beside a page.
    if (this.#model.get("sources").length) this.#addSheet(el, leave.signal);
    return () => leave.abort();
  }

  // Says what went wrong, until the signal.
  /** @param {HTMLElement} el @param {AbortSignal} signal */
  #addMessage(el, signal) {
    const message = document.createElement("div");
    message.className = "patchviz-message";
    message.setAttribute("role", "alert");
    el.append(message);
    const say = () => (message.textContent = this.#model.get("_message"));
    say();
    this.#model.on("change:_message", say);
    signal.addEventListener("abort", () => {
      this.#model.off("change:_message", say);
      message.remove();
    });
  }

  /** @param {HTMLElement} el @param {AbortSignal} signal */
  #addSheet(el, signal) {
    const host = document.createElement("div");
    host.className = "patchviz-sheet";
    el.prepend(host);
    const model = this.#model;
    const [decided, heard] = this.#picks;
    /** @type {Source[]} */
    const sources = model.get("sources").map((/** @type {any} */ { state, tiles, sound }) => {
      const audio = sound.data ? audioFromBytes(sound.data, sound.type) : null;
      return { state, tiles, audio };
    });
    const state = { ...model.get("state"), decided: [], heard: [] };
    // What the browser kept of an earlier kernel is Python's again, unless it has picks of its own.
    const sheet = mountSheet(host, { state, sources });
    if (decided.length || heard.length) sheet.setPicks(decided, heard);
    else if (sheet.picks.nDecided || sheet.picks.nHeard) this.#tell(sheet, sheet.picks);
    this.#views.add(sheet);
    const leave = sheet.on("picks", (picks) => this.#tell(sheet, picks));
    signal.addEventListener("abort", () => {
      leave();
      this.#views.delete(sheet);
      sheet.destroy();
      host.remove();
    });
  }

  destroy() {
    for (const name of [...PICKED, "heard"]) this.#model.off(`change:${name}`, this.#follow);
    for (const sheet of this.#views) sheet.destroy();
  }
}

// Connects the page with a sheet of Python.
/** @param {Model} model */
async function connect(model) {
  return new SheetWidget(model);
}

export { connect };
