// A part of an embedded sound as a WAV file: the same samples, at the rate of the recording.
import { bytesOfSound, isWav } from "./files.js";
import { decodedOf } from "./samples.js";

/** @import { Sound } from "./state.js" */

const MOST = 600; // s of a compressed sound, which is decoded whole

/** @param {DataView<ArrayBuffer>} view @param {number} at */
const tag = (view, at) => String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));

// The samples between two times of the recording, as they stand in a file.
/** @type {(audio: HTMLMediaElement, sound: Sound, from: number, to: number) => Promise<Blob>} */
async function wavOf(audio, { start, rate, stretch }, from, to) {
  const real = rate * stretch;
  const ends = [from, to].map((time) => Math.max(0, Math.round((time - start) * real)));
  if (isWav(audio)) {
    // Of a WAV, just these bytes, after its head.
    const view = new DataView((await bytesOfSound(audio, 0, 4096)).buffer);
    let [at, format, wide, size] = [12, 1, 2, 0];
    for (; tag(view, at) !== "data"; at += 8 + size + (size % 2)) {
      size = view.getUint32(at + 4, true);
      if (tag(view, at) === "fmt ") [format, wide] = [view.getUint16(at + 8, true), view.getUint16(at + 20, true)];
    }
    const [first, last] = ends.map((end) => Math.min(end * wide, view.getUint32(at + 4, true)));
    return wav(await bytesOfSound(audio, at + 8 + first, at + 8 + last), format, wide, real);
  }
  const samples = (await decodedOf(audio, rate)).slice(...ends);
  return wav(new Uint8Array(samples.buffer), 3, 4, real);
}

// One channel: PCM is format 1, floats are format 3; `wide`: bytes of a sample.
/** @param {Uint8Array<ArrayBuffer>} data @param {number} format @param {number} wide @param {number} rate */
function wav(data, format, wide, rate) {
  const head = new DataView(new ArrayBuffer(44));
  [..."RIFF    WAVEfmt "].forEach((c, i) => head.setUint8(i, c.charCodeAt(0)));
  [..."data"].forEach((c, i) => head.setUint8(36 + i, c.charCodeAt(0)));
  for (const [at, value] of [[4, 36 + data.length], [16, 16], [24, rate], [28, rate * wide], [40, data.length]]) {
    head.setUint32(at, value, true);
  }
  for (const [at, value] of [[20, format], [22, 1], [32, wide], [34, 8 * wide]]) head.setUint16(at, value, true);
  return new Blob([head, data], { type: "audio/wav" });
}

export { MOST, wavOf };
