const PAUSE = 50; // ms of a real clock: after so many there is a real task, and the screen is drawn

// The frames of a page under Playwright's fake clock, which makes of each callback a task of its
// own. Here, as in a browser, all callbacks of a frame are called in one task, and a hidden page
// draws no frames. Read before the clock is installed; `install()` is called after.
const fakeFrames = {
  /** @type {FrameRequestCallback | null} */
  after: null, // called with the time at the end of each frame, also of one that nobody asked for
  /** @type {((f: FrameRequestCallback) => void) | null} */
  watch: null, // what sets `after`, once it is installed
  /** @type {(() => number) | null} */
  asked: null, // tells how many callbacks wait for the next frame, once it is installed
  real: requestAnimationFrame.bind(globalThis),

  install() {
    this.hurry();
    const ask = requestAnimationFrame;
    /** @type {Map<number, FrameRequestCallback>} */
    const asked = new Map();
    let [last, pending, hidden] = [0, false, false];
    const next = () => {
      if (pending || hidden || !(asked.size || this.after)) return;
      pending = true;
      ask(draw);
    };
    /** @type {FrameRequestCallback} */
    const draw = (now) => {
      pending = false;
      if (hidden) return;
      const callbacks = [...asked.values()];
      asked.clear();
      for (const f of callbacks) f(now);
      this.after?.(now);
      next();
    };
    this.asked = () => asked.size;
    this.watch = (f) => {
      this.after = f;
      next();
    };
    globalThis.requestAnimationFrame = (f) => {
      asked.set(++last, f);
      next();
      return last;
    };
    globalThis.cancelAnimationFrame = (id) => asked.delete(id);
    Object.defineProperty(document, "hidden", {
      configurable: true,
      get: () => hidden,
      set: (value) => {
        hidden = value;
        document.dispatchEvent(new Event("visibilitychange"));
        next();
      },
    });
  },

  // Playwright's clock waits for a task of the page after each timer, and the page is drawn in
  // between, 60 times a second: three quarters of what a minute of play costs. The first timer of
  // a run is followed by a task, as are those that come PAUSE later; where Playwright's clock
  // is made otherwise, all are.
  hurry() {
    const clock = /** @type {any} */ (globalThis).__pwClock?.controller?._embedder;
    if (!clock?.postTask || !clock.performanceNow) return;
    const post = clock.postTask;
    let last = -PAUSE;
    /** @param {() => void} f */
    clock.postTask = (f) => {
      if (clock.performanceNow() - last < PAUSE) return f();
      post(() => {
        last = clock.performanceNow();
        f();
      });
    };
  },
};

Object.assign(globalThis, { fakeFrames });
