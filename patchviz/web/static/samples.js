// Samples of a part of the sound, as they are in its file.
import { bytesOfSound, isWav } from "./files.js";

const LONGEST = 600 * 48_000; // samples of a compressed sound, which is decoded as a whole

/** @type {WeakMap<HTMLMediaElement, Promise<AudioBuffer>>} */
const decoded = new WeakMap();

// The whole of a sound of so many samples a second, which is decoded once.
/** @param {HTMLMediaElement} audio @param {number} rate */
async function decodedOf(audio, rate) {
  let buffer = decoded.get(audio);
  if (!buffer) {
    buffer = bytesOfSound(audio).then((bytes) => new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.buffer));
    decoded.set(audio, buffer);
  }
  return (await buffer).getChannelData(0);
}

// Returns samples from the one number to the other of a sound of so many a second. An hour as WAV
// is not read for a second of it.
/** @type {(audio: HTMLMediaElement, rate: number, from: number, to: number) => Promise<Float32Array<ArrayBuffer>>} */
async function samplesOf(audio, rate, from, to) {
  if (isWav(audio)) {
    const head = new DataView((await bytesOfSound(audio, 0, 44)).buffer);
    // 16 bits and one channel, right after the header: as we write it.
    if (head.getUint32(36) === 0x64617461 && head.getUint16(34, true) === 16 && head.getUint16(22, true) === 1) {
      const bytes = await bytesOfSound(audio, 44 + 2 * from, 44 + Math.min(2 * to, head.getUint32(40, true)));
      return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32768);
    }
  }
  if (audio.duration * rate > LONGEST) {
    throw new Error(`it is longer than ${Math.round(LONGEST / rate / 60)} minutes, and compressed`);
  }
  return (await decodedOf(audio, rate)).slice(from, to);
}

export { decodedOf, samplesOf };
