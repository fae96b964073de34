// What is heard of a player, how fast and how high; and the time that it gives.
import { asBytes } from "./cells.js";
import { PageClock, SamplesClock, SoundClock, isFirefox } from "./clock.js";
import { isOnDisk } from "./files.js";
import { clamp } from "./framing.js";
import { Graph } from "./graph.js";
import { listen } from "./parts.js";
import { samplesOf } from "./samples.js";

/** @import { Bytes } from "./cells.js" */
/** @import { State } from "./state.js" */

/**
 * What the player does when the sound does something.
 * @typedef {object} Hearer
 * @property {(text: string) => void} say
 * @property {(why: string) => void} lose
 * @property {(why: string) => void} fail it does not start
 * @property {() => void} pause
 * @property {() => void} play
 * @property {() => void} seeked
 * @property {() => void} tick while the page is hidden
 * @property {(event: string, value: unknown) => void} tell
 * @property {() => [number, number] | null} band which is shown, in Hz
 */

const MIXED_AT_ONCE = 100; // s of the sound, of which samples are mixed down at a time
const HIGHEST = 96_000; // Hz: what can be mixed down as it is heard

class Sound {
  /** @type {HTMLAudioElement | null} */
  audio = null;
  /** @type {PageClock | SoundClock | null} */
  #clock = null;
  #hearer;
  #abort = new AbortController();
  #stretch = 1; // how many of the sound's seconds are one of the recording
  #speed = 1;
  /** @type {"expand" | "keep"} */
  #pitch = "expand";
  #gain = 0; // dB
  /** @type {[number, number] | null} */
  #band = null; // Hz of the recording
  /** @type {number | null} */
  #mix = null; // likewise
  /** @type {Graph | null} */
  #graph = null; // there as soon as it is needed, and allowed
  /** @type {SamplesClock | null} */
  #samples = null; // where these are heard, and not the element
  #sampled = false; // so it is, or about to be
  looping = false; // likewise
  /** @type {[number, number] | null | undefined} */
  #span; // in which it turns, where it plays
  #turn = 0;
  #start = 0; // of the sound in the recording, in seconds
  #rate = 0; // of its file, in Hz

  /** @param {Hearer} hearer */
  constructor(hearer) {
    this.#hearer = hearer;
  }

  // Takes another sound, or none: then the page's clock counts.
  /** @param {HTMLAudioElement | null} audio @param {State["audio"]} about */
  set(audio, about) {
    this.close();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.audio = audio;
    this.#stretch = about?.stretch ?? 1;
    this.#start = about?.start ?? 0;
    this.#rate = about?.rate ?? 0;
    if (audio) {
      const lose = (/** @type {Error} */ { message }) =>
        this.#hearer.lose(`The sound can be neither sought nor fetched whole here (${message}); the picture goes on without it.`);
      const clock = new SoundClock(audio, this.#start, signal, this.#stretch, lose);
      this.#clock = clock;
      const { pause, play, seeked, tick, tell } = this.#hearer;
      // Media keys and whatever else moves the sound move the window too. What events tell is a
      // moment old, and may be past.
      const handlers = {
        error: () => this.#lose(),
        pause: () => audio.paused && !audio.ended && !this.#sampled && !clock.isFetching && pause(),
        play: () => !audio.paused && play(),
        seeked,
        // Where the page is hidden and draws no frames, loops and ends still come in time.
        timeupdate: () => document.hidden && tick(),
        volumechange: () => {
          this.#tune();
          tell("muted", audio.muted);
        },
      };
      listen(audio, handlers, signal);
      if (audio.error) return this.#lose();
    } else {
      this.#clock = new PageClock();
    }
    this.#setRate();
  }

  close() {
    this.stop();
    this.#abort.abort();
    this.#graph?.close();
    this.#graph = null;
  }

  // From here on the page's clock counts, also while it plays: Firefox loses a sound as soon as it
  // is to be heard where there is no sound device, or none any more.
  #lose() {
    const unknown = this.audio?.error?.code === 4; // MEDIA_ERR_SRC_NOT_SUPPORTED
    const beside = this.audio?.getAttribute?.("src") ?? "data:";
    if (unknown && !beside.startsWith("data:")) {
      return this.#hearer.lose(`The sound ${decodeURIComponent(beside)} is missing, or cannot be played by this browser; the picture can.`);
    }
    const why = unknown ? "by this browser" : "here, perhaps for want of a sound device";
    this.#hearer.lose(`The sound cannot be played ${why}; the picture can.`);
  }

