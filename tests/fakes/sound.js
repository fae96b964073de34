// A sound that no file holds: it behaves as an <audio> element does (HTML, 4.8.11 Media elements,
// and what Chromium makes of it), as far as the player asks. Its time is performance.now's and its
// events are setTimeout's: under a fake clock an hour passes in a moment.
//
// It can also do what real sounds do only now and then: see `seekTakes`, `ticks`, `allowed`,
// `device`, `stall`, `fail` and `abort`.
/** @typedef {ReturnType<typeof setTimeout> | null} Timer */

class FakeSound extends EventTarget {
  duration = 0;
  currentSrc = "";
  src = "";
  readyState = 4; // it has all that is to be had
  /** @type {{ code: number, message: string } | null} */
  error = null;
  seekTakes = 0; // ms from a seek to its end, at the least
  ticks = 1e6; // `currentTime` counts whole ticks, so many a second; browsers count microseconds
  allowed = "always"; // whether it may play: "always", "muted" (as without a click) or "never"
  preservesPitch = true;
  device = true; // false: as in Firefox without a sound device, see #miss

  #position = 0; // at the time #since
  /** @type {number | null} */
  #since = null; // null: it stands still
  #paused = true;
  #muted = false;
  #rate = 1;
  #defaultRate = 1;
  /** @type {Timer} */
  #seek = null; // the timer that ends a seek
  /** @type {Timer} */
  #stall = null; // the timer that ends a stall
  /** @type {Timer} */
  #end = null; // the timer that finds the end of the sound
  /** @type {Timer} */
  #told = null; // the timer of "timeupdate"
  /** @type {{ keep: (value?: undefined) => void, reject: (error: unknown) => void }[]} */
  #promises = []; // of play(), to be kept or broken

  /** @param {number} duration in seconds @param {Partial<FakeSound>} settings */
  constructor(duration, settings = {}) {
    super();
    Object.assign(this, { duration }, settings);
  }

  // Where the sound is, without the rounding of `currentTime`.
  get position() {
    if (this.#since === null) return this.#position;
    const passed = ((performance.now() - this.#since) / 1000) * this.#rate;
    return Math.min(this.#position + passed, this.duration);
  }

  get currentTime() {
    return Math.trunc(this.position * this.ticks) / this.ticks;
  }

  // Where it is going is where it says it is; a seek during a seek takes the place of the first.
  set currentTime(time) {
    if (!Number.isFinite(time)) throw new TypeError(`${time} is no time`);
    this.#change(() => {
      clearTimeout(this.#seek ?? 0);
      this.#position = Math.min(Math.max(time, 0), this.duration);
      this.#seek = setTimeout(() => this.#endSeek(), this.seekTakes);
    });
    this.#queue("seeking");
  }

  // All of it, as of what a page holds.
  get seekable() {
    return { length: 1, start: () => 0, end: () => this.duration };
  }

  get seeking() {
    return this.#seek !== null;
  }

  get paused() {
    return this.#paused;
  }

  get ended() {
    return !this.#seek && this.position >= this.duration;
  }

  get muted() {
    return this.#muted;
  }

  set muted(muted) {
    if (Boolean(muted) === this.#muted) return;
    this.#muted = Boolean(muted);
    this.#queue("volumechange");
    if (this.#since !== null) this.#miss();
  }

  get playbackRate() {
    return this.#rate;
  }

  set playbackRate(rate) {
    if (rate && !(rate >= 1 / 16 && rate <= 16)) throw new DOMException("", "NotSupportedError");
    if (rate === this.#rate) return;
    this.#change(() => (this.#rate = rate));
    this.#queue("ratechange");
  }

  get defaultPlaybackRate() {
    return this.#defaultRate;
  }

  set defaultPlaybackRate(rate) {
    if (rate === this.#defaultRate) return;
    this.#defaultRate = rate;
    this.#queue("ratechange");
  }

  play() {
    if (this.error) return Promise.reject(new DOMException("", "NotSupportedError"));
    if (this.allowed === "never" || (this.allowed === "muted" && !this.#muted)) {
      return Promise.reject(new DOMException("it may not play", "NotAllowedError"));
    }
    if (this.ended) this.currentTime = 0;
    if (this.#paused) {
      this.#change(() => (this.#paused = false));
      this.#queue("play");
    }
    const promise = new Promise((keep, reject) => this.#promises.push({ keep, reject }));
    if (!this.#seek && !this.#stall) this.#start();
    return promise;
  }

  pause() {
    if (this.#paused) return;
    this.#change(() => (this.#paused = true));
    this.#queue("timeupdate", "pause");
    this.#break("AbortError");
  }

  // -- what real sounds do seldom --------------------------------------------------------------

  // Stands still for a while though it is not paused, as for want of data.
  /** @param {number} milliseconds */
  stall(milliseconds) {
    this.#change(() => {
      clearTimeout(this.#stall ?? 0);
      this.#stall = setTimeout(() => {
        this.#change(() => (this.#stall = null));
        if (!this.#paused) this.#start();
      }, milliseconds);
    });
    this.#queue("waiting");
  }

  // Turns out to be damaged: nothing more is heard. Firefox breaks promises first.
  fail(code = 3, promisesFirst = false) {
    this.#change(() => (this.error = { code, message: "damaged" }));
    if (promisesFirst) this.#break("NotSupportedError");
    this.#queue("error");
    this.#break("NotSupportedError");
  }

  // Another sound is loaded, or so play() is told.
  abort() {
    this.#break("AbortError");
  }

  // -- how it works ------------------------------------------------------------------------------

  // Whatever changes where the sound is, or whether and how fast it moves, happens in here.
  /** @param {() => void} f */
  #change(f) {
    this.#position = this.position;
    f();
    const moves =
      !this.#paused &&
      !this.#seek &&
      !this.#stall &&
      (!this.error || !this.device) &&
      this.#position < this.duration;
    this.#since = moves ? performance.now() : null;
    clearTimeout(this.#end ?? 0);
    clearInterval(this.#told ?? 0);
    if (!moves || !this.#rate) return;
    const left = ((this.duration - this.#position) / this.#rate) * 1000;
    this.#end = setTimeout(() => this.#reachEnd(), left);
    this.#told = setInterval(() => this.#fire("timeupdate"), 250);
  }

  #endSeek() {
    this.#change(() => (this.#seek = null));
    this.#queue("timeupdate", "seeked");
    if (this.#paused) return;
    if (this.ended) this.#reachEnd();
    else if (!this.#stall) this.#start();
  }

  #reachEnd() {
    this.#change(() => (this.#position = this.duration));
    this.#paused = true;
    this.#queue("timeupdate", "pause", "ended");
    this.#break("AbortError");
  }

  #start() {
    this.#queue("playing");
    const kept = this.#promises.splice(0);
    setTimeout(() => kept.forEach(({ keep }) => keep()));
    this.#miss();
  }

  // Firefox starts, keeps its promise, asks for a device as soon as there is something to be heard,
  // finds none, and goes on though it has an error.
  #miss() {
    if (this.device || this.#muted) return;
    setTimeout(() => (this.error = { code: 3, message: "OnMediaSinkAudioError" }));
    this.#queue("error");
  }

  /** @param {string} name */
  #break(name) {
    const broken = this.#promises.splice(0);
    setTimeout(() => broken.forEach(({ reject }) => reject(new DOMException("", name))));
  }

  /** @param {string[]} types */
  #queue(...types) {
    for (const type of types) setTimeout(() => this.#fire(type));
  }

  /** @param {string} type */
  #fire(type) {
    this.dispatchEvent(new Event(type));
  }
}

export { FakeSound };
