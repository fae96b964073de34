// The keys of a page that patchviz has written: what stands alone on it need not be clicked on first.

// Gives an element the keys that nothing on such a page has the focus for. It takes no focus itself,
// since the page may lie in a frame of another.
/** @param {HTMLElement} element @param {AbortSignal} signal */
function followPageKeys(element, signal) {
  const isAlone = () => document.body.matches(".patchviz-page") && document.querySelectorAll(".patchviz-player, .patchviz-sheet").length === 1;
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    if (event.target !== document.body || !isAlone()) return;
    const body = element.shadowRoot?.querySelector(".player");
    if (body && !body.dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
  };
  document.addEventListener("keydown", keydown, { signal });
}

export { followPageKeys };
