//! tokio, current_thread runtime: peers W1|W2|W3|W3rss|W4 N, peers chess BOARDS, or peers echo PORT
mod chess;

use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, Mutex};
use tokio::task::{spawn, yield_now};

fn repeats() -> usize { std::env::var("REPEATS").ok().and_then(|r| r.parse().ok()).unwrap_or(5) }

fn emit(workload: &str, metric: &str, mut v: Vec<f64>, unit: &str, n: usize) {
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    println!(
        "{{\"peer\":\"tokio\",\"workload\":\"{workload}\",\"metric\":\"{metric}\",\"value\":{:.4},\"unit\":\"{unit}\",\"n\":{n},\"repeats\":{},\"min\":{:.4},\"max\":{:.4}}}",
        v[v.len() / 2], v.len(), v[0], v[v.len() - 1]
    );
}

/// Runs f once to warm up, then five times; nanoseconds for each of n operations.
macro_rules! per_op {
    ($n:expr, $body:expr) => {{
        let mut v = Vec::new();
        for i in 0..=repeats() {
            let t = Instant::now();
            $body;
            if i > 0 { v.push(t.elapsed().as_nanos() as f64 / $n as f64); }
        }
        v
    }};
}

fn rss() -> f64 {
    let s = std::fs::read_to_string("/proc/self/statm").unwrap();
    s.split(' ').nth(1).unwrap().parse::<f64>().unwrap() * 4096.0
}

fn delays(n: usize, low: u64, high: u64) -> Vec<Duration> {
    let mut x: u64 = 88172645463325252;
    (0..n).map(|_| {
        x ^= x << 13; x ^= x >> 7; x ^= x << 17;
        Duration::from_micros(low + x % (high - low))
    }).collect()
}

async fn yields(k: usize) { for _ in 0..k { yield_now().await; } }

async fn run(workload: String, n: usize) {
    match workload.as_str() {
        "W1" => for tasks in [1usize, 1000] {
            let v = per_op!(n, {
                let h: Vec<_> = (0..tasks).map(|_| spawn(yields(n / tasks))).collect();
                for x in h { x.await.unwrap(); }
            });
            emit("W1", &format!("switch_{tasks}"), v, "ns", n);
        },
        "W2" => {
            let v = per_op!(n, for _ in 0..n / 1000 {
                let h: Vec<_> = (0..1000).map(|_| spawn(async { 1 })).collect();
                for x in h { x.await.unwrap(); }
            });
            emit("W2", "spawn_join_handles", v, "ns", n);
            let v = per_op!(n, for _ in 0..n / 1000 {
                let h: Vec<_> = (0..1000).map(|_| spawn(async { yield_now().await; 1 })).collect();
                for x in h { x.await.unwrap(); }
            });
            emit("W2", "spawn_join_yield", v, "ns", n);
        }
        "W3" => {
            let d = delays(n, 1_000, 1_000_000);
            let mut v = Vec::new();
            for _ in 0..repeats() {
                let t = Instant::now();
                let h: Vec<_> = d.iter().map(|x| spawn(tokio::time::sleep(*x))).collect();
                for x in h { x.await.unwrap(); }
                v.push(t.elapsed().as_secs_f64() * 1e3 - 1000.0);
            }
            emit("W3", "overshoot", v, "ms", n);
        }
        "W3rss" => {
            let d = delays(n, 20_000_000, 21_000_000);
            let before = rss();
            let h: Vec<_> = d.iter().map(|x| spawn(tokio::time::sleep(*x))).collect();
            tokio::time::sleep(Duration::from_millis(50)).await;
            emit("W3", "rss_per_sleeper", vec![(rss() - before) / h.len() as f64], "bytes", n);
            std::process::exit(0);
        }
        "W4" => {
            let v = per_op!(n, {
                let (tx, mut rx) = mpsc::channel::<usize>(1);
                let p = spawn(async move { for i in 0..n { tx.send(i).await.unwrap(); } });
                let c = spawn(async move { while rx.recv().await.is_some() {} });
                p.await.unwrap();
                c.await.unwrap();
            });
            emit("W4", "queue_handoff", v, "ns", n);
            let lock = Arc::new(Mutex::new(0usize));
            let v = per_op!(n, for _ in 0..n { *lock.lock().await += 1; });
            emit("W4", "lock_free", v, "ns", n);
            let v = per_op!(n, {
                let h: Vec<_> = (0..100).map(|_| {
                    let lock = lock.clone();
                    spawn(async move { for _ in 0..n / 100 { let mut g = lock.lock().await; yield_now().await; *g += 1; } })
                }).collect();
                for x in h { x.await.unwrap(); }
            });
            emit("W4", "lock_contended_100", v, "ns", n);
        }
        "echo" => {
            let l = tokio::net::TcpListener::bind(("127.0.0.1", n as u16)).await.unwrap();
            loop {
                let (mut s, _) = l.accept().await.unwrap();
                s.set_nodelay(true).unwrap();
                spawn(async move {
                    let mut buf = vec![0u8; 16384];
                    while let Ok(k) = s.read(&mut buf).await {
                        if k == 0 || s.write_all(&buf[..k]).await.is_err() { break; }
                    }
                });
            }
        }
        _ => panic!("unknown workload"),
    }
}

fn exhibition(boards: usize) {
    let mut v = Vec::new();
    for i in 0..=repeats() {
        let (wall, last_reply) = chess::play(boards, 30);
        let expected = if boards * 5 > 60 { (boards * 5 * 30 + 55) as f64 } else { 1800.0 };
        assert!((last_reply - expected).abs() < 2.0, "the last reply came at {last_reply} s, not at {expected} s");
        if i > 0 { v.push(wall * 1e3); }
    }
    emit("chess", &format!("wall_{boards}"), v, "ms", boards * 60);
}

fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == "chess" { return exhibition(a[2].parse().unwrap()); }
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    rt.block_on(async { spawn(run(a[1].clone(), a[2].parse().unwrap())).await.unwrap() });
}
