//! From a file and a request to the head of the reply, and the parts of the body.
//!
//! What the handler has set on the reply stays: its tag and its date count, not the file's.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LANGUAGE,
    CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LAST_MODIFIED,
    VARY,
};
use http::{Method, StatusCode};
use smallvec::{SmallVec, smallvec};

use super::coding::Coding;
use super::conditional::{Asked, Current, Verdict};
use super::found::Opened;
use super::ranges::{self, Part, Parts};
use super::validators::{self, parse_date};
use crate::error::Result;
use crate::http::{Exchange, Reply};

/// A piece of a body: text that frames parts of the file, or a part of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Text(Bytes),
    Part(Part),
}

/// A body.
pub(super) type Segments = SmallVec<[Segment; 1]>;

/// What is known of a file beside what the system says.
pub(super) struct About<'a> {
    pub(super) coding: Option<Coding>,
    /// Whether the file is there in several codings.
    pub(super) varies: bool,
    pub(super) cache_control: Option<&'a HeaderValue>,
}

/// Sets the head of a reply that answers conditions and ranges. `None`: it has no body.
pub(super) fn conditional(
    exchange: &Exchange,
    opened: &Opened,
    about: &About<'_>,
    content_type: impl FnOnce() -> HeaderValue,
) -> Result<Option<Segments>> {
    let (request, reply) = (&exchange.request, &exchange.reply);
    let now = validators::now();
    let tag = own(reply, &ETAG).map_or_else(
        || {
            let coding = about.coding.map(Coding::token);
            let tag = validators::entity_tag(opened.size, opened.modified, coding, now);
            set(reply, ETAG, tag.clone()).map(|()| tag)
        },
        Ok,
    )?;
    let date = match own(reply, &LAST_MODIFIED) {
        Some(said) => parse_date(&said),
        None => {
            let date = validators::date(opened.modified, now);
            if let Some(date) = date {
                set(reply, LAST_MODIFIED, validators::last_modified(date))?;
            }
            date
        }
    };
    if let Some(value) = about.cache_control {
        set_unless_own(reply, CACHE_CONTROL, value.clone())?;
    }
    if about.varies {
        set_unless_own(reply, VARY, HeaderValue::from_static("accept-encoding"))?;
    }
    let asked = Asked::of(&request.headers);
    let current = Current {
        tag: Some(&tag),
        date,
    };
    match asked.verdict(current) {
        Verdict::Send => {}
        Verdict::NotModified => return bodiless(reply, StatusCode::NOT_MODIFIED),
        Verdict::Failed => return bodiless(reply, StatusCode::PRECONDITION_FAILED),
    }
    set_unless_own(reply, ACCEPT_RANGES, HeaderValue::from_static("bytes"))?;
    if let Some(coding) = about.coding {
        set(
            reply,
            CONTENT_ENCODING,
            HeaderValue::from_static(coding.token()),
        )?;
    }
    let range = asked
        .range
        .filter(|_| request.method == Method::GET && asked.range_holds(current, now));
    let wanted = range.map_or(ranges::Asked::Whole, |range| {
        ranges::parse(range.as_bytes(), opened.size)
    });
    match wanted {
        ranges::Asked::Nothing => {
            set(
                reply,
                CONTENT_RANGE,
                value(format!("bytes */{}", opened.size)),
            )?;
            bodiless(reply, StatusCode::RANGE_NOT_SATISFIABLE)
        }
        ranges::Asked::Whole => {
            typed(reply, content_type)?;
            Ok(Some(whole(opened.size)))
        }
        ranges::Asked::Parts(parts) => {
            let content_type = typed(reply, content_type)?;
            reply.set_status(i64::from(StatusCode::PARTIAL_CONTENT.as_u16()), None)?;
            partial(reply, &parts, opened.size, &content_type).map(Some)
        }
    }
}

