// Players and sheets that go to the same time together: by time, whatever their patches are.

/**
 * What is linked.
 * @typedef {object} Linked
 * @property {HTMLElement} element
 * @property {(time: number) => void} go
 * @property {() => void} pause
 * @property {(onTime: (time: number) => void, onPlay: () => void) => void} hear has what is shown now tell where
 * somebody goes, and that it plays
 */

/** @import { PatchvizRecordings } from "./choosing.js" */
/** @import { PatchvizPlayer } from "./element.js" */
/** @import { PatchvizSheet } from "./sheetelement.js" */

// Of several recordings the one that is chosen is linked.
/** @param {PatchvizPlayer | PatchvizRecordings} element @returns {Linked} */
function ofPlayer(element) {
  return {
    element,
    go: (time) => element.player && (element.player.index = element.player.at(time)),
    pause: () => element.player?.pause(),
    hear(onTime, onPlay) {
      const { player } = element;
      player?.on("index", (index, source) => source !== "set" && onTime(player.interval(index)[0]));
      player?.on("playing", (playing) => playing && onPlay());
    },
  };
}

/** @param {PatchvizSheet} element @returns {Linked} */
function ofSheet(element) {
  return {
    element,
    go: (time) => element.sheet && (element.sheet.time = time),
    pause: () => element.sheet?.stop(),
    hear(onTime, onPlay) {
      element.sheet?.on("time", onTime);
      element.sheet?.on("playing", onPlay);
    },
  };
}

// Where one goes the others go; where one plays the others are silent.
/** @param {Linked[]} all */
function link(all) {
  for (const one of all) {
    const others = all.filter((other) => other !== one);
    const hear = () => one.hear(
      (time) => others.forEach((other) => other.go(time)),
      () => others.forEach((other) => other.pause()),
    );
    hear();
    one.element.addEventListener("patchviz-mount", hear);
  }
}

export { link, ofPlayer, ofSheet };
