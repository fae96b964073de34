// The page's half of Jupyter's widgets, as far as a scrubber relies on it: models that say what
// changes in them in the order in which Backbone does, the messages between them and a kernel, and
// the least of their views. No message arrives by itself: a test hands each one over, late, or
// after one that was sent later.
//
// What it stands for: WidgetModel of @jupyter-widgets/base 6, PlayModel and LinkModel of
// @jupyter-widgets/controls 5 (ipywidgets 8), and what anywidget 0.9 and 0.11 hand to a module.

/**
 * @typedef {((...values: any[]) => unknown) & { of?: Callback }} Callback
 * @typedef {{ callback: Callback, context?: object }} Listener
 * @typedef {Record<string, any>} State what is known of a model
 */

class Events {
  /** @type {Map<string, Listener[]>} */
  #listeners = new Map(); // by event

  /** @param {string} event @param {Callback} callback @param {object} [context] */
  on(event, callback, context) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), { callback, context }]);
  }

  /** @param {string} event @param {Callback} callback */
  once(event, callback) {
    /** @type {Callback} */
    const once = (...values) => {
      this.off(event, callback);
      callback(...values);
    };
    once.of = callback;
    this.on(event, once);
  }

  // What is left out matches everything.
  /** @type {(event?: string | null, callback?: Callback | null, context?: object | null) => void} */
  off(event = null, callback = null, context = null) {
    for (const [name, listeners] of this.#listeners) {
      if (event !== null && name !== event) continue;
      /** @type {(listener: Listener) => boolean} */
      const stays = (listener) =>
        (callback !== null && callback !== listener.callback && callback !== listener.callback.of) ||
        (context !== null && listener.context !== context);
      this.#listeners.set(name, listeners.filter(stays));
    }
  }

  // Who comes or goes meanwhile makes no difference to this event.
  /** @param {string} event @param {unknown[]} values */
  trigger(event, ...values) {
    for (const { callback } of this.#listeners.get(event) ?? []) callback(...values);
  }

  // What is listened to, once for each who does.
  get heard() {
    return [...this.#listeners].flatMap(([event, listeners]) => listeners.map(() => event));
  }
}

// Deeply, bytes included; models are the same or not.
/** @type {(a: any, b: any) => boolean} */
function isEqual(a, b) {
  if (Object.is(a, b)) return true;
  if (!(a instanceof Object && b instanceof Object) || a instanceof Model || b instanceof Model) return false;
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
    return x.length === y.length && x.every((byte, i) => byte === y[i]);
  }
  const [x, y] = [Object.keys(a), Object.keys(b)];
  return x.length === y.length && x.every((key) => key in b && isEqual(a[key], b[key]));
}

class Model extends Events {
  #kernel;
  /** @type {State} */
  #attributes;
  /** @type {State} */
  #previous = {};
  /** @type {State} */
  #changed = {};
  #changing = false;
  #pending = false;
  /** @type {State} */
  #locked = {}; // what a message says, while it is taken
  /** @type {State} */
  #unsaved = {};
  /** @type {State | null} */
  #waiting = null; // what is to be sent once the kernel has handled the message before
  #nUnderway = 0;
  #awaited = new Map(); // by attribute: the message whose echo counts
  #live = true;

  /** @param {Kernel} kernel @param {string} id @param {State} state */
  constructor(kernel, id, state) {
    super();
    this.#kernel = kernel;
    this.model_id = id;
    this.widget_manager = kernel;
    // What JupyterLab keeps of every widget as long as its kernel lives.
    const told = {
      onMsg: () => this,
      onClose: () => this,
      // The thread of the kernel to which messages go, and may be ended while they still do.
      _subshellId: /** @type {string | null} */ (null),
      subshellStarted: Promise.resolve().then(() => void (told._subshellId = "one")),
    };
    /** @type {{ jsServicesComm: { subshellStarted?: Promise<unknown> } } | undefined} */
    this.comm = { jsServicesComm: told };
    kernel.kept.set(id, told);
    this.#attributes = { ...state };
  }

  /** @param {string} name */
  get(name) {
    return this.#attributes[name];
  }

  /** @param {string} name */
  previous(name) {
    return this.#previous[name];
  }

