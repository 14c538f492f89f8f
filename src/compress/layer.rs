//! One coding, taken off piece by piece.

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use bytes::{Buf, Bytes};
use flate2::{Decompress, FlushDecompress, Status};
use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer};

/// What a request body says it is coded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestCoding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl RequestCoding {
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        const KNOWN: [(&str, RequestCoding); 5] = [
            ("gzip", RequestCoding::Gzip),
            ("x-gzip", RequestCoding::Gzip),
            ("deflate", RequestCoding::Deflate),
            ("br", RequestCoding::Brotli),
            ("zstd", RequestCoding::Zstd),
        ];
        let known = KNOWN
            .iter()
            .find(|(known, _)| name.eq_ignore_ascii_case(known.as_bytes()));
        known.map(|&(_, coding)| coding)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }
}

/// The decoder of one coding. What it is given is taken off the front of its input.
pub(super) enum Layer {
    /// Any number of members, one after the other (RFC 1952 section 2.2).
    Gzip(Inflate),
    /// With the frame of RFC 1950, as RFC 9110 has it, or without, as some clients have it.
    Deflate(Option<Inflate>),
    Brotli {
        state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
        begun: bool,
        over: bool,
        /// The largest window, as a power of two.
        window: u8,
    },
    /// Any number of frames, one after the other.
    Zstd { context: DCtx<'static>, over: bool },
}

/// What is wrong with the data.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is not what it is said to be.
    Broken(String),
    /// It asks for more memory than it may have.
    Large(String),
}

impl From<&str> for Flaw {
    fn from(text: &str) -> Self {
        Self::Broken(text.into())
    }
}

impl Layer {
    /// `limit` is that of the whole body, in bytes.
    pub(super) fn new(coding: RequestCoding, limit: u64) -> Self {
        match coding {
            RequestCoding::Gzip => Self::Gzip(Inflate::new(Decompress::new_gzip(15))),
            RequestCoding::Deflate => Self::Deflate(None),
            RequestCoding::Brotli => Self::Brotli {
                state: Box::new(BrotliState::new(
                    StandardAlloc::default(),
                    StandardAlloc::default(),
                    StandardAlloc::default(),
                )),
                begun: false,
                over: false,
                window: largest_window(limit),
            },
            RequestCoding::Zstd => {
                let mut context = DCtx::create();
                // The bound is within those that it knows: this cannot fail.
                let _ = context.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW));
                Self::Zstd {
                    context,
                    over: false,
                }
            }
        }
    }

    /// Whether what it was given so far is complete.
    pub(super) fn is_over(&self) -> bool {
        match self {
            Self::Gzip(inflate) => inflate.over,
            Self::Deflate(inflate) => inflate.as_ref().is_some_and(|inflate| inflate.over),
            Self::Brotli { over, .. } | Self::Zstd { over, .. } => *over,
        }
    }

    /// Decodes into the free capacity of `out` until that is full or the input is used up.
    pub(super) fn run(&mut self, input: &mut Bytes, out: &mut Vec<u8>) -> Result<(), Flaw> {
        match self {
            Self::Gzip(inflate) => inflate.members(input, out),
            Self::Deflate(inflate) => {
                if inflate.is_none() {
                    *inflate = input.first().map(|&first| Inflate::deflate(first));
                }
                match inflate {
                    Some(inflate) => inflate.one(input, out),
                    None => Ok(()),
                }
            }
            Self::Brotli {
                state,
                begun,
                over,
                window,
            } => {
                if !*begun && let Some(&first) = input.first() {
                    check_window(first, *window)?;
                    *begun = true;
                }
                if *over {
                    return nothing_more(input);
                }
                *over = brotli(state, input, out)?;
                Ok(())
            }
            Self::Zstd { context, over } => zstd(context, over, input, out),
        }
    }
}

/// An inflate stream, and whether it has met its end.
pub(super) struct Inflate {
    stream: Box<Decompress>,
    over: bool,
}

impl Inflate {
    fn new(stream: Decompress) -> Self {
        Self {
            stream: Box::new(stream),
            over: false,
        }
    }

    /// RFC 1950 begins with the number of its method, 8, in the lower half of a byte. No encoder
    /// of RFC 1951 alone makes such a byte: it would be a stored block with dirt in its padding.
    fn deflate(first: u8) -> Self {
        Self::new(Decompress::new(first & 0x0f == 8))
    }

