// Players and sheets that go to the same time together: by time, whatever their patches are.

/**
 * What is linked.
 * @typedef {object} Linked
 * @property {(time: number) => void} go
 * @property {() => void} pause
 * @property {(f: (time: number) => void) => unknown} onTime tells where somebody has gone
 * @property {(f: () => void) => unknown} onPlay
 */

/** @import { PatchvizRecordings } from "./choosing.js" */
/** @import { mount } from "./player.js" */
/** @import { mountSheet } from "./sheet.js" */

/** @param {ReturnType<typeof mount>} player @returns {Linked} */
function ofPlayer(player) {
  return {
    go: (time) => (player.index = player.at(time)),
    pause: () => player.pause(),
    onTime: (f) => player.on("index", (index, source) => source !== "set" && f(player.interval(index)[0])),
    onPlay: (f) => player.on("playing", (playing) => playing && f()),
  };
}

// Of several recordings the one that is chosen is linked.
/** @param {PatchvizRecordings} recordings @returns {Linked} */
function ofRecordings(recordings) {
  /** @param {(one: Linked) => unknown} f */
  const now = (f) => recordings.player && f(ofPlayer(recordings.player));
  return {
    go: (time) => now((one) => one.go(time)),
    pause: () => now((one) => one.pause()),
    onTime: (f) => recordings.onPlayer((player) => ofPlayer(player).onTime(f)),
    onPlay: (f) => recordings.onPlayer((player) => ofPlayer(player).onPlay(f)),
  };
}

/** @param {ReturnType<typeof mountSheet>} sheet @returns {Linked} */
function ofSheet(sheet) {
  return {
    go: (time) => (sheet.time = time),
    pause: () => sheet.stop(),
    onTime: (f) => sheet.on("time", f),
    onPlay: (f) => sheet.on("playing", f),
  };
}

// Where one goes the others go; where one plays the others are silent.
/** @param {Linked[]} all */
function link(all) {
  for (const one of all) {
    const others = all.filter((other) => other !== one);
    one.onTime((time) => others.forEach((other) => other.go(time)));
    one.onPlay(() => others.forEach((other) => other.pause()));
  }
}

export { link, ofPlayer, ofRecordings, ofSheet };
