// Stands after what is shown of a scrubber where no kernel runs, and hides it where the live one is.
((script) => {
  const saved = /** @type {HTMLElement} */ (script?.previousElementSibling);
  const id = saved.dataset.scrubber;
  // JupyterLab and Notebook put the widget into the output before this one.
  const output = /** @type {HTMLElement | null} */ (saved.closest(".jp-OutputArea-child"));
  /** @type {HTMLElement | null | undefined} */
  const widget = output?.previousElementSibling?.querySelector(".jp-OutputArea-output");
  const area = output?.parentElement ?? document.body;
  /** @type {(node: HTMLElement | null | undefined, hidden: boolean) => unknown} */
  const setHidden = (node, hidden) => node && (node.style.display = hidden ? "none" : "");
  /** @param {boolean} hidden */
  const hideSaved = (hidden) => {
    setHidden(saved, hidden);
    // Where nothing is seen, the number of the cell would leave a gap.
    const isSeen = output?.querySelector(".patchviz-saved:not([style*=none])");
    setHidden(output, !isSeen);
  };

  function show() {
    setHidden(widget, true);
    hideSaved(false);
    const waiting = saved.querySelector("script[type='text/plain']");
    if (!waiting) return;
    const running = document.createElement("script");
    running.textContent = waiting.textContent;
    waiting.replaceWith(running);
  }

  function isLive() {
    if (!area.querySelector(`.patchviz-${id}`)) return false;
    observer.disconnect();
    setHidden(widget, false);
    hideSaved(true);
    const player = /** @type {import("./element.js").PatchvizPlayer | null} */ (
      saved.querySelector(".patchviz-player")
    );
    player?.player?.pause();
    return true;
  }

  setHidden(area.querySelector(`[data-now="${id}"]`)?.closest(".jp-OutputArea-child"), true);
  const isPending = () => widget && !widget.classList.contains("jupyter-widgets");
  const observer = new MutationObserver(() => isLive() || isPending() || show());
  if (isLive()) return;
  observer.observe(area, { childList: true, subtree: true, attributeFilter: ["class"] });
  if (!isPending()) return show();
  // The widget is on its way, or its kernel is: that may take a moment, or for ever.
  hideSaved(true);
  setTimeout(() => isLive() || show(), 1000);
})(document.currentScript);