  get time() {
    return (this.#samples ?? this.#clock)?.time ?? 0;
  }

  set time(seconds) {
    if (this.#clock) this.#clock.time = seconds;
    if (this.#samples && !this.looping) this.start();
  }

  // Starts, or with a span (in seconds of the recording) turns in it, exactly where that can be. Why
  // it cannot is said.
  /** @param {[number, number] | null} [span] */
  async start(span = null) {
    const turn = ++this.#turn;
    this.#samples?.stop();
    this.#samples = null;
    this.#span = span;
    this.#tune();
    // Browsers bring an element's sound to the loudspeaker's rate, and ultrasound is lost.
    this.#sampled = (span !== null || this.#mix !== null) && this.#canSample;
    this.looping = this.#sampled && span !== null;
    if (this.#sampled) {
      const [from, to] = span ?? [this.time, this.time + MIXED_AT_ONCE / this.#stretch];
      try {
        const samples = await this.samples(from, to);
        if (turn !== this.#turn || !this.#graph) return;
        const ended = () => {
          this.#hearer.tick();
          if (turn === this.#turn) this.time = to;
        };
        this.#samples = new SamplesClock(this.#graph.input, samples, this.#rate, from, this.#stretch, this.#speed, span ? null : ended);
        return;
      } catch (error) {
        const what = span ? "The loop is not exact" : "It is not mixed down";
        this.#hearer.say(`${what}: ${/** @type {Error} */ (error).message}.`);
        this.looping = this.#sampled = false;
      }
    }
    if (turn !== this.#turn) return;
    const waits = this.#clock instanceof SoundClock && this.#clock.isFetching;
    if (waits) this.#hearer.say("The sound is being loaded, all of it: its server hands out no parts.");
    try {
      await this.#clock?.start();
      if (waits && turn === this.#turn) this.#hearer.say("");
    } catch (error) {
      // A pause that comes before the sound has started is no failure; an error has its event.
      const { name, message } = /** @type {Error} */ (error);
      if (turn !== this.#turn || name === "AbortError" || this.audio?.error) return;
      this.#hearer.fail(`The sound cannot be played: ${message}`);
    }
  }

  stop() {
    this.#turn++;
    const { time } = this;
    this.#samples?.stop();
    if (this.#samples && this.#clock) this.#clock.time = time;
    this.#samples = null;
    this.#span = undefined;
    this.#clock?.stop();
    this.looping = this.#sampled = false;
  }

  // Whether samples can be heard: kept pitches are the element's own.
  get #canSample() {
    const { audio } = this;
    const isKept = audio instanceof HTMLMediaElement && audio.preservesPitch && this.#speed !== 1;
    if (isKept) this.#hearer.say("The loop is not exact while the pitch is kept.");
    return !isKept && this.#connect(true);
  }

  // The samples from one time in the recording to another, and how many are a second of it.
  /** @param {number} from @param {number} to */
  async samples(from, to) {
    const { audio } = this;
    if (!audio) throw new Error("there is no sound");
    const [first, last] = [from, to].map((time) => Math.max(0, Math.round((time - this.#start) * this.rate)));
    const samples = await samplesOf(audio, this.#rate, first, last);
    if (!samples.length) throw new Error("there is no sound in it");
    return samples;
  }

  // Samples in a second of the recording.
  get rate() {
    return this.#rate * this.#stretch;
  }

  // -- on Web Audio ------------------------------------------------------------------------

  get gain() {
    return this.#gain;
  }

  // How much louder, in dB.
  set gain(gain) {
    this.#gain = clamp(gain, -60, 60);
    this.#tune();
    this.#hearer.tell("gain", this.#gain);
  }

  // Whether only the band that is shown is heard.
  get filtered() {
    return this.#band !== null;
  }

  set filtered(filtered) {
    this.#band = filtered ? this.band : null;
    this.#tune();
    this.#hearer.tell("filtered", this.filtered);
  }

  // From which frequency it is mixed down, in Hz; null where it is heard as it is.
  get mix() {
    return this.#mix;
  }

  set mix(hertz) {
    const other = (hertz === null) !== (this.#mix === null);
    this.#mix = hertz;
    this.#tune();
    const span = this.#span;
    if (other && span !== undefined) {
      this.stop();
      this.start(span);
    }
    const most = HIGHEST / this.#speed;
    this.#hearer.say(hertz !== null && hertz > most ? `At ${this.#speed}× nothing above ${(most / 1000).toFixed(1)} kHz is mixed down; slower, more is.` : "");
    this.#hearer.tell("mix", hertz);
  }

  // Another band is shown.
  follow() {
    if (this.filtered) this.filtered = true;
  }

  // The band that is shown, in Hz, where there is one.
  /** @returns {[number, number] | null} */
  get band() {
    const band = this.#hearer.band();
    return band && [Math.max(0, band[0]), band[1]];
  }

  #tune() {
    const isNeeded = this.#gain !== 0 || this.#band !== null || this.#mix !== null;
    if (!this.#connect(isNeeded)) return;
    const times = this.audio?.preservesPitch ? 1 : this.#speed;
    const gain = this.audio?.muted ? -1000 : this.#gain; // of a loop nobody else takes care
    /** @type {[number, number] | null} */
    const band = this.#band && [this.#band[0] * times, this.#band[1] * times];
    const mix = this.#mix && Math.min(this.#mix * times, HIGHEST);
    this.#graph?.tune(gain, band, mix);
  }

  // Whether the sound goes through Web Audio: if that is needed or was, once somebody has clicked
  // (before that browsers keep it silent).
  /** @param {boolean} isNeeded */
  #connect(isNeeded) {
    if (this.#graph || !isNeeded) return this.#graph !== null;
    if (!(this.audio instanceof HTMLMediaElement)) return false;
    if (isOnDisk() && !this.audio.src.startsWith("data:")) {
      // Web Audio would be given silence.
      this.#hearer.say("The sound lies beside the page: from a disk browsers play it as it is; from a server also louder, by bands and in exact loops.");
      return false;
    }
    if (navigator.userActivation?.hasBeenActive === false) return false;
    try {
      const graph = new Graph(this.rate);
      graph.take(this.audio);
      graph.context.resume();
      this.#graph = graph;
    } catch (error) {
      this.#hearer.say(`Without Web Audio the sound is played as it is: ${/** @type {Error} */ (error).message}.`);
    }
    return this.#graph !== null;
  }

  get ended() {
    return this.audio?.ended ?? false;
  }

  get speed() {
    return this.#speed;
  }

  set speed(speed) {
    this.#speed = speed;
    this.#setRate();
  }

  // Whether browsers can keep it; what is stretched they have not as it was.
  get canKeep() {
    return this.#stretch === 1;
  }

  // "expand": it follows the speed, as that of a tape; or "keep".
  get pitch() {
    return this.#pitch;
  }

  set pitch(pitch) {
    this.#pitch = pitch;
    this.#setRate();
    this.#hearer.tell("pitch", pitch);
  }

  #setRate() {
    if (!this.#clock) return;
    const asked = this.#speed;
    this.#clock.rate = asked;
    if (this.#samples) this.#samples.rate = this.#clock.rate;
    this.#speed = this.#clock.rate;
    if (!this.audio) return;
    // Slowed down as a tape is, ultrasound is heard.
    this.audio.preservesPitch = this.#pitch === "keep" && this.canKeep;
    const silent = 0.25 / this.#stretch;
    let said = "";
    if (Math.abs(asked - this.#speed) > 1e-9) {
      said = `This sound is not played at ${asked}×; the nearest is ${this.#speed}×.`;
    } else if (asked < silent && isFirefox()) {
      said = `Firefox is silent below ${silent}×; other browsers are not.`;
    }
    this.#hearer.say(said);
    this.#tune();
  }
}

// An <audio> element that plays bytes, for those who have no data URI.
/** @param {Bytes} data @param {string} type */
function audioFromBytes(data, type) {
  const bytes = asBytes(data);
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) {
    text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  }
  return new Audio(`data:${type};base64,${btoa(text)}`);
}

export { Sound, audioFromBytes };
