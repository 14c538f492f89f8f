//! Media types: of request bodies, and of files by their names.
#![no_main]

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;
use sluice::compress::may_code;
use sluice::config::{Compression, CompressionSaid};
use sluice::forms::BodyType;

fuzz_target!(|data: &[u8]| {
    sluice::files::fuzzing::type_of_name(data);
    let settings = Compression::parse(&CompressionSaid::default()).expect("the defaults");
    for value in [data.to_vec(), [b"multipart/form-data;", data].concat()] {
        let Ok(value) = HeaderValue::from_bytes(&value) else {
            continue;
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, value);
        if let Ok(BodyType::FormData(boundary) | BodyType::Multipart(boundary)) =
            BodyType::of(&headers)
        {
            assert!(
                !boundary.is_empty() && !boundary.contains(&b'\r') && !boundary.contains(&b'\n')
            );
        }
        may_code(&settings, StatusCode::OK, headers.iter(), None);
    }
});
