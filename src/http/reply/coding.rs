//! What a reply does about its content coding when its head is fixed.

use bytes::Bytes;

use super::Reply;
use crate::config::Coding;
use crate::http::coded_head::{self, Offer};

/// The largest body that is coded at once and not piece by piece, in bytes: its length is known
/// before its head is sent, and coding it takes about a millisecond.
const WHOLE: usize = 64 * 1024;

impl Reply {
    /// What is sent in place of a whole body, and how long it is, where it is coded.
    pub(super) fn coded_whole(&self, bytes: Bytes, length: u64) -> (Bytes, u64) {
        let Some((offer, coding)) = self.coding(Some(length)) else {
            return (bytes, length);
        };
        // The handler of HEAD may have told a length without a body.
        if bytes.len() > WHOLE || bytes.len() as u64 != length {
            self.code(offer, coding);
            return (bytes, length);
        }
        match offer.compressor.whole(coding, &bytes) {
            Some(coded) => {
                coded_head::mark(&mut self.head.borrow_mut().headers, coding);
                let length = coded.len() as u64;
                (coded.into(), length)
            }
            None => (bytes, length),
        }
    }

    /// The coding that the reply gets, seen its head and the length of its body, where it is known.
    pub(super) fn coding(&self, length: Option<u64>) -> Option<(&Offer, Coding)> {
        let offer = self.offer.as_ref()?;
        let coding = offer.coding(&mut self.head.borrow_mut(), length)?;
        Some((offer, coding))
    }

    /// From now on the body is coded as it is taken, unless there is no memory for that.
    pub(super) fn code(&self, offer: &Offer, coding: Coding) {
        if !self.is_head && self.body.code(&offer.compressor, coding).is_err() {
            return;
        }
        self.is_coded.set(true);
        coded_head::mark(&mut self.head.borrow_mut().headers, coding);
    }
}
