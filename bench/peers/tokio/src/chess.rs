//! The exhibition on tokio's paused clock: one player (a fair mutex) holds 5 s a move, every opponent thinks 55 s.
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::time::sleep;

pub fn play(boards: usize, pairs: usize) -> (f64, f64) {
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    rt.block_on(async {
        let (wall, virt) = (Instant::now(), tokio::time::Instant::now());
        let player = Arc::new(Mutex::new(()));
        let games: Vec<_> = (0..boards).map(|_| {
            let player = player.clone();
            tokio::spawn(async move {
                for _ in 0..pairs {
                    let held = player.lock().await;
                    sleep(Duration::from_secs(5)).await;
                    drop(held);
                    sleep(Duration::from_secs(55)).await;
                }
            })
        }).collect();
        for g in games { g.await.unwrap(); }
        (wall.elapsed().as_secs_f64(), virt.elapsed().as_secs_f64())
    })
}
