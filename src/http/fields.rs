//! The header fields of a reply, while a handler sets them.
//!
//! A reply has a handful of fields: a list that is searched by comparing is cheaper than a table
//! that hashes, and turning it into what hyper wants hashes each name once.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use smallvec::SmallVec;

/// The values of one field: nearly always one.
pub type FieldValues = SmallVec<[HeaderValue; 1]>;

/// Header fields in the order in which they were set. Names compare in lower case, as they are
/// stored.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(HeaderName, HeaderValue)>);

impl Fields {
    /// Replaces all values of a field; an empty list removes it.
    pub(super) fn set(&mut self, name: HeaderName, values: FieldValues) {
        if self.contains(&name) {
            self.remove(&name);
        }
        self.add(name, values);
    }

    /// Adds values to a field.
    pub(super) fn add(&mut self, name: HeaderName, mut values: FieldValues) {
        let Some(last) = values.pop() else { return };
        for value in values {
            self.0.push((name.clone(), value));
        }
        self.0.push((name, last));
    }

    /// Removes a field, if it is there.
    pub(super) fn remove(&mut self, name: &HeaderName) {
        self.retain(|known, _| known != name);
    }

    /// Keeps the lines that `keeps` says.
    pub(super) fn retain(&mut self, keeps: impl Fn(&HeaderName, &HeaderValue) -> bool) {
        self.0.retain(|(name, value)| keeps(name, value));
    }

    /// Whether a field is there.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.get_all(name).next().is_some()
    }

    /// The values of a field.
    pub fn get_all<'a>(&'a self, name: &'a HeaderName) -> impl Iterator<Item = &'a HeaderValue> {
        self.iter()
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All fields as a map.
    pub fn to_map(&self) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(self.len());
        for (name, value) in self.iter() {
            map.append(name.clone(), value.clone());
        }
        map
    }
}
