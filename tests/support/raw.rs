//! HTTP/1 as bytes: what a test says is what is sent, what it sees is what came.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// A client that writes its own requests. Replies may come pipelined.
pub struct Raw<IO> {
    pub io: IO,
    ahead: Vec<u8>,
}

/// One reply, taken apart.
#[derive(Debug)]
pub struct Reply {
    /// `HTTP/1.1 200 OK`.
    pub line: String,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(String, String)>,
}

impl Reply {
    pub fn status(&self) -> u16 {
        self.line.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The one value of a field.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|field| field.0 == name);
        let value = values.next().map(|field| field.1.as_str());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Raw<IO> {
    pub fn new(io: IO) -> Self {
        Self {
            io,
            ahead: Vec::new(),
        }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
        self.io.flush().await.unwrap();
    }

    /// Sends `request` and reads the reply to it.
    pub async fn ask(&mut self, request: &str) -> Reply {
        self.send(request).await;
        self.reply().await
    }

    /// The next reply, not one to HEAD.
    pub async fn reply(&mut self) -> Reply {
        let mut reply = self.head().await;
        let chunked = reply.header("transfer-encoding") == Some("chunked");
        let length = reply.header("content-length").map(|l| l.parse().unwrap());
        match (chunked, length) {
            (true, None) => (reply.body, reply.trailers) = self.chunked().await,
            (false, Some(length)) => reply.body = self.exactly(length).await,
            (false, None) if matches!(reply.status(), 100..=199 | 204 | 304) => {}
            (false, None) => reply.body = self.rest().await.unwrap(),
            (true, Some(_)) => panic!("two framings: {reply:?}"),
        }
        reply
    }

    /// The head of the next reply; its body is still to come.
    pub async fn head(&mut self) -> Reply {
        let line = self.line().await;
        assert!(line.starts_with("HTTP/1."), "{line}");
        Reply {
            line,
            headers: self.fields().await,
            body: Vec::new(),
            trailers: Vec::new(),
        }
    }

    /// The next `size` bytes.
    pub async fn exactly(&mut self, size: usize) -> Vec<u8> {
        while self.ahead.len() < size {
            assert!(self.more().await.unwrap() > 0, "the body is short");
        }
        let rest = self.ahead.split_off(size);
        std::mem::replace(&mut self.ahead, rest)
    }

    /// The next chunk; empty at the last (RFC 9112 section 7.1).
    pub async fn chunk(&mut self) -> Vec<u8> {
        let size = usize::from_str_radix(&self.line().await, 16).unwrap();
        let chunk = self.exactly(size).await;
        if size > 0 {
            assert_eq!(self.line().await, "");
        }
        chunk
    }

    async fn chunked(&mut self) -> (Vec<u8>, Vec<(String, String)>) {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk().await;
            if chunk.is_empty() {
                return (body, self.fields().await);
            }
            body.extend_from_slice(&chunk);
        }
    }

    /// All that comes until the connection ends, and how it ends.
    pub async fn rest(&mut self) -> io::Result<Vec<u8>> {
        while self.more().await? > 0 {}
        Ok(std::mem::take(&mut self.ahead))
    }

    /// Whether the connection ends before another byte comes.
    pub async fn ends(&mut self) -> bool {
        self.ahead.is_empty() && self.more().await.unwrap_or(0) == 0
    }

    /// Whether the connection ends here, without another byte.
    pub async fn is_over(&mut self) -> bool {
        self.rest().await.unwrap().is_empty()
    }

    async fn fields(&mut self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        loop {
            let line = self.line().await;
            if line.is_empty() {
                return fields;
            }
            let (name, value) = line.split_once(':').unwrap();
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    async fn line(&mut self) -> String {
        let mut from = 0;
        loop {
            let end = self.ahead[from..].windows(2).position(|two| two == b"\r\n");
            if let Some(end) = end {
                let rest = self.ahead.split_off(from + end + 2);
                let mut line = std::mem::replace(&mut self.ahead, rest);
                line.truncate(from + end);
                return String::from_utf8(line).unwrap();
            }
            from = self.ahead.len().saturating_sub(1);
            let more = self.more().await.unwrap();
            assert!(
                more > 0,
                "the connection ended in {:?}",
                self.ahead.escape_ascii().to_string()
            );
        }
    }

    async fn more(&mut self) -> io::Result<usize> {
        let mut space = [0; 16 * 1024];
        let read = self.io.read(&mut space).await?;
        self.ahead.extend_from_slice(&space[..read]);
        Ok(read)
    }
}