    fn members(&mut self, input: &mut Bytes, out: &mut Vec<u8>) -> Result<(), Flaw> {
        loop {
            if self.over && !input.is_empty() {
                if input[0] != GZIP_MAGIC {
                    return nothing_more(input);
                }
                self.stream.reset(true);
                self.over = false;
            }
            self.one(input, out)?;
            if !self.over || input.is_empty() || out.len() == out.capacity() {
                return Ok(());
            }
        }
    }

    fn one(&mut self, input: &mut Bytes, out: &mut Vec<u8>) -> Result<(), Flaw> {
        if self.over {
            return nothing_more(input);
        }
        let before = self.stream.total_in();
        let status = self
            .stream
            .decompress_vec(input, out, FlushDecompress::None)
            .map_err(|error| Flaw::from(error.message().unwrap_or("it is corrupt")))?;
        let taken = self.stream.total_in() - before;
        input.advance(usize::try_from(taken).unwrap_or(input.len()));
        self.over = status == Status::StreamEnd;
        Ok(())
    }
}

fn nothing_more(input: &Bytes) -> Result<(), Flaw> {
    if input.is_empty() {
        return Ok(());
    }
    Err("bytes follow its end".into())
}

/// A decoder writes nothing before its window is full: the window bounds what a few bytes can make
/// it hold. So it may be as large as the body, or as most encoders make it.
fn largest_window(limit: u64) -> u8 {
    let log = u64::BITS - limit.saturating_sub(1).leading_zeros();
    u8::try_from(log)
        .unwrap_or(BROTLI_LARGEST)
        .clamp(BROTLI_COMMON, BROTLI_LARGEST)
}

/// The window is told by the first byte (RFC 7932 section 9.1).
fn check_window(first: u8, largest: u8) -> Result<(), Flaw> {
    let window = match (first & 1, first >> 1 & 7, first >> 4 & 7) {
        (0, _, _) => 16,
        (_, 0, 0) => 17,
        (_, 0, 1) => return Err("its window is larger than RFC 7932 allows".into()),
        (_, 0, few) => 8 + few,
        (_, many, _) => 17 + many,
    };
    if window <= largest {
        return Ok(());
    }
    Err(Flaw::Large(format!(
        "its window of {} MiB is larger than the {} MiB that the limit allows for (Limits: body)",
        1 << (window - 20),
        1 << (largest - 20),
    )))
}

/// Says whether the end was met.
fn brotli(
    state: &mut BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    input: &mut Bytes,
    out: &mut Vec<u8>,
) -> Result<bool, Flaw> {
    let (mut left, mut taken) = (input.len(), 0);
    let at = out.len();
    out.resize(out.capacity(), 0);
    let (mut room, mut made) = (out.len() - at, 0);
    let result = BrotliDecompressStream(
        &mut left,
        &mut taken,
        input,
        &mut room,
        &mut made,
        &mut out[at..],
        &mut 0,
        state,
    );
    out.truncate(at + made);
    input.advance(taken);
    match result {
        BrotliResult::ResultFailure => Err("it is corrupt".into()),
        BrotliResult::ResultSuccess => Ok(true),
        BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => Ok(false),
    }
}

fn zstd(
    context: &mut DCtx<'_>,
    over: &mut bool,
    input: &mut Bytes,
    out: &mut Vec<u8>,
) -> Result<(), Flaw> {
    loop {
        // A frame that has ended would begin another one with nothing.
        if *over && input.is_empty() {
            return Ok(());
        }
        let (before, at) = (input.len(), out.len());
        let mut source = InBuffer::around(input);
        let mut output = OutBuffer::around_pos(out, at);
        let left = context
            .decompress_stream(&mut output, &mut source)
            .map_err(|code| Flaw::from(zstd_safe::get_error_name(code)))?;
        let taken = source.pos();
        input.advance(taken);
        *over = left == 0;
        let is_full = out.len() == out.capacity();
        if is_full || input.is_empty() || (input.len() == before && out.len() == at) {
            return Ok(());
        }
    }
}

const GZIP_MAGIC: u8 = 0x1f;
/// 8 MiB, which RFC 9659 section 3 has every decoder take, and no encoder go beyond.
const ZSTD_WINDOW: u32 = 23;
/// 16 MiB: the largest window of RFC 7932.
const BROTLI_LARGEST: u8 = 24;
/// 4 MiB: what encoders have if they are not told otherwise.
const BROTLI_COMMON: u8 = 22;
