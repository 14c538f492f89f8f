//! What the fuzzers in `fuzz/` ask of this room: each gives a parser any input and checks what must hold for all.

use super::{Head, disposition, urlencoded};
use crate::config::Uploads;
use crate::error::Kind;

/// The fields of a body are no more, and no longer, than their bounds.
pub fn urlencoded(input: &[u8]) {
    let limits = Uploads {
        fields: 10,
        field_size: 100,
        ..Uploads::DEFAULT
    };
    match urlencoded::fields(input, &limits) {
        Ok(fields) => {
            let sum: usize = fields.iter().map(|f| f.name.len() + f.value.len()).sum();
            assert!(fields.len() <= limits.fields && sum <= input.len());
            assert!(fields.iter().all(|f| f.value.len() <= limits.field_size));
        }
        Err(error) => assert_eq!(error.kind(), Kind::BodyTooLarge),
    }
}

/// Names come out no longer than they went in, and a client's path leaves no path in its name.
pub fn disposition_of_part(input: &[u8]) {
    let (name, filename) = disposition::names(input);
    for found in [name, filename].into_iter().flatten() {
        assert!(found.len() <= input.len());
        disposition::has_sound_brackets(&found);
        let base = disposition::basename(&found);
        assert!(!base.contains(&b'/') && !base.contains(&b'\\'));
    }
}

/// The head of a part.
pub fn head_of_part(input: &[u8]) {
    if let Ok(head) = Head::parse(input) {
        head.client_filename();
        head.media_type();
        assert!(head.headers.len() <= input.len());
    }
}
