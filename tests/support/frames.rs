//! HTTP/2 as frames: what a test says is what is sent, what it sees is what came.

use std::collections::VecDeque;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, WriteHalf};

pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// The error codes of RFC 9113 section 7 that tests meet.
pub const NO_ERROR: u32 = 0;
pub const PROTOCOL_ERROR: u32 = 1;
pub const FLOW_CONTROL_ERROR: u32 = 3;
pub const STREAM_CLOSED: u32 = 5;
pub const REFUSED_STREAM: u32 = 7;
pub const CANCEL: u32 = 8;
pub const ENHANCE_YOUR_CALM: u32 = 11;

/// A frame as bytes.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes())
}

pub fn window(stream: u32, increment: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &increment.to_be_bytes())
}

pub fn settings(said: &[(u16, u32)]) -> Vec<u8> {
    let said = said.iter();
    let payload: Vec<u8> = said
        .flat_map(|(id, value)| [id.to_be_bytes().as_slice(), &value.to_be_bytes()].concat())
        .collect();
    frame(SETTINGS, 0, 0, &payload)
}

/// Header fields as HPACK (RFC 7541 section 6.2.2): literals that no table keeps.
pub fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            length(text.len(), &mut block);
            block.extend(text.as_bytes());
        }
    }
    block
}

/// RFC 7541 section 5.1, with a prefix of seven bits.
fn length(length: usize, block: &mut Vec<u8>) {
    let Some(mut left) = length.checked_sub(127) else {
        return block.push(length as u8);
    };
    block.push(127);
    while left >= 128 {
        block.push((left % 128) as u8 | 128);
        left /= 128;
    }
    block.push(left as u8);
}

/// The head of a request.
pub fn head(method: &str, path: &str) -> Vec<u8> {
    fields(&[
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "localhost"),
    ])
}

/// A whole GET.
pub fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        stream,
        &head("GET", path),
    )
}

/// A POST whose body is still to come.
pub fn post(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &head("POST", path))
}

/// A frame that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

impl Frame {
    pub fn is_last(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }

    /// The status of a reply: h2 says `:status` first, from the static table or as a literal with the
    /// name from it (RFC 7541 appendix A).
    pub fn status(&self) -> u16 {
        assert_eq!(self.kind, HEADERS);
        // The size of the table is said first where it has changed (section 6.3).
        let sizes = self.payload.iter().take_while(|byte| **byte >> 5 == 1);
        let block = &self.payload[sizes.count()..];
        let indexed = [200, 204, 206, 304, 400, 404, 500];
        match block[0] {
            index @ 0x88..=0x8e => indexed[usize::from(index) - 0x88],
            0x48 | 0x08 if block[1] == 3 => {
                let digits = str::from_utf8(&block[2..5]).unwrap();
                digits.parse().unwrap()
            }
            // A Huffman code of digits: 0 to 2 have five bits, the rest six (appendix B).
            0x48 | 0x08 => huffman(&block[2..]),
            other => panic!("no status: {other:x}"),
        }
    }

    /// The code of `RST_STREAM` or `GOAWAY`.
    pub fn code(&self) -> u32 {
        let at = match self.kind {
            RST_STREAM => 0,
            GOAWAY => 4,
            other => panic!("a frame of type {other} has no code"),
        };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }
}

fn huffman(bytes: &[u8]) -> u16 {
    let mut bits = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| u16::from(byte >> bit & 1)));
    let mut take = |count| (0..count).fold(0, |all, _| all << 1 | bits.next().unwrap());
    (0..3).fold(0, |number, _| {
        let digit = match take(5) {
            few @ 0..=2 => few,
            more => (more << 1 | take(1)) - 0x19 + 3,
        };
        number * 10 + digit
    })
}

/// Everything that came until the connection ended.
#[derive(Debug, Default)]
pub struct Heard {
    pub frames: Vec<Frame>,
    /// The connection ended in order, not by a reset.
    pub orderly: bool,
}

impl Heard {
    /// The code of the last GOAWAY.
    pub fn farewell(&self) -> Option<u32> {
        let mut said = self.frames.iter().rev();
        said.find(|frame| frame.kind == GOAWAY).map(Frame::code)
    }

    pub fn count(&self, kind: u8) -> usize {
        self.frames
            .iter()
            .filter(|frame| frame.kind == kind)
            .count()
    }
}

