// What is known of patches: labels as boxes over the sound, what is said of each, where to stop.
import { bytesOfDataUri } from "./cells.js";
import { lastUpTo } from "./framing.js";

/** @typedef {{ x: number, y: number, wide: number, high: number, k: number, span: [number, number], name?: Place }} Box */
/** @typedef {[left: number, right: number, top: number, bottom: number]} Place of words */
/** @import { Framing } from "./framing.js" */
/** @import { Known as What, State } from "./state.js" */

const NOTHING = {
  classes: [], labels: [], scores: [], shown: 0, scored: 0, threshold: null, range: [0, 1], overlapping: "max", top: null, wide: false, truth: null,
  groups: [], stops: [], follow: false, named: false, numbers: false,
};
const NEAR = 53; // px; boxes of a class that are nearer than this have one name
const TALL = 14; // px: a name
const ROWS = 4; // of names in a box at most
const NEARLY = 1e-6; // s, to which times are told: labels that only meet a patch are not in it

class Known {
  /** @type {What} */
  #known;
  #state;
  #framing;
  #top;
  #truth; // which set of classes each patch has
  /** @type {number[]} */
  #starts;
  /** @type {number[] | null} */
  #stops; // those that were given; null where they are events of `#shown` that nobody has looked for yet
  /** @type {Uint8Array[]} */
  #shown = [];
  /** @type {number[]} */
  #latest; // when the last of the labels that have started ends

  /** @param {State} state @param {Framing} framing */
  constructor(state, framing) {
    this.#state = state;
    this.#framing = framing;
    this.#known = { .../** @type {What} */ (state.known ?? NOTHING) }; // its threshold may become another
    const { labels, top, wide, truth, stops } = this.#known;
    this.#stops = stops;
    this.#top = top ? new (wide ? Float64Array : Int32Array)(bytesOfDataUri(top).buffer) : null;
    this.#truth = truth ? new Int32Array(bytesOfDataUri(truth[1]).buffer) : null;
    this.#starts = labels.map(([start]) => start);
    let latest = -Infinity;
    this.#latest = labels.map(([, end]) => (latest = Math.max(latest, end)));
  }

  // All of it, as Python tells it.
  get what() {
    return this.#known;
  }

  get hasStops() {
    return this.#state.elsewhere || (this.#stops?.length ?? this.#shown.some((bytes) => bytes.some(this.#isHit)));
  }

  // What counts as a hit, as a part of the height of a lane; null goes back to what was given.
  get threshold() {
    return this.#known.threshold;
  }

  set threshold(part) {
    this.#known.threshold = part === null ? (this.#state.known?.threshold ?? null) : Math.round(254 * part) / 254;
  }

  // All labels, for a table.
  get rows() {
    const { classes, labels } = this.#known;
    return labels.map(([start, end, k, , , low, high]) => ({ start, end, low, high, label: classes[k][0] }));
  }

