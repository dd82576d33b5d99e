// Puts the page together: charts, the tools above them, one tooltip.

class Board {
  constructor(report) {
    this.report = report;
    this.shared = true;
    this.showPath = true;
    this.palette = readPalette();
    this.tip = document.querySelector(".tip");
    this.status = document.querySelector("[role=status]");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.charts = [...document.querySelectorAll(".chart")].map(host =>
      new Chart(host, report, report.runs[Number(host.dataset.run)], this));
    this.dirty = new Set();
  }

  /** Lays out all charts with one gutter, wide enough for the longest label but never a third of the page. */
  layout() {
    const context = this.charts[0]?.context;
    if (!context) return;
    context.font = `11px ${this.palette.sans}`;
    let widest = 14;
    for (const { run } of this.charts) {
      for (const text of [run.prefix, ...run.lanes.map(lane => lane.label)]) {
        widest = Math.max(widest, context.measureText(text).width);
      }
    }
    const gutter = Math.ceil(Math.min(widest + 12, this.charts[0].host.clientWidth * 0.3, 200));
    for (const chart of this.charts) chart.layout(gutter);
  }

  repaint(chart) {
    if (this.dirty.size === 0) requestAnimationFrame(() => {
      for (const each of this.dirty) each.paint();
      this.dirty.clear();
    });
    this.dirty.add(chart);
  }

  /** Shows a stretch in a chart, and on one scale in all of them. */
  show(chart, view, smooth = false) {
    const to = this.clamp(chart, view), charts = this.shared ? this.charts : [chart];
    for (const each of charts) each.goal = to;
    this.gliding = null;
    if (smooth && !this.calm.matches) this.glide(charts, chart.view, to);
    else this.set(charts, to);
  }

  set(charts, view) {
    for (const chart of charts) {
      chart.view = { ...view };
      this.repaint(chart);
    }
  }

  glide(charts, from, to) {
    const began = performance.now(), token = this.gliding = {};
    const frame = now => {
      if (this.gliding !== token) return;
      const part = Math.min(1, Math.max(0, (now - began) / 180)), ease = 1 - (1 - part) ** 3;
      this.set(charts, { from: from.from + (to.from - from.from) * ease, to: from.to + (to.to - from.to) * ease });
      if (part < 1) requestAnimationFrame(frame); else this.gliding = null;
    };
    requestAnimationFrame(frame);
  }

  clamp(chart, view) {
    const whole = chart.whole.to, least = Math.min(whole, Math.max(this.report.unit * 4, whole * 1e-9));
    const width = Math.min(whole, Math.max(least, view.to - view.from));
    const middle = (view.from + view.to) / 2;
    const from = Math.min(whole - width, Math.max(0, width === view.to - view.from ? view.from : middle - width / 2));
    return { from, to: from + width };
  }

  /** Below 1 nearer, above 1 farther; the time `at` keeps its place. */
  zoom(chart, factor, at, smooth = false) {
    // From where it is going, not from where a glide has got to: two quick presses are two steps.
    const { goal } = chart;
    at ??= goal.from <= 0 ? 0 : (goal.from + goal.to) / 2;
    this.show(chart, { from: at - (at - goal.from) * factor, to: at + (goal.to - at) * factor }, smooth);
  }

  fit(chart) {
    this.show(chart, chart.whole, true);
  }

  opening(chart) {
    this.show(chart, { from: 0, to: this.report.opening || chart.whole.to }, true);
  }

  all(action) {
    for (const chart of this.shared ? this.charts.slice(0, 1) : this.charts) action(chart);
  }

  setShared(shared) {
    this.shared = shared;
    this.gliding = null;
    for (const chart of this.charts) {
      chart.view = chart.goal = this.clamp(chart, shared ? this.charts[0].view : chart.whole);
      chart.paintMap();
      this.repaint(chart);
    }
  }

  hover(chart, focus, x, y, aloud = false) {
    if (chart.focus !== focus || focus) this.repaint(chart);
    chart.focus = focus;
    this.tip.hidden = !focus;
    if (!focus) return;
    const lane = chart.run.lanes[focus.lane], row = lane.rows[focus.row], i = focus.index, { clock } = this.report;
    const lines = [
      chart.run.words[row.name[i]],
      lane.name + (row.actor[i] >= 0 ? ` · ${chart.run.words[row.actor[i]]}` : ""),
      `${formatTime(row.start[i], clock)} – ${formatTime(row.end[i], clock)}`,
      `${formatTime(row.end[i] - row.start[i], clock)} ${this.report.kinds[row.kind[i]]}`,
    ];
    // Names are data: they go in as text, never as markup.
    this.tip.replaceChildren(...lines.map((line, n) => {
      const part = document.createElement(n === 0 ? "b" : "span");
      part.textContent = line;
      return part;
    }));
    if (aloud) this.status.textContent = lines.join(", ");
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const left = x + 14 + width > innerWidth - 8 ? x - width - 14 : x + 14;
    const top = y + 16 + height > innerHeight - 8 ? y - height - 12 : y + 16;
    this.tip.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
  }
}

function listenToTools(board) {
  const tools = document.querySelector(".tools"), actions = {
    in: () => board.all(chart => board.zoom(chart, 0.5, null, !board.charts[1] || board.shared)),
    out: () => board.all(chart => board.zoom(chart, 2, null, !board.charts[1] || board.shared)),
    fit: () => board.all(chart => board.show(chart, chart.whole, board.shared)),
    opening: () => board.all(chart => board.show(chart, { from: 0, to: board.report.opening || chart.whole.to }, board.shared)),
    shared: box => board.setShared(box.checked),
    path: box => { board.showPath = box.checked; board.charts.forEach(chart => board.repaint(chart)); },
  };
  for (const control of tools.querySelectorAll("[data-do]")) {
    control.addEventListener(control.type === "checkbox" ? "change" : "click", () => actions[control.dataset.do](control));
  }
  tools.querySelector("[data-do=opening]").hidden = !board.report.opening;
  tools.querySelector("[data-do=shared]").parentElement.hidden = board.charts.length < 2;
  tools.querySelector("[data-path]").hidden = board.report.runs.every(run => run.paths.length === 0);
  tools.hidden = board.charts.length === 0;
}

const board = new Board(readReport(document.getElementById("data").textContent));
listenToTools(board);
for (const chart of board.charts) {
  listenToPointer(chart, board);
  listenToKeys(chart, board);
  chart.view = chart.goal = board.clamp(chart, { from: 0, to: board.report.opening || chart.whole.to });
}
board.layout();

let width = innerWidth;
new ResizeObserver(() => { if (innerWidth !== width) { width = innerWidth; board.layout(); } }).observe(document.body);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { board.palette = readPalette(); board.layout(); });

// For tests and screenshots: the page is drawn.
document.documentElement.dataset.ready = String(board.charts.length);
