// A scrubber in the browser: what keeps the player, ipywidgets' controls and Python in step.
//
// The player has the truth. Whatever moves it (slider, keys, a drag, its clock, Python, a linked
// scrubber), it tells the rest here, without asking the kernel. The traits of the box are what the
// kernel is told, the index at a pace of its own; the values of the controls are shown and no more.
import { KEYS } from "./keys.js";
import { keepKey } from "./parts.js";
import { audioFromBytes, mount } from "./player.js";
import { HELP, Triage } from "./triage.js";

/** @import { Tiles } from "./player.js" */
/** @import { State } from "./state.js" */

/**
 * A widget's model, as ipywidgets have it; there is more to it.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => unknown} set
 * @property {() => unknown} save_changes
 * @property {(event: string, f: () => void) => unknown} on
 * @property {(event: string, f: () => void) => unknown} off
 * @property {(event: string, f: () => void) => unknown} once
 * @property {{ jsServicesComm: { subshellStarted?: Promise<unknown> } }} [comm]
 * @property {boolean} [comm_live]
 * @property {{ get_model: (id: string) => Promise<Model> }} widget_manager
 *
 * @typedef {"box" | "slider" | "play" | "readout"} Part
 * @typedef {Record<Part, Model>} Parts
 * @typedef {ReturnType<typeof mount>} Player
 */

const TELL_EVERY = 50; // ms: the index that runs is told at most so often, the last one always

// What of the player's the box has as traits, besides the index.
const TRAITS = /** @type {const} */ (["playing", "hearing", "speed", "loop", "muted"]);

/** @param {{ data: DataView<ArrayBuffer> | null, type: string }} sound */
const audioOf = ({ data, type }) => (data ? audioFromBytes(data, type) : null);

KEYS.push(HELP);

// Text as HTML, as Python's html.escape writes it.
/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"']/g, (c) => ESCAPES[c]);

/** @type {Record<string, string>} */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };

class Scrubber {
  #model; // of the canvas (canvas.py)
  #parts; // the models of the other widgets, by name
  #player; // plays whether or not it is shown
  #host = document.createElement("div");
  /** @type {Set<Player>} */
  #followers = new Set(); // players of further views of the same canvas
  /** @type {Promise<unknown> | null} */
  #loading = null; // a promise while a spectrogram is on its way; of another one's no index counts yet
  #ofLoading = 0; // how often other patches had come, as far as it was told, when that began
  #opened = false;
  /** @type {{ index: number | null, time: number }} */
  #told = { index: null, time: 0 };
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #timer = 0;
  #abort = new AbortController();
  #triage;

