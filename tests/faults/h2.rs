//! HTTP/2 by h2's client: several streams at once, and what each of them takes for whole.

use std::time::Duration;

use bytes::Bytes;
use h2::client::SendRequest;
use http::{Request, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::{JoinSet, spawn_local};

use super::bench::check_whole;
use crate::support::body;

/// What is asked at once; an upload is of as many bytes as its path says.
pub const PATHS: [&str; 5] = [
    "/size/5",
    "/stream/40000/7000",
    "/upload/20000",
    "/hint/6",
    "/size/30000",
];

type Broken = Box<dyn std::error::Error>;

/// The paths whose replies came to their end, with the bodies. Ends when the connection has ended.
pub async fn play<IO>(io: IO) -> Vec<(&'static str, Vec<u8>)>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let Ok((client, connection)) = h2::client::handshake(io).await else {
        return Vec::new();
    };
    let connection = spawn_local(connection);
    let whole = ask_all(client, PATHS).await;
    // How it ends tells nothing more of the streams.
    let _ = connection.await.unwrap();
    whole
}

/// Asks for so many bodies of 50,000 bytes at once; how many came whole.
pub async fn play_many<IO>(io: IO, count: usize) -> usize
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let (client, connection) = h2::client::handshake(io).await.unwrap();
    let connection = spawn_local(connection);
    let whole = ask_all(client, vec!["/stream/50000/9000"; count]).await;
    let _ = connection.await.unwrap();
    check(&whole, &count)
}

/// Asks for a body that it does not read, and goes on asking for others, with pauses, until the server breaks it off;
/// how many came until then.
pub async fn play_stuck<IO>(io: IO) -> usize
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let mut builder = h2::client::Builder::new();
    builder.initial_connection_window_size(1 << 20);
    let (client, connection) = builder.handshake::<_, Bytes>(io).await.unwrap();
    let connection = spawn_local(connection);
    let request = Request::get("http://localhost/stream/200000/9000");
    let mut ready = client.clone().ready().await.unwrap();
    let (reply, _) = ready.send_request(request.body(()).unwrap(), true).unwrap();
    drop(ready);
    let mut stuck = reply.await.unwrap().into_body();
    let mut others = 0;
    let broken = async { while stuck.data().await.is_some_and(|data| data.is_ok()) {} };
    tokio::select! {
        () = broken => {}
        () = async {
            loop {
                ask(client.clone(), "/size/30000").await.unwrap();
                others += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        } => {}
    }
    drop((client, stuck));
    let _ = connection.await.unwrap();
    others
}

async fn ask_all(
    client: SendRequest<Bytes>,
    paths: impl IntoIterator<Item = &'static str>,
) -> Vec<(&'static str, Vec<u8>)> {
    let mut asking = JoinSet::new();
    for path in paths {
        let client = client.clone();
        asking.spawn_local(async move { (path, ask(client, path).await) });
    }
    drop(client);
    let mut whole = Vec::new();
    while let Some(asked) = asking.join_next().await {
        if let (path, Ok(body)) = asked.unwrap() {
            whole.push((path, body));
        }
    }
    whole
}

async fn ask(client: SendRequest<Bytes>, path: &str) -> Result<Vec<u8>, Broken> {
    let request = Request::post(format!("http://localhost{path}")).body(())?;
    let is_upload = path.starts_with("/upload");
    let (reply, mut sending) = client.ready().await?.send_request(request, !is_upload)?;
    if is_upload {
        let mut rest = body(path[8..].parse()?);
        while !rest.is_empty() {
            sending.reserve_capacity(rest.len());
            let room = std::future::poll_fn(|cx| sending.poll_capacity(cx)).await;
            let room = room.ok_or("the stream is gone")??;
            let piece = rest.split_to(room);
            sending.send_data(piece, rest.is_empty())?;
        }
    }
    let reply = reply.await?;
    assert_eq!(reply.status(), StatusCode::OK, "{path}");
    let mut reply = reply.into_body();
    let mut got = Vec::new();
    while let Some(bytes) = reply.data().await {
        let bytes = bytes?;
        reply.flow_control().release_capacity(bytes.len())?;
        got.extend_from_slice(&bytes);
    }
    let trailers = reply.trailers().await?;
    assert_eq!(trailers.is_some(), is_upload, "{path}: trailers");
    Ok(got)
}

/// Checks every reply that looks whole; returns how many do.
pub fn check(seen: &[(&'static str, Vec<u8>)], what: &impl std::fmt::Debug) -> usize {
    for (path, body) in seen {
        check_whole(path, body, what);
    }
    seen.len()
}
