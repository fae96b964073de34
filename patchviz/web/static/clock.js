// Where the time of playing comes from: the page's clock, or the sound itself.
// Both have `time` (seconds of the recording; setting it seeks), `rate`, `start()` and `stop()`.
import { fetchWhole } from "./files.js";
import { clamp } from "./framing.js";

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
 * @typedef {Pick<HTMLAudioElement, "currentTime" | "seeking" | "seekable" | "duration" | "readyState" |
 *   "currentSrc" | "src" | "playbackRate" | "defaultPlaybackRate" | "preservesPitch" | "muted" | "paused" |
 *   "play" | "pause" | "addEventListener">} Sounding
 */

class SoundClock {
  #audio;
  #offset;
  #stretch;
  /** @type {number | null} */
  #wanted = null; // where to seek as soon as that can be: only the last one counts
  #asked = 0; // where to seek, the last time
  #plays = false; // or will, when it is there
  /** @type {Promise<void> | null} */
  #fetched = null; // while it is fetched whole
  #signal;
  #lose;

  // `offset`: time in the recording at which the sound starts; `stretch`: how many of the sound's
  // seconds are one of the recording; `lose` is told if it can be neither sought nor fetched whole.
  /** @param {Sounding} audio @param {number} offset @param {AbortSignal} signal @param {number} stretch @param {(error: Error) => void} lose */
  constructor(audio, offset, signal, stretch, lose) {
    this.#audio = audio;
    this.#offset = offset;
    this.#stretch = stretch;
    this.#signal = signal;
    this.#lose = lose;
    // A browser goes itself where it was sent before it knew the sound, or else to its start.
    audio.addEventListener("loadedmetadata", () => this.#reaches(this.#asked) || (this.#wanted ??= this.#asked), { signal });
    for (const type of ["loadedmetadata", "seeked"]) audio.addEventListener(type, () => this.#seek(), { signal });
  }

  // Seconds of the sound, at a time of the recording.
  /** @param {number} time */
  #at(time) {
    return Math.max(0, (time - this.#offset) * this.#stretch);
  }

  // Whether the sound can be sought there: without ranges from their server browsers only seek in
  // what they have, or back to the start.
  /** @param {number} time */
  #reaches(time) {
    const { duration, readyState, seekable } = this.#audio;
    if (!readyState) return true;
    const at = Math.min(this.#at(time), duration);
    for (let k = 0; k < seekable.length; k++) if (at >= seekable.start(k) && at <= seekable.end(k) + 1e-3) return true;
    return false;
  }

  #seek() {
    const { seeking, currentSrc } = this.#audio;
    if (this.#wanted === null || seeking || this.#fetched) return;
    if (this.#reaches(this.#wanted) || !currentSrc.startsWith("http")) {
      this.#asked = this.#wanted;
      this.#wanted = null;
      this.#audio.currentTime = this.#at(this.#asked);
    } else {
      this.#fetched = this.#fetch();
    }
  }

  // Goes on where it is wanted when all of the sound is there.
  async #fetch() {
    this.#plays = !this.#audio.paused;
    this.#audio.pause();
    try {
      await fetchWhole(this.#audio);
      this.#fetched = null;
      if (this.#plays && !this.#signal.aborted) await this.start();
    } catch (error) {
      this.#fetched = null;
      const { name } = /** @type {Error} */ (error);
      if (name !== "AbortError" && !this.#signal.aborted) this.#lose(/** @type {Error} */ (error));
    }
  }

  // Whether it waits until the sound is fetched whole.
  get isFetching() {
    return this.#fetched !== null;
  }

  get time() {
    return this.#wanted ?? this.#audio.currentTime / this.#stretch + this.#offset;
  }

  set time(seconds) {
    // A seek that is done is told of later: what was wanted before must not come after this.
    this.#wanted = seconds;
    this.#seek();
  }

  get rate() {
    return this.#audio.playbackRate / this.#stretch;
  }

  // As far as browsers go.
  set rate(rate) {
    rate = clamp(rate * this.#stretch, 1 / 16, 16);
    this.#audio.defaultPlaybackRate = this.#audio.playbackRate = rate;
  }

  async start() {
    this.#plays = true;
    if (this.#fetched) return this.#fetched;
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
    this.#plays = false;
    this.#audio.pause();
  }
}

const isFirefox = () => navigator.userAgent.includes("Firefox");

// A part of the sound, over and over or once, exact to the sample; its time is that of what is heard.
class SamplesClock {
  #context;
  #source;
  #from;
  #stretch;
  /** @type {[when: number, passed: number, rate: number][]} */
  #played; // since when, by then and how fast, in seconds of the sound: its past is heard
  #next = 0; // when it is asked
  #latency = 0.04; // s: how late a sound is heard, as is usual

  // `samples`: from a time in the recording on, of a rate; through `output`; `ended` is called after
  // the last where they are heard once, and are no loop.
  /**
   * @param {AudioNode} output @param {Float32Array<ArrayBuffer>} samples @param {number} rate
   * @param {number} from @param {number} stretch @param {number} speed @param {(() => void) | null} ended
   */
  constructor(output, samples, rate, from, stretch, speed, ended) {
    this.#context = /** @type {AudioContext} */ (output.context);
    this.#from = from;
    this.#stretch = stretch;
    const n = samples.length;
    // 5 ms at either end of a loop, which would click.
    const fade = ended ? 0 : Math.min(n / 2, Math.ceil(0.005 * rate * stretch * speed));
    for (let i = 0; i < fade; i++) {
      samples[i] *= i / fade;
      samples[n - 1 - i] *= i / fade;
    }
    const buffer = this.#context.createBuffer(1, n, rate);
    buffer.copyToChannel(samples, 0);
    this.#source = this.#context.createBufferSource();
    this.#source.buffer = buffer;
    this.#source.loop = !ended;
    this.#source.onended = ended;
    this.#source.connect(output);
    this.#played = [[this.#context.currentTime, 0, 0]];
    this.rate = speed;
    this.#source.start();
  }

  // The time of what is heard.
  get time() {
    let now = this.#context.currentTime;
    // Firefox waits for the device to be told, and it for Firefox: now and then for ever.
    if (now >= this.#next && !isFirefox()) {
      this.#next = now + 1;
      this.#latency = this.#context.outputLatency || 0;
    }
    now -= this.#latency;
    while (this.#played[1]?.[0] <= now) this.#played.shift();
    const [when, passed, rate] = this.#played[0];
    const heard = passed + Math.max(0, now - when) * rate;
    const { duration } = /** @type {AudioBuffer} */ (this.#source.buffer);
    return this.#from + (this.#source.loop ? heard % duration : Math.min(heard, duration)) / this.#stretch;
  }

  set rate(/** @type {number} */ rate) {
    const now = this.#context.currentTime;
    const [when, passed, before] = /** @type {[number, number, number]} */ (this.#played.at(-1));
    rate *= this.#stretch;
    this.#played.push([now, passed + (now - when) * before, rate]);
    this.#source.playbackRate.value = rate;
  }

  stop() {
    this.#source.onended = null;
    this.#source.stop();
    this.#source.disconnect();
  }
}

export { SamplesClock, PageClock, SoundClock, isFirefox };
