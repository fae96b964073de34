// A recording of a sheet: what is drawn, written and heard of its patches.
import { Captions } from "./captions.js";
import { Cells, Raster, bytesOfDataUri, rowFinder } from "./cells.js";
import { isBeside, loaded } from "./files.js";
import { Framing } from "./framing.js";
import { Known } from "./known.js";
import { hatch } from "./padding.js";
import { Sound } from "./sound.js";
import { decimalsFor } from "./time.js";

/** @import { Bytes } from "./cells.js" */
/** @import { Place } from "./known.js" */
/** @import { Hearer } from "./sound.js" */
/** @import { State } from "./state.js" */

/**
 * Its picture, its sound, and what is said of them.
 * @typedef {{ state: State, tiles: (string | Bytes)[], audio: HTMLAudioElement | null }} Source
 */

/** @typedef {[which: string, when: string, isSplit?: boolean]} Name on one line or two */

class Recording {
  /** @type {Cells | null} */
  cells = null;
  /** @type {Raster | null} */
  #raster = null;
  #palette;
  isDecoding = false; // or was

  /** @param {Source} source @param {Hearer} hearer */
  constructor(source, hearer) {
    const { state, audio } = source;
    this.source = source;
    this.framing = new Framing(state);
    this.captions = new Captions(state, this.framing);
    this.known = new Known(state, this.framing);
    this.sound = new Sound(hearer);
    this.sound.set(audio, state.audio);
    this.#palette = new Uint32Array(bytesOfDataUri(state.color.palette).buffer);
  }

  // Whether its picture lies beside the page.
  get isBeside() {
    return this.source.tiles.some(isBeside);
  }

  // Loads and decodes its picture.
  async decode() {
    this.isDecoding = true;
    const { tiles, state } = this.source;
    const { image, rows, color } = state;
    this.cells = await Cells.decode(await loaded(tiles), image.type);
    this.#raster = new Raster(this.cells, rowFinder(rows.positions, image.height), image.reduce, color.bad, rows.positions, color.mean);
  }

  // Draws a patch, with names of its labels where no words are `taken` for others.
  /** @param {HTMLCanvasElement} canvas @param {number} index @param {Place[]} taken */
  draw(canvas, index, taken) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    if (!this.#raster) return context.clearRect(0, 0, canvas.width, canvas.height); // of another's patch
    const first = this.framing.start(index);
    const [last, { step }] = [first + this.framing.length, this.source.state.columns];
    this.#raster.draw(context, first / step, last / step, this.#palette);
    hatch(context, this.framing, first, last);
    this.known.draw(context, [first, last], { index, taken });
  }

  // What a patch is called, from all of it to what is short: with the decimals that tell it from its
  // neighbours, and are near it, on two lines, without its end.
  /** @param {number} index @returns {Name[]} */
  #names(index) {
    const { noun, times, step } = this.captions;
    const number = this.framing.number(index);
    const name = `${noun} ${number}`;
    const span = this.captions.span(index);
    if (this.source.state.patches.items) return [[name, span]];
    const [start, end] = this.framing.asked(index);
    const zero = this.source.state.columns.clock?.zero ?? 0;
    const near = [0, 1, index].flatMap((k) => this.framing.asked(Math.min(k, this.framing.last)));
    const enough = decimalsFor(step, 0);
    const isNear = near.every((time) => Math.abs(zero + time - +(zero + time).toFixed(enough)) <= step / 10);
    const few = isNear ? enough : enough + 1;
    const rounded = times.span(start, end, few);
    const [begin, undated] = [false, true].map((isUndated) => times.begin(start, few, isUndated));
    return [[name, span], [name, rounded], [name, rounded, true], [name, begin], [`${number}`, begin], [`${number}`, undated]];
  }

  // Which of the names of the last patch fits, whose number is the longest; or the shortest.
  /** @param {(text: string) => boolean} fits */
  brevity(fits) {
    const names = this.#names(this.framing.last);
    const first = names.findIndex((name) => isWithin(name, fits));
    return first < 0 ? names.length - 1 : first;
  }

  // What a patch is called where it fits, at least so briefly; and in full.
  /** @param {number} index @param {number} brevity @param {(text: string) => boolean} fits @returns {[string[], string]} */
  name(index, brevity, fits) {
    const names = this.#names(index);
    const [which, when] = names.slice(brevity).find((name) => isWithin(name, fits)) ?? names[names.length - 1];
    return [[which, when], names[0].filter(Boolean).join(" · ")];
  }
}

/** @param {Name} name @param {(text: string) => boolean} fits */
function isWithin([which, when, isSplit], fits) {
  return isSplit ? fits(which) && fits(when) : fits(`${which} · ${when}`);
}

export { Recording };
