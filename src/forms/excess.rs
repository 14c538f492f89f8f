//! The errors of forms that have too much of something.

use crate::error::{Error, Kind};

pub(super) fn too_many(what: &str, most: usize) -> Error {
    Error::new(
        Kind::BodyTooLarge,
        format!("the form has more than {most} {what} (Uploads: {what})"),
    )
}

pub(super) fn too_large(what: &str, name: &[u8], limit: &str, most: u64) -> Error {
    const SHOWN: usize = 60;
    let name = name[..name.len().min(SHOWN)].escape_ascii();
    Error::new(
        Kind::BodyTooLarge,
        format!(
            "the {what} \"{name}\" of the form is larger than the limit of {most} bytes (Uploads: {limit})"
        ),
    )
}