  /** @param {Model} model @param {Parts} parts */
  constructor(model, parts) {
    this.#model = model;
    this.#parts = parts;
    const options = Object.fromEntries(["index", "loop", "speed"].map((name) => [name, parts.box.get(name)]));
    this.#player = mount(this.#host, {
      ...this.#content(),
      audio: audioOf(model.get("sound")),
      options,
    });
    this.#triage = new Triage(parts.box, () => this.#player.index, () => this.#of, this.#flush, this.#abort.signal);
    if (parts.box.get("muted")) this.#player.ready.then(() => (this.#player.muted = true));
    this.#load(this.#player.ready);
    this.#listenToPlayer();
    this.#listenToParts();
    releaseComms(parts.box);
    this.#on(parts.box, "change:children", () => releaseComms(parts.box));
    /** @type {(event: any) => void} */
    const keep = (event) => event.target.closest?.(".patchviz-scrubber") && keepKey(event);
    addEventListener("keydown", keep, { capture: true, signal: this.#abort.signal });
  }

  // Of which patches one is shown, as Python counts them; while others load, it is of those before.
  get #of() {
    return this.#loading ? this.#ofLoading : this.#parts.box.get("_patches_of");
  }

  #content() {
    /** @type {{ state: State, tiles: Tiles }} */
    const { state, tiles } = { state: this.#model.get("state"), tiles: this.#model.get("tiles") };
    const show = { header: false, picture: this.#model.get("shown"), controls: /** @type {const} */ ("buttons") };
    return { state, tiles, show };
  }

  // -- what moves the index ----------------------------------------------------------------

  // Shows the same classes in all views.
  /** @param {string[]} names none: those that Python has said */
  #choose(names) {
    if (this.#loading || !names.length) return;
    for (const player of [this.#player, ...this.#followers]) player.classes = names;
  }

  /** @param {Player} player */
  #listenToChoice(player) {
    player.on("classes", (names) => {
      if (this.#loading) return;
      this.#put("_chosen", names);
    });
  }

  #listenToPlayer() {
    const { play } = this.#parts;
    this.#listenToChoice(this.#player);
    this.#player.on("index", (index) => {
      if (this.#loading) return;
      this.#show(index);
      this.#keep(index);
    });
    // Of recordings Python goes on to the next one: until it has, it is asked for no further one.
    this.#player.on("beyond", (direction) => {
      const { box } = this.#parts;
      const noWay = box.get("_no_way"); // undefined of one recording
      if (this.#loading || noWay === undefined) return;
      box.set("_beyond", [direction, this.#of, noWay]);
      this.#flush();
    });
    for (const event of ["playing", "speed", "loop", "muted"]) {
      this.#player.on(event, () => {
        if (this.#loading) return; // it pauses meanwhile
        for (const name of TRAITS) this.#put(name, this.#now(name));
        play.set("playing", this.#now("playing"));
      });
    }
  }

  // What a trait of the box ought to be. The span of one patch is no playing of patches.
  /** @param {typeof TRAITS[number]} name */
  #now(name) {
    const player = this.#player;
    return name === "playing" ? player.playing && !player.hearing : player[name];
  }

  /** @param {string} name @param {unknown} value */
  #put(name, value) {
    const { box } = this.#parts;
    if (box.get(name) === value) return;
    box.set(name, value);
    this.#flush();
  }

  #listenToParts() {
    const { box, slider, play } = this.#parts;
    const player = this.#player;
    // The clock is the player's. Play's own would run beside it.
    Object.assign(play, { animate() {} });
    /** @type {(index: number) => void} */
    const move = (index) => {
      if (this.#loading && this.#opened) return;
      player.index = index; // before there is a picture, the player keeps it for the first
      if (this.#loading) this.#keep(index);
    };
    this.#on(box, "change:index", () => {
      const index = box.get("index");
      // What the kernel was told it echoes, and meanwhile the picture may have moved on.
      if (this.#timer && index === this.#told.index) box.set("index", player.index);
      else if (index !== player.index) {
        // Nor must what the kernel has not been told yet come after what it says itself.
        clearTimeout(this.#timer);
        this.#timer = 0;
        move(index);
      }
    });
    this.#on(slider, "change:value", () => move(slider.get("value")));
    this.#on(play, "change:value", () => move(play.get("value")));
    this.#on(play, "change:playing", () =>
      // Not at once: what is set while others are still told of a change confuses them.
      queueMicrotask(() => {
        if (this.#loading) this.#put("playing", play.get("playing"));
        else this.#play(play.get("playing"));
      }),
    );
    this.#on(box, "change:playing", () => this.#loading || this.#play(box.get("playing")));
    this.#on(box, "change:hearing", () => {
      if (this.#loading || box.get("hearing") === player.hearing) return;
      if (box.get("hearing")) player.hear();
      else player.pause();
    });
    for (const name of /** @type {const} */ (["speed", "loop", "muted"])) {
      this.#on(box, `change:${name}`, () => {
        if (player[name] !== box.get(name)) Object.assign(player, { [name]: box.get(name) });
      });
    }
    this.#on(box, "change:_chosen", () => this.#choose(box.get("_chosen")));
    for (const name of ["state", "tiles", "sound"]) {
      this.#on(this.#model, `change:${name}`, () => this.#reload(name));
    }
  }

  /** @param {boolean} playing */
  #play(playing) {
    if (playing === this.#now("playing")) return;
    if (playing) this.#player.play();
    else this.#player.pause();
  }

  /** @param {Model} model @param {string} event @param {() => void} f */
  #on(model, event, f) {
    model.on(event, f);
    this.#abort.signal.addEventListener("abort", () => model.off(event, f));
  }

  // Moves everything that only follows. What follows here is told to Python by the box alone.
  /** @param {number} index */
  #show(index) {
    const { slider, play, readout } = this.#parts;
    slider.set("value", index);
    play.set("value", index);
    readout.set("value", escaped(this.#player.readout));
    this.#triage.show();
  }

  /** @param {number} index */
  #keep(index) {
    const { box } = this.#parts;
    if (box.get("index") === index) return;
    box.set("index", index);
    // Others may have come meanwhile, of which it is another patch. It is told each time.
    box.set("_index_of", [this.#of, Math.random()]);
    this.#tell();
  }

  #tell() {
    if (this.#timer) return;
    const wait = this.#told.time + TELL_EVERY - performance.now();
    if (wait > 0) this.#timer = setTimeout(this.#save, wait);
    else this.#save();
  }

  // Tells what has changed in the box at once: the index that waits would come along.
  #flush = () => {
    if (this.#timer) this.#save();
    else this.#parts.box.save_changes();
  };

  #save = () => {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#told = { index: this.#parts.box.get("index"), time: performance.now() };
    this.#parts.box.save_changes();
  };

  // -- what is shown -----------------------------------------------------------------------

  /** @type {Set<string>} */
  #changed = new Set();

  // Several traits of one message come one by one: they are taken together.
  /** @param {string} name */
  #reload(name) {
    this.#changed.add(name);
    if (this.#changed.size > 1) return;
    const after = this.#loading ?? Promise.resolve();
    this.#load(
      after.then(() => {
        const changed = new Set(this.#changed);
        this.#changed.clear();
        const { state, tiles } = this.#content();
        /** @type {[State, Tiles | null]} */
        const content = [state, changed.has("tiles") ? tiles : null];
        const audio = changed.has("sound") ? audioOf(this.#model.get("sound")) : undefined;
        const all = [this.#player.setSpectrogram(...content, audio)];
        for (const follower of this.#followers) all.push(follower.setSpectrogram(...content));
        return Promise.all(all);
      }),
    );
  }

  /** @param {Promise<unknown>} promise */
  #load(promise) {
    // Python says that after what it shows: where these are others it knows that already.
    if (!this.#loading) this.#ofLoading = this.#parts.box.get("_patches_of");
    const loading = promise.then(() => {
      if (this.#loading !== loading || this.#abort.signal.aborted) return;
      this.#loading = null;
      this.#opened = true;
      this.#player.index = this.#parts.box.get("index");
      this.#show(this.#player.index);
      this.#play(this.#parts.box.get("playing"));
      this.#parts.play.set("playing", this.#now("playing"));
      this.#choose(this.#parts.box.get("_chosen"));
    });
    this.#loading = loading;
  }

  // Shows the picture in `el`. Returns a function that takes it away.
  /** @param {HTMLElement} el */
  addView(el) {
    const leave = new AbortController();
    labelControls(el, this.#sliderKey, leave.signal);
    if (!this.#host.parentNode) {
      el.append(this.#host);
      leave.signal.addEventListener("abort", () => this.#host.remove());
      this.#triage.addTo(el, leave.signal);
      return () => leave.abort();
    }
    const host = document.createElement("div");
    el.append(host);
    this.#triage.addTo(el, leave.signal);
    const follower = mount(host, { ...this.#content(), leader: this.#player });
    this.#followers.add(follower);
    this.#listenToChoice(follower);
    follower.ready.then(() => this.#choose(this.#parts.box.get("_chosen")));
    leave.signal.addEventListener("abort", () => {
      this.#followers.delete(follower);
      follower.destroy();
    });
    return () => leave.abort();
  }

  // ipywidgets' slider takes "End" for the end that it had at first, and of the player's keys it
  // knows those that move alone.
  /** @param {KeyboardEvent} event */
  #sliderKey = (event) => {
    if (event.key.length === 1) {
      const map = this.#host.shadowRoot?.querySelector(".player")?.firstElementChild;
      if (map?.dispatchEvent(new KeyboardEvent("keydown", event))) return;
    } else if (event.key !== "End") return;
    else this.#parts.slider.set("value", this.#parts.slider.get("max"));
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  destroy() {
    if (this.#timer) clearTimeout(this.#timer);
    this.#abort.abort();
    for (const follower of this.#followers) follower.destroy();
    this.#player.destroy();
    this.#host.remove();
  }
}

// Gives the controls that stand in one box with `el` what ipywidgets does not: names, and a slider
// whose keys `onSliderKey` sees first.
/** @type {(el: Element, onSliderKey: (event: KeyboardEvent) => void, signal: AbortSignal) => void} */
function labelControls(el, onSliderKey, signal) {
  const names = [
    [".widget-play button:nth-of-type(1)", "Play or pause"],
    [".widget-play button:nth-of-type(2)", "Stop"],
    [".noUi-handle", "Patch"],
  ];
  const mutations = new MutationObserver(label);
  // The first size that it has tells that it is on the page.
  const sizes = new ResizeObserver(label);
  function label() {
    const box = el.closest(".patchviz-scrubber");
    if (!box) return;
    sizes.disconnect();
    let missing = names.length;
    for (const [selector, name] of names) {
      const control = /** @type {HTMLElement | null} */ (box.querySelector(selector));
      if (!control) continue;
      control.setAttribute("aria-label", name);
      if (name === "Patch") control.addEventListener("keydown", onSliderKey, { capture: true, signal });
      missing--;
    }
    if (missing) mutations.observe(box, { childList: true, subtree: true });
    else mutations.disconnect();
  }
  sizes.observe(el);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    mutations.disconnect();
  });
}

// JupyterLab keeps the comm of every widget as long as its kernel lives, and with it the widget and
// all that it has on the page. Makes a closed comm forget its widget, and those within it.
//
// It also tells what widgets say to a thread of the kernel ("subshell"), which it ends too early where
// some come while others go, as in a page that is opened anew while its cells run. The kernel then
// drops all that it is told, without a word. Makes comms tell the kernel itself.
/** @param {Model} model */
function releaseComms(model) {
  for (const part of [model, model.get("layout"), model.get("style")]) {
    const comm = part?.comm?.jsServicesComm;
    comm?.subshellStarted?.then(() => Object.assign(comm, { _subshellId: null }), () => {});
    part?.once("destroy", () => comm && Object.assign(comm, { onMsg() {}, onClose() {} }));
  }
  model.get("children")?.forEach(releaseComms);
}

// Connects the canvas's model with those of the widgets that it names.
/** @param {Model} model */
async function connect(model) {
  /** @type {[string, string][]} */
  const names = Object.entries(model.get("parts"));
  /** @type {(part: [string, string]) => Promise<Model>} */
  const find = ([, reference]) => model.widget_manager.get_model(reference.slice("IPY_MODEL_".length));
  const models = await Promise.all(names.map(find));
  const parts = Object.fromEntries(names.map(([name], i) => [name, models[i]]));
  return new Scrubber(model, /** @type {Parts} */ (parts));
}

export { connect };
