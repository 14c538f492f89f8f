//! The head of a part.

use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::disposition;
use crate::error::{Error, Kind, Result};

/// What one part says of itself before its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Its headers, as sent.
    pub headers: HeaderMap,
    /// The `name` of its Content-Disposition.
    pub name: Option<Vec<u8>>,
    /// The `filename` of its Content-Disposition, as sent.
    pub filename: Option<Vec<u8>>,
}

impl Head {
    /// Parses header lines, each with its CRLF. A line that begins with a blank continues the one
    /// before it.
    ///
    /// # Errors
    /// [`Kind::BadRequest`] for a line that is no header.
    pub(super) fn parse(lines: &[u8]) -> Result<Self> {
        let mut headers = HeaderMap::new();
        let mut unfolded: Vec<Vec<u8>> = Vec::new();
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            let Some(line) = line.strip_suffix(b"\r\n") else {
                return Err(broken(line));
            };
            match unfolded.last_mut() {
                Some(last) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                    last.extend_from_slice(line);
                }
                _ => unfolded.push(line.to_vec()),
            }
        }
        for line in &unfolded {
            let (name, value) = field(line).ok_or_else(|| broken(line))?;
            headers.try_append(name, value).map_err(|_| broken(line))?;
        }
        let disposition = headers.get(CONTENT_DISPOSITION);
        let (name, filename) = disposition
            .map(|value| disposition::names(value.as_bytes()))
            .unwrap_or_default();
        Ok(Self {
            headers,
            name,
            filename,
        })
    }

    /// The name that the client's file has, without its path; `None` for a part that is no file, or
    /// for an input that was left empty.
    pub fn client_filename(&self) -> Option<&[u8]> {
        let filename = self.filename.as_deref().map(disposition::basename);
        filename.filter(|name| !name.is_empty())
    }

    /// The media type that the client states, without parameters.
    pub fn media_type(&self) -> Option<&[u8]> {
        let value = self.headers.get(CONTENT_TYPE)?.as_bytes();
        value.split(|&byte| byte == b';').next()
    }
}

fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
    Some((name, value))
}

fn broken(line: &[u8]) -> Error {
    const SHOWN: usize = 60;
    let shown = line.trim_ascii_end();
    let shown = &shown[..shown.len().min(SHOWN)];
    Error::new(
        Kind::BadRequest,
        format!(
            "a part of the multipart body has a broken header line: \"{}\"",
            shown.escape_ascii()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_told_by_name_and_lines_may_be_folded() {
        let head = Head::parse(
            b"Content-Disposition: form-data;\r\n name=\"a\";\r\n\tfilename=\"C:\\x\\b.txt\"\r\nCONTENT-TYPE:text/plain; charset=x\r\nX-A: 1\r\nx-a: 2\r\n",
        )
        .unwrap();
        assert_eq!(head.name.as_deref(), Some(&b"a"[..]));
        assert_eq!(head.filename.as_deref(), Some(&b"C:\\x\\b.txt"[..]));
        assert_eq!(head.client_filename(), Some(&b"b.txt"[..]));
        assert_eq!(head.media_type(), Some(&b"text/plain"[..]));
        assert_eq!(head.headers.get_all("x-a").iter().count(), 2);
        assert_eq!(Head::parse(b"").unwrap(), Head::default());
    }

    #[test]
    fn what_is_no_header_is_a_bad_request() {
        for lines in [
            &b"no colon\r\n"[..],
            b": no name\r\n",
            b"na me: x\r\n",
            b" folded: first\r\n",
            b"a: b\n",
            b"a: \x00\r\n",
            b"a: b\rc\r\n",
        ] {
            let error = Head::parse(lines).unwrap_err();
            assert_eq!(error.kind(), Kind::BadRequest, "{lines:?}");
        }
    }
}
