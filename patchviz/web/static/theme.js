// Dark or light as the page is, whatever made it so; the reader's system decides only where the
// page lets it.

/** @param {Element} host */
function isDark(host) {
  const { body, documentElement } = document;
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
  /** @type {Element | null | undefined} */
  let node = host;
  for (; node && node !== body && node !== documentElement; node = node.parentElement ?? hostOf(node)) {
    const painted = isDarkColor(getComputedStyle(node).backgroundColor);
    if (painted !== null) return painted;
  }
  // A theme is called by its name before its colours are there.
  for (const { dataset } of [body, documentElement]) {
    for (const name of [dataset.theme, dataset.bsTheme]) {
      if (name === "dark" || name === "light") return name === "dark";
    }
  }
  for (const root of [body, documentElement]) {
    const painted = isDarkColor(getComputedStyle(root).backgroundColor);
    if (painted !== null) return painted;
  }
  // Nothing is painted: on a dark page people write in light letters.
  return isDarkColor(getComputedStyle(host).color) === false;
}

// The colour of what lies behind an element; as browsers have it where nothing is painted.
/** @param {Element} host */
function groundOf(host) {
  /** @type {Element | undefined | null} */
  let node = host;
  for (; node; node = node.parentElement ?? hostOf(node)) {
    const { backgroundColor } = getComputedStyle(node);
    if (isDarkColor(backgroundColor) !== null) return backgroundColor;
  }
  return "rgb(255, 255, 255)";
}

// Null where the colour lets most of what is behind it through, or there is none.
/** @param {string} color as computed: rgb(), or color(), lab(), oklch() and their like */
function isDarkColor(color) {
  const [values, alpha] = color.replace(/^color\(\S+/, "").split("/");
  const [a, b, c, d = 1] = values.match(/[\d.]+(?:e-?\d+)?/g)?.map(Number) ?? [];
  if (a === undefined || (alpha ? parseFloat(alpha) : d) < 0.5) return null;
  const luma = 0.299 * a + 0.587 * b + 0.114 * c;
  if (color.startsWith("rgb")) return luma < 128;
  if (color.startsWith("color")) return luma < 0.5;
  return a < (color.startsWith("ok") ? 0.5 : 50);
}

// The element that a node's shadow root belongs to, if it lies in one.
/** @type {(node: Node) => Element | undefined} */
const hostOf = (node) => /** @type {Partial<ShadowRoot>} */ (node.getRootNode()).host;

// Keeps data-theme on `body`, the element inside the shadow root, until the signal.
/** @param {HTMLElement} body @param {AbortSignal} signal */
function followTheme(body, signal) {
  const update = () => {
    const host = hostOf(body);
    if (!host) return;
    body.dataset.theme = isDark(host) ? "dark" : "light";
    // On another ground its own is a box, from whose edges words keep away.
    body.classList.toggle("boxed", getComputedStyle(body).backgroundColor !== groundOf(host));
  };
  const observer = new MutationObserver(update);
  const sizes = new ResizeObserver(update); // the first one when it comes onto the page
  sizes.observe(body);
  for (const root of [document.documentElement, document.body]) {
    if (root) observer.observe(root, { attributes: true });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", update, { signal });
  document.addEventListener("transitionend", update, { signal }); // of a background, perhaps
  signal.addEventListener("abort", () => {
    observer.disconnect();
    sizes.disconnect();
  });
  update();
}

export { followTheme };
