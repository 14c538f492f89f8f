//! New TLS connections per second: a number of tasks each connect, ask for `/hello` with `Connection: close`, read the
//! answer and the server's close, and start again, until the time is over.
//!
//! `bench-connect ADDRESS SECONDS TASKS full|resumed [NAME]` prints one line of JSON: how many connections were made, how many
//! of them resumed a session, how many failed, the seconds it took, and the median and 99th percentile in microseconds from
//! the connect to the last byte of the answer. With NAME there is no request: the task shakes hands with whoever has this
//! name, says goodbye, and waits for the server's end.

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bench_reference::client::{Client, read_hello, request};
use rustls_pki_types::ServerName;
use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::spawn_local;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(5);

/// After this many failures a task gives up: a server that is gone should not be asked a million times.
const FAILURES: u64 = 20;

#[derive(Default)]
struct Tally {
    latencies: Vec<Duration>,
    resumed: u64,
    failed: u64,
    first_error: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, seconds, tasks, kind, name @ ..] = arguments.as_slice() else {
        return Err("usage: bench-connect ADDRESS SECONDS TASKS full|resumed [NAME]".into());
    };
    let name = name
        .first()
        .cloned()
        .map(ServerName::try_from)
        .transpose()?;
    // A client per task: its store of tickets is small, and each ticket is used once.
    let (address, resume) = (address.parse()?, kind == "resumed");
    let asks = name.is_none();
    let client = move || match &name {
        None => Client::tls(address, resume),
        Some(name) => Client::tls(address, resume).asking_for(name.clone()),
    };
    let length = Duration::from_secs_f64(seconds.parse()?);
    let tasks: usize = tasks.parse()?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    let (tally, elapsed) = runtime.block_on(run(client, asks, length, tasks));
    report(tally, elapsed);
    Ok(())
}

async fn run(
    client: impl Fn() -> Client,
    asks: bool,
    length: Duration,
    tasks: usize,
) -> (Tally, Duration) {
    let tally = Rc::new(RefCell::new(Tally::default()));
    let start = Instant::now();
    let running: Vec<_> = (0..tasks)
        .map(|_| spawn_local(connect_until(start + length, client(), asks, tally.clone())))
        .collect();
    for task in running {
        task.await.expect("a task does not panic");
    }
    (tally.take(), start.elapsed())
}

async fn connect_until(end: Instant, client: Client, asks: bool, tally: Rc<RefCell<Tally>>) {
    let mut failures = 0;
    while failures < FAILURES && Instant::now() < end {
        let outcome = timeout(PATIENCE, connect_once(&client, asks))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let mut tally = tally.borrow_mut();
        match outcome {
            Ok((latency, resumed)) => {
                tally.latencies.push(latency);
                tally.resumed += u64::from(resumed);
            }
            Err(error) => {
                failures += 1;
                tally.failed += 1;
                tally.first_error.get_or_insert_with(|| error.to_string());
            }
        }
    }
}

async fn connect_once(client: &Client, asks: bool) -> io::Result<(Duration, bool)> {
    let start = Instant::now();
    if !asks {
        let resumed = client.shake_hands().await?;
        return Ok((start.elapsed(), resumed));
    }
    let (mut stream, resumed) = client.connect().await?;
    request(&mut *stream, "/hello", "close").await?;
    read_hello(&mut *stream).await?;
    let latency = start.elapsed();
    if stream.read(&mut [0; 1]).await? != 0 {
        return Err(io::Error::other("bytes after the answer"));
    }
    Ok((latency, resumed))
}

fn report(mut tally: Tally, elapsed: Duration) {
    tally.latencies.sort_unstable();
    let percentile = |share: f64| {
        let last = tally.latencies.len().saturating_sub(1) as f64;
        tally
            .latencies
            .get((last * share).round() as usize)
            .map_or(0, Duration::as_micros)
    };
    println!(
        r#"{{"connections":{},"resumed":{},"failed":{},"seconds":{:.6},"p50_us":{},"p99_us":{}}}"#,
        tally.latencies.len(),
        tally.resumed,
        tally.failed,
        elapsed.as_secs_f64(),
        percentile(0.50),
        percentile(0.99),
    );
    if let Some(error) = tally.first_error {
        eprintln!("the first failure: {error}");
    }
}
