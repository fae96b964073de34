// Padding is hatched wherever it is shown: it is no sound (plot/padding.py does so in figures).

/** @import { Framing } from "./framing.js" */

const COLOR = "#808080"; // seen on black and on white
const HATCHED = 16; // px: where none of several is as wide, they are as grass below
const GRASS = 0.06; // of the height

// Hatches what is padding, in a canvas that shows the frames from one to another.
/** @param {CanvasRenderingContext2D} context @param {Framing} framing @param {number} first @param {number} last */
function hatch(context, framing, first, last) {
  const { width, height } = context.canvas;
  const spans = framing.padding(first, last);
  if (!spans.length) return;
  const scale = width / (last - first);
  const dpr = devicePixelRatio;
  context.save();
  if (Math.max(...spans.map(([from, to]) => to - from)) * scale < HATCHED * dpr && spans.length > 1) {
    context.fillStyle = COLOR;
    for (const [from, to] of spans) context.fillRect((from - first) * scale, height, (to - from) * scale, -GRASS * height);
    context.restore();
    return;
  }
  context.beginPath();
  for (const [from, to] of spans) context.rect((from - first) * scale, 0, (to - from) * scale, height);
  context.clip();
  context.beginPath();
  for (let x = -height; x < width; x += 8 * dpr) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.strokeStyle = COLOR;
  context.lineWidth = dpr;
  context.stroke();
  context.restore();
}

export { hatch };
