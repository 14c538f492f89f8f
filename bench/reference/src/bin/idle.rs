//! Connections that do nothing, so that the memory that a server holds for them can be read.
//!
//! `bench-idle ADDRESS COUNT plain|tls|stuck|waiting` opens COUNT connections, a few at a time, prints `open COUNT`, and keeps
//! them open until its standard input ends.
//!
//! - `plain`, `tls`: each has had one complete answer to `/hello` and is kept alive.
//! - `stuck`: TLS; each has asked for `/stream` through a small receive buffer, has read the first bytes of the answer and
//!   reads no more.
//! - `waiting`: plain; each has had one complete answer to `/hello`, so that no more than a few are ahead of the server, then
//!   has asked for `/delay`, which is long, and does not wait for the answer.

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

/// What has been said on a connection before it is left alone.
#[derive(Clone, Copy)]
enum State {
    Answered,
    Stuck,
    Waiting,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, count, kind] = arguments.as_slice() else {
        return Err("usage: bench-idle ADDRESS COUNT plain|tls|stuck|waiting".into());
    };
    let address = address.parse()?;
    let tls = || Client::tls(address, false);
    let (client, state) = match kind.as_str() {
        "plain" => (Client::plain(address), State::Answered),
        "tls" => (tls(), State::Answered),
        "stuck" => (
            tls().with_receive_buffer(SMALL_RECEIVE_BUFFER),
            State::Stuck,
        ),
        "waiting" => (Client::plain(address), State::Waiting),
        other => return Err(format!("{other:?} is none of plain, tls, stuck, waiting").into()),
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    let connections = runtime.block_on(open_all(client, count.parse()?, state))?;
    println!("open {}", connections.len());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

async fn open_all(
    client: Client,
    count: usize,
    state: State,
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
        opening.spawn_local(async move { timeout(PATIENCE, open_one(&client, state)).await? });
    }
    while let Some(opened) = opening.join_next().await {
        open.push(opened.expect("a task does not panic")?);
    }
    Ok(open)
}

async fn open_one(client: &Client, state: State) -> io::Result<Box<dyn Connection>> {
    let (mut stream, _) = client.connect().await?;
    match state {
        State::Answered => {
            request(&mut *stream, "/hello", "keep-alive").await?;
            read_hello(&mut *stream).await?;
        }
        State::Stuck => {
            request(&mut *stream, "/stream", "keep-alive").await?;
            stream.read_exact(&mut [0; 12]).await?;
        }
        State::Waiting => {
            request(&mut *stream, "/hello", "keep-alive").await?;
            read_hello(&mut *stream).await?;
            request(&mut *stream, "/delay", "keep-alive").await?;
        }
    }
    Ok(stream)
}
