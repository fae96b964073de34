// A recording of a sheet: what is drawn, written and heard of its patches.
import { Captions } from "./captions.js";
import { Cells, Raster, bytesOfDataUri, rowFinder } from "./cells.js";
import { isBeside, loaded } from "./files.js";
import { Framing } from "./framing.js";
import { Known } from "./known.js";
import { Sound } from "./sound.js";

/** @import { Bytes } from "./cells.js" */
/** @import { Hearer } from "./sound.js" */
/** @import { State } from "./state.js" */

/**
 * Its picture, its sound, and what is said of them.
 * @typedef {{ state: State, tiles: (string | Bytes)[], audio: HTMLAudioElement | null }} Source
 */

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

  /** @param {HTMLCanvasElement} canvas @param {number} index */
  draw(canvas, index) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const first = this.framing.start(index);
    const [last, { step }] = [first + this.framing.length, this.source.state.columns];
    this.#raster?.draw(context, first / step, last / step, this.#palette);
    this.known.draw(context, first, last);
  }

  // What a patch is called where it fits, and in full. All are called in one way: that which has room for
  // the last one, whose number is the longest.
  /** @param {number} index @param {(text: string) => boolean} fits @returns {[string, string]} */
  name(index, fits) {
    const least = this.captions.names(this.framing.last).findIndex(fits);
    const names = this.captions.names(index);
    return [(least < 0 ? [] : names.slice(least)).find(fits) ?? names[names.length - 1], names[0]];
  }
}

export { Recording };
