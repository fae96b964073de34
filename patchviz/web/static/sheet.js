// The mosaic that answers: patches as tiles that are heard, opened, kept, rejected and named.
import { bytesOfDataUri } from "./cells.js";
import { Events } from "./events.js";
import { clamp, lastUpTo } from "./framing.js";
import { followNameKeys } from "./namekeys.js";
import { STYLE, color, element, keepKeys, listen, setIcon, setLabel } from "./parts.js";
import { Opened } from "./opened.js";
import { Order } from "./order.js";
import { KEEP, Kept, Picks, REJECT, badge, decided } from "./picks.js";
import { Recording } from "./recording.js";
import { buildSheet, keepFocus } from "./sheetparts.js";
import { followTheme } from "./theme.js";
import { download, tableOf } from "./table.js";
import { TileCaptions } from "./tilecaptions.js";
import { Tiles } from "./tiles.js";

/** @import { Decided } from "./picks.js" */
/** @import { Source } from "./recording.js" */
/** @import { SheetState } from "./state.js" */
/** @import { Tile } from "./tiles.js" */

class Sheet {
  #state;
  #recordings;
  #sounds; // whether some of them have a sound
  #ids; // of the tiles, in the order given
  /** @type {number[]} */
  #order = []; // which tiles are shown: positions among #ids
  #at = 0; // which of these is the one
  #arranged;
  #said; // the score that each tile says
  #captions;
  /** @type {Kept | null} */
  #kept;
  /** @type {number | null} */
  #heard = null; // the tile that plays
  #frame = 0;
  #opened;
  #abort = new AbortController();
  #events = new Events();
  #parts;
  #root;
  picks = new Picks();