  /** @param {string | State} name @param {unknown} [value] */
  set(name, value) {
    const values = typeof name === "object" ? name : { [name]: value };
    const outermost = !this.#changing;
    this.#changing = true;
    try {
      this.#put(values, outermost);
    } finally {
      // As ipywidgets has it, also after a set within a set: of what is around that, no "change"
      // is said any more.
      this.#pending = false;
      this.#changing = false;
    }
    const changed = { ...this.#changed };
    for (const key of Object.keys(this.#locked)) if (changed[key] === this.#locked[key]) delete changed[key];
    Object.assign(this.#unsaved, changed);
  }

  /** @param {State} values @param {boolean} outermost */
  #put(values, outermost) {
    if (outermost) {
      this.#previous = { ...this.#attributes };
      this.#changed = {};
    }
    const changes = [];
    for (const [key, next] of Object.entries(values)) {
      if (!isEqual(this.#attributes[key], next)) changes.push(key);
      if (isEqual(this.#previous[key], next)) delete this.#changed[key];
      else this.#changed[key] = next;
      this.#attributes[key] = next;
    }
    if (changes.length) this.#pending = true;
    for (const key of changes) this.trigger(`change:${key}`, this, this.#attributes[key]);
    while (outermost && this.#pending) {
      this.#pending = false;
      this.trigger("change", this);
    }
  }

  save_changes() {
    if (!this.#live) return;
    const state = this.#unsaved;
    this.set({ ...state }); // what an echo has undone meanwhile holds again
    this.#unsaved = {};
    for (const key of Object.keys(this.#locked)) if (state[key] === this.#locked[key]) delete state[key];
    if (!Object.keys(state).length) return;
    if (this.#nUnderway) this.#waiting = { ...this.#waiting, ...state };
    else this.#send(state);
  }

  /** @param {State} state */
  #send(state) {
    this.#nUnderway++;
    const id = this.#kernel.say(this.model_id, structuredClone(state));
    for (const key of Object.keys(state)) this.#awaited.set(key, id);
  }

  // The kernel has handled what was sent.
  handled() {
    this.#nUnderway--;
    if (!this.#waiting || this.#nUnderway) return;
    const state = this.#waiting;
    this.#waiting = null;
    this.#send(state);
  }

  // A message from the kernel; `parent` is the one that it answers.
  /** @param {string} method @param {State} state @param {number} [parent] */
  take(method, state, parent) {
    state = { ...state };
    if (method === "echo_update") {
      for (const key of Object.keys(state).filter((name) => this.#awaited.has(name))) {
        const awaited = this.#awaited.get(key) === parent;
        if (awaited) this.#awaited.delete(key);
        if (!awaited || (this.#waiting && key in this.#waiting)) delete state[key];
      }
    }
    this.#locked = state;
    try {
      this.set(state);
    } finally {
      this.#locked = {};
    }
  }

  close() {
    if (!this.#live) return;
    this.#live = false;
    this.trigger("comm:close");
    this.trigger("destroy", this);
    delete this.comm;
  }

  // The kernel is gone, and the models stay on the page.
  lose() {
    this.#live = false;
    this.trigger("comm_live_update");
  }

  get comm_live() {
    return this.#live;
  }
}

// The clock that ipywidgets' Play would have of its own.
class Play extends Model {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  _timerId = undefined;

  play() {
    this.set("playing", !this.get("playing"));
    this.save_changes();
  }

  repeat() {
    this.set("repeat", !this.get("repeat"));
    this.save_changes();
  }

  stop() {
    this.pause();
    this.set("value", this.get("min"));
    this.save_changes();
  }

  pause() {
    clearTimeout(this._timerId);
    this._timerId = undefined;
    this.set("playing", false);
    this.save_changes();
  }

  animate() {
    if (this._timerId !== undefined) return;
    if (this.get("value") === this.get("max")) {
      this.set("value", this.get("min"));
      this.#wait();
    } else this.#step();
    this.save_changes();
  }

  #step() {
    if (!this.get("playing")) return;
    const next = this.get("value") + this.get("step");
    if (next <= this.get("max")) {
      this.set("value", next);
      this.#wait();
    } else if (this.get("repeat")) {
      this.set("value", this.get("min"));
      this.#wait();
    } else this.pause();
    this.save_changes();
  }

  #wait() {
    this._timerId = setTimeout(() => this.#step(), this.get("interval"));
  }
}

// What a kernel and the page tell one another, and the models that they speak of.
/**
 * @typedef {{ render: (view: { model: object, el: Element | null }) => () => void }} Definition
 * @typedef {object} Message from Python
 * @property {string} type
 * @property {string} model
 * @property {State} [data]
 * @property {string[]} buffers in base64
 * @property {number} [parent]
 */

class Kernel {
  /** @type {Map<string, any>} */
  models = new Map();
  /** @type {Map<string, object>} */
  kept = new Map(); // what JupyterLab does not forget of a widget, by its id
  /** @type {{ id: number, model: string, state: State, time: number }[]} */
  said = []; // by the page, to Python
  /** @type {number | null} */
  answersAfter = null; // ms until all that is said is echoed and handled; null: when a test says so
  /** @type {Map<string, Promise<void>>} */
  #opening = new Map(); // of anywidgets: until their modules are there
  /** @type {Map<string, { definition: Definition, leave: () => void }>} */
  #widgets = new Map(); // and what these define

  /** @param {string} id */
  async get_model(id) {
    if (!this.models.has(id)) throw new Error("widget model not found");
    return this.models.get(id);
  }

  /** @param {string} model @param {State} state */
  say(model, state) {
    const id = this.said.length;
    this.said.push({ id, model, state, time: performance.now() });
    if (this.answersAfter !== null) setTimeout(() => this.#answer(model, state, id), this.answersAfter);
    return id;
  }

  /** @param {string} id @param {State} state @param {number} parent */
  #answer(id, state, parent) {
    const { ...echoed } = state;
    for (const name of ["value", "playing", "hearing"]) delete echoed[name]; // see controls.py
    this.models.get(id).take("echo_update", echoed, parent);
    this.models.get(id).handled();
  }

  // Hands over messages from Python.
  /** @param {Message[]} messages */
  async receive(messages) {
    for (const { type, model, data, buffers, parent } of messages) {
      const state = this.#unpack(data?.state ?? {}, data?.buffer_paths ?? [], buffers);
      // A module takes its time. Its widget's messages wait for it, and no others do.
      if (type !== "comm_open") await this.#opening.get(model);
      if (type === "comm_open") this.#open(model, state);
      else if (type === "comm_msg") this.models.get(model)?.take(data?.method, state, parent);
      else if (type === "comm_close") this.#close(model);
      else if (type === "idle") this.models.get(model)?.handled();
      else throw new Error(`what is ${type}?`);
    }
    await Promise.all(this.#opening.values());
  }

  /** @param {string} id @param {State} state */
  #open(id, state) {
    const model = new (state._model_name === "PlayModel" ? Play : Model)(this, id, state);
    this.models.set(id, model);
    if ("_esm" in state) this.#opening.set(id, this.#initialize(id, state));
  }

  /** @param {string} id @param {State} state */
  async #initialize(id, state) {
    const model = this.models.get(id);
    const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
    const definition = (await import(url)).default();
    URL.revokeObjectURL(url);
    this.#widgets.set(id, { definition, leave: await definition.initialize({ model: proxy(model) }) });
  }

  /** @param {string} id */
  #close(id) {
    this.models.get(id).close();
    this.models.delete(id);
    this.#widgets.get(id)?.leave();
    this.#widgets.delete(id);
  }

  /** @param {string} id @param {Element | null} el */
  render(id, el) {
    const widget = this.#widgets.get(id);
    if (!widget) throw new Error(`${id} has no picture`);
    return widget.definition.render({ model: proxy(this.models.get(id)), el });
  }

  /** @param {State} state @param {string[][]} paths @param {string[]} buffers */
  #unpack(state, paths, buffers) {
    paths.forEach((path, i) => {
      const at = path.slice(0, -1).reduce((value, key) => value[key], state);
      // As messages arrive: a part of something larger.
      const bytes = Uint8Array.from(`xx${atob(buffers[i])}`, (character) => character.charCodeAt(0));
      at[path[path.length - 1]] = new DataView(bytes.buffer, 2);
    });
    for (const name of ["layout", "style", "children", "source", "target"]) {
      if (name in state) state[name] = this.#modelsOf(state[name]);
    }
    return state;
  }

  /** @type {(value: any) => any} */
  #modelsOf(value) {
    if (Array.isArray(value)) return value.map((part) => this.#modelsOf(part));
    return String(value).startsWith("IPY_MODEL_") ? this.models.get(value.slice(10)) : value;
  }

  // The kernel dies: nothing is told it any more.
  die() {
    for (const model of this.models.values()) model.lose();
  }
}

// What anywidget lets a module have of its model; what it listens to can be told from the rest.
/** @param {State} model */
function proxy(model) {
  const context = {};
  /** @type {(name: string) => Callback} */
  const bound = (name) => model[name].bind(model);
  return {
    ...Object.fromEntries(["get", "set", "save_changes"].map((name) => [name, bound(name)])),
    on: (/** @type {string} */ event, /** @type {Callback} */ callback) =>
      model.on(event, callback, context),
    off: (/** @type {string} */ event, /** @type {Callback} */ callback) =>
      model.off(event, callback, context),
    widget_manager: model.widget_manager,
  };
}

// jslink: one follows the other, whichever is moved.
/** @param {Kernel} kernel @param {string} id */
function link(kernel, id) {
  let updating = false;
  /** @type {(source: [Model, string], target: [Model, string]) => void} */
  const update = ([from, name], [to, other]) => {
    if (updating) return;
    updating = true;
    to.set(other, from.get(name));
    to.save_changes();
    updating = false;
  };
  const [source, target] = ["source", "target"].map((end) => kernel.models.get(id).get(end));
  source[0].on(`change:${source[1]}`, () => update(source, target));
  update(source, target);
  target[0].on(`change:${target[1]}`, () => update(target, source));
}

// A view of a scrubber's picture and controls, at the end of the page; returns its removal.
/** @param {Kernel} kernel @param {string} canvas */
function show(kernel, canvas) {
  const box = document.createElement("div");
  box.className = "patchviz-scrubber";
  box.innerHTML = `
    <div class="picture"></div>
    <div class="widget-play"><button>play</button><button>stop</button></div>
    <div class="noUi-handle" tabindex="0">slider</div>
    <div class="patchviz-readout"></div>`;
  document.body.append(box);
  /** @type {(selector: string) => any} */
  const find = (selector) => box.querySelector(selector);
  const parts = Object.fromEntries(
    Object.entries(kernel.models.get(canvas).get("parts")).map(([name, reference]) => [
      name, kernel.models.get(reference.slice(10)),
    ]),
  );
  const leave = [() => box.remove()];
  /** @type {(model: Model, event: string, f: () => void) => void} */
  const follow = (model, event, f) => {
    model.on(event, f);
    leave.push(() => model.off(event, f));
    f();
  };
  /** @type {(model: Model, name: string, value: unknown) => void} */
  const put = (model, name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  const { slider, play, readout } = parts;
  /** @type {NodeListOf<HTMLButtonElement>} */
  const [playButton, stopButton] = box.querySelectorAll(".widget-play button");
  playButton.onclick = () => play.play();
  stopButton.onclick = () => play.stop();
  const onPlaying = () => (!play.previous("playing") && play.get("playing") ? play.animate() : play.pause());
  play.on("change:playing", onPlaying);
  leave.push(() => play.off("change:playing", onPlaying));
  follow(play, "change:playing", () => (playButton.textContent = play.get("playing") ? "pause" : "play"));
  // noUiSlider keeps the end that it had when it was made.
  const [first, last] = [slider.get("min"), slider.get("max")];
  find(".noUi-handle").addEventListener("keydown", (/** @type {KeyboardEvent} */ { key }) => {
    const value = slider.get("value");
    /** @type {Record<string, number>} */
    const keys = { ArrowRight: value + 1, ArrowLeft: value - 1, Home: first, End: last };
    const to = keys[key];
    if (to !== undefined) put(slider, "value", Math.min(Math.max(to, first), slider.get("max")));
  });
  follow(slider, "change:value", () => find(".noUi-handle").setAttribute("aria-valuenow", slider.get("value")));
  follow(readout, "change:value", () => (find(".patchviz-readout").textContent = readout.get("value")));
  leave.push(kernel.render(canvas, find(".picture")));
  const remove = () => leave.splice(0).forEach((f) => f());
  kernel.models.get(canvas).once("destroy", remove);
  leave.push(() => kernel.models.get(canvas)?.off("destroy", remove));
  return remove;
}

export { Kernel, link, show };
