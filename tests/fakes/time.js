// Time in node that passes only when it is told to: performance.now, setTimeout and setInterval.
// Minutes of sound take a moment. (Node's own mock timers leave performance.now alone.)

const settled = setImmediate; // when all that was promised meanwhile has been done

/** @typedef {{ at: number, f: () => void, every: number | null }} Timer */

class FakeTime {
  now = 0; // ms
  /** @type {Map<number, Timer>} */
  #timers = new Map();
  #last = 0;

  // Takes the place of the real time, for the rest of the process.
  install() {
    performance.now = () => this.now;
    /** @param {() => void} f @param {number} delay @param {boolean} again */
    const add = (f, delay, again) => {
      const every = again ? Math.max(1, delay) : null;
      this.#timers.set(++this.#last, { at: this.now + Math.max(0, delay), f, every });
      return this.#last;
    };
    /** @param {number} id */
    const remove = (id) => this.#timers.delete(id);
    Object.assign(globalThis, {
      setTimeout: (/** @type {() => void} */ f, delay = 0) => add(f, delay, false),
      setInterval: (/** @type {() => void} */ f, delay = 0) => add(f, delay, true),
      clearTimeout: remove,
      clearInterval: remove,
    });
    return this;
  }

  // The timer that is due first, and of several the one that was set first.
  #first() {
    let first = null;
    for (const [id, timer] of this.#timers) {
      if (!first || timer.at < first.timer.at) first = { id, timer };
    }
    return first;
  }

  // Lets time pass; whatever is due is called in its turn.
  /** @param {number} milliseconds */
  async runFor(milliseconds) {
    const until = this.now + milliseconds;
    for (let first = this.#first(); first && first.timer.at <= until; first = this.#first()) {
      const { id, timer } = first;
      this.now = timer.at;
      if (timer.every === null) this.#timers.delete(id);
      else timer.at += timer.every;
      timer.f();
      await new Promise((done) => settled(done));
    }
    this.now = until;
  }
}

export { FakeTime };
