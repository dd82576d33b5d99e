// Everything the pointer can do, and a walk from span to span with the words read out.

function listenToKeys(chart, board) {
  const { host } = chart;

  const pan = share => {
    const { goal } = chart, shift = share * (goal.to - goal.from);
    board.show(chart, { from: goal.from + shift, to: goal.to + shift });
  };

  const step = by => {
    const { focus, run } = chart;
    if (!focus) return walkTo(0, 0);
    const row = run.lanes[focus.lane].rows[focus.row];
    walk({ ...focus, index: Math.min(row.count - 1, Math.max(0, focus.index + by)) });
  };

  // To the span of another row that was going on at the same time, or the next one after.
  const walkTo = (lane, row) => {
    const { focus, run, view } = chart, spans = run.lanes[lane]?.rows[row];
    if (!spans || spans.count === 0) return;
    const time = focus ? run.lanes[focus.lane].rows[focus.row].start[focus.index] : view.from;
    walk({ lane, row, index: Math.min(spans.count - 1, firstAfter(spans, time)) });
  };

  const climb = by => {
    const { focus, run } = chart;
    if (!focus) return walkTo(0, 0);
    let { lane, row } = focus;
    do {
      row += by;
      if (row < 0 || row >= run.lanes[lane].rows.length) {
        lane += by;
        row = by > 0 ? 0 : (run.lanes[lane]?.rows.length ?? 0) - 1;
      }
    } while (run.lanes[lane] && run.lanes[lane].rows[row].count === 0);
    walkTo(lane, row);
  };

  const walk = focus => {
    chart.focus = focus;
    const row = chart.run.lanes[focus.lane].rows[focus.row], { view } = chart, width = view.to - view.from;
    if (row.start[focus.index] < view.from || row.end[focus.index] > view.to) {
      const from = row.start[focus.index] - width / 3;
      board.show(chart, { from, to: from + width });
    }
    const frame = chart.canvas.getBoundingClientRect(), band = chart.bands[focus.lane];
    const x = Math.max(chart.box.left, xOf(row.start[focus.index], chart.view, chart.box));
    board.hover(chart, focus, frame.left + x, frame.top + band.top + band.height, true);
  };

  const keys = {
    ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15),
    PageUp: () => pan(-0.9), PageDown: () => pan(0.9),
    "+": () => board.zoom(chart, 0.6, null, true), "=": () => board.zoom(chart, 0.6, null, true),
    "-": () => board.zoom(chart, 1 / 0.6, null, true),
    "0": () => board.fit(chart), Home: () => board.opening(chart),
    End: () => board.show(chart, { from: chart.run.end - (chart.view.to - chart.view.from), to: chart.run.end }, true),
    Escape: () => board.hover(chart, null),
  };
  const shifted = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), ArrowUp: () => climb(-1), ArrowDown: () => climb(1) };

  host.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = event.shiftKey && shifted[event.key] || keys[event.key];
    if (!action) return;
    action();
    event.preventDefault();
  });
  host.addEventListener("blur", () => board.hover(chart, null));
}
