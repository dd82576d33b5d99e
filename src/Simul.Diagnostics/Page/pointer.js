// Mouse, pen and fingers: drag, pinch, wheel, hover.

function listenToPointer(chart, board) {
  const { host } = chart, pointers = new Map();
  let onMap = false;

  const local = event => {
    const frame = chart.canvas.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  };

  const jump = x => {
    const half = (chart.view.to - chart.view.from) / 2, middle = timeOf(x, chart.whole, chart.mapBox);
    board.show(chart, { from: middle - half, to: middle + half });
  };

  host.addEventListener("pointerdown", event => {
    const point = local(event);
    pointers.set(event.pointerId, point);
    host.setPointerCapture(event.pointerId);
    onMap = pointers.size === 1 && point.y < chart.mapBox.top + chart.mapBox.height;
    if (onMap) jump(point.x);
    host.classList.add("dragging");
  });

  host.addEventListener("pointermove", event => {
    const point = local(event), before = pointers.get(event.pointerId);
    if (!before) {
      board.hover(chart, chart.find(point.x, point.y), event.clientX, event.clientY);
      return;
    }
    const { view, box } = chart, perPixel = (view.to - view.from) / box.width;
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const was = Math.max(12, Math.abs(before.x - other.x)), is = Math.max(12, Math.abs(point.x - other.x));
      board.zoom(chart, was / is, timeOf(other.x, view, box));
    } else if (onMap) {
      jump(point.x);
    } else {
      const shift = (before.x - point.x) * perPixel;
      board.show(chart, { from: view.from + shift, to: view.to + shift });
    }
    pointers.set(event.pointerId, point);
  });

  const release = event => {
    // A finger has no hover: a tap that went nowhere asks what is there.
    if (event.type === "pointerup" && event.pointerType === "touch" && pointers.size === 1) {
      const point = local(event);
      board.hover(chart, chart.find(point.x, point.y), event.clientX, event.clientY);
    }
    pointers.delete(event.pointerId);
    if (pointers.size === 0) host.classList.remove("dragging");
  };
  host.addEventListener("pointerup", release);
  host.addEventListener("pointercancel", release);
  host.addEventListener("pointerleave", event => {
    if (event.pointerType !== "touch" && !pointers.size) board.hover(chart, null);
  });
  host.addEventListener("dblclick", event => board.zoom(chart, 0.25, timeOf(local(event).x, chart.view, chart.box), true));

  host.addEventListener("wheel", event => {
    const { view, box } = chart, perPixel = (view.to - view.from) / box.width;
    // The bare wheel scrolls the page until the reader has taken this chart in hand. Trackpads send a pinch as ctrl + wheel.
    if (event.ctrlKey || event.metaKey || (document.activeElement === host && !event.deltaX && !event.shiftKey)) {
      const lines = event.deltaMode === 1 ? 16 : 1;
      board.zoom(chart, Math.exp(Math.max(-60, Math.min(60, event.deltaY * lines)) * 0.008), timeOf(local(event).x, view, box));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = (event.deltaX || event.deltaY) * perPixel;
      board.show(chart, { from: view.from + shift, to: view.to + shift });
    } else {
      return;
    }
    event.preventDefault();
  }, { passive: false });
}
