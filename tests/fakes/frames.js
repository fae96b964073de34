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
};

Object.assign(globalThis, { fakeFrames });
