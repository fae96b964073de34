// What somebody decides of patches: kept, rejected, named; undone, kept in the browser, taken along.

const KEEP = "keep";
const REJECT = "reject";

/** @typedef {[number, string][]} Decided patches, by position, and what each is: kept, rejected, or its name */

class Picks {
  /** @type {Map<number, string>} */
  #decided = new Map();
  /** @type {Set<number>} */
  #heard = new Set();
  /** @type {[number, string | undefined][]} */
  #undo = [];

  /** @param {number} id */
  of(id) {
    return this.#decided.get(id);
  }

  /** @param {number} id */
  isHeard(id) {
    return this.#heard.has(id);
  }

  get nHeard() {
    return this.#heard.size;
  }

  get nDecided() {
    return this.#decided.size;
  }

  get canUndo() {
    return this.#undo.length > 0;
  }

  // Decides; the same a second time takes it back.
  /** @param {number} id @param {string} what */
  decide(id, what) {
    const before = this.of(id);
    this.#undo.push([id, before]);
    this.#put(id, before === what ? undefined : what);
  }

  /** @param {number} id @param {string | undefined} what */
  #put(id, what) {
    if (what === undefined) this.#decided.delete(id);
    else this.#decided.set(id, what);
  }

  // Takes the last decision back, and returns of which patch it was.
  undo() {
    const last = this.#undo.pop();
    if (last) this.#put(...last);
    return last?.[0];
  }

  /** @param {number} id */
  hear(id) {
    this.#heard.add(id);
  }

  /** @returns {Decided} */
  get decided() {
    return [...this.#decided].sort(([a], [b]) => a - b);
  }

  get heard() {
    return [...this.#heard].sort((a, b) => a - b);
  }

  // `undo`: what was decided before, to be brought back one by one.
  /** @param {Decided} decided @param {number[]} heard @param {Decided} [undo] */
  set(decided, heard, undo = []) {
    this.#decided = new Map(decided);
    this.#heard = new Set(heard);
    this.#undo = undo;
  }
}

// Keeps picks in the browser, as long as what they began with is the same.
class Kept {
  #key;
  #begin;
  #text = ""; // as it was read or written last

  /** @param {string} key @param {Decided} begin */
  constructor(key, begin) {
    this.#begin = JSON.stringify(begin);
    // A page of the same patches that begins otherwise is another one.
    this.#key = `patchviz-picks-${begin.length ? this.#begin : ""}${key}`;
  }

  // What was kept of some patches, or nothing. Others may write there too: what makes no sense is none of ours.
  // `isNews`: only what others have written since.
  /** @param {Set<unknown>} ids @param {boolean} [isNews] @returns {{ decided: Decided, heard: number[] } | null} */
  read(ids, isNews = false) {
    try {
      const text = localStorage.getItem(this.#key) ?? "{}";
      if (isNews && text === this.#text) return null;
      this.#text = text;
      const { begin, decided, heard } = JSON.parse(text);
      /** @param {unknown} id */
      const isOne = (id) => ids.has(id);
      if (begin !== this.#begin || !heard.every(isOne)) return null;
      const isSound = decided.every((/** @type {unknown[]} */ pair) => isOne(pair[0]) && typeof pair[1] === "string");
      return isSound ? { decided, heard } : null;
    } catch {
      return null;
    }
  }

  // Returns whether the browser keeps it.
  /** @param {Picks} picks */
  write({ decided, heard }) {
    try {
      const text = JSON.stringify({ begin: this.#begin, decided, heard });
      localStorage.setItem(this.#key, text);
      this.#text = text;
      return true;
    } catch {
      return false;
    }
  }
}

// What was decided; a name alone, such as 0, would not say that it is one.
/** @param {string} what */
function decided(what) {
  return what === REJECT ? "rejected" : what === KEEP ? "kept" : `kept as ${what}`;
}

// The same as a sign on its picture.
/** @param {string | undefined} what */
function badge(what) {
  if (!what) return "";
  return what === REJECT ? "✕" : what === KEEP ? "✓" : `✓ ${what}`;
}

export { KEEP, Kept, Picks, REJECT, badge, decided };
