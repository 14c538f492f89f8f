//! Connections that do nothing, so that the memory that a server holds for them can be read.
//!
//! `bench-idle ADDRESS COUNT plain|tls|stuck` opens COUNT connections, a few at a time, prints `open COUNT`, and keeps them open
//! until its standard input ends.
//!
//! - `plain`, `tls`: each has had one complete answer to `/hello` and is kept alive.
//! - `stuck`: TLS; each has asked for `/stream` through a small receive buffer, has read the first bytes of the answer and
//!   reads no more.

use std::error::Error;
use std::io;
use std::time::Duration;

use bench_reference::client::{Client, Connection, read_hello, request};
use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, LocalOptions};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// So few at a time that the server's memory is that of idle connections, not that of a burst of handshakes.
const AT_A_TIME: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);
const SMALL_RECEIVE_BUFFER: u32 = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, count, kind] = arguments.as_slice() else {
        return Err("usage: bench-idle ADDRESS COUNT plain|tls|stuck".into());
    };
    let address = address.parse()?;
    let client = match kind.as_str() {
        "plain" => Client::plain(address),
        "tls" => Client::tls(address, false),
        "stuck" => Client::tls(address, false).with_receive_buffer(SMALL_RECEIVE_BUFFER),
        other => return Err(format!("{other:?} is none of plain, tls, stuck").into()),
    };
    let stuck = kind == "stuck";
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    let connections = runtime.block_on(open_all(client, count.parse()?, stuck))?;
    println!("open {}", connections.len());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

async fn open_all(
    client: Client,
    count: usize,
    stuck: bool,
) -> io::Result<Vec<Box<dyn Connection>>> {
    let mut opening = JoinSet::new();
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        if opening.len() == AT_A_TIME {
            open.push(
                opening
                    .join_next()
                    .await
                    .expect("some are opening")
                    .expect("a task does not panic")?,
            );
        }
        let client = client.clone();
        opening.spawn_local(async move { timeout(PATIENCE, open_one(&client, stuck)).await? });
    }
    while let Some(opened) = opening.join_next().await {
        open.push(opened.expect("a task does not panic")?);
    }
    Ok(open)
}

async fn open_one(client: &Client, stuck: bool) -> io::Result<Box<dyn Connection>> {
    let (mut stream, _) = client.connect().await?;
    if stuck {
        request(&mut *stream, "/stream", "keep-alive").await?;
        stream.read_exact(&mut [0; 12]).await?;
    } else {
        request(&mut *stream, "/hello", "keep-alive").await?;
        read_hello(&mut *stream).await?;
    }
    Ok(stream)
}
