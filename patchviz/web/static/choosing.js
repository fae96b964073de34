// Players of many recordings, of which one is chosen from a list above: the others wait beside the page,
// and nothing of them is decoded.
import { isMeant, saysOf } from "./links.js";
import { STYLE, div, element, iconButton, keepKeys, listen } from "./parts.js";
import { followTheme } from "./theme.js";
import { toldIn } from "./told.js";

/** @import { PatchvizPlayer } from "./element.js" */

/**
 * What the list is told.
 * @typedef {object} Told
 * @property {string} player the name of its players' elements
 * @property {string[]} names of the files
 * @property {number} shown which of them is seen at first
 * @property {string} title above the list, may be empty
 * @property {number[][]} stops of each how many, the first and the last; or none
 * @property {string} stopsAt what they are, if the list says how many there are
 * @property {number[]} unlabelled of which nobody said what is true
 */

/** @param {number} n @param {string} what */
const counted = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;

/** @param {Told} told */
function buildList({ names, title, stops, stopsAt, unlabelled }) {
  const marked = (/** @type {string} */ name, /** @type {number} */ k) => {
    if (unlabelled.includes(k)) return `${name} · not labelled`;
    return stopsAt && stops[k].length ? `${name} · ${counted(stops[k][0], stopsAt)}` : name;
  };
  const select = element("select", { "aria-label": "Recording", dir: "auto" });
  select.append(...names.map((name, k) => element("option", { value: `${k}` }, marked(name, k))));
  const [previous, next] = [iconButton("previous", "previous", "Previous recording"), iconButton("next", "next", "Next recording")];
  const [count, note] = [element("span", { class: "count" }), element("span", { class: "note", role: "status" })];
  const body = element(
    "div",
    { class: "player recordings", role: "group", "aria-label": title || "Recordings" },
    ...(title ? [element("span", { class: "title", dir: "auto" }, title)] : []),
    div("list", previous, select, next, count, note),
  );
  return { body, select, previous, next, count, note };
}

// What lies in it are its recordings, as they lie in players, and, last, what it is told as JSON.
class PatchvizRecordings extends HTMLElement {
  /** @type {PatchvizPlayer[]} */
  #players = []; // of which one is on the page
  /** @type {Told | null} */
  #told = null;
  /** @type {ReturnType<typeof buildList> | null} */
  #parts = null;
  #chosen = -1;
  #before = -1; // what was chosen before a link was followed
  #leave = new AbortController();

  connectedCallback() {
    this.start();
  }

