// One run: a map of the whole above, a window of it below, and between them the lens that ties the two together.

const LENS = 13, AXIS = 24;

class Chart {
  constructor(host, report, run, board) {
    Object.assign(this, { host, report, run, board });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.map = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
    this.focus = null;
    // `view` is what is drawn, `goal` where it is going: the same but while the view glides.
    this.view = this.goal = { from: 0, to: report.end };
    host.append(this.canvas);
    host.tabIndex = 0;
    host.setAttribute("role", "application");
    host.setAttribute("aria-roledescription", "timeline");
    host.setAttribute("aria-label", `Timeline of ${run.name}, ${run.lanes.length} lanes, ${formatTime(run.total, report.clock)}`);
    host.setAttribute("aria-describedby", "help");
  }

  /** The time the map shows: all runs' on one scale, or this run's own. */
  get whole() {
    return { from: 0, to: this.board.shared ? this.report.end : this.run.end };
  }

  /** Takes the size the page gives it. `gutter` is common to all charts, so that their axes stand in line. */
  layout(gutter) {
    const width = this.host.clientWidth, count = Math.max(1, this.run.lanes.length);
    const inner = Math.max(40, width - gutter - 1);
    const laneHeight = Math.min(22, Math.max(3, Math.floor(200 / count)));
    let y = 0;
    const bands = this.run.lanes.map(lane => {
      const height = Math.max(laneHeight, Math.min(160, lane.rows.length * 6));
      y += height;
      return { top: y - height, height };
    });
    const mapHeight = Math.min(this.report.opening ? 38 : 18, Math.max(14, bands.length * 2));
    this.mapBox = { left: gutter, top: 0, width: inner, height: mapHeight };
    this.box = { left: gutter, top: mapHeight + LENS, width: inner, height: y || laneHeight };
    this.bands = bands.map(band => ({ top: this.box.top + band.top, height: band.height }));
    this.size(this.canvas, width, this.box.top + this.box.height + AXIS);
    this.canvas.style.height = this.canvas.height / devicePixelRatio + "px";
    this.paintMap();
    this.paint();
  }

  size(canvas, width, height) {
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    canvas.getContext("2d").setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  }

  /** The map changes with size, colours and scale only; it is kept and copied. */
  paintMap() {
    const { mapBox, run } = this, palette = this.board.palette;
    this.size(this.map, mapBox.width, mapBox.height);
    const context = this.map.getContext("2d"), box = { left: 0, top: 0, width: mapBox.width, height: mapBox.height };
    context.fillStyle = palette.zebra;
    context.fillRect(0, 0, box.width, box.height);
    const tall = this.box.height;
    run.lanes.forEach((lane, index) => {
      const band = this.bands[index], height = band.height / tall * box.height / lane.rows.length;
      const top = (band.top - this.box.top) / tall * box.height;
      // Many lanes leave each less than a line; two pixels can be seen, and what overlaps still shows the shape.
      lane.rows.forEach((row, r) => paintRow(context, row, this.whole, box, top + r * height, Math.max(2, height), palette));
    });
  }

  paint() {
    const { context, box, mapBox, run, view } = this, { palette, showPath } = this.board;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    // A page that begins with everything in sight needs the map only once somebody has zoomed.
    if (this.report.opening || view.to - view.from < this.whole.to * 0.999) {
      context.drawImage(this.map, mapBox.left, mapBox.top, mapBox.width, mapBox.height);
      this.paintLens();
      this.paintMarkers(this.whole, mapBox, true);
    }
    this.bands.forEach((band, index) => {
      if (index % 2 === 0 || band.height < 6) {
        context.fillStyle = palette.zebra;
        context.fillRect(box.left, band.top, box.width, band.height);
      }
    });
    paintAxis(context, view, box, this.report.clock, palette, true);
    const middle = lane => this.bands[lane].top + this.bands[lane].height / 2 - 0.5;
    if (showPath && run.paths.length > 0) {
      this.paintLanes(ground);
      paintPaths(context, run, view, box, middle, palette);
      this.paintLanes(figures);
    } else {
      this.paintLanes(allKinds);
    }
    this.paintLabels();
    this.paintMarkers(view, box, false);
    this.paintFocus();
  }

  paintLanes(layer) {
    this.run.lanes.forEach((lane, index) => {
      const band = this.bands[index], height = band.height / lane.rows.length, gap = height >= 4 ? 1 : 0;
      lane.rows.forEach((row, r) =>
        paintRow(this.context, row, this.view, this.box, band.top + r * height, height - gap, this.board.palette, layer));
    });
  }

