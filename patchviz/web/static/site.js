// The index of a site: its rows are sorted and searched, and get their overviews.
(() => {
  const table = /** @type {HTMLTableElement} */ (document.querySelector("table"));
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const pictures = (table.dataset.pictures ?? "").split(" ");
  const each = Number(table.dataset.each);
  const overviews = /** @type {NodeListOf<HTMLElement>} */ (table.querySelectorAll("[data-at]"));
  for (const { dataset, style } of overviews) {
    const at = Number(dataset.at);
    const picture = Math.floor(at / each);
    style.backgroundImage = `url("${pictures[picture]}")`;
    style.backgroundPosition = `0 ${-40 * (at % each)}px`;
    // Where there is less room, they are narrower, and none of them is cut.
    style.backgroundSize = `100% ${40 * Math.min(each, overviews.length - picture * each)}px`;
  }

  const collator = new Intl.Collator(undefined, { numeric: true });
  /** @param {HTMLTableRowElement} row @param {number} column */
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (!cell || cell.className === "why") return null; // of what failed there is nothing
    const value = cell.dataset.value ?? cell.textContent ?? "";
    return value === "" ? null : value;
  };
  /** @param {number} column @param {number} direction */
  const sort = (column, direction) => {
    // What has no value comes last, either way.
    const keyed = rows.map((row) => ({ row, value: valueOf(row, column) }));
    keyed.sort(({ value: one }, { value: other }) => {
      if (one === null || other === null) return Number(one === null) - Number(other === null);
      const difference = Number(one) - Number(other);
      return direction * (Number.isNaN(difference) ? collator.compare(one, other) : difference);
    });
    body.replaceChildren(...keyed.map(({ row }) => row));
  };
  /** @param {number} column */
  const isOfNumbers = (column) => rows.some(({ cells }) => {
    const value = cells[column]?.dataset.value;
    return value && !Number.isNaN(Number(value));
  });
  const heads = [...table.tHead?.rows[0].cells ?? []];
  /** @param {number} column @param {string} direction */
  const order = (column, direction) => {
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[column]?.setAttribute("aria-sort", direction);
    sort(column, direction === "ascending" ? 1 : -1);
  };
  heads.forEach((head, column) => {
    head.querySelector("button")?.addEventListener("click", () => {
      // Of numbers one looks for the highest, and of names and times for the first.
      const before = head.getAttribute("aria-sort") ?? (isOfNumbers(column) ? "ascending" : "descending");
      const direction = before === "ascending" ? "descending" : "ascending";
      order(column, direction);
      history.replaceState({ column, direction }, ""); // for whoever comes back
      arrange(); // its head is wider now
    });
  });
  if (history.state) order(history.state.column, history.state.direction);

  // Where there is no room for columns, what is in them says what it is.
  for (const row of rows) {
    if (row.className !== "failed") [...row.cells].slice(2).forEach((cell, k) => (cell.dataset.name = heads[k + 2].textContent ?? ""));
  }
  const title = /** @type {HTMLElement} */ (document.querySelector("h1")); // as wide as there is room
  const arrange = () => {
    table.classList.remove("narrow");
    table.classList.toggle("narrow", table.offsetWidth > title.offsetWidth);
  };
  window.addEventListener("resize", arrange);
  arrange();

  const field = /** @type {HTMLInputElement} */ (document.querySelector("input[type=search]"));
  const output = /** @type {HTMLOutputElement} */ (document.querySelector("output"));
  // Of one letter with its mark, and of two that are put together, people see no difference.
  /** @param {string} text */
  const fold = (text) => text.normalize().toLowerCase();
  const texts = rows.map((row) => fold(row.textContent ?? ""));
  const search = () => {
    const words = fold(field.value).split(/\s+/);
    let n = 0;
    rows.forEach((row, k) => {
      row.hidden = !words.every((word) => texts[k].includes(word));
      if (!row.hidden) n++;
    });
    output.value = field.value.trim() ? `${n} of ${rows.length}` : "";
  };
  field.addEventListener("input", search);
  window.addEventListener("pageshow", search); // a page that is gone back to has it by then
})();
