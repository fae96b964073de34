// Files beside the page: pictures, each a script that holds one, and sounds, of which parts are read.
import { bytesOfDataUri } from "./cells.js";

/** @import { Bytes } from "./cells.js" */
/** @import { Sounding } from "./clock.js" */

// By their names, what their scripts hold (beside.py).
/** @type {{ patchvizFiles?: Record<string, string> }} */
const held = /** @type {any} */ (globalThis);

/** @param {string} url @returns {Promise<string>} */
const load = (url) => new Promise((done, fail) => {
  const script = document.createElement("script");
  const name = /** @type {string} */ (url.split("/").pop());
  const end = () => {
    const uri = held.patchvizFiles?.[name];
    script.remove();
    if (uri) done(uri);
    else fail(new Error(`the file ${decodeURIComponent(url)} is missing, or is another`));
  };
  script.onload = script.onerror = end;
  script.src = url;
  document.head.append(script);
});

// When an element comes near to what is seen of the page.
/** @param {Element} node @returns {Promise<void>} */
const seen = (node) => new Promise((done) => {
  const observer = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    observer.disconnect();
    done();
  }, { rootMargin: "100%" });
  observer.observe(node);
});

// The files of a picture, of which some may lie beside the page: these when the player is seen, or
// at once.
/** @param {(string | Bytes)[]} tiles @param {Element} [host] */
async function loaded(tiles, host) {
  if (!tiles.some(isBeside)) return tiles;
  if (host) await seen(host);
  return Promise.all(tiles.map((tile) => (isBeside(tile) ? load(`${tile}`) : tile)));
}

/** @param {string | Bytes} tile */
const isBeside = (tile) => typeof tile === "string" && !tile.startsWith("data:");

const isOnDisk = () => location.protocol === "file:";

// What has been fetched whole, by who plays it: as long as that is there, since it may be played again.
/** @type {WeakMap<Sounding, Blob>} */
const whole = new WeakMap();

// Has all of a sound fetched before it is played on: then it can be sought on any server.
/** @param {Sounding} audio */
async function fetchWhole(audio) {
  const response = await fetch(audio.currentSrc);
  if (!response.ok) throw new Error(`${response.status}`);
  const blob = await response.blob();
  whole.set(audio, blob);
  audio.src = URL.createObjectURL(blob);
}

// Bytes of a sound, from one to another: of a data URI, or of a file on a server.
/** @param {HTMLMediaElement} audio @param {number} from @param {number} to @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function bytesOfSound(audio, from = 0, to = Infinity) {
  const blob = whole.get(audio);
  if (blob) return new Uint8Array(await blob.slice(from, Math.min(to, blob.size)).arrayBuffer());
  const uri = audio.currentSrc || audio.src;
  if (uri.startsWith("data:")) {
    const start = uri.indexOf(",") + 1;
    const [first, last] = [Math.floor(from / 3), Math.ceil(to / 3)];
    return bytesOfDataUri(`,${uri.slice(start + 4 * first, start + 4 * last)}`).slice(from - 3 * first, to - 3 * first);
  }
  if (isOnDisk()) throw new Error("the sound lies beside the page, and from a disk browsers do not hand it out; from a server they do");
  const response = await fetch(uri, { headers: { Range: `bytes=${from}-${to === Infinity ? "" : to - 1}` } });
  if (!response.ok) throw new Error(`the sound cannot be read: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return response.status === 206 ? bytes : bytes.slice(from, to);
}

/** @param {HTMLMediaElement} audio */
const isWav = (audio) => /^data:audio\/wav|\.wav$/.test(audio.currentSrc || audio.src) || /wav$/.test(whole.get(audio)?.type ?? "");

export { bytesOfSound, fetchWhole, isBeside, isOnDisk, isWav, loaded };
