// What people take along as text.
import { closing, element } from "./parts.js";

/** @import { Parts } from "./parts.js" */

// Copies a text; where a page may not, it is shown to be copied by hand.
/** @param {Parts} parts @param {string} text @param {(text: string) => void} say */
async function copy({ body }, text, say) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied: ${text.replaceAll(/\s+/g, " ")}`);
  } catch {
    const field = element("textarea", { readonly: "", rows: "3", "aria-label": "To copy" });
    field.value = text;
    const dialog = element("dialog", { class: "help", "aria-label": "Copy" }, "Copy this:", field, closing());
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => dialog.remove());
    body.append(dialog);
    dialog.showModal();
    field.select();
  }
}

export { copy };
