// The way from a page of a site to those before and after it, which a file that all pages share names:
// so none of them is made anew because another one is.
(() => {
  const nav = /** @type {HTMLElement} */ (document.querySelector(".way"));
  /** @type {{ patchvizPages?: [page: string, name: string, first?: number, last?: number][] }} */
  const { patchvizPages: pages = [] } = /** @type {any} */ (globalThis);
  const here = decodeURIComponent(location.pathname.split("/").pop() ?? "");
  const at = pages.findIndex(([page]) => page === here);
  if (at < 0) return; // a run was stopped before it wrote the file
  /** @param {string} rel @param {string} arrow @param {number} to */
  const link = (rel, arrow, to) => {
    const a = document.createElement("a");
    a.rel = rel;
    a.className = rel;
    if (pages[to]) {
      const [page, name] = pages[to];
      a.href = page;
      a.title = name;
      const text = document.createElement("bdi");
      text.textContent = name;
      a.append(text);
      rel === "prev" ? a.prepend(arrow) : a.append(arrow);
      a.setAttribute("aria-label", `${rel === "prev" ? "Previous" : "Next"} recording: ${name}`);
    }
    nav.append(a);
  };
  link("prev", "←", at - 1);
  const count = document.createElement("span");
  count.textContent = `${at + 1} of ${pages.length}`;
  nav.append(count);
  link("next", "→", at + 1);
  const output = document.createElement("output");
  nav.append(output);

  // Where there is no other event on a page, one goes on to that of the next one that has any.
  /** @param {1 | -1} direction */
  const goBeyond = (direction) => {
    let to = at + direction;
    while (pages[to]?.length === 2) to += direction;
    if (pages[to]) location.href = `${pages[to][0]}#patch=${pages[to][direction > 0 ? 2 : 3]}`;
    else output.value = direction > 0 ? "None after this one." : "None before this one.";
  };
  addEventListener("patchviz-mount", ({ target }) => {
    const { player } = /** @type {import("./element.js").PatchvizPlayer} */ (target);
    player?.on("index", () => (output.value = ""));
    player?.on("beyond", goBeyond);
  });
})();
