// Tables and other files that are made on the page.

/** @typedef {{ start: number, end: number, label: string, number?: number, inFile?: number | null, file?: string, low?: number | null, high?: number | null, scored?: string, score?: number }} Row */

// A table of labels, as patchviz.read_labels reads it: "csv", or "raven", a selection table.
/** @param {Row[]} rows @param {"csv" | "raven"} format */
function tableOf(rows, format) {
  const isRaven = format === "raven";
  /** @param {Row} row */
  const score = ({ score }) => score && Number(score.toPrecision(7)); // of four bytes
  /** @type {[string, (row: Row, k: number) => string | number | null | undefined][]} */
  const columns = isRaven
    ? [
        ["Selection", (_, k) => k + 1],
        ["View", () => "Spectrogram 1"],
        ["Channel", () => 1],
        ["Begin Time (s)", ({ start }) => start],
        ["End Time (s)", ({ end }) => end],
        ["Low Freq (Hz)", ({ low }) => low],
        ["High Freq (Hz)", ({ high }) => high],
        ["Annotation", ({ label }) => label],
        ["Begin Path", ({ file }) => file],
        ["File Offset (s)", ({ file, start }) => file && start],
        ["Patch", ({ number }) => number],
        ["Patch in File", ({ inFile }) => inFile],
        ["Scored", ({ scored }) => scored],
        ["Score", score],
      ]
    : [
        ["file", ({ file }) => file],
        ["start_time", ({ start }) => start],
        ["end_time", ({ end }) => end],
        ["label", ({ label }) => label],
        ["low_f", ({ low }) => low],
        ["high_f", ({ high }) => high],
        ["patch", ({ number }) => number],
        ["patch_in_file", ({ inFile }) => inFile],
        ["scored", ({ scored }) => scored],
        ["score", score],
      ];
  // What nobody says has no column.
  const kept = columns.filter(([name, f]) => /time|label|Annotation|Selection/i.test(name) || rows.some((row, k) => (f(row, k) ?? "") !== ""));
  /** @param {string | number | null | undefined} cell */
  const written = (cell) => {
    const text = `${cell ?? ""}`;
    if (isRaven) return text.replace(/[\t\r\n]/g, " ");
    return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [kept.map(([name]) => name), ...rows.map((row, k) => kept.map(([, f]) => f(row, k)))];
  return lines.map((cells) => `${cells.map(written).join(isRaven ? "\t" : ",")}\n`).join("");
}

// Hands a file to the reader, without a network.
/** @param {string} name @param {BlobPart} content @param {string} [type] */
function download(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may be slow to take it
}

export { download, tableOf };
