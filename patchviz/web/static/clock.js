// Where the time of playing comes from: the page's clock, or the sound itself.
// Both have `time` (seconds of the recording; setting it seeks), `rate`, `start()` and `stop()`.
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
 * @typedef {Pick<HTMLAudioElement, "currentTime" | "seeking" | "playbackRate" |
 *   "defaultPlaybackRate" | "preservesPitch" | "muted" | "play" | "pause" | "addEventListener">} Sounding
 */

class SoundClock {
  #audio;
  #offset;
  #stretch;
  /** @type {number | null} */
  #wanted = null; // where to seek once the seek under way is done: only the last one counts

  // `offset`: time in the recording at which the sound starts; `stretch`: how many of the sound's
  // seconds are one of the recording.
  /** @param {Sounding} audio @param {number} offset @param {AbortSignal} signal @param {number} [stretch] */
  constructor(audio, offset, signal, stretch = 1) {
    this.#audio = audio;
    this.#offset = offset;
    this.#stretch = stretch;
    audio.addEventListener("seeked", () => this.#seekWanted(), { signal });
  }

  #seekWanted() {
    if (this.#wanted === null) return;
    const wanted = this.#wanted;
    this.#wanted = null;
    this.time = wanted;
  }

  get time() {
    return this.#wanted ?? this.#audio.currentTime / this.#stretch + this.#offset;
  }

  set time(seconds) {
    // A seek that is done is told of later: what was wanted before must not come after this.
    this.#wanted = this.#audio.seeking ? seconds : null;
    if (this.#wanted === null) this.#audio.currentTime = Math.max(0, (seconds - this.#offset) * this.#stretch);
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

const FADE = 0.005; // s: at either end of a loop, which would click

// A part of the sound, over and over or once, exact to the sample; its time is that of what is heard.
class SamplesClock {
  #context;
  #source;
  #began;
  #from;
  #stretch;
  #rate = 1;
  #passed = 0; // seconds of the sound, at #began
  #asked = NaN; // when, how late a sound is heard
  #latency = 0;

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
    const fade = ended ? 0 : Math.min(n / 2, Math.ceil(FADE * rate * stretch * speed));
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
    this.#began = this.#now;
    this.rate = speed;
    this.#source.start();
  }

  get #now() {
    const { currentTime } = this.#context;
    // Firefox waits for the device to be told, and draws nothing meanwhile.
    if (!(currentTime < this.#asked + 1)) {
      this.#asked = currentTime;
      this.#latency = this.#context.outputLatency || 0;
    }
    return currentTime - this.#latency;
  }

  // In seconds of the sound, since it began.
  get #heard() {
    return this.#passed + Math.max(0, this.#now - this.#began) * this.#rate * this.#stretch;
  }

  get time() {
    const { duration } = /** @type {AudioBuffer} */ (this.#source.buffer);
    const heard = this.#source.loop ? this.#heard % duration : Math.min(this.#heard, duration);
    return this.#from + heard / this.#stretch;
  }

  set rate(/** @type {number} */ rate) {
    this.#passed = this.#heard;
    this.#began = this.#now;
    this.#rate = rate;
    this.#source.playbackRate.value = rate * this.#stretch;
  }

  stop() {
    this.#source.onended = null;
    this.#source.stop();
    this.#source.disconnect();
  }
}

export { SamplesClock, PageClock, SoundClock };
