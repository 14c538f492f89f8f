//! What the processes tell each other.

use std::time::Duration;

/// What a process is told by the one above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// All of its kind are ready: begin.
    Go,
    /// Finish what was begun within this time, or within the time of the worker's own, and end.
    Drain(Option<Duration>),
    /// Read the certificates' files again.
    Renew,
    /// End now.
    End,
}

/// What a process tells the one above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// It waits for [`Order::Go`].
    Ready,
    /// It cannot start, for this reason.
    Failed(String),
    /// It wants to be replaced, for this reason, and works on until it is told.
    Retiring(String),
    /// Somebody in it wants everything to stop within this time.
    Stop(Option<Duration>),
    /// Somebody in it wants a reload.
    Reload,
    /// Somebody in it wants all workers to read the certificates' files again.
    Renew,
}

impl Order {
    pub(super) fn encode(&self) -> String {
        match self {
            Self::Go => "go".into(),
            Self::Drain(grace) => format!("drain{}", encode_time(*grace)),
            Self::Renew => "renew".into(),
            Self::End => "end".into(),
        }
    }

    /// What was encoded; [`Order::End`] for anything else, which only a broken process sends.
    pub(super) fn decode(text: &str) -> Self {
        match text.split_once(' ').unwrap_or((text, "")) {
            ("go", _) => Self::Go,
            ("drain", time) => Self::Drain(decode_time(time)),
            ("renew", _) => Self::Renew,
            _ => Self::End,
        }
    }
}

impl Report {
    pub(super) fn encode(&self) -> String {
        match self {
            Self::Ready => "ready".into(),
            Self::Failed(reason) => format!("failed {reason}"),
            Self::Retiring(reason) => format!("retiring {reason}"),
            Self::Stop(grace) => format!("stop{}", encode_time(*grace)),
            Self::Reload => "reload".into(),
            Self::Renew => "renew".into(),
        }
    }

    /// What was encoded; `None` for anything else.
    pub(super) fn decode(text: &str) -> Option<Self> {
        match text.split_once(' ').unwrap_or((text, "")) {
            ("ready", _) => Some(Self::Ready),
            ("failed", reason) => Some(Self::Failed(reason.into())),
            ("retiring", reason) => Some(Self::Retiring(reason.into())),
            ("stop", time) => Some(Self::Stop(decode_time(time))),
            ("reload", _) => Some(Self::Reload),
            ("renew", _) => Some(Self::Renew),
            _ => None,
        }
    }
}

fn encode_time(time: Option<Duration>) -> String {
    time.map_or_else(String::new, |time| format!(" {}", time.as_millis()))
}

fn decode_time(text: &str) -> Option<Duration> {
    text.parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_arrive_as_they_were_given() {
        for order in [
            Order::Go,
            Order::Drain(None),
            Order::Drain(Some(Duration::from_millis(1500))),
            Order::Drain(Some(Duration::ZERO)),
            Order::Renew,
            Order::End,
        ] {
            assert_eq!(Order::decode(&order.encode()), order);
        }
        assert_eq!(Order::decode("nonsense"), Order::End);
    }

    #[test]
    fn reports_arrive_as_they_were_made() {
        for report in [
            Report::Ready,
            Report::Failed("Exception: two words in file:3".into()),
            Report::Retiring(String::new()),
            Report::Stop(None),
            Report::Stop(Some(Duration::from_secs(3))),
            Report::Reload,
            Report::Renew,
        ] {
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
        assert_eq!(Report::decode("nonsense"), None);
    }
}
