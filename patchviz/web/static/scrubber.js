// A scrubber in the browser: one index for the player, the controls and Python.
//
// Whatever moves the index (slider, keys, a drag, the player's clock, Python, a linked scrubber)
// moves the rest here, without asking the kernel. The kernel hears of it at its own pace.
import { audioFromBytes, mount } from "./player.js";

/** @import { Source, Tiles } from "./player.js" */
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
 * @property {{ jsServicesComm: object }} [comm]
 * @property {{ get_model: (id: string) => Promise<Model> }} widget_manager
 *
 * @typedef {"box" | "slider" | "play" | "speed" | "readout" | "hear" | "sound"} Part
 * @typedef {Record<Part, Model>} Parts
 * @typedef {ReturnType<typeof mount>} Player
 */

const TELL_EVERY = 50; // ms: the index that runs is told at most so often, the last one always

const RUNNING = { get: () => -1, set() {}, configurable: true };

/** @param {{ data: DataView<ArrayBuffer> | null, type: string }} sound */
const audioOf = ({ data, type }) => (data ? audioFromBytes(data, type) : null);

class Scrubber {
  #model; // of the canvas (canvas.py)
  #parts; // the models of the other widgets, by name
  #player; // plays whether or not it is shown
  #host = document.createElement("div");
  /** @type {Set<Player>} */
  #followers = new Set(); // players of further views of the same canvas
  /** @type {Promise<unknown> | null} */
  #loading = null; // a promise while a spectrogram is on its way; of another one's no index counts yet
  #opened = false;
  #hearing = false;
  /** @type {{ index: number | null, time: number }} */
  #told = { index: null, time: 0 };
  /** @type {ReturnType<typeof setTimeout> | 0} */
  #timer = 0;
  #abort = new AbortController();

  /** @param {Model} model @param {Parts} parts */
  constructor(model, parts) {
    this.#model = model;
    this.#parts = parts;
    this.#player = mount(this.#host, {
      ...this.#content(),
      audio: audioOf(model.get("sound")),
      options: { index: parts.box.get("index"), loop: parts.play.get("repeat"), speed: this.#speed() },
    });
    this.#load(this.#player.ready);
    this.#listenToPlayer();
    this.#listenToParts();
    releaseComms(parts.box);
    this.#on(parts.box, "change:children", () => releaseComms(parts.box));
    // JupyterLab looks for its shortcuts unless the element that has the focus forbids it.
    /** @type {(event: { target: any }) => void} */
    const keep = ({ target }) =>
      target.closest?.(".patchviz-scrubber") && target.setAttribute("data-lm-suppress-shortcuts", "true");
    document.addEventListener("focusin", keep, { signal: this.#abort.signal });
  }

  /** @returns {{ state: State, tiles: Tiles, show: { header: boolean, controls: boolean } }} */
  #content() {
    return {
      state: this.#model.get("state"),
      tiles: this.#model.get("tiles"),
      show: { header: false, controls: false },
    };
  }

