// What people take along: the sound of a patch, the picture, the labels; files that are made here.
import { copy } from "./copy.js";
import { isWav } from "./files.js";
import { isReachable, linkTo } from "./links.js";
import { listen } from "./parts.js";
import { pictureOf } from "./picture.js";
import { download, tableOf } from "./table.js";
import { MOST, wavOf } from "./wav.js";

/** @import { Actions } from "./gestures.js" */
/** @import { Parts } from "./parts.js" */

/** @param {Parts} parts @param {Actions} actions @param {AbortSignal} signal */
function followTaking(parts, actions, signal) {
  const { body, more, title, header, map, lanes, stage } = parts;
  const { now, sounding, display, say } = actions;
  const labels = () => display.known.rows;
  const { host } = /** @type {ShadowRoot} */ (body.getRootNode());
  actions.link = () => {
    if (isReachable(host)) copy(parts, linkTo(host, now().framing.number(now().index)), say);
    else say("No link leads here; C copies the times.");
  };
  const name = () => {
    const [start, end] = actions.span().map((time) => time.toFixed(3));
    return `${(title.textContent || "patch").replaceAll(/[^\p{L}\p{N}.-]+/gu, "_").slice(0, 80)}_${start}-${end}`;
  };
  /** @type {Record<string, () => unknown>} */
  const does = {
    async wav() {
      const { audio, about } = sounding();
      if (!audio || !about) return;
      if (audio.duration > MOST && !isWav(audio)) {
        return say(`A compressed sound of more than ${MOST / 60} minutes is not taken apart here; audio_format="wav" is.`);
      }
      download(`${name()}.wav`, await wavOf(audio, about, ...actions.span()));
    },
    async png() {
      const picture = await pictureOf(body, [header, map, lanes, stage]);
      if (picture) download(`${name()}.png`, picture);
    },
    csv: () => download(`${name()}.csv`, tableOf(labels(), "csv"), "text/csv"),
    raven: () => download(`${name()}.selections.txt`, tableOf(labels(), "raven"), "text/plain"),
    link: actions.link,
    mark: () => actions.mark(),
    measure: () => actions.measure(),
    full: actions.fill,
    help: actions.help,
  };
  /** @param {Event} event */
  const click = async ({ target }) => {
    if (!more.open) offer(); // before it opens
    const what = /** @type {HTMLElement} */ (target).dataset.take;
    if (!what) return;
    more.open = false;
    try {
      await does[what]();
    } catch (error) {
      say(`That cannot be taken along: ${/** @type {Error} */ (error).message}.`);
    }
  };
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary")?.focus();
    event.stopPropagation();
  };
  const offer = () => {
    for (const button of more.querySelectorAll("button")) {
      if (["wav", "mark"].includes(button.dataset.take ?? "")) button.hidden = !sounding().audio;
      if (button.dataset.take === "link") button.hidden = !isReachable(host);
      if (button.dataset.take === "full") button.hidden = !document.fullscreenEnabled;
      if (["csv", "raven"].includes(button.dataset.take ?? "")) button.hidden = !labels().length;
    }
  };
  listen(more, { click, keydown }, signal);
  /** @param {Event} event */
  const outside = (event) => event.composedPath().includes(more) || (more.open = false);
  document.addEventListener("pointerdown", outside, { signal });
}

export { followTaking };