  start() {
    if (!this.isConnected) return;
    if (this.#told === null) {
      const said = toldIn(this);
      if (!said) return;
      this.#build(said);
    } else if (!this.#leave.signal.aborted) return;
    this.#leave = new AbortController();
    this.#listen();
  }

  /** @param {Told} told */
  #build(told) {
    this.#told = told;
    this.#players = [...this.querySelectorAll(":scope > div")].map((source, k) => this.#make([...source.childNodes], k));
    this.#parts = buildList(told);
    const style = element("style");
    style.textContent = STYLE + "@choosing.css";
    (this.shadowRoot ?? this.attachShadow({ mode: "open" })).replaceChildren(style, this.#parts.body, element("slot"));
    this.replaceChildren();
    this.addEventListener("patchviz-mount", () => this.#hear());
    this.choose(told.shown);
    this.#follow();
  }

  // A player that is not on the page yet. What lies in it stays as it is.
  /** @param {Node[]} content @param {number} k */
  #make(content, k) {
    const { player, names, shown } = /** @type {Told} */ (this.#told);
    const made = /** @type {PatchvizPlayer} */ (element(/** @type {any} */ (player), { class: "patchviz-player", "data-recording": names[k] }));
    if (k === shown) made.dataset.first = names[k];
    made.style.display = "block";
    made.append(...content);
    return made;
  }

  disconnectedCallback() {
    this.#leave.abort();
  }

  // The player that is on the page.
  get player() {
    return this.#players[this.#chosen]?.player;
  }

  // Listens to the player that has come there.
  #hear() {
    const { note } = /** @type {ReturnType<typeof buildList>} */ (this.#parts);
    this.player?.on("index", () => (note.textContent = "")); // what it says is of where one was
    this.player?.on("beyond", (direction) => this.#goBeyond(direction));
  }

  // Puts the k-th player onto the page, heard as the one before it was.
  /** @param {number} k */
  choose(k) {
    const { select, previous, next, count, note } = /** @type {ReturnType<typeof buildList>} */ (this.#parts);
    note.textContent = "";
    select.value = `${k}`;
    if (k === this.#chosen) return;
    const [before, now] = [this.#players[this.#chosen], this.#players[k]];
    this.#chosen = k;
    const isMuted = before?.player?.sound.audio?.muted;
    before?.remove();
    if (before) {
      const { index: _, ...heard } = before.kept;
      now.kept = { ...now.kept, ...heard };
    }
    const sound = now.querySelector("audio");
    if (sound) sound.preload = sound.src.startsWith("data:") ? "auto" : "metadata";
    this.append(now);
    const last = this.#players.length - 1;
    previous.disabled = k === 0;
    next.disabled = k === last;
    count.textContent = `${k + 1} of ${last + 1}`;
    const { player } = now;
    if (isMuted !== undefined) player?.ready.then(() => (player.muted = isMuted));
  }

  // Goes to the nearest recording with something to stop at, and there to its first or last; or says that
  // there is none.
  /** @param {1 | -1} direction */
  #goBeyond(direction) {
    const { stops, names, stopsAt } = /** @type {Told} */ (this.#told);
    const { note } = /** @type {ReturnType<typeof buildList>} */ (this.#parts);
    let k = this.#chosen + direction;
    while (stops[k]?.length === 0) k += direction;
    const what = stopsAt || "event";
    if (!stops[k]) {
      note.textContent = `No ${what} ${direction > 0 ? "after" : "before"} this one.`;
      return;
    }
    const [n, first, last] = stops[k];
    this.#players[k].kept = { ...this.#players[k].kept, index: direction > 0 ? first : last };
    this.choose(k);
    note.textContent = `${names[k]}: ${counted(n, what)}`;
    this.#focus();
  }

  // Gives the player the keys.
  #focus() {
    /** @type {HTMLElement | null | undefined} */ (this.#players[this.#chosen].shadowRoot?.querySelector(".player"))?.focus({ preventScroll: true });
  }

  #listen() {
    const { body, select, previous, next } = /** @type {ReturnType<typeof buildList>} */ (this.#parts);
    const { signal } = this.#leave;
    keepKeys(this, signal);
    followTheme(body, signal);
    let isByKey = false;
    // Whoever points goes on to the player, which then has the keys; who comes by key stays here.
    const go = (/** @type {number} */ k) => {
      this.choose(k);
      if (!isByKey) this.#focus();
    };
    listen(body, { keydown: () => (isByKey = true), pointerdown: () => (isByKey = false) }, signal);
    listen(select, { change: () => go(Number(select.value)) }, signal);
    listen(previous, { click: () => go(this.#chosen - 1) }, signal);
    listen(next, { click: () => go(this.#chosen + 1) }, signal);
    addEventListener("hashchange", () => this.#follow(), { signal });
  }

  // Goes to the recording that the page's address names, or to the first where it names a moment alone; a new
  // player follows the rest of it. Where it says nothing any more, back to the one that was shown before.
  #follow() {
    const { names, shown } = /** @type {Told} */ (this.#told);
    const says = saysOf();
    const named = says.get("recording");
    const isMoment = says.has("t") || says.has("patch");
    if (!isMeant(this.#players[this.#chosen], says)) return;
    if (named === null && !isMoment) {
      if (this.#before >= 0) this.choose(this.#before);
      this.#before = -1;
      return;
    }
    const k = named === null ? shown : names.indexOf(named);
    if (k < 0 || k === this.#chosen) return;
    if (this.#before < 0) this.#before = this.#chosen;
    this.#players[k] = this.#make([...this.#players[k].childNodes], k);
    this.choose(k);
  }
}

// Defines the element by a name, and brings to life those that are on the page.
/** @param {string} name */
function defineChoosing(name) {
  if (!customElements.get(name)) customElements.define(name, class extends PatchvizRecordings {});
  for (const node of /** @type {NodeListOf<PatchvizRecordings>} */ (document.querySelectorAll(name))) node.start?.();
}

export { PatchvizRecordings, defineChoosing };
