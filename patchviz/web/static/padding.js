// Padding is hatched wherever it is shown: it is no sound (plot/padding.py does so in figures).

/** @import { Framing } from "./framing.js" */

// Hatches what is padding, in a canvas that shows the frames from one to another; so many
// that this would hide the rest are as grass below.
/** @param {CanvasRenderingContext2D} context @param {Framing} framing @param {number} first @param {number} last */
function hatch(context, framing, first, last) {
  const { width, height } = context.canvas;
  const spans = framing.padding(first, last);
  if (!spans.length) return;
  const scale = width / (last - first);
  const dpr = devicePixelRatio;
  for (const [from, to] of spans) {
    // Sound ends within its last frame: the rest of that looks like what follows.
    const whole = Math.ceil(from);
    const right = Math.ceil((whole - first) * scale);
    if (whole > from && whole < to && right < width) {
      const left = Math.round((from - first) * scale);
      context.drawImage(context.canvas, right, 0, 1, height, left, 0, right - left, height);
    }
  }
  const low = spans.length * 32 * dpr > width ? 16 : 1;
  context.save();
  context.beginPath();
  for (const [from, to] of spans) context.rect((from - first) * scale, height, (to - from) * scale, -height / low);
  context.clip();
  context.beginPath();
  for (let x = -height; x < width; x += (8 * dpr) / low) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.lineWidth = dpr;
  context.strokeStyle = "#80808099"; // seen on black and on white, and no louder than sound
  context.stroke();
  context.restore();
}

export { hatch };
