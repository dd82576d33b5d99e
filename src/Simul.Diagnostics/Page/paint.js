// Drawing into a box of a canvas: { left, top, width, height } in CSS pixels, a view { from, to } in seconds.

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue("--" + name).trim();
  return {
    kinds: ["busy", "waiting", "failed", "cancelled", "unfinished"].map(colour),
    paper: colour("paper"), ink: colour("ink"), soft: colour("soft"), rule: colour("rule"), zebra: colour("zebra"),
    path: colour("path"),
    sans: colour("sans"), serif: colour("serif"),
  };
}

const xOf = (time, view, box) => box.left + (time - view.from) / (view.to - view.from) * box.width;
const timeOf = (x, view, box) => view.from + (x - box.left) / box.width * (view.to - view.from);

// Paler first, so that work is seen over waiting where both fall into one pixel; failures over all.
const paintOrder = [1, 3, 4, 0, 2];
const allKinds = [true, true, true, true, true];
const ground = [false, true, false, false, false], figures = [true, false, true, true, true];

/**
 * One row of spans. A span of at least a pixel and a half is a bar. Thinner ones are gathered by pixel column as the part
 * of the column they cover, so that 100,000 spans cost one pass and a few rectangles and still show how dense they are.
 * `layer` leaves out what is not in it: the paths run over the waiting and under the work.
 */
function paintRow(context, row, view, box, y, height, palette, layer = allKinds) {
  const scale = box.width / (view.to - view.from), columns = Math.ceil(box.width) + 1;
  let cover = null;
  for (let i = firstAfter(row, view.from); i < row.count && row.start[i] < view.to; i++) {
    if (!layer[row.kind[i]]) continue;
    const left = Math.max(0, (row.start[i] - view.from) * scale);
    const right = Math.min(box.width, (row.end[i] - view.from) * scale);
    if (right - left >= 1.5) {
      context.globalAlpha = 1;
      context.fillStyle = palette.kinds[row.kind[i]];
      // A hair of paper between neighbours of one kind, as soon as there is room for it.
      const gap = right - left > 5 && i + 1 < row.count && row.kind[i + 1] === row.kind[i] ? 1 : 0;
      context.fillRect(box.left + left, y, right - left - gap, height);
      if (row.kind[i] >= FAILED && right - left > 6 && height >= 4) {
        paintMark(context, row.kind[i], box.left + left, y, right - left - gap, height, palette);
      }
      continue;
    }
    cover ??= paintOrder.map(() => null);
    const kind = row.kind[i], cells = cover[kind] ??= new Float32Array(columns);
    const last = Math.min(columns - 1, Math.floor(right));
    for (let x = Math.floor(left); x <= last; x++) {
      // A span of no length at all still happened.
      cells[x] += Math.max(Math.min(right, x + 1) - Math.max(left, x), right === left ? 0.08 : 0);
    }
  }
  if (cover) paintCover(context, cover, box, y, height, palette);
  context.globalAlpha = 1;
}

/** What ended badly is told by shape too, not by colour alone: failed is struck through, cancelled and unfinished are hollow. */
function paintMark(context, kind, x, y, width, height, palette) {
  context.fillStyle = context.strokeStyle = palette.paper;
  if (kind !== FAILED) {
    context.fillRect(x + 1, y + 1, width - 2, height - 2);
    return;
  }
  const half = Math.min(width, height) / 2 - 1, middle = x + width / 2, centre = y + height / 2;
  context.lineWidth = 1.25;
  context.beginPath();
  context.moveTo(middle - half, centre - half);
  context.lineTo(middle + half, centre + half);
  context.moveTo(middle + half, centre - half);
  context.lineTo(middle - half, centre + half);
  context.stroke();
}

function paintCover(context, cover, box, y, height, palette) {
  for (const kind of paintOrder) {
    const cells = cover[kind];
    if (!cells) continue;
    context.fillStyle = palette.kinds[kind];
    for (let x = 0; x < cells.length; x++) {
      if (cells[x] === 0) continue;
      // The root lifts what is rare: one move in a hundred must still be seen, and a failure in any case.
      context.globalAlpha = Math.min(1, kind === WAITING ? cells[x] : kind === FAILED ? 0.85 : cells[x] ** 0.7);
      context.fillRect(box.left + x, y, 1, height);
    }
  }
}

/** The way of each actor from lane to lane; left out where it would be a smear. */
function paintPaths(context, run, view, box, middle, palette) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  context.lineJoin = "round";
  context.strokeStyle = palette.path;
  context.lineWidth = 1.75;
  for (const path of run.paths) {
    const first = Math.max(0, path.findIndex(stay => stay.end > view.from) - 1);
    let last = path.findIndex(stay => stay.start > view.to);
    last = last < 0 ? path.length - 1 : last;
    if (path[first].start > view.to || path[last].end < view.from) continue;
    const room = (xOf(path[last].end, view, box) - xOf(path[first].start, view, box)) / (last - first + 1);
    if (room < 1.2) continue;
    context.beginPath();
    for (let i = first; i <= last; i++) {
      const y = middle(path[i].lane), x = xOf(path[i].start, view, box);
      if (i === first) context.moveTo(x, y); else context.lineTo(x, y);
      context.lineTo(xOf(path[i].end, view, box), y);
    }
    context.globalAlpha = Math.min(1, 0.35 + room / 12);
    context.stroke();
  }
  context.restore();
}

/** Marks and their times under a box. */
function paintAxis(context, view, box, clock, palette, grid) {
  const step = tickStep((view.to - view.from) / box.width, clock === "exhibition" ? 84 : 76);
  context.font = `11px ${palette.sans}`;
  context.textBaseline = "top";
  for (let n = Math.ceil(view.from / step - 1e-9); n * step <= view.to + step * 1e-9; n++) {
    const x = Math.round(xOf(n * step, view, box)) + 0.5;
    context.fillStyle = palette.rule;
    if (grid) context.fillRect(x - 0.5, box.top, 1, box.height + 4);
    const text = formatTick(n * step, step, clock), width = context.measureText(text).width;
    context.fillStyle = palette.soft;
    context.textAlign = "left";
    context.fillText(text, Math.min(Math.max(x - width / 2, box.left), box.left + box.width - width), box.top + box.height + 7);
  }
}
