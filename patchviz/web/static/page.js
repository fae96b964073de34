// A page of players and sheets: the bytes that several share, and what links them.
import { PatchvizRecordings, defineChoosing } from "./choosing.js";
import { PatchvizPlayer, definePlayer } from "./element.js";
import { link, ofPlayer, ofSheet } from "./linked.js";
import { PatchvizSheet, defineSheet } from "./sheetelement.js";

// Gives what stands on the page once to all that show or play it.
function share() {
  for (const node of document.querySelectorAll("[data-same]")) {
    const same = document.querySelector(`[data-once="${node.getAttribute("data-same")}"]`);
    node.setAttribute("src", same?.getAttribute("src") ?? "");
    node.removeAttribute("data-same");
  }
}

// What is linked of an element: of a player that is chosen from a list, the list is.
/** @param {Element} node */
function linkedOf(node) {
  if (node instanceof PatchvizRecordings) return ofPlayer(node);
  if (node instanceof PatchvizPlayer) return node.parentNode instanceof PatchvizRecordings ? null : ofPlayer(node);
  return node instanceof PatchvizSheet ? ofSheet(node) : null;
}

// Brings to life the players and sheets of a page, by the names of their elements.
/** @param {string} player @param {string} recordings @param {string} sheet */
function defineAll(player, recordings, sheet) {
  share();
  definePlayer(player);
  defineChoosing(recordings);
  defineSheet(sheet);
  for (const box of document.querySelectorAll(".patchviz-linked")) {
    box.classList.remove("patchviz-linked"); // once
    const all = [...box.querySelectorAll(".patchviz-player, .patchviz-recordings, .patchviz-sheet")].map(linkedOf);
    link(all.filter((one) => one !== null));
  }
}

export { defineAll };
