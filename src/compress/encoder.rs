//! One response body, coded piece by piece.

use std::fmt;

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation as BrotliOp, BrotliEncoderParameter as BrotliParameter,
    BrotliEncoderStateStruct,
};
use flate2::{Compress, FlushCompress, Status};
use zstd_safe::zstd_sys::ZSTD_EndDirective as ZstdOp;
use zstd_safe::{CCtx, CParameter, InBuffer, OutBuffer, ResetDirective};

use crate::config::{Coding, Compression};
use crate::error::{Error, Kind, Result};

/// Codes one body at a time. An error leaves it useless: drop it.
///
/// What it holds back of what it was given is bounded by its window, and is written by
/// [`flush`](Self::flush).
pub struct Encoder(Engine);

enum Engine {
    Gzip(Box<Compress>),
    Brotli(Box<Brotli>),
    Zstd(CCtx<'static>),
}

/// What is to be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    /// As much as the coder likes.
    Go,
    /// Everything, so that a decoder has all that was given.
    Flush,
    /// Everything, and the end.
    End,
}

impl Encoder {
    /// An encoder for bodies of one coding.
    ///
    /// # Errors
    /// [`Kind::Server`] when there is no memory for it.
    pub fn new(coding: Coding, settings: &Compression) -> Result<Self> {
        Ok(Self(match coding {
            Coding::Gzip => {
                let level = flate2::Compression::new(settings.gzip_level);
                Engine::Gzip(Box::new(Compress::new_gzip(level, GZIP_WINDOW)))
            }
            Coding::Brotli => Engine::Brotli(Box::new(Brotli::new(settings.brotli_level))),
            Coding::Zstd => Engine::Zstd(zstd(settings.zstd_level)?),
        }))
    }

    /// Which coding it makes.
    pub fn coding(&self) -> Coding {
        match &self.0 {
            Engine::Gzip(_) => Coding::Gzip,
            Engine::Brotli(_) => Coding::Brotli,
            Engine::Zstd(_) => Coding::Zstd,
        }
    }

    /// Adds to `out` what of the code of `bytes` is ready.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<()> {
        self.run(bytes, Op::Go, out)
    }

    /// Adds to `out` all that is held back: everything pushed so far can be decoded then.
    pub fn flush(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.run(&[], Op::Flush, out)
    }

    /// Adds to `out` all that is held back and the end of the code.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<()> {
        self.run(&[], Op::End, out)
    }

    /// Codes a whole body at once, which saves something over the same in pieces.
    pub fn whole(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        // Text shrinks to a third or less, nearly always.
        let mut out = Vec::with_capacity(bytes.len() / 3 + LEAST_ROOM);
        if let Engine::Zstd(context) = &mut self.0 {
            let length = Some(bytes.len() as u64);
            context.set_pledged_src_size(length).map_err(zstd_failed)?;
        }
        self.run(bytes, Op::End, &mut out)?;
        out.shrink_to_fit();
        Ok(out)
    }

    /// Makes a finished encoder fit for another body; `None` where that is no better than a new one.
    pub fn again(mut self) -> Option<Self> {
        match &mut self.0 {
            Engine::Gzip(compress) => compress.reset(),
            Engine::Brotli(_) => return None,
            Engine::Zstd(context) => {
                context.reset(ResetDirective::SessionOnly).ok()?;
            }
        }
        Some(self)
    }

    fn run(&mut self, bytes: &[u8], op: Op, out: &mut Vec<u8>) -> Result<()> {
        match &mut self.0 {
            Engine::Gzip(compress) => gzip(compress, bytes, op, out),
            Engine::Brotli(brotli) => brotli.run(bytes, op, out),
            Engine::Zstd(context) => run_zstd(context, bytes, op, out),
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoder").field(&self.coding()).finish()
    }
}

fn gzip(compress: &mut Compress, mut bytes: &[u8], op: Op, out: &mut Vec<u8>) -> Result<()> {
    let flush = match op {
        Op::Go => FlushCompress::None,
        Op::Flush => FlushCompress::Sync,
        Op::End => FlushCompress::Finish,
    };
    loop {
        // A flush that finds less room than its own mark needs would write the mark again.
        out.reserve(LEAST_ROOM);
        let before = compress.total_in();
        let status = compress
            .compress_vec(bytes, out, flush)
            .map_err(|error| failed(Coding::Gzip, error))?;
        let taken = usize::try_from(compress.total_in() - before).unwrap_or(bytes.len());
        bytes = &bytes[taken..];
        let is_over = match op {
            Op::End => status == Status::StreamEnd,
            _ => bytes.is_empty() && out.len() < out.capacity(),
        };
        if is_over {
            return Ok(());
        }
    }
}

struct Brotli {
    state: BrotliEncoderStateStruct<StandardAlloc>,
    /// The bytes since the last flush.
    held: usize,
}

