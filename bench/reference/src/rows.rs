//! The document of `/json`: rows that are there from the start, and a figure made of the headers of the request.

use std::error::Error;
use std::sync::OnceLock;

use http::HeaderMap;
use serde::{Deserialize, Serialize};

/// The headers that are read, as in `bench/lib/content.py`.
const HEADERS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cookie",
    "origin",
    "referer",
    "traceparent",
    "user-agent",
    "x-request-id",
];

static ROWS: OnceLock<Vec<Row>> = OnceLock::new();

#[derive(Deserialize, Serialize)]
struct Row {
    id: u32,
    name: String,
    price: f64,
    available: bool,
    featured: bool,
    added: String,
}

#[derive(Serialize)]
struct Document<'a> {
    /// The bytes of all values of `HEADERS`.
    headers: usize,
    rows: &'a [Row],
}

/// Takes the rows from a file of JSON. To be called once.
pub fn load(path: &str) -> Result<(), Box<dyn Error>> {
    let rows = serde_json::from_slice(&std::fs::read(path)?)?;
    ROWS.set(rows)
        .map_err(|_| "the rows are loaded twice".into())
}

/// Encodes the document for a request with these headers.
pub fn document(headers: &HeaderMap) -> Vec<u8> {
    let length = |name| headers.get(name).map_or(0, |value| value.len());
    let document = Document {
        headers: HEADERS.into_iter().map(length).sum(),
        rows: ROWS.get().map_or(&[], Vec::as_slice),
    };
    serde_json::to_vec(&document).expect("numbers, booleans and strings can be encoded")
}
