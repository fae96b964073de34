// Which tiles of a sheet are shown, and in what order.
import { KEEP, REJECT } from "./picks.js";

/** @import { Picks } from "./picks.js" */
/** @import { Recording } from "./recording.js" */

class Order {
  #ids;
  #scores;
  #picks;
  #labels;
  #said;
  #of;

  // `ids`: which patches the tiles are; `scores`: of each tile, by class; `labels(id)`: the classes that
  // a patch is labelled with; `said`: the scores that tiles say, which are meant where no class is named;
  // `of(tile)`: its recording, and which patch of that it is.
  /** @param {number[]} ids @param {Map<string, Float32Array>} scores @param {Picks} picks @param {(id: number) => string[]} labels @param {Float32Array} said @param {(tile: number) => [Recording, number, number]} of */
  constructor(ids, scores, picks, labels, said, of) {
    this.#ids = ids;
    this.#scores = scores;
    this.#picks = picks;
    this.#labels = labels;
    this.#said = said;
    this.#of = of;
  }

  // The tiles that are shown: by the values of the choices "sort" and "show", and from a score on,
  // which is NaN where all are.
  /** @param {string} sort @param {string} show @param {number} least */
  tiles(sort, show, least) {
    const [by, name] = split(sort);
    /** @type {(tile: number) => number} */
    const score = by === "score" ? this.#scoreOf(name) : (tile) => this.#said[tile] ?? NaN;
    const tiles = this.#ids.map((_, tile) => tile).filter((tile) => {
      return this.#shows(this.#ids[tile], show) && (Number.isNaN(least) || score(tile) >= least);
    });
    /** @param {number} tile */
    const rank = (tile) => (Number.isNaN(score(tile)) ? -Infinity : score(tile)); // those without one come last
    if (by === "time") {
      const when = this.#ids.map((_, tile) => this.#momentOf(tile));
      const isTold = !when.includes(NaN); // or else recordings follow one another as they were given
      tiles.sort((a, b) => (isTold && when[a] - when[b]) || this.#ids[a] - this.#ids[b]);
    }
    if (by === "score") tiles.sort((a, b) => rank(b) - rank(a) || a - b);
    return tiles;
  }

  // When a tile begins by its recorder's clock, in seconds; NaN where that is not known.
  /** @param {number} tile */
  #momentOf(tile) {
    const [{ source, framing }, index] = this.#of(tile);
    const { clock } = source.state.columns;
    return clock ? Date.parse(clock.date) / 1000 + clock.zero + framing.interval(index)[0] : NaN;
  }

  // The score of a tile for a class, or its highest; NaN without one.
  /** @param {string} name @returns {(tile: number) => number} */
  #scoreOf(name) {
    const one = this.#scores.get(name);
    if (one) return (tile) => one[tile];
    const all = [...this.#scores.values()];
    return (tile) => {
      const known = all.map((scores) => scores[tile]).filter((score) => !Number.isNaN(score));
      return known.length ? Math.max(...known) : NaN;
    };
  }

  /** @param {number} id @param {string} show */
  #shows(id, show) {
    const what = this.#picks.of(id);
    const [which, name] = split(show);
    if (which === "open") return what === undefined;
    if (which === "unheard") return !this.#picks.isHeard(id);
    if (which === KEEP) return what !== undefined && what !== REJECT;
    if (which === REJECT) return what === REJECT;
    if (which === "name") return what === name;
    return which !== "label" || this.#labels(id).includes(name);
  }
}

// A value of a choice: what kind it is, and of which name.
/** @param {string} value */
function split(value) {
  const at = value.indexOf(" ");
  return at < 0 ? [value, ""] : [value.slice(0, at), value.slice(at + 1)];
}

export { Order };
