// What is seen of a player as one picture: its cells, and the words around them.

/** @typedef {CanvasRenderingContext2D} Context */

const AIR = 8; // px around it

// Draws what is in these elements onto a canvas, at least twice as fine as they are seen.
/** @param {HTMLElement} body @param {HTMLElement[]} parts @returns {Promise<Blob | null>} */
function pictureOf(body, parts) {
  const boxes = parts.filter((part) => part.checkVisibility()).map((part) => part.getBoundingClientRect());
  const { left, width } = body.getBoundingClientRect();
  const top = Math.min(...boxes.map((box) => box.top));
  const high = Math.max(...boxes.map((box) => box.bottom)) - top;
  const scale = Math.max(2, devicePixelRatio);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: (width + 2 * AIR) * scale, height: (high + 2 * AIR) * scale });
  const context = /** @type {Context} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(AIR - left, AIR - top);
  context.imageSmoothingEnabled = false;
  for (const part of parts) paint(context, part);
  return new Promise((done) => canvas.toBlob(done));
}

// Draws an element as it is seen, and then what is in it.
/** @param {Context} context @param {Element} node */
function paint(context, node) {
  if (!node.checkVisibility() || node.matches("button, details, select, .pointed")) return;
  const { x, y, width, height } = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  context.save();
  if (style.overflowX === "hidden") {
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
  }
  if (node instanceof HTMLCanvasElement) context.drawImage(node, x, y, width, height);
  else if (node instanceof SVGPathElement) paintPath(context, node, style);
  else {
    context.fillStyle = style.backgroundColor;
    context.fillRect(x, y, width, height);
    const thick = parseFloat(style.borderTopWidth);
    if (thick) {
      Object.assign(context, { lineWidth: thick, strokeStyle: style.borderTopColor });
      context.strokeRect(x + thick / 2, y + thick / 2, width - thick, height - thick);
    }
  }
  for (const child of node.childNodes) {
    if (child instanceof Element) paint(context, child);
    else if (child.textContent?.trim()) write(context, child, style);
  }
  context.restore();
}

/** @param {Context} context @param {SVGPathElement} node @param {CSSStyleDeclaration} style */
function paintPath(context, node, style) {
  const path = new Path2D();
  path.addPath(new Path2D(node.getAttribute("d") ?? ""), node.getScreenCTM() ?? undefined);
  context.globalAlpha = Number(style.opacity);
  context.fillStyle = style.fill;
  context.strokeStyle = style.stroke;
  context.lineWidth = parseFloat(style.strokeWidth);
  context.setLineDash(style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(parseFloat));
  if (style.fill !== "none") context.fill(path);
  if (style.stroke !== "none") context.stroke(path);
}

/** @param {Context} context @param {Node} text @param {CSSStyleDeclaration} style */
function write(context, text, style) {
  const range = document.createRange();
  range.selectNodeContents(text);
  const { left, right, top, height } = range.getBoundingClientRect();
  const isRight = style.direction === "rtl";
  // Of figures that are all as wide there is no short form to ask for.
  const font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  Object.assign(context, {
    font, fillStyle: style.color, textBaseline: "middle", direction: style.direction, textAlign: isRight ? "right" : "left",
  });
  context.fillText(text.textContent ?? "", isRight ? right : left, top + height / 2);
}

export { pictureOf };
