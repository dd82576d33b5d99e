// Node pools: pool.mjs W6|W7|W8 N   piscina (worker threads), tinypool (child processes), bare child_process.fork
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import Piscina from 'piscina';
import Tinypool from 'tinypool';
import { REPEATS, emit, ns, repeat } from './bench.mjs';

const [workload, count] = [process.argv[2], Number(process.argv[3])];
const file = new URL('./worker.mjs', import.meta.url).href;
const childFile = new URL('./child.mjs', import.meta.url).pathname;
const piscina = (k) => new Piscina({ filename: file, minThreads: k, maxThreads: k });
const tiny = (k) => new Tinypool({ filename: file, minThreads: k, maxThreads: k, runtime: 'child_process' });
const pools = [['node-piscina-threads', piscina, 1], ['node-tinypool-processes', tiny, 4]];

function ask(child, message) {
  return new Promise((resolve) => { child.once('message', resolve); child.send(message); });
}
async function end(child) {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

const workloads = {
  async W6(n) {
    for (const [peer, make, slower] of pools) {
      const first = [];
      for (let i = 0; i < REPEATS; i++) {
        const t = ns(), p = make(2);
        await p.run(null);
        first.push((ns() - t) / 1e6);
        await sleep(200); // the second worker may still be loading, and Node 20 can abort when one is ended then
        await p.destroy();
      }
      emit(peer, 'W6', 'cold_start_first_result', first, 'ms', 1);
      const p = make(2), m = Math.floor(n / slower), seq = Math.floor(m / 5);
      emit(peer, 'W6', 'round_trip', (await repeat(seq, async () => { for (let i = 0; i < seq; i++) await p.run(null); })).map((x) => x / 1e3), 'us', seq);
      emit(peer, 'W6', 'throughput', (await repeat(m, () => Promise.all(Array.from({ length: m }, () => p.run(null))))).map((x) => 1e9 / x), 'calls/s', m);
      const silent = [];
      for (let i = 0; i <= REPEATS; i++) {
        let total = 0;
        for (let k = 0; k < 40; k++) {
          await sleep(5);
          const t = ns();
          await p.run(null);
          total += ns() - t;
        }
        if (i > 0) silent.push(total / 4e4);
      }
      emit(peer, 'W6', 'round_trip_idle', silent, 'us', 40);
      await p.destroy();
    }
    for (const serialization of ['json', 'advanced']) {
      const c = fork(childFile, { serialization }), seq = Math.floor(n / 5);
      emit(`node-fork-${serialization}`, 'W6', 'round_trip', (await repeat(seq, async () => { for (let i = 0; i < seq; i++) await ask(c, i); })).map((x) => x / 1e3), 'us', seq);
      await end(c);
    }
  },
  async W7(n) { // n: MiB
    const length = (n << 20) / 8, bytes = length * 8, gbs = (v) => v.map((x) => 1 / x);
    const p = piscina(1), src = new Float64Array(length).fill(1);
    const shared = new Float64Array(new SharedArrayBuffer(bytes)).fill(1);
    emit('node-piscina-threads', 'W7', 'send_sum_back_copy', gbs(await repeat(bytes, () => p.run(src, { name: 'sum' }))), 'GB/s', bytes);
    emit('node-piscina-threads', 'W7', 'send_sum_back_shared', gbs(await repeat(bytes, () => p.run(shared, { name: 'sum' }))), 'GB/s', bytes);
    const moved = Array.from({ length: REPEATS + 1 }, () => new Float64Array(length).fill(1));
    emit('node-piscina-threads', 'W7', 'send_sum_back_transfer', gbs(await repeat(bytes, () => { const a = moved.pop(); return p.run(a, { name: 'sum', transferList: [a.buffer] }); })), 'GB/s', bytes);
    emit('node-piscina-threads', 'W7', 'get_back_copy', gbs(await repeat(bytes, () => p.run(length, { name: 'make' }))), 'GB/s', bytes);
    await p.destroy();
    const c = fork(childFile, { serialization: 'advanced' });
    emit('node-fork-advanced', 'W7', 'send_sum_back', gbs(await repeat(bytes, () => ask(c, src))), 'GB/s', bytes);
    emit('node-fork-advanced', 'W7', 'get_back', gbs(await repeat(bytes, () => ask(c, { make: length }))), 'GB/s', bytes);
    await end(c);
  },
  async W8(n) {
    const p = piscina(2), one = [], two = [], speedup = [];
    const go = async (of) => {
      const t = ns();
      await Promise.all(Array.from({ length: of }, (_, me) => p.run({ n, me, of }, { name: 'primes' })));
      return (ns() - t) / 1e6;
    };
    await go(2); await go(2);
    for (let i = 0; i < REPEATS; i++) {
      one.push(await go(1)); two.push(await go(2));
      speedup.push(one[i] / two[i]);
    }
    emit('node-piscina-threads', 'W8', 'workers_1', one, 'ms', n);
    emit('node-piscina-threads', 'W8', 'workers_2', two, 'ms', n);
    emit('node-piscina-threads', 'W8', 'workers_speedup', speedup, 'x', n);
    await p.destroy();
  },
};
await workloads[workload](count);