/// Sets the type of a reply whose body is a slice of the file and nothing more.
pub(super) fn plain(
    reply: &Reply,
    slice: Part,
    content_type: impl FnOnce() -> HeaderValue,
) -> Result<Segments> {
    typed(reply, content_type)?;
    Ok(part_of(slice))
}

/// How many bytes a body has.
pub(super) fn length(segments: &Segments) -> u64 {
    let lengths = segments.iter().map(|segment| match segment {
        Segment::Text(text) => text.len() as u64,
        Segment::Part(part) => part.length,
    });
    lengths.sum()
}

/// Answers HEAD: the length of the body that a GET would get, and none.
pub(super) fn end_head(reply: &Reply, length: u64) -> Result<()> {
    reply.set_header(CONTENT_LENGTH, smallvec![length.into()])?;
    reply.end(Bytes::new())
}

fn partial(
    reply: &Reply,
    parts: &Parts,
    size: u64,
    content_type: &HeaderValue,
) -> Result<Segments> {
    if let [part] = parts[..] {
        set(reply, CONTENT_RANGE, value(range_of(part, size)))?;
        return Ok(part_of(part));
    }
    let boundary = boundary();
    let mut segments = Segments::with_capacity(2 * parts.len() + 1);
    let mut line = "";
    for &part in parts {
        let mut head = format!("{line}--{boundary}\r\ncontent-type: ").into_bytes();
        head.extend_from_slice(content_type.as_bytes());
        let range = range_of(part, size);
        head.extend_from_slice(format!("\r\ncontent-range: {range}\r\n\r\n").as_bytes());
        segments.push(Segment::Text(head.into()));
        segments.push(Segment::Part(part));
        line = "\r\n";
    }
    segments.push(Segment::Text(format!("\r\n--{boundary}--\r\n").into()));
    let several = value(format!("multipart/byteranges; boundary={boundary}"));
    reply.set_header(CONTENT_TYPE, smallvec![several])?;
    Ok(segments)
}

/// Text that no file holds, but by a chance that is none.
fn boundary() -> String {
    let random = || RandomState::new().hash_one(());
    format!("{:016x}{:016x}", random(), random())
}

fn range_of(part: Part, size: u64) -> String {
    let last = part.start + part.length - 1;
    format!("bytes {}-{last}/{size}", part.start)
}

fn whole(size: u64) -> Segments {
    part_of(Part {
        start: 0,
        length: size,
    })
}

fn part_of(part: Part) -> Segments {
    let mut segments = Segments::new();
    if part.length > 0 {
        segments.push(Segment::Part(part));
    }
    segments
}

/// A reply of this status does not describe the file's bytes (RFC 9110 section 15.4.5).
fn bodiless(reply: &Reply, status: StatusCode) -> Result<Option<Segments>> {
    reply.set_status(i64::from(status.as_u16()), None)?;
    for name in [
        CONTENT_TYPE,
        CONTENT_ENCODING,
        CONTENT_LANGUAGE,
        CONTENT_DISPOSITION,
        CONTENT_LENGTH,
    ] {
        reply.remove_header(&name)?;
    }
    Ok(None)
}

/// The type of the body: the handler's, or the file's.
fn typed(reply: &Reply, content_type: impl FnOnce() -> HeaderValue) -> Result<HeaderValue> {
    if let Some(own) = own(reply, &CONTENT_TYPE) {
        return Ok(own);
    }
    let content_type = content_type();
    set(reply, CONTENT_TYPE, content_type.clone())?;
    Ok(content_type)
}

fn own(reply: &Reply, name: &HeaderName) -> Option<HeaderValue> {
    reply.headers().get_all(name).next().cloned()
}

fn set_unless_own(reply: &Reply, name: HeaderName, value: HeaderValue) -> Result<()> {
    if reply.headers().contains(&name) {
        return Ok(());
    }
    set(reply, name, value)
}

fn set(reply: &Reply, name: HeaderName, value: HeaderValue) -> Result<()> {
    reply.set_header(name, smallvec![value])
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
