// Where the time of playing comes from: the page's clock, or the sound itself.
// Both have `time` (seconds of the recording; setting it seeks), `rate`, `start()` and `stop()`.

class PageClock {
  #time = 0;
  /** @type {number | null} */
  #since = null; // null while stopped
  #rate = 1;

  get time() {
    if (this.#since === null) return this.#time;
    return this.#time + ((performance.now() - this.#since) / 1000) * this.#rate;
  }

  set time(seconds) {
    this.#time = seconds;
    if (this.#since !== null) this.#since = performance.now();
  }

  get rate() {
    return this.#rate;
  }

  set rate(rate) {
    this.time = this.time; // what has passed has passed at the old rate
    this.#rate = rate;
  }

  async start() {
    this.#since ??= performance.now();
  }

  stop() {
    this.#time = this.time;
    this.#since = null;
  }
}

/**
 * What is needed of an <audio> element.
 * @typedef {Pick<HTMLAudioElement, "currentTime" | "seeking" | "playbackRate" |
 *   "defaultPlaybackRate" | "preservesPitch" | "muted" | "play" | "pause" | "addEventListener">} Sounding
 */

class SoundClock {
  #audio;
  #offset;
  /** @type {number | null} */
  #wanted = null; // where to seek once the seek under way is done: only the last one counts

  // `offset`: time in the recording at which the sound starts.
  /** @param {Sounding} audio @param {number} offset @param {AbortSignal} signal */
  constructor(audio, offset, signal) {
    this.#audio = audio;
    this.#offset = offset;
    audio.preservesPitch = false; // slowed down, ultrasound is heard
    audio.addEventListener("seeked", () => this.#seekWanted(), { signal });
  }

  #seekWanted() {
    if (this.#wanted === null) return;
    const wanted = this.#wanted;
    this.#wanted = null;
    this.time = wanted;
  }

  get time() {
    return this.#wanted ?? this.#audio.currentTime + this.#offset;
  }

  set time(seconds) {
    // A seek that is done is told of later: what was wanted before must not come after this.
    this.#wanted = this.#audio.seeking ? seconds : null;
    if (this.#wanted === null) this.#audio.currentTime = Math.max(0, seconds - this.#offset);
  }

  get rate() {
    return this.#audio.playbackRate;
  }

  set rate(rate) {
    this.#audio.defaultPlaybackRate = this.#audio.playbackRate = rate;
  }

  async start() {
    try {
      await this.#audio.play();
    } catch (error) {
      // Without a click browsers let no page make a sound; what is muted they let run.
      const { name } = /** @type {Error} */ (error);
      if (name !== "NotAllowedError" || this.#audio.muted) throw error;
      this.#audio.muted = true;
      await this.#audio.play();
    }
  }

  stop() {
    this.#audio.pause();
  }
}

export { PageClock, SoundClock };
