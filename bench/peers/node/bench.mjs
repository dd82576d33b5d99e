// Shared by the Node peers: median of five repeats, one JSON line per result, resident size.
import { readFileSync } from 'node:fs';

export const REPEATS = Number(process.env.REPEATS ?? 5);
const six = (x) => Number(x.toPrecision(6));

export function emit(peer, workload, metric, values, unit, n) {
  const v = [].concat(values).sort((a, b) => a - b);
  console.log(JSON.stringify({
    peer: peer + (process.env.PEER_TAG ?? ''), workload, metric, value: six(v[v.length >> 1]), unit, n, repeats: v.length, min: six(v[0]), max: six(v[v.length - 1]),
  }));
}

export const ns = () => Number(process.hrtime.bigint());
export const rss = () => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * 4096;

/** Runs f once to warm up and then REPEATS times; returns what each repeat took, in ns divided by count. */
export async function repeat(count, f, warm = true) {
  const values = [];
  for (let i = warm ? -1 : 0; i < REPEATS; i++) {
    const t = ns();
    await f();
    if (i >= 0) values.push((ns() - t) / count);
  }
  return values;
}

export function delays(n, low, high) {
  let x = 2463534242;
  const out = new Array(n);
  for (let i = 0; i < n; i++) {
    x ^= x << 13; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
    out[i] = low + (x / 4294967296) * (high - low);
  }
  return out;
}