impl Brotli {
    fn new(level: u32) -> Self {
        let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
        state.set_parameter(BrotliParameter::BROTLI_PARAM_QUALITY, level);
        state.set_parameter(BrotliParameter::BROTLI_PARAM_LGWIN, BROTLI_WINDOW_LOG);
        state.set_parameter(BrotliParameter::BROTLI_PARAM_LGBLOCK, BROTLI_BLOCK_LOG);
        Self { state, held: 0 }
    }

    fn run(&mut self, bytes: &[u8], op: Op, out: &mut Vec<u8>) -> Result<()> {
        self.held += bytes.len();
        let op = match op {
            // It would gather half a megabyte before it writes the first byte.
            Op::Go if self.held >= BLOCK => BrotliOp::BROTLI_OPERATION_FLUSH,
            Op::Go => BrotliOp::BROTLI_OPERATION_PROCESS,
            Op::Flush => BrotliOp::BROTLI_OPERATION_FLUSH,
            Op::End => BrotliOp::BROTLI_OPERATION_FINISH,
        };
        if op != BrotliOp::BROTLI_OPERATION_PROCESS {
            self.held = 0;
        }
        let (mut left, mut offset) = (bytes.len(), 0);
        loop {
            let is_fine = self.state.compress_stream(
                op,
                &mut left,
                bytes,
                &mut offset,
                &mut 0,
                &mut [],
                &mut 0,
                &mut None,
                &mut |_, _, _, _| (),
            );
            if !is_fine {
                return Err(failed(Coding::Brotli, "the encoder broke down"));
            }
            // All that is ready, without a buffer in between.
            let mut size = 0;
            let output = self.state.take_output(&mut size);
            out.extend_from_slice(&output[..size]);
            let is_over = left == 0 && !self.state.has_more_output();
            if is_over && (op != BrotliOp::BROTLI_OPERATION_FINISH || self.state.is_finished()) {
                return Ok(());
            }
        }
    }
}

fn zstd(level: i32) -> Result<CCtx<'static>> {
    let mut context = CCtx::try_create().ok_or_else(|| failed(Coding::Zstd, "no memory"))?;
    for parameter in [
        CParameter::CompressionLevel(level),
        CParameter::WindowLog(ZSTD_WINDOW_LOG),
        CParameter::HashLog(ZSTD_TABLE_LOG),
        CParameter::ChainLog(ZSTD_TABLE_LOG),
        CParameter::MaxBlockSize(ZSTD_BLOCK),
    ] {
        context.set_parameter(parameter).map_err(zstd_failed)?;
    }
    Ok(context)
}

fn run_zstd(context: &mut CCtx<'_>, bytes: &[u8], op: Op, out: &mut Vec<u8>) -> Result<()> {
    let directive = match op {
        Op::Go => ZstdOp::ZSTD_e_continue,
        Op::Flush => ZstdOp::ZSTD_e_flush,
        Op::End => ZstdOp::ZSTD_e_end,
    };
    let mut input = InBuffer::around(bytes);
    loop {
        out.reserve(LEAST_ROOM);
        let at = out.len();
        let mut output = OutBuffer::around_pos(out, at);
        let left = context
            .compress_stream2(&mut output, &mut input, directive)
            .map_err(zstd_failed)?;
        let is_over = match op {
            Op::Go => input.pos() == bytes.len(),
            _ => left == 0,
        };
        if is_over {
            return Ok(());
        }
    }
}

fn zstd_failed(code: usize) -> Error {
    failed(Coding::Zstd, zstd_safe::get_error_name(code))
}

fn failed(coding: Coding, error: impl fmt::Display) -> Error {
    let name = coding.name();
    Error::new(
        Kind::Server,
        format!("a response could not be coded as {name}: {error}"),
    )
}

/// The room that a coder finds at least for its output, in bytes.
const LEAST_ROOM: usize = 4 * 1024;
/// What brotli is given between two flushes, in bytes.
const BLOCK: usize = 32 * 1024;
/// 32 KiB, all that gzip can have.
const GZIP_WINDOW: u8 = 15;
/// 512 KiB: with a smaller one levels 5 and 6 make more of a long text than level 4 does.
const BROTLI_WINDOW_LOG: u32 = 19;
/// 64 KiB, the least that there is.
const BROTLI_BLOCK_LOG: u32 = 16;
/// 128 KiB.
const ZSTD_WINDOW_LOG: u32 = 17;
/// Tables of 128 KiB. Larger ones find nothing more in such a window.
const ZSTD_TABLE_LOG: u32 = 15;
/// Buffers are of this size, in bytes: with blocks of 128 KiB they would be most of the memory.
const ZSTD_BLOCK: u32 = 32 * 1024;

#[cfg(test)]
mod tests;
