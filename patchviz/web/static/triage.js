// Patches of a scrubber are kept, rejected and named, by buttons and keys; Python knows which.
import { choiceButton, followNameKeys, nameKeys } from "./namekeys.js";
import { STYLE, element, iconButton, listen, setPressed } from "./parts.js";
import { PICKED, decidedOf, setDecided, together } from "./picked.js";
import { KEEP, Picks, REJECT } from "./picks.js";
import { followTheme } from "./theme.js";

/** @import { Model } from "./scrubber.js" */

/** @typedef {import("./state.js").SheetState["names"][0]} Choice what a patch can be called, and how that looks */
/** @typedef {{ body: HTMLElement, buttons: Map<string, HTMLElement>, undo: HTMLButtonElement, said: HTMLElement }} Bar */

/** @type {[string, string]} */
const HELP = ["K X 0-9 U", "keep this patch, reject it, name it; undo"]; // among the player's keys

class Triage {
  #box; // the model that has what is picked
  #now; // which patch is shown
  #of; // of which patches it is one, as Python counts them
  #save; // tells Python
  #picks = new Picks();
  /** @type {Set<Bar>} */
  #bars = new Set();
  #isTelling = false;
  /** @type {[number, number, ...any[]][]} */
  #told = []; // of which patches, which decision it was, and what is decided of them then

  /** @param {Model} box @param {() => number} now @param {() => number} of @param {() => void} save @param {AbortSignal} signal */
  constructor(box, now, of, save, signal) {
    this.#box = box;
    this.#now = now;
    this.#of = of;
    this.#save = save;
    const follow = together(() => this.#follow());
    const heard = () => this.#isTelling || follow();
    for (const name of [...PICKED, "_choices"]) {
      box.on(`change:${name}`, heard);
      signal.addEventListener("abort", () => box.off(`change:${name}`, heard));
    }
    const lose = () => this.show();
    box.on("comm_live_update", lose);
    signal.addEventListener("abort", () => box.off("comm_live_update", lose));
    this.#follow();
  }

  #follow() {
    this.#picks.set(decidedOf(this.#box), []);
    for (const bar of this.#bars) this.#fill(bar);
    this.show();
  }

  /** @returns {Choice[]} */
  get #choices() {
    return this.#box.get("_choices");
  }

  get #names() {
    return this.#choices.map(([name]) => name);
  }

  /** @param {string} what */
  #decide(what) {
    this.#picks.decide(this.#now(), what);
    this.#tell();
  }

  #undo() {
    if (this.#picks.undo() !== undefined) this.#tell();
  }

  #tell() {
    this.#isTelling = true;
    setDecided(this.#box, this.#picks.decided);
    // Others may come meanwhile, of which the same numbers are other patches; and what is told while the
    // kernel works is merged, trait by trait. So it is told whole, beside what was decided of those before.
    const of = this.#of();
    const all = PICKED.map((name) => this.#box.get(name));
    this.#told = [...this.#told.filter(([other]) => other !== of).slice(-1), [of, Math.random(), ...all]];
    this.#box.set("_decided_of", this.#told);
    this.#isTelling = false;
    this.#save();
    this.show();
  }

  // -- what is seen ------------------------------------------------------------------------

  // Puts its buttons below a player, until the signal.
  /** @param {HTMLElement} el @param {AbortSignal} signal */
  addTo(el, signal) {
    const host = document.createElement("div");
    host.className = "patchviz-triage";
    const undo = element("button", { type: "button", title: "Undo (U)" }, "Undo");
    const said = element("span", { role: "status" });
    const body = element("div", { class: "player triage", role: "group", "aria-label": "Pick" });
    const style = element("style");
    style.textContent = STYLE + "@triage.css";
    host.attachShadow({ mode: "open" }).append(style, body);
    listen(undo, { click: () => this.#undo() }, signal);
    const bar = { body, undo, said, buttons: new Map() };
    this.#bars.add(bar);
    this.#fill(bar);
    this.show();
    el.append(host);
    followTheme(body, signal);
    listen(el, { keydown: (event) => this.#key(event) }, signal);
    followNameKeys(el, () => this.#names, (name) => this.#decide(name), signal);
    signal.addEventListener("abort", () => {
      this.#bars.delete(bar);
      host.remove();
    });
  }

  // Puts the buttons in it: what patches can be called changes with them.
  /** @param {Bar} bar */
  #fill(bar) {
    bar.buttons.clear();
    bar.buttons.set(KEEP, iconButton("keep", "tick", "Keep (K)")).set(REJECT, iconButton("reject", "cross", "Reject (X)"));
    const keys = nameKeys(this.#names);
    this.#choices.forEach((choice, k) => bar.buttons.set(choice[0], choiceButton(choice, keys[k])));
    for (const [what, button] of bar.buttons) button.addEventListener("click", () => this.#decide(what));
    bar.body.replaceChildren(...bar.buttons.values(), bar.undo, bar.said);
  }

  // Shows what the patch is that is shown.
  show() {
    const { decided, canUndo, nDecided } = this.#picks;
    const what = this.#picks.of(this.#now());
    const nRejected = decided.filter(([, other]) => other === REJECT).length;
    const counts = [[nDecided - nRejected, "picked"], [nRejected, "rejected"]].filter(([n]) => n);
    // It may still be read off the page; where there is no kernel any more, nothing else has it.
    const lost = nDecided && this.#box.comm_live === false ? ["Python is gone and hears of no more"] : [];
    const text = [...counts.map((count) => count.join(" ")), ...lost].join(" · ");
    for (const { body, buttons, undo, said } of this.#bars) {
      body.hidden = !nDecided && !canUndo && !this.#choices.length;
      for (const [name, button] of buttons) setPressed(button, name === what);
      undo.disabled = !canUndo;
      if (said.textContent !== text) said.textContent = text;
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (event.altKey || event.defaultPrevented || target.matches("select, textarea, [type=number]")) return;
    const key = event.key.toLowerCase();
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand ? key === "z" : key === "u") this.#undo();
    else if (isCommand) return;
    else if (key === "k") this.#decide(KEEP);
    else if (key === "x") this.#decide(REJECT);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

export { HELP, Triage };
