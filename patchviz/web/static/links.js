// Links to a moment: #t=3.2,8.2 (Media Fragments: seconds of the recording) or #patch=17; where a
// page has several players, &player= says which: by its id or that of its figure, or the how manieth it
// is; and of several recordings of which one is chosen, &recording= says that, by its name in their list.

/** @import { Player } from "./player.js" */

/** @param {Element} element */
function place(element) {
  const all = [...document.querySelectorAll(".patchviz-player")];
  const own = element.closest("figure");
  const names = [element.id, own?.querySelectorAll(".patchviz-player").length === 1 && own.id, `${all.indexOf(element) + 1}`].filter(Boolean);
  return { names, isFirst: all[0] === element, isAlone: all.length === 1 };
}

// Whether a link can lead back to a player: into no widget, no dialog and no notebook that is open.
/** @param {Element} element */
const isReachable = (element) => element.matches(".patchviz-player") && !document.querySelector("#jupyter-config-data");

// The address of what a player shows.
/** @param {Element} element @param {number} number of the patch */
function linkTo(element, number) {
  const { names, isAlone } = place(element);
  const which = isAlone ? "" : `&player=${encodeURIComponent(/** @type {string} */ (names[0]))}`;
  const { recording } = /** @type {HTMLElement} */ (element).dataset;
  const of = recording ? `&recording=${encodeURIComponent(recording)}` : "";
  return `${location.href.split("#")[0]}#patch=${number}${which}${of}`;
}

// What the page's address says.
const saysOf = () => new URLSearchParams(location.hash.slice(1));

// Whether that is about a player; about the first, where no other is named.
/** @param {Element} element @param {URLSearchParams} says */
function isMeant(element, says) {
  const named = says.get("player");
  const { names, isFirst } = place(element);
  return named === null ? isFirst || !(says.has("t") || says.has("patch")) : names.includes(named);
}

// 8.2, 1:08.2 or 0:01:08.2 in seconds; of anything else NaN.
/** @param {string} text */
function seconds(text) {
  const [, hours = 0, minutes = 0, rest = NaN] = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?)$/.exec(text) ?? [];
  return 3600 * +hours + 60 * +minutes + +rest;
}

// Has a player go where the page's address says, now and whenever that changes; where it says
// nothing any more, back to where it was; where it names another player, nowhere. What is `known` already is not followed again.
/** @param {HTMLElement} element @param {Player} player @param {AbortSignal} signal @param {boolean} known */
function followLinks(element, player, signal, known) {
  let before = -1;
  // The number of a patch, -1 where no moment is named, null where that is not this player's.
  const wanted = () => {
    const says = saysOf();
    // Where no recording is named, the first is meant (choosing.js).
    const { recording, first } = element.dataset;
    if (!isMeant(element, says) || (says.get("recording") ?? first) !== recording) return null;
    const { framing } = player;
    const [, from] = /^(?:npt:)?([^,]*)/.exec(says.get("t") || "none") ?? [];
    const time = from === "" ? 0 : seconds(from);
    if (!Number.isNaN(time)) return framing.indexAt(time + framing.tolerance);
    return /^\d+$/.test(says.get("patch") ?? "") ? framing.indexOf(Number(says.get("patch"))) : -1;
  };
  const go = () => {
    const index = wanted();
    if (index === null) return;
    if (index >= 0) {
      if (before < 0) before = player.index;
      player.index = index;
      element.scrollIntoView({ block: "nearest" });
    } else if (before >= 0) {
      player.index = before;
      before = -1;
    }
  };
  player.ready.then(() => {
    if (signal.aborted || !player.framing) return;
    if (!known) go();
    addEventListener("hashchange", go, { signal });
  });
}

export { followLinks, isMeant, isReachable, linkTo, saysOf };
