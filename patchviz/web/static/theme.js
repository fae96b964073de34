// Dark or light as the page is, whatever made it so.

/** @param {Node | undefined} node */
function isDark(node) {
  for (const root of [document.body, document.documentElement]) {
    const { theme, bsTheme, jpThemeLight } = root?.dataset ?? {};
    if (jpThemeLight) return jpThemeLight === "false";
    for (const name of [theme, bsTheme]) {
      if (name === "dark" || name === "light") return name === "dark";
    }
  }
  // No name: what is painted behind the player tells.
  for (; node instanceof Element; node = node.parentElement ?? hostOf(node)) {
    const rgba = getComputedStyle(node).backgroundColor.match(/^rgba?\((.*)\)$/)?.[1];
    const [red, green, blue, alpha = 1] = rgba?.split(",").map(Number) ?? [0, 0, 0, 0];
    if (alpha > 0.5) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

// The element that a node's shadow root belongs to, if it lies in one.
/** @type {(node: Node) => Element | undefined} */
const hostOf = (node) => /** @type {Partial<ShadowRoot>} */ (node.getRootNode()).host;

// Keeps data-theme on `body`, the element inside the shadow root, until the signal.
/** @param {HTMLElement} body @param {AbortSignal} signal */
function followTheme(body, signal) {
  const update = () => {
    const host = hostOf(body);
    if (host) body.dataset.theme = isDark(host) ? "dark" : "light";
  };
  const observer = new MutationObserver(update);
  for (const root of [document.documentElement, document.body]) {
    if (root) observer.observe(root, { attributes: true });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
  update();
}

export { followTheme };