  // Takes the scores of the classes that are shown: where stops are their events, these are others now,
  // which are found when somebody goes there.
  /** @param {Uint8Array[]} shown */
  follow(shown) {
    if (this.#known.follow && this.threshold !== null) [this.#shown, this.#stops] = [shown, null];
  }

  // As scorebytes.py has it, at steps of the threshold too: 254 * (k / 254) is k. 255 is no score.
  #isHit = (/** @type {number} */ byte) => byte !== 255 && byte >= 254 * (this.threshold ?? 0);

  // The next patch to stop at, or the one before; where there is none, the same.
  /** @param {number} index @param {1 | -1} direction */
  stop(index, direction) {
    this.#stops ??= this.#shown.flatMap((bytes) => this.#peaks(bytes)).sort((a, b) => a - b);
    return this.#stops.filter((at) => direction * (at - index) > 0).at(direction > 0 ? 0 : -1) ?? index;
  }

  // The patch that scores highest in each run of hits.
  /** @param {Uint8Array} bytes */
  #peaks(bytes) {
    /** @type {number[]} */
    const found = [];
    let peak = -1;
    bytes.forEach((byte, index) => {
      if (!this.#isHit(byte)) peak = -1;
      else if (peak < 0 || !this.#framing.follows(index)) found.push((peak = index));
      else if (byte > bytes[peak]) found[found.length - 1] = peak = index;
    });
    return found;
  }

  // The labels of which something lies between two times.
  /** @param {number} start @param {number} end */
  #between(start, end) {
    const before = start - 2 * NEARLY;
    const first = this.#latest[0] > before ? 0 : lastUpTo(this.#latest, before, this.#latest.length) + 1;
    return this.#known.labels.slice(first, lastUpTo(this.#starts, end, this.#starts.length) + 1).filter(within(start, end));
  }

  // Those of a patch, as overlaps.py has them: it was asked for from when to when.
  /** @param {number} index */
  #of(index) {
    const [start, end] = this.#framing.asked(index);
    const { columns: { start: begin, count, duration: frame }, patches: { padded } } = this.#state;
    return this.#between(start, end).filter(([from, to]) => {
      const heard = Math.min(to, begin + (count - padded) * frame) - Math.max(from, begin);
      const least = Math.min(frame, heard / 2, end - start) - 2 * NEARLY;
      return from + least <= end && start <= to - least;
    });
  }

  // The classes of the labels of a patch.
  /** @param {number} index */
  names(index) {
    return [...new Set(this.spans(index).map(({ name }) => name))];
  }

  // What mistakes are looked for against: the classes that are in a patch, if that was said.
  /** @param {number} index @returns {string[] | null} */
  #taught(index) {
    const { classes, truth } = this.#known;
    return truth && this.#truth ? truth[0][this.#truth[index]].map((k) => classes[k][0]) : null;
  }

  // The class whose score a patch says first, which may be none, and that.
  /** @param {number} index @returns {[string, number]} */
  scored(index) {
    const [k = -1, score = 0] = this.#top?.subarray(2 * index) ?? [];
    return [k < 0 ? "" : this.#known.classes[k][0], score / (this.#known.wide ? 1 : 100)];
  }

  // The labels of a patch, or the truth, and its scores, as captions.py writes them; either may be empty.
  /** @param {number} index @returns {[string, string]} */
  said(index) {
    const taught = this.#taught(index);
    const { named, numbers } = this.#known;
    const n = this.#framing.last + 1; // behind as many, those that are said besides
    const scores = [0, n, 2 * n].map((at) => this.scored(index + at)).filter(([name]) => name);
    const score = scores.map(([name, score]) => `${name}: ${score.toFixed(2)}`).join(", ");
    const names = taught ?? this.names(index);
    // Of many, some are counted, none of them one whose score is said; nor can they be: then all are named.
    const few = [...new Set([...scores.map(([name]) => name), ...names])];
    const more = few.length === names.length && names.length > 3 ? ` +${names.length - 3}` : "";
    const said = (more ? few.slice(0, 3) : names).join(", ") + more;
    return [
      taught ? `truth ${said || "none"}` : said && named ? `label ${said}` : said,
      score && numbers ? `scored ${score}` : score,
    ];
  }

  // The same in one.
  /** @param {number} index */
  text(index) {
    return this.said(index).filter(Boolean).join(" · ");
  }

  // Frames the labels between two frames in a canvas that shows these, and names them; `index`: of
  // which patch alone; `levels`: from where to where on the frequency axis, as fractions from its
  // bottom; `names`: where their names are written, if that is another canvas; `taken`: where others
  // are. Returns where they are.
  /** @param {CanvasRenderingContext2D} context @param {[number, number]} frames @param {{ index?: number, levels?: [number, number], names?: CanvasRenderingContext2D, taken?: Place[] }} [how] @returns {Box[]} */
  draw(context, [first, last], { index, levels: [bottom, top] = [0, 1], names = context, taken = [] } = {}) {
    const { width, height } = context.canvas;
    const { start, duration } = this.#state.columns;
    const dpr = devicePixelRatio;
    /** @type {[number, number]} */
    const shown = [start + first * duration, start + last * duration];
    const labels = index === undefined ? this.#between(...shown) : this.#of(index).filter(within(...shown));
    if (!labels.length) return [];
    /** @param {number} time */
    const toX = (time) => (((time - start) / duration - first) / (last - first)) * width;
    /** @param {number} level */
    const toY = (level) => ((top - level) / (top - bottom)) * height;
    const boxes = labels.flatMap(([from, to, k, low = 0, high = 1]) => {
      if (low > high) return []; // beyond the frequencies that are shown
      // Frequencies are in each channel, what has none in all of them.
      const n = high - low < 1 ? Math.max(1, this.#state.frequency.channels.length) : 1;
      const x = toX(from);
      return Array.from({ length: n }, (_, channel) => {
        const y = toY((channel + high) / n);
        const below = toY((channel + low) / n);
        // What ends with the axis is framed within it; what goes on beyond what is seen is open there.
        const [upper, lower] = [top < 1 ? y : Math.max(y, dpr), bottom > 0 ? below : Math.min(below, height - dpr)];
        /** @type {Box} */
        const box = { x, y: upper, wide: Math.max(toX(to) - x, dpr), high: lower - upper, k, span: [from, to] };
        return box;
      }).filter((box) => box.y < height && box.y + box.high > 0);
    });
    // As labels.py draws them: where their sides would hide much of the sound, corners alone.
    let [sides, upper, lower] = [0, height, 0];
    for (const { x, y, wide, high } of boxes) {
      const [from, to] = [Math.max(y, 0), Math.min(y + high, height)];
      sides += (to - from) * (+(x >= 0) + +(x + wide <= width));
      [upper, lower] = [Math.min(upper, from), Math.max(lower, to)];
    }
    const isOpen = sides * 3 * dpr > 0.1 * width * (lower - upper); // of the band that they lie in
    context.save();
    /** @type {[number, (k: number) => string, boolean][]} */
    const strokes = [[3, () => "#000a", false], [1.5, (k) => this.#known.classes[k][1], true]];
    // What is all around says nothing by its lines; its name does.
    const lined = nested(boxes.filter(({ x, y, wide, high }) => x > 0.5 || y > 2 * dpr || x + wide < width - 0.5 || y + high < height - 2 * dpr));
    for (const [thick, color, dashed] of strokes) {
      context.lineWidth = thick * dpr;
      for (const box of lined) {
        const { x, y, wide, high, k } = box;
        context.strokeStyle = color(k);
        context.setLineDash(dashed ? this.#known.classes[k][3].map((length) => length * thick * dpr) : []);
        // Of many, only the upper edges: their boxes would hide the sound.
        if (boxes.length > 100) context.strokeRect(x, y, wide, 0);
        else if (isOpen) context.stroke(corners(box, 5 * dpr, high > height - 8 * dpr));
        else context.strokeRect(x, y, wide, high);
      }
    }
    context.restore();
    this.#name(names, boxes, taken);
    return boxes;
  }

  // The label whose name, or else box, lies under a point of a picture of so many pixels; the
  // smallest box, and none that is a third of it: there people only point.
  /** @param {Box[]} boxes @param {number} x @param {number} y @param {number} size */
  under(boxes, x, y, size) {
    const near = 4 * devicePixelRatio;
    /** @param {Box} box */
    const area = ({ wide, high }) => wide * high;
    const box = boxes.find(({ name }) => name && x > name[0] && x < name[1] && y > name[2] && y < name[3])
      ?? boxes.filter((box) => x > box.x - near && x < box.x + box.wide + near && y > box.y && y < box.y + box.high && area(box) < size / 3)
        .sort((a, b) => area(a) - area(b))[0];
    return box ? { span: box.span, name: this.#known.classes[box.k][0] } : null;
  }

  // The labels of a patch, by start, as `under` returns them.
  /** @param {number} index */
  spans(index) {
    return this.#of(index).map(([from, to, k]) => ({
      span: /** @type {[number, number]} */ ([from, to]), name: this.#known.classes[k][0],
    }));
  }

  // Writes one name for each run of near boxes of a class, where it meets no other; in rows below one
  // another what would have none at all; and how many more there are where some are named.
  /** @param {CanvasRenderingContext2D} context @param {Box[]} boxes @param {Place[]} taken */
  #name(context, boxes, taken) {
    const dpr = devicePixelRatio;
    const { width, height } = context.canvas;
    context.font = `${11 * dpr}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    const all = runs(boxes, NEAR * dpr).slice(0, 80);
    const named = new Set();
    /** @param {string} text @param {string} color @param {Box[]} run @param {number} row */
    const write = (text, color, run, row) => {
      const found = placeOf(run, Math.ceil(context.measureText(text).width) + 6 * dpr, row, taken, width, height);
      if (!found) return null;
      const [left, right, top, bottom] = found.place;
      taken.push(found.place);
      context.fillStyle = "#000a";
      context.fillRect(left, top, right - left, bottom - top);
      context.fillStyle = color;
      context.fillText(text, left + 3 * dpr, top + TALL * dpr / 2);
      return found;
    };
    for (let row = 0; row < ROWS; row++) {
      for (const run of all) {
        const { k } = run[0];
        if (row && named.has(k)) continue;
        const [name, color] = this.#known.classes[k];
        const found = write(name, color, run, row);
        if (!found) continue;
        found.box.name = found.place;
        named.add(k);
      }
    }
    /** @type {Map<string, Box[]>} */
    const more = new Map();
    for (const [box] of all) if (!named.has(box.k)) more.set(placeKey(box), [...(more.get(placeKey(box)) ?? []), box]);
    for (const [key, rest] of more) {
      if (!boxes.some((box) => box.name && placeKey(box) === key)) continue;
      for (let row = 0; row < ROWS && !write(`+${rest.length}`, "#fff", rest, row);) row++;
    }
  }
}

// Whether something of a label lies between two times: what only meets them does not, but for a point at the first.
/** @type {(start: number, end: number) => (label: What["labels"][0]) => boolean} */
const within = (start, end) => ([from, to]) => from < end - NEARLY && (to > start + NEARLY || from > start - NEARLY);

/** @param {Box} box */
const placeKey = ({ x, y, wide, high }) => `${[x, y, wide, high].map(Math.round)}`;

// Boxes of which those at the place of another class's lie within it: both are seen.
/** @param {Box[]} boxes */
function nested(boxes) {
  /** @type {Map<string, number[]>} */
  const classes = new Map();
  return boxes.map((box) => {
    const { x, y, wide, high, k } = box;
    const there = classes.get(placeKey(box)) ?? [];
    classes.set(placeKey(box), there);
    if (!there.includes(k)) there.push(k);
    const inset = Math.min(3 * devicePixelRatio * there.indexOf(k), wide / 4, high / 4);
    return { ...box, x: x + inset, y: y + inset, wide: wide - 2 * inset, high: high - 2 * inset };
  });
}

// The first place above, below or in one of the first boxes of a run where words meet none that are
// there, or behind those; in rows but the first in it alone, and not where they would hide much of it.
/** @type {(run: Box[], wide: number, row: number, taken: Place[], width: number, height: number) => { place: Place, box: Box } | null} */
function placeOf(run, wide, row, taken, width, height) {
  const dpr = devicePixelRatio;
  const tall = TALL * dpr;
  if (wide > width) return null;
  for (const box of run.slice(0, 8)) {
    const { x, y, high } = box;
    const [within, end] = [Math.max(y, 4 * dpr) + row * (tall + dpr), Math.min(x + box.wide, width)];
    const above = y >= tall + 2 * dpr ? y - tall - dpr : within;
    if (row && within + tall - y > Math.min(high, height) / (row > 1 ? 2 : 1)) continue;
    const left = Math.round(Math.max(0, Math.min(x, width - wide)));
    for (const top of row ? [within] : [above, y + high + dpr, within]) {
      for (let at = left; top + tall <= height;) {
        /** @type {Place} */
        const place = [at, at + wide, top, top + tall];
        const met = taken.filter(([a, b, c, d]) => at < b && a < at + wide && top < d && c < top + tall);
        if (!met.length) return { place, box };
        at = Math.max(...met.map(([, right]) => right)) + dpr;
        if (top !== within || at + wide > end) break;
      }
    }
  }
  return null;
}

// Boxes of a class that follow one another closely, by time; those that take most room first.
/** @param {Box[]} boxes @param {number} near */
function runs(boxes, near) {
  /** @type {Map<number, { run: Box[], end: number }>} */
  const last = new Map();
  const found = [];
  for (const box of boxes.toSorted((a, b) => a.x - b.x)) {
    let now = last.get(box.k);
    if (!now || box.x > now.end + near) {
      last.set(box.k, (now = { run: [], end: 0 }));
      found.push(now);
    }
    now.run.push(box);
    now.end = Math.max(now.end, box.x + box.wide);
  }
  return found.sort((a, b) => (b.end - b.run[0].x) - (a.end - a.run[0].x)).map(({ run }) => run);
}

// The corners of a box, or the upper ones.
/** @param {Box} box @param {number} size @param {boolean} isUpper */
function corners({ x, y, wide, high }, size, isUpper) {
  const long = Math.min(size, high / 3);
  const lower = isUpper ? "" : `M${x} ${y + high - long}v${long}h${wide}v${-long}`;
  return new Path2D(`M${x} ${y + long}V${y}h${wide}v${long}${lower}`);
}

export { Known };
