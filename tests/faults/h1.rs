//! HTTP/1 as a client takes it that looks closely at how each reply ends.

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};

use super::bench::check_whole;

/// Requests on one connection, as bytes and by their paths. The last asks the server to close.
pub struct Script {
    pub bytes: Vec<u8>,
    pub paths: Vec<&'static str>,
}

/// What came, and whether the connection came to an orderly end after it.
#[derive(Default)]
pub struct Seen {
    pub bytes: Vec<u8>,
    pub is_orderly: bool,
}

impl Script {
    pub fn new(requests: Vec<(&'static str, Vec<u8>)>) -> Self {
        let (paths, bytes): (_, Vec<_>) = requests.into_iter().unzip();
        let bytes = bytes.concat();
        Self { bytes, paths }
    }

    /// Sends it all, in TLS as several records, while it reads; ends when the server ends.
    pub async fn play<IO: AsyncRead + AsyncWrite>(&self, io: IO) -> Seen {
        let (mut reader, mut writer) = split(io);
        let mut bytes = Vec::new();
        let (is_orderly, ()) = tokio::join!(
            async { reader.read_to_end(&mut bytes).await.is_ok() },
            // The server may be gone; what it has sent is what counts.
            async {
                for piece in self.bytes.chunks(50) {
                    let _ = writer.write_all(piece).await;
                    let _ = writer.flush().await;
                }
            }
        );
        Seen { bytes, is_orderly }
    }

    /// Checks every reply that looks whole; returns how many do.
    pub fn check(&self, seen: &Seen, what: &impl std::fmt::Debug) -> usize {
        let mut rest = &seen.bytes[..];
        let mut whole = 0;
        for path in &self.paths {
            let Some((body, after)) = reply(rest, seen.is_orderly) else {
                break;
            };
            check_whole(path, &body, what);
            rest = after;
            whole += 1;
        }
        if whole == self.paths.len() {
            let more = rest.escape_ascii();
            assert!(rest.is_empty(), "{what:?}: after the last reply: {more}");
        }
        whole
    }
}

/// The body of the first reply, if a client would take it for whole, and what follows it. `ends`: the connection's
/// orderly end ends it.
fn reply(bytes: &[u8], ends: bool) -> Option<(Vec<u8>, &[u8])> {
    let (head, rest) = head(bytes)?;
    let status = &head[9..12];
    if status == "100" || status == "103" {
        return reply(rest, ends);
    }
    assert_eq!(status, "200", "{head}");
    let lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    let field = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name));
    if let Some(length) = field("content-length: ") {
        let length: usize = length.parse().unwrap();
        return (rest.len() >= length).then(|| (rest[..length].to_vec(), &rest[length..]));
    }
    if field("transfer-encoding: chunked").is_none() {
        return ends.then(|| (rest.to_vec(), &rest[rest.len()..]));
    }
    chunks(rest)
}

fn chunks(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            // The trailer section ends with an empty line, which the last chunk's own may be.
            let (_, after) = head(&rest[end..])?;
            return Some((body, after));
        }
        rest = &rest[end + 2..];
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

/// What is before the first empty line, and what is after it.
fn head(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    Some((head, &bytes[end + 4..]))
}
