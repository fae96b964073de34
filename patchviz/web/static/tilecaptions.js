// What stands below a tile of a sheet: its file, its number and time, what is known of it.
import { div, element } from "./parts.js";

/** @import { Recording } from "./recording.js" */
/** @import { SheetState } from "./state.js" */
/** @import { Tiles } from "./tiles.js" */

/** @typedef {{ node: HTMLElement, file: HTMLElement, name: HTMLElement, known: HTMLElement }} Caption */

const SEEN = 2000; // captions among which the longest are looked for
const MEASURED = 40; // of these, whose heights are measured

const LETTERS = 100; // most that are read of what is said

// Writes one thing and another, on lines of their own where one has no room for both.
/** @param {HTMLElement} line @param {string[]} parts @param {(text: string) => boolean} fits */
function fill(line, parts, fits) {
  const said = parts.filter(Boolean);
  const spans = said.map((text) => element("span", { class: "part" }, text));
  line.replaceChildren(...spans.flatMap((span, k) => (k ? [element("span", { class: "dot" }, " · "), span] : [span])));
  line.classList.toggle("split", !fits(said.join(" · ")));
}

// As much of the beginning of a text, and of an end that must stay.
/** @param {string} text @param {string} [end] */
function brief(text, end = "") {
  const letters = [...text.slice(0, text.length - end.length)];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS).join("")}…${end}` : text;
}

/** @returns {Caption} */
function buildCaption() {
  const [file, name, known] = [div("file"), div("name"), div("said")];
  for (const line of [file, name, known]) line.dir = "auto";
  return { node: div("caption", file, name, known), file, name, known };
}

class TileCaptions {
  #state;
  #recordings;
  #of;
  #brief = { width: 0, by: 0 };
  longest; // some tiles of which one has the highest caption, as far as can be told from letters

  // `of(tile)`: its recording, which patch of that it is, and which recording that is, of `n` tiles.
  /** @param {SheetState} state @param {Recording[]} recordings @param {(tile: number) => [Recording, number, number]} of @param {number} n */
  constructor(state, recordings, of, n) {
    this.#state = state;
    this.#recordings = recordings;
    this.#of = of;
    const every = Math.ceil(n / SEEN);
    const seen = Array.from({ length: Math.ceil(n / every) }, (_, k) => k * every);
    const lengths = new Map(seen.map((tile) => {
      const [recording, index, k] = of(tile);
      return [tile, state.called[k].length + recording.captions.span(index).length + recording.known.text(index).length];
    }));
    /** @param {number} tile */
    const length = (tile) => /** @type {number} */ (lengths.get(tile));
    this.longest = seen.sort((a, b) => length(b) - length(a)).slice(0, MEASURED);
  }

  // How brief names are: all tiles alike, as there is room.
  /** @param {Tiles} tiles */
  #brevity({ width, fits }) {
    if (width !== this.#brief.width) {
      this.#brief = { width, by: Math.max(...this.#recordings.map((recording) => recording.brevity(fits))) };
    }
    return this.#brief.by;
  }

  /** @param {Caption} caption @param {number} tile @param {Tiles} tiles */
  write({ file, name, known }, tile, tiles) {
    const [recording, index, k] = this.#of(tile);
    const { files, called } = this.#state;
    const words = called[k].split(/(?<=[/_-])/); // between which it breaks
    file.replaceChildren(...words.flatMap((word, n) => (n ? [element("wbr"), word] : [word])));
    file.title = called[k] === files[k] || !called[k] ? "" : `${files[k]}`;
    const [patch, whole] = recording.name(index, this.#brevity(tiles), tiles.fits);
    fill(name, patch, tiles.fits);
    name.title = name.textContent === whole ? "" : whole;
    const [said, scored] = recording.known.said(index);
    fill(known, [brief(said), brief(scored, /: \S+$/.exec(scored)?.[0])], tiles.fits);
    known.title = recording.known.text(index);
  }
}

export { TileCaptions, buildCaption };