  // `keep`: whether the browser keeps what was picked.
  /** @param {HTMLElement} container @param {{ state: SheetState, sources: Source[], keep?: boolean }} settings */
  constructor(container, { state, sources, keep = true }) {
    const { signal } = this.#abort;
    this.#state = state;
    const nothing = () => {};
    this.#recordings = sources.map((source, k) => new Recording(source, {
      say: nothing, play: nothing, seeked: nothing, tell: nothing, band: () => null, tick: () => this.#tick(),
      lose: (why) => queueMicrotask(() => this.#say(why)),
      fail: (why) => {
        this.stop();
        this.#say(why);
      },
      pause: () => this.#heard !== null && this.#of(this.#heard)[2] === k && this.stop(),
    }));
    const ends = this.#recordings.map(({ framing }, k) => state.starts[k] + framing.last + 1);
    this.#ids = state.tiles ?? Array.from({ length: Math.max(...ends) }, (_, id) => id);
    /** @param {string} data */
    const numbers = (data) => new Float32Array(bytesOfDataUri(data).buffer);
    const scores = new Map(state.scores.map(([name, data]) => [name, numbers(data)]));
    this.#said = numbers(state.said);
    this.#arranged = new Order(this.#ids, scores, this.picks, (id) => {
      const [recording, index] = this.#locate(id);
      return recording.known.names(index);
    }, this.#said, (tile) => this.#of(tile));
    this.#captions = new TileCaptions(state, this.#recordings, (tile) => this.#of(tile), this.#ids.length);
    this.tiles = new Tiles(
      this.#captions,
      this.#ids.length,
      ({ canvas }, position) => {
        const id = this.#ids[this.#order[position]];
        const [recording, index] = this.#locate(id);
        recording.draw(canvas, index, this.tiles.taken(badge(this.picks.of(id))));
        if (recording.isBeside && !recording.isDecoding) this.#load(recording);
      },
      (tile, position, isNew) => this.#write(tile, position, isNew),
      () => this.#fit(),
    );
    const labels = this.#recordings.flatMap(({ known: { what } }) => what.labels.map(([, , k]) => what.classes[k][0]));
    this.#sounds = sources.some(({ audio }) => audio !== null);
    this.#parts = buildSheet(state, [...scores.keys()], new Set(labels), this.tiles.scroller, this.#sounds);
    this.#opened = new Opened(this.#parts.dialog, (what) => this.#decide(what), () => {
      this.#show();
      this.tiles.list.focus({ preventScroll: true });
    }, signal);
    this.#root = container.shadowRoot ?? container.attachShadow({ mode: "open" });
    const style = element("style");
    style.textContent = STYLE + "@sheet.css";
    this.#root.replaceChildren(style, this.#parts.body, element("slot"));
    keepKeys(container, signal);
    followTheme(this.#parts.body, signal);
    this.picks.set(state.decided, state.heard);
    this.#kept = keep ? new Kept(state.key, state.begin ?? state.decided) : null;
    this.#restore();
    this.#listen();
    this.#arrange();
    this.ready = this.#decode();
  }

  async #decode() {
    let shown = performance.now();
    try {
      // Those that are seen first come first.
      for (const recording of new Set(this.#ids.map((id) => this.#locate(id)[0]))) {
        if (recording.isBeside) continue; // until it is seen
        await recording.decode();
        if (performance.now() - shown < 100) continue;
        this.tiles.set(this.#order.length);
        shown = performance.now();
      }
    } catch (error) {
      this.#say(`A picture cannot be decoded: ${/** @type {Error} */ (error).message}.`);
      this.#parts.body.classList.add("failed");
    }
    this.tiles.set(this.#order.length);
  }

  /** @param {Recording} recording */
  async #load(recording) {
    try {
      await recording.decode();
      this.tiles.paint();
    } catch (error) {
      this.#say(`A picture cannot be decoded: ${/** @type {Error} */ (error).message}.`);
    }
  }

  // -- what others may ask and hear --------------------------------------------------------

  // Calls f(value) on "picks", on "playing", and on "time" when somebody has gone to another tile.
  /** @param {string} type @param {(value: any) => unknown} f */
  on(type, f) {
    return this.#events.on(type, f);
  }

  // When the tile that is chosen begins, in seconds of its recording.
  get time() {
    return this.#interval(this.#order[this.#at])[0];
  }

  // Goes to the tile that begins nearest.
  set time(time) {
    const far = this.#order.map((tile) => Math.abs(this.#interval(tile)[0] - time));
    const nearest = far.reduce((least, one) => Math.min(least, one), Infinity); // of more than a call takes
    this.#go(far.indexOf(nearest), false);
  }

  // Takes other picks, from elsewhere.
  /** @param {Decided} decided @param {number[]} heard */
  setPicks(decided, heard) {
    this.picks.set(decided, heard);
    this.#kept?.write(this.picks);
    this.#arrange();
  }

  // Takes what the browser keeps, where another tab with this page has decided.
  follow() {
    const kept = this.#kept?.read(new Set(this.#ids), true);
    if (kept) this.setPicks(kept.decided, kept.heard);
  }

  // The tile that is chosen, as a position among all patches.
  get id() {
    return this.#ids[this.#order[this.#at]];
  }

  get playing() {
    return this.#heard !== null;
  }

  stop() {
    if (this.#heard === null) return;
    cancelAnimationFrame(this.#frame);
    this.#of(this.#heard)[0].sound.stop();
    this.#heard = null;
    this.#parts.line.remove();
    this.#show();
  }

  // What was decided, as the table that is taken along.
  /** @param {"csv" | "raven"} format */
  table(format) {
    const rows = this.picks.decided.map(([id, label]) => {
      const [recording, index, k] = this.#locate(id);
      const { framing } = recording;
      const { files, numbers, times } = this.#state;
      const file = files[k];
      const tile = this.#ids.indexOf(id);
      const [start, end] = times?.[tile] ?? framing.interval(index);
      const own = framing.number(index);
      const [scored] = recording.known.scored(index);
      const row = { number: numbers?.[tile] ?? own, inFile: numbers && own, label, ...(scored && { scored, score: this.#said[tile] }) };
      if (typeof file === "string") return { file, start, end, ...row };
      return { file: file[index], start: 0, end: end - start, ...row }; // items are recordings of their own
    });
    return tableOf(rows, format);
  }

  destroy() {
    this.stop();
    this.#opened.destroy();
    this.tiles.close();
    for (const { sound } of this.#recordings) sound.close();
    this.#abort.abort();
    this.#events.clear();
    this.#root.replaceChildren(element("slot"));
  }

  // -- which patch a tile is ---------------------------------------------------------------

  /** @param {number} id @returns {[Recording, number, number]} its source, its index there, and which source that is */
  #locate(id) {
    const { starts } = this.#state;
    const k = lastUpTo(starts, id, starts.length);
    return [this.#recordings[k], id - starts[k], k];
  }

  /** @param {number} tile */
  #of(tile) {
    return this.#locate(this.#ids[tile]);
  }

  /** @param {number} tile */
  #interval(tile) {
    const [recording, index] = this.#of(tile);
    return recording.framing.interval(index);
  }

  // -- what is shown -----------------------------------------------------------------------

  /** @param {Tile} tile @param {number} position @param {boolean} isNew */
  #write({ node, tag, caption, spoken }, position, isNew) {
    const id = this.#ids[this.#order[position]];
    const what = this.picks.of(id);
    if (isNew) this.#captions.write(caption, this.#order[position], this.tiles);
    node.dataset.pick = what === REJECT ? REJECT : what ? KEEP : "";
    const [, dark, light] = this.#state.names.find(([other]) => other === what) ?? ["", "var(--accent)", "var(--accent)"];
    color(node, dark, light);
    tag.textContent = badge(what);
    node.classList.toggle("now", position === this.#at);
    node.setAttribute("aria-selected", `${position === this.#at}`);
    const said = [what && decided(what), this.picks.isHeard(id) && "heard"];
    spoken.textContent = said.filter(Boolean).join(", ");
  }

  // Sorts and leaves out; the tile that was chosen stays so, or what comes in its place.
  #arrange() {
    const { sort, show, least } = this.#parts;
    const was = this.#order[this.#at];
    this.#order = this.#arranged.tiles(sort.value, show.value, least.valueAsNumber);
    const at = this.#order.indexOf(was);
    this.#at = clamp(at < 0 ? this.#at : at, 0, Math.max(0, this.#order.length - 1));
    this.tiles.set(this.#order.length);
    this.#say(this.#order.length ? "" : "No patch is like that. Show all, or lower the least score.");
    this.#show();
  }

  // Shows what depends on where tiles are.
  #fit() {
    if (!this.#parts) return;
    const { bar, rest } = this.#parts;
    const { nBelow, isScrolled } = this.tiles;
    this.tiles.cover(bar, this.#at);
    rest.hidden = !isScrolled;
    rest.disabled = !nBelow;
    const text = `↓ ${nBelow} more`;
    if (rest.textContent !== text) rest.textContent = text;
  }

  // Shows what changes with picks and with the tile that is chosen.
  #show() {
    const { progress, undo, csv, raven, bar, hear } = this.#parts;
    const n = this.#ids.length;
    const few = this.#order.length < n ? ` · ${this.#order.length} shown` : "";
    const done = this.#sounds ? `${this.picks.nHeard} of ${n} heard · ${this.picks.nDecided}` : `${this.picks.nDecided} of ${n}`;
    progress.textContent = `${done} decided${few}`;
    undo.disabled = !this.picks.canUndo;
    csv.disabled = raven.disabled = !this.picks.nDecided;
    this.tiles.refresh(this.#at);
    this.tiles.list.setAttribute("aria-activedescendant", this.#order.length ? `tile-${this.#at}` : "");
    bar.hidden = !this.#order.length;
    this.tiles.cover(bar, this.#at);
    const isHeard = this.#heard !== null && this.#heard === this.#order[this.#at];
    setIcon(hear, isHeard ? "pause" : "play");
    setLabel(hear, isHeard ? "Stop (space)" : "Hear (space)");
    const { isOpen, id } = this.#opened;
    if (isOpen) this.#opened.show(this.picks.of(id), this.#isNow(id));
  }

  /** @param {string} text @param {Node[]} nodes */
  #say(text, ...nodes) {
    this.#parts.message.replaceChildren(text, ...nodes);
  }

  // -- picks -------------------------------------------------------------------------------

  #restore() {
    const kept = this.#kept?.read(new Set(this.#ids));
    // That there is nothing is kept, too, of a page that begins with some.
    if (!kept || (!kept.decided.length && !kept.heard.length && (this.#state.begin || !this.picks.nDecided))) {
      if (this.#state.begin && this.picks.nDecided) this.#kept?.write(this.picks); // for the widget, when its cell runs
      return;
    }
    this.picks.set(kept.decided, kept.heard);
    const again = element("button", { type: "button" }, "Begin again");
    const begin = () => (this.picks.set(this.#state.decided, this.#state.heard, this.picks.decided), this.#arrange(), this.#keep());
    listen(again, { click: begin }, this.#abort.signal);
    this.#parts.status.replaceChildren(`${kept.decided.length} decided on an earlier visit. `, again);
  }

  /** @param {string} what */
  #decide(what) {
    const { isOpen } = this.#opened;
    if (this.#at >= this.#order.length && !isOpen) return;
    // One that is open may have been left out of the tiles.
    const [id, position, n] = [isOpen ? this.#opened.id : this.id, this.#at, this.#order.length];
    this.picks.decide(id, what);
    if (this.#parts.show.value === "all") this.tiles.refresh(position);
    else this.#arrange();
    this.#tell(id);
    // What is left out by now makes room for the next one.
    if (!isOpen && this.picks.of(id) && this.#order.length === n) this.#go(position + 1);
    this.#show();
  }

  #undo() {
    const id = this.picks.undo();
    if (id === undefined) return;
    this.#arrange();
    this.#tell(id);
    this.#go(this.#order.indexOf(this.#ids.indexOf(id)));
  }

  // Says what a patch is now.
  /** @param {number} id */
  #tell(id) {
    this.#parts.status.textContent = this.#isNow(id);
    this.#keep();
  }

  /** @param {number} id */
  #isNow(id) {
    const [recording, index] = this.#locate(id);
    const what = this.picks.of(id);
    return `${recording.captions.noun} ${recording.framing.number(index)}: ${what === undefined ? "undecided" : decided(what)}`;
  }

  #keep() {
    if (this.#kept && !this.#kept.write(this.picks)) this.#say("This browser keeps nothing of it: take it along before you leave.");
    this.#events.emit("picks", this.picks);
  }

  /** @param {"csv" | "raven"} format */
  #export(format) {
    const name = this.#state.title.replace(/[^\p{L}\p{N}._-]+/gu, "-") || "patches";
    const [end, type] = format === "csv" ? ["csv", "text/csv"] : ["selections.txt", "text/tab-separated-values"];
    download(`${name}.${end}`, this.table(format), type);
  }

  // -- hearing, opening --------------------------------------------------------------------

  async #hear() {
    const tile = this.#order[this.#at];
    const again = this.#heard === tile;
    this.stop();
    if (again || tile === undefined) return;
    const [recording, index] = this.#of(tile);
    if (!recording.source.audio) return;
    const { sound } = recording;
    const { speed, pitch } = recording.source.state.options;
    Object.assign(sound, { speed, pitch, time: recording.framing.interval(index)[0] });
    this.#heard = tile;
    this.picks.hear(this.#ids[tile]);
    this.#keep();
    this.#show();
    this.#events.emit("playing");
    this.#tick();
    await sound.start();
  }

  // Moves the line of the tile that is heard, and stops at its end.
  #tick = () => {
    if (this.#heard === null) return;
    const [{ sound }] = this.#of(this.#heard);
    const [start, end] = this.#interval(this.#heard);
    if (sound.time >= end || sound.ended) return this.stop();
    const { line } = this.#parts;
    line.style.left = `${(100 * Math.max(0, sound.time - start)) / (end - start)}%`;
    const picture = this.tiles.picture(this.#order.indexOf(this.#heard));
    if (picture && line.parentElement !== picture) picture.append(line);
    else if (!picture) line.remove();
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#tick);
  };

  // Shows a patch large, in its place in the recording.
  #open() {
    if (this.#at >= this.#order.length || this.#opened.isOpen) return;
    this.stop();
    const [recording, index] = this.#of(this.#order[this.#at]);
    this.#opened.open(this.id, recording, index);
    this.#show();
  }

  // -- what people do ----------------------------------------------------------------------

  /** @param {number} position @param {boolean} [isUser] */
  #go(position, isUser = true) {
    if (!(position >= 0) || !this.#order.length) return;
    const before = this.#at;
    this.#at = clamp(position, 0, this.#order.length - 1);
    this.tiles.refresh(before);
    this.tiles.reveal(this.#at);
    this.#show();
    if (isUser) this.#events.emit("time", this.time);
  }

  // The next tile that is undecided, or the same.
  #nextOpen() {
    const next = this.#order.findIndex((tile, k) => k > this.#at && this.picks.of(this.#ids[tile]) === undefined);
    return next < 0 ? this.#at : next;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    if (event.altKey || target.matches("select, [type=number]")) return;
    const { columns, rows } = this.tiles;
    const key = event.key.length > 1 ? event.key : event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) !== (key === "z")) return; // with Ctrl there is Z alone
    const isButton = target.localName === "button";
    /** @type {Record<string, () => unknown>} */
    const keys = { k: () => this.#decide(KEEP), x: () => this.#decide(REJECT), u: () => this.#undo(), z: () => this.#undo() };
    const at = this.#at;
    /** @type {Record<string, number>} */
    const to = {
      ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns,
      PageUp: at - rows * columns, PageDown: at + rows * columns, Home: 0, End: this.#order.length - 1,
    };
    if (key in keys) keys[key]();
    else if (this.#opened.isOpen) return; // the rest is its
    else if (key in to) this.#go(Math.max(0, to[key]));
    else if (key === "?") this.#parts.keys.showModal();
    else if (key === "n") this.#go(this.#nextOpen());
    else if (key === " " && !isButton) this.#hear();
    else if (key === "Enter" && !isButton) this.#open();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #listen() {
    const { signal } = this.#abort;
    const { body, sort, show, least, undo, csv, raven, hear, keep, reject, open, help, keys, rest } = this.#parts;
    const { list, scroller } = this.tiles;
    /** @param {Event} event */
    const move = (event) => {
      const position = this.tiles.at(event);
      if (position >= 0 && position !== this.#at) this.#go(position);
    };
    listen(body, { keydown: (event) => this.#key(event) }, signal);
    followNameKeys(body, () => this.#state.names.map(([name]) => name), (name) => this.#decide(name), signal);
    listen(list, {
      pointermove: (event) => event.pointerType !== "touch" && move(event),
      click: (event) => {
        move(event);
        if (this.tiles.at(event) >= 0) this.#hear();
      },
    }, signal);
    listen(scroller, { dblclick: () => this.#open() }, signal);
    // The list keeps the keys, whatever button is pressed.
    listen(body, { mousedown: (event) => keepFocus(event, list) }, signal);
    listen(this.#parts.bar, { dblclick: (event) => event.stopPropagation() }, signal);
    for (const control of [sort, show, least]) listen(control, { input: () => this.#arrange() }, signal);
    this.#parts.chips.forEach((chip, k) => listen(chip, { click: () => this.#decide(this.#state.names[k][0]) }, signal));
    listen(undo, { click: () => this.#undo() }, signal);
    listen(csv, { click: () => this.#export("csv") }, signal);
    listen(raven, { click: () => this.#export("raven") }, signal);
    listen(hear, { click: () => this.#hear() }, signal);
    listen(keep, { click: () => this.#decide(KEEP) }, signal);
    listen(reject, { click: () => this.#decide(REJECT) }, signal);
    listen(open, { click: () => this.#open() }, signal);
    listen(help, { click: () => keys.showModal() }, signal);
    // Beside what it says, a click closes it; and no key reaches the sheet meanwhile.
    listen(keys, { click: ({ target }) => target === keys && keys.close(), keydown: (event) => event.stopPropagation() }, signal);
    listen(rest, { click: () => this.tiles.page() }, signal);
  }
}

// Fills `container` with a sheet and returns it.
/** @param {HTMLElement} container @param {{ state: SheetState, sources: Source[], keep?: boolean }} settings */
function mountSheet(container, settings) {
  return new Sheet(container, settings);
}

export { mountSheet };