  #speed() {
    const { speed } = this.#parts;
    return parseFloat(speed.get("_options_labels")[speed.get("index")]);
  }

  // -- what moves the index ----------------------------------------------------------------

  #listenToPlayer() {
    const { play, sound, hear } = this.#parts;
    /** @type {(model: Model, name: string, value: unknown) => void} */
    const put = (model, name, value) => {
      if (model.get(name) === value) return;
      model.set(name, value);
      model.save_changes();
    };
    this.#player.on("index", (index) => {
      if (this.#loading) return;
      this.#show(index);
      this.#keep(index);
    });
    this.#player.on("playing", (playing) => {
      if (this.#loading) return;
      this.#hearing &&= playing;
      put(play, "playing", playing && !this.#hearing);
      put(hear, "value", this.#hearing);
    });
    this.#player.on("loop", (loop) => put(play, "repeat", loop));
    this.#player.on("muted", (muted) => put(sound, "value", !muted));
  }

  #listenToParts() {
    const { box, slider, play, speed, sound, hear } = this.#parts;
    const player = this.#player;
    // Play's own clock keeps no time, and with two views of it stops at once: it never starts if it
    // believes that it is running.
    Object.defineProperty(play, "_timerId", RUNNING);
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
    this.#on(play, "change:repeat", () => (player.loop = play.get("repeat")));
    this.#on(play, "change:playing", () => {
      if (this.#loading || play.get("playing") === (player.playing && !this.#hearing)) return;
      if (play.get("playing")) {
        this.#hearing = false;
        player.play();
      } else player.pause();
    });
    this.#on(hear, "change:value", () => {
      if (this.#loading || hear.get("value") === this.#hearing) return;
      this.#hearing = hear.get("value");
      if (this.#hearing) player.hear();
      else player.pause();
    });
    this.#on(speed, "change:index", () => {
      if (speed.get("index") !== null) player.speed = this.#speed(); // else others are offered first
    });
    this.#on(sound, "change:value", () => (player.muted = !sound.get("value")));
    for (const name of ["state", "tiles", "sound"]) {
      this.#on(this.#model, `change:${name}`, () => this.#reload(name));
    }
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
    readout.set("value", this.#player.readout);
    for (const follower of this.#followers) follower.index = index;
  }

  /** @param {number} index */
  #keep(index) {
    const { box } = this.#parts;
    if (box.get("index") === index) return;
    box.set("index", index);
    this.#tell();
  }

  #tell() {
    if (this.#timer) return;
    const save = () => {
      this.#timer = 0;
      this.#told = { index: this.#parts.box.get("index"), time: performance.now() };
      this.#parts.box.save_changes();
    };
    const wait = this.#told.time + TELL_EVERY - performance.now();
    if (wait > 0) this.#timer = setTimeout(save, wait);
    else save();
  }

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
    const loading = promise.then(() => {
      if (this.#loading !== loading || this.#abort.signal.aborted) return;
      this.#loading = null;
      this.#opened = true;
      this.#player.index = this.#parts.box.get("index");
      this.#show(this.#player.index);
      if (this.#parts.play.get("playing") && !this.#player.playing) this.#player.play();
    });
    this.#loading = loading;
  }

  // Shows the picture in `el`. Returns a function that takes it away.
  /** @param {HTMLElement} el */
  addView(el) {
    const leave = new AbortController();
    labelControls(el, this.#toLast, leave.signal);
    if (!this.#model.get("shown")) return () => leave.abort();
    if (!this.#host.parentNode) {
      el.append(this.#host);
      leave.signal.addEventListener("abort", () => this.#host.remove());
      return () => leave.abort();
    }
    const host = document.createElement("div");
    el.append(host);
    const options = { index: this.#player.index };
    const follower = mount(host, { ...this.#content(), options });
    follower.ready.then(() => leave.signal.aborted || this.#lead(follower));
    leave.signal.addEventListener("abort", () => {
      this.#followers.delete(follower);
      follower.destroy();
    });
    return () => leave.abort();
  }

  // ipywidgets' slider takes "End" for the end that it had at first.
  /** @param {KeyboardEvent} event */
  #toLast = (event) => {
    if (event.key !== "End") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#parts.slider.set("value", this.#parts.slider.get("max"));
  };

  // One plays, the others follow; where people point, drag and press keys makes no difference.
  /** @param {Player} follower */
  #lead(follower) {
    const player = this.#player;
    follower.index = player.index;
    this.#followers.add(follower);
    follower.on("index", (index, source) => source === "user" && (player.index = index));
    follower.on("playing", (playing) => {
      if (!playing) return;
      follower.pause();
      if (player.playing) player.pause();
      else player.play();
    });
  }

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
    [".widget-play button:nth-of-type(3)", "Loop"],
    [".noUi-handle", "Patch"],
    [".widget-dropdown select", "Speed"],
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
/** @param {Model} model */
function releaseComms(model) {
  for (const part of [model, model.get("layout"), model.get("style")]) {
    const comm = part?.comm?.jsServicesComm;
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
