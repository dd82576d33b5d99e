// The data element, unpacked. All times below are seconds.

const WAITING = 1, FAILED = 2;

/** A row: spans that do not overlap, by start, as columns. */
function readRow(numbers, unit) {
  const count = numbers.length / 5;
  const row = {
    count,
    start: new Float64Array(count), end: new Float64Array(count),
    kind: new Uint8Array(count), name: new Int32Array(count), actor: new Int32Array(count),
  };
  let at = 0;
  for (let i = 0, n = 0; i < count; i++, n += 5) {
    const start = at + numbers[n];
    at = start + numbers[n + 1];
    row.start[i] = start * unit;
    row.end[i] = at * unit;
    row.kind[i] = numbers[n + 2];
    row.name[i] = numbers[n + 3];
    row.actor[i] = numbers[n + 4];
  }
  return row;
}

/** Who goes from lane to lane: for each actor seen in several, the stays in order. */
function readPaths(lanes) {
  const stays = new Map();
  lanes.forEach((lane, index) => {
    for (const row of lane.rows) {
      for (let i = 0; i < row.count; i++) {
        if (row.actor[i] < 0 || row.kind[i] === WAITING) continue;
        if (!stays.has(row.actor[i])) stays.set(row.actor[i], []);
        stays.get(row.actor[i]).push({ start: row.start[i], end: row.end[i], lane: index });
      }
    }
  });
  const paths = [...stays.values()].filter(path => path.some(stay => stay.lane !== path[0].lane));
  for (const path of paths) path.sort((a, b) => a.start - b.start);
  return paths;
}

/** The words all lanes begin with, up to a gap: "board " of "board 1" and "board 2". */
function commonPrefix(names) {
  if (names.length < 2) return "";
  let length = 0;
  while (names.every(name => length < name.length && name[length] === names[0][length])) length++;
  const cut = names[0].slice(0, length).search(/[^\p{L}\p{N}][^\p{L}\p{N}]*[\p{L}\p{N}]*$/u);
  if (cut < 0) return "";
  const prefix = names[0].slice(0, cut + 1);
  return names.every(name => name.length > prefix.length) ? prefix : "";
}

function readRun(run, unit) {
  const lanes = run.lanes.map(lane => ({ name: lane.name, rows: lane.rows.map(row => readRow(row, unit)) }));
  const prefix = commonPrefix(lanes.map(lane => lane.name));
  let end = run.total * unit;
  for (const lane of lanes) {
    lane.label = lane.name.slice(prefix.length);
    for (const row of lane.rows) {
      for (let i = 0; i < row.count; i++) end = Math.max(end, row.end[i]);
    }
  }
  const markers = run.markers.map(marker => ({ at: marker.at * unit, label: marker.label }));
  for (const marker of markers) end = Math.max(end, marker.at);
  return {
    name: run.name, total: run.total * unit, words: run.words, lanes, markers,
    prefix: prefix.replace(/[^\p{L}\p{N}]+$/u, ""),
    paths: readPaths(lanes),
    end: end || unit,
  };
}

function readReport(text) {
  const data = JSON.parse(text);
  const runs = data.runs.map(run => readRun(run, data.unit));
  return {
    unit: data.unit, clock: data.clock, kinds: data.kinds, runs,
    opening: data.opening * data.unit,
    end: runs.reduce((end, run) => Math.max(end, run.end), data.unit),
  };
}

/** The first span of a row that ends after `time`. */
function firstAfter(row, time) {
  let low = 0, high = row.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (row.end[middle] > time) high = middle; else low = middle + 1;
  }
  return low;
}