  paintLens() {
    const { context, box, mapBox, view } = this, { palette } = this.board;
    const left = xOf(view.from, this.whole, mapBox), right = Math.max(left + 2, xOf(view.to, this.whole, mapBox));
    if (right - left > mapBox.width - 1) return;
    const bottom = mapBox.top + mapBox.height;
    context.fillStyle = palette.path;
    context.globalAlpha = 0.13;
    context.beginPath();
    context.moveTo(left, bottom);
    context.lineTo(right, bottom);
    context.lineTo(box.left + box.width, box.top);
    context.lineTo(box.left, box.top);
    context.fill();
    context.fillRect(left, mapBox.top, right - left, mapBox.height);
    context.globalAlpha = 1;
    context.strokeStyle = palette.path;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, mapBox.top + 0.5, Math.max(2, right - left - 1), mapBox.height - 1);
  }

  paintLabels() {
    const { context, box, bands, run } = this, { palette } = this.board;
    if (bands.length === 0) return;
    const step = Math.ceil(12 / (box.height / bands.length)), room = box.left - 10;
    context.font = `11px ${palette.sans}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = palette.soft;
    bands.forEach((band, index) => {
      if (index % step !== 0) return;
      context.fillText(fitText(context, run.lanes[index].label, room), box.left - 8, band.top + band.height / 2 + 0.5);
    });
    if (run.prefix) context.fillText(fitText(context, run.prefix, room), box.left - 8, box.top - 7);
  }

  /** Of two that stand close the map (`small`) shows the first's words, the window those of both, one below the other. */
  paintMarkers(view, box, small) {
    const { context, run } = this, { palette } = this.board;
    context.font = `11px ${palette.sans}`;
    context.textBaseline = "middle";
    let taken = -Infinity, floor = 0;
    for (const marker of run.markers) {
      const x = Math.round(xOf(marker.at, view, box));
      if (x < box.left || x > box.left + box.width + 1) continue;
      const text = `${formatTime(marker.at, this.report.clock)}  ${marker.label}`, width = context.measureText(text).width + 8;
      context.fillStyle = palette.ink;
      context.fillRect(Math.min(x, box.left + box.width - 1), box.top, 1, box.height);
      const close = x - taken < width;
      if (small && close) continue;
      floor = close ? floor + 1 : 0;
      taken = x;
      const right = x + width < box.left + box.width, y = small ? box.top + box.height / 2 : box.top + 9 + floor * 18;
      context.textAlign = right ? "left" : "right";
      context.fillStyle = palette.paper;
      context.globalAlpha = 0.86;
      context.fillRect(right ? x + 2 : x - width - 1, y - 8, width - 1, 16);
      context.globalAlpha = 1;
      context.fillStyle = palette.ink;
      context.fillText(text, right ? x + 6 : x - 5, y + 0.5);
    }
  }

  paintFocus() {
    if (!this.focus) return;
    const { context, view, box } = this, { lane, row, index } = this.focus;
    const spans = this.run.lanes[lane].rows[row], band = this.bands[lane], height = band.height / this.run.lanes[lane].rows.length;
    const left = Math.max(box.left, xOf(spans.start[index], view, box));
    const right = Math.min(box.left + box.width, xOf(spans.end[index], view, box));
    if (right < box.left || left > box.left + box.width) return;
    context.strokeStyle = this.board.palette.ink;
    context.lineWidth = 1.5;
    context.strokeRect(left - 1, band.top + row * height - 1, Math.max(2, right - left) + 2, height + 1);
  }

  /** The span at or next to a point, at most a finger's width away. */
  find(x, y) {
    const { box, bands, view } = this;
    if (x < box.left || y < box.top || y > box.top + box.height) return null;
    const lane = bands.findIndex(band => y < band.top + band.height);
    if (lane < 0) return null;
    const rows = this.run.lanes[lane].rows;
    const row = Math.min(rows.length - 1, Math.max(0, Math.floor((y - bands[lane].top) / bands[lane].height * rows.length)));
    const spans = rows[row], time = timeOf(x, view, box), reach = 4 * (view.to - view.from) / box.width;
    const index = firstAfter(spans, time);
    if (index < spans.count && spans.start[index] <= time) return { lane, row, index };
    const after = index < spans.count ? spans.start[index] - time : Infinity;
    const before = index > 0 ? time - spans.end[index - 1] : Infinity;
    if (Math.min(after, before) > reach) return null;
    return { lane, row, index: after < before ? index : index - 1 };
  }
}

function fitText(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && context.measureText(text.slice(0, length) + "…").width > room) length--;
  return text.slice(0, length) + "…";
}