/// A client that writes its own frames. Its first ones are the preface and SETTINGS.
pub struct Framed<IO> {
    io: IO,
    ahead: Vec<u8>,
    waiting: VecDeque<Frame>,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Framed<IO> {
    pub async fn new(io: IO) -> Self {
        Self::saying(io, &[]).await
    }

    /// Begins with these settings.
    pub async fn saying(io: IO, said: &[(u16, u32)]) -> Self {
        let mut client = Self {
            io,
            ahead: Vec::new(),
            waiting: VecDeque::new(),
        };
        client.send([PREFACE, &settings(said)].concat()).await;
        client
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.io.write_all(bytes.as_ref()).await.unwrap();
        self.io.flush().await.unwrap();
    }

    pub fn into_io(self) -> IO {
        self.io
    }

    /// The next frame; `None` at the end.
    pub async fn frame(&mut self) -> io::Result<Option<Frame>> {
        if let Some(frame) = self.waiting.pop_front() {
            return Ok(Some(frame));
        }
        next(&mut self.io, &mut self.ahead).await
    }

    /// The next frame of `kind` on `stream`; those before it are lost.
    pub async fn wait_for(&mut self, kind: u8, stream: u32) -> Frame {
        loop {
            let frame = self.frame().await.unwrap();
            let frame = frame.unwrap_or_else(|| panic!("no {kind} came on {stream}"));
            if (frame.kind, frame.stream) == (kind, stream) {
                return frame;
            }
            assert_ne!(frame.kind, GOAWAY, "{frame:?}");
        }
    }

    /// Whether what was sent is dealt with: answers to it that are made at once have come.
    pub async fn is_alive(&mut self) {
        self.send(frame(PING, 0, 0, b"are you?")).await;
        let mut before = VecDeque::new();
        loop {
            let next = next(&mut self.io, &mut self.ahead).await.unwrap().unwrap();
            if next.kind == PING && next.payload == b"are you?" {
                break;
            }
            assert_ne!(next.kind, GOAWAY, "{next:?}");
            before.push_back(next);
        }
        self.waiting.append(&mut before);
    }

    /// Sends all that `flood` makes, and its end, unless the connection ends before, and hears what comes.
    pub async fn flood(self, flood: impl Iterator<Item = Vec<u8>>) -> Heard
    where
        IO: 'static,
    {
        let (mut reader, writer) = tokio::io::split(self.io);
        let mut ahead = self.ahead;
        let mut heard = Heard::default();
        let hears = async {
            loop {
                match next(&mut reader, &mut ahead).await {
                    Ok(Some(frame)) => heard.frames.push(frame),
                    end => {
                        heard.orderly = end.is_ok();
                        return;
                    }
                }
            }
        };
        let writes = async {
            pour(writer, flood).await;
            std::future::pending().await
        };
        tokio::select! {
            () = hears => {}
            () = writes => {}
        }
        heard
    }
}

async fn pour<IO: AsyncWrite>(mut writer: WriteHalf<IO>, flood: impl Iterator<Item = Vec<u8>>) {
    let mut batch = Vec::new();
    for bytes in flood {
        batch.extend(bytes);
        if batch.len() > 16 * 1024 {
            if writer.write_all(&batch).await.is_err() {
                return;
            }
            batch.clear();
        }
    }
    // A connection that has ended takes nothing more: that shows in what was heard.
    let _ = writer.write_all(&batch).await;
    let _ = writer.shutdown().await;
}

async fn next<IO: AsyncRead + Unpin>(
    io: &mut IO,
    ahead: &mut Vec<u8>,
) -> io::Result<Option<Frame>> {
    loop {
        if let Some(head) = ahead.first_chunk::<9>() {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
            if ahead.len() >= 9 + length {
                let frame = Frame {
                    kind: head[3],
                    flags: head[4],
                    stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
                    payload: ahead[9..9 + length].to_vec(),
                };
                ahead.drain(..9 + length);
                return Ok(Some(frame));
            }
        }
        let mut space = [0; 16 * 1024];
        let read = io.read(&mut space).await?;
        if read == 0 {
            assert!(ahead.is_empty(), "the connection ended inside a frame");
            return Ok(None);
        }
        ahead.extend_from_slice(&space[..read]);
    }
}
