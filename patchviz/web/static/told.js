// What an element of a page is told, once all of it is there.

// Whether the parser has gone on after a node.
/** @param {Node | null} node @returns {boolean} */
const isParsed = (node) => document.readyState !== "loading" || (!!node && (!!node.nextSibling || isParsed(node.parentNode)));

// Its JSON, behind which nothing else lies in it (html.py); nothing until that is there. A page that is being
// parsed connects the element before, and may have half of the text: the script that follows the element
// starts it then; where that has no script of its own, the end of the page does.
/** @param {HTMLElement & { start(): void }} element */
function toldIn(element) {
  const json = element.querySelector(":scope > script[type='application/json']");
  if (!json || isParsed(json)) return json && JSON.parse(json.textContent);
  addEventListener("DOMContentLoaded", () => element.start());
}

export { toldIn };
