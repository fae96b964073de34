// What lies between the sound and the loudspeaker, on Web Audio: how loud, which band, mixed down.

const FILTER = 0.043; // s: its length, 40 dB within some 100 Hz, half as late
const MIXED = 5000; // Hz: what is heard on either side of the frequency that is mixed down

/** @type {Map<number, AudioContext>} */
const contexts = new Map(); // by their rate, for all players of a page; 0 is the usual one
/** @type {WeakMap<HTMLMediaElement, MediaElementAudioSourceNode>} */
const sources = new WeakMap(); // what is connected once stays so

// A filter that lets a band pass, at a rate (Blackman's window).
/** @param {number} low @param {number} high @param {number} rate all in Hz */
function bandPass(low, high, rate) {
  const taps = Math.round(FILTER * rate) | 1;
  const middle = (taps - 1) / 2;
  /** @type {(cut: number, k: number) => number} */
  const ideal = (cut, k) => (k ? Math.sin((2 * Math.PI * cut * k) / rate) / (Math.PI * k) : (2 * cut) / rate);
  return Float32Array.from({ length: taps }, (_, i) => {
    const x = (2 * Math.PI * (i + 1)) / (taps + 1);
    const window = 0.42 - 0.5 * Math.cos(x) + 0.08 * Math.cos(2 * x);
    return window * (ideal(Math.min(high, rate / 2), i - middle) - ideal(low, i - middle));
  });
}

class Graph {
  context;
  input;
  #gain;
  #band;
  #limited;
  #output;
  #oscillator;
  #mixer;
  #mixed;
  /** @type {HTMLMediaElement | null} */
  #element = null;

  // Ultrasound needs more samples a second than a loudspeaker: mixing adds frequencies, too.
  /** @param {number} rate of the recording */
  constructor(rate) {
    const key = rate > 48_000 ? 192_000 : 0;
    this.context = contexts.get(key) ?? new AudioContext(key ? { sampleRate: key } : {});
    contexts.set(key, this.context);
    const makeGain = () => this.context.createGain();
    this.input = makeGain();
    this.#gain = makeGain();
    this.#output = makeGain();
    this.#mixer = makeGain();
    this.#band = this.context.createConvolver();
    this.#oscillator = this.context.createOscillator();
    const twice = makeGain(); // a product has half of what it is made of
    twice.gain.value = 2;
    this.#mixer.gain.value = 0;
    this.#oscillator.connect(twice).connect(this.#mixer.gain);
    this.#oscillator.start();
    this.#mixed = [1, 2, 3].reduce((/** @type {AudioNode} */ node) => {
      const filter = this.context.createBiquadFilter();
      filter.frequency.value = MIXED;
      return node.connect(filter);
    }, this.#mixer);
    this.#band.normalize = false;
    const limiter = this.context.createDynamicsCompressor();
    const [least, ratio] = [-6, 20];
    for (const [name, value] of Object.entries({ threshold: least, knee: 0, ratio, attack: 0.001, release: 0.1 })) {
      limiter[/** @type {"ratio"} */ (name)].value = value;
    }
    // The limiter makes up for what it takes from full scale, to the power of 0.6; not here.
    const undo = this.context.createGain();
    undo.gain.value = 10 ** ((0.6 * least * (1 - 1 / ratio)) / 20);
    const clip = this.context.createWaveShaper();
    clip.curve = Float32Array.of(-1, 0, 1);
    limiter.connect(undo).connect(clip).connect(this.#output).connect(this.context.destination);
    this.#limited = limiter;
    this.tune(0, null, null);
  }

  // How loud, in dB; which band in Hz of what is heard, or all; mixed down from which of them, or not.
  /** @param {number} gain @param {[number, number] | null} band @param {number | null} mix */
  tune(gain, band, mix) {
    for (const node of [this.input, this.#gain, this.#band, this.#mixed]) node.disconnect();
    const { sampleRate } = this.context;
    /** @type {AudioNode} */
    let node = this.input;
    if (band) {
      const taps = bandPass(...band, sampleRate);
      const response = this.context.createBuffer(1, taps.length, sampleRate);
      response.copyToChannel(taps, 0);
      this.#band.buffer = response;
      node = node.connect(this.#band);
    }
    if (mix !== null) {
      this.#oscillator.frequency.value = mix;
      node.connect(this.#mixer);
      node = this.#mixed;
    }
    node.connect(this.#gain);
    this.#gain.gain.value = 10 ** (gain / 20);
    // What is no louder than it was needs no limit.
    this.#gain.connect(gain > 0 ? this.#limited : this.#output);
  }

  /** @param {HTMLMediaElement} element */
  take(element) {
    const source = sources.get(element) ?? this.context.createMediaElementSource(element);
    sources.set(element, source);
    source.disconnect();
    source.connect(this.input);
    this.#element = element;
  }

  close() {
    for (const node of [this.input, this.#gain, this.#output]) node.disconnect();
    this.#oscillator.stop();
    const source = this.#element && sources.get(this.#element);
    source?.disconnect();
    source?.connect(this.context.destination);
  }
}

export { Graph, bandPass };
