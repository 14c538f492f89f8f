//! A generation: forks its workers, replaces those that die, passes on what they want.

use std::os::fd::AsFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::Worker;
use super::backoff::Backoff;
use super::message::{Order, Report};
use crate::error::Result;
use crate::stats::{Board, State};
use crate::sys::{self, Channel, End, Fork, Signal, Signals};

/// How a generation or a worker ends that had to cut something off.
pub(super) const CUT: i32 = 1;
/// How much longer than its grace a worker may take for its last words before it is killed.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// How long a process that was told to end may take.
const ENDING: Duration = Duration::from_millis(1500);
/// When a fork that failed is tried again.
const NO_ROOM: Duration = Duration::from_secs(1);

/// What its workers are.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) workers: usize,
    pub(super) number: u64,
    pub(super) drain: Duration,
    pub(super) board: Rc<Board>,
    pub(super) log: fn(&str),
}

/// A process at work as a generation. `T` is what its workers work with.
#[derive(Debug)]
pub(super) struct Generation<T> {
    setting: Setting,
    /// Given up when no more workers are started: it may hold what nobody shall connect to any more.
    tools: Option<T>,
    above: Channel,
    signals: Signals,
    seats: Vec<Backoff>,
    /// Workers to be started.
    due: Vec<Due>,
    members: Vec<Member>,
    phase: Phase,
    status: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Not all workers have been ready yet.
    Starting,
    /// All are ready; another generation is still at work.
    Ready,
    Working,
    /// Everything ends by then, or is killed.
    Ending(Instant),
}

#[derive(Clone, Copy, Debug)]
struct Due {
    seat: usize,
    at: Instant,
    /// The worker that drains when this one is ready.
    replaces: Option<i32>,
}

#[derive(Debug)]
struct Member {
    seat: usize,
    pid: i32,
    slot: usize,
    channel: Channel,
    stage: Stage,
    replaces: Option<i32>,
    /// Why it could not start.
    reason: Option<String>,
    /// It has closed its end: nothing more is to be heard.
    is_silent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Starting,
    Ready,
    Working(Instant),
    /// Works until its replacement is ready.
    Retiring,
    /// Is killed by then, unless it ends.
    Draining(Instant),
}

impl<T> Generation<T> {
    /// `above` is the channel to the supervisor.
    ///
    /// # Errors
    /// Signals cannot be caught.
    pub(super) fn new(setting: Setting, tools: T, above: Channel) -> Result<Self> {
        // Ctrl-C reaches every process of a terminal; what it means is the supervisor's to say.
        let held = [
            Signal::Int,
            Signal::Term,
            Signal::Hup,
            Signal::Quit,
            Signal::Child,
        ];
        let now = Instant::now();
        let seat = |seat| Due {
            seat,
            at: now,
            replaces: None,
        };
        Ok(Self {
            signals: Signals::hold(&held)?,
            seats: vec![Backoff::default(); setting.workers],
            due: (0..setting.workers).map(seat).collect(),
            members: Vec::new(),
            phase: Phase::Starting,
            status: 0,
            setting,
            tools: Some(tools),
            above,
        })
    }

    /// Leads the generation to its end, which is the end of this process. Returns in its workers.
    pub(super) fn lead(mut self) -> (Worker, T) {
        loop {
            if let Some(worker) = self.start_due()
                && let Some(tools) = self.tools.take()
            {
                return (worker, tools);
            }
            self.wait();
            self.signals.clear();
            self.heed_orders();
            for at in 0..self.members.len() {
                self.hear(at);
            }
            self.take_leave();
            self.enforce();
            if matches!(self.phase, Phase::Ending(_)) && self.members.is_empty() {
                sys::exit_now(self.status);
            }
        }
    }

    fn start_due(&mut self) -> Option<Worker> {
        let now = Instant::now();
        let (due, later) = self.due.iter().partition(|due| due.at <= now);
        let due: Vec<Due> = due;
        self.due = later;
        for due in due {
            let started = self.start(due);
            if started.is_some() {
                return started;
            }
        }
        None
    }

    /// Starts a worker; returns it in its own process.
    fn start(&mut self, due: Due) -> Option<Worker> {
        let number = self.setting.number;
        let forked = Channel::pair().and_then(|(mine, theirs)| {
            let slot = self.setting.board.claim(number);
            let slot = slot.ok_or_else(|| std::io::Error::other("all slots are taken"))?;
            let fork = sys::fork().inspect_err(|_| self.setting.board.vacate(slot))?;
            Ok((mine, theirs, slot, fork))
        });
        match forked {
            Ok((_, theirs, slot, Fork::Child)) => {
                // Whichever of the two comes first.
                self.setting.board.set_pid(slot, std::process::id());
                Some(Worker::new(theirs, slot, number))
            }
            Ok((channel, _, slot, Fork::Parent(pid))) => {
                self.setting.board.set_pid(slot, pid.cast_unsigned());
                self.members.push(Member {
                    seat: due.seat,
                    pid,
                    slot,
                    channel,
                    stage: Stage::Starting,
                    replaces: due.replaces,
                    reason: None,
                    is_silent: false,
                });
                None
            }
            Err(error) => {
                self.log(&format!("no process for a worker: {error}"));
                if self.phase == Phase::Starting {
                    self.fail(&format!("no process for a worker: {error}"));
                } else {
                    let at = Instant::now() + NO_ROOM;
                    self.due.push(Due { at, ..due });
                }
                None
            }
        }
    }

    fn wait(&self) {
        let mut watched = vec![self.signals.as_fd(), self.above.as_fd()];
        let open = self.members.iter().filter(|member| !member.is_silent);
        watched.extend(open.map(|member| member.channel.as_fd()));
        let starts = self.due.iter().map(|due| due.at);
        let ends = self.members.iter().filter_map(|member| match member.stage {
            Stage::Draining(until) => Some(until),
            _ => None,
        });
        let end = match self.phase {
            Phase::Ending(until) => Some(until),
            _ => None,
        };
        let next = starts.chain(ends).chain(end).min();
        let longest = next.map(|next| next.saturating_duration_since(Instant::now()));
        sys::wait_readable(&watched, longest);
    }

    fn heed_orders(&mut self) {
        loop {
            match self.above.receive() {
                Ok(Some(message)) => self.heed(&Order::decode(&message.text)),
                Ok(None) => return self.heed(&Order::End),
                Err(_) => return,
            }
        }
    }

    fn heed(&mut self, order: &Order) {
        match order {
            Order::Go => {
                self.phase = Phase::Working;
                for at in 0..self.members.len() {
                    if self.members[at].stage == Stage::Ready {
                        self.begin(at);
                    }
                }
            }
            Order::Drain(grace) => {
                let until = Instant::now() + grace.unwrap_or(self.setting.drain) + LAST_WORDS;
                self.end_all(order, until);
            }
            Order::End => self.end_all(order, Instant::now() + ENDING),
            Order::Renew => self.renew(),
        }
    }

    fn renew(&self) {
        for member in &self.members {
            tell(&member.channel, &Order::Renew);
        }
    }

    fn end_all(&mut self, order: &Order, until: Instant) {
        self.due.clear();
        self.tools = None;
        self.phase = match self.phase {
            Phase::Ending(before) => Phase::Ending(before.min(until)),
            _ => Phase::Ending(until),
        };
        for member in &self.members {
            self.setting.board.set_state(member.slot, State::Draining);
            tell(&member.channel, order);
        }
    }

    /// A worker that is ready begins to work, and the one that it replaces drains.
    fn begin(&mut self, at: usize) {
        let member = &mut self.members[at];
        member.stage = Stage::Working(Instant::now());
        tell(&member.channel, &Order::Go);
        self.setting.board.set_state(member.slot, State::Ready);
        let Some(replaced) = member.replaces.take() else {
            return;
        };
        let until = Instant::now() + self.setting.drain + LAST_WORDS;
        for member in &mut self.members {
            if member.pid == replaced && member.stage == Stage::Retiring {
                member.stage = Stage::Draining(until);
                self.setting.board.set_state(member.slot, State::Draining);
                tell(&member.channel, &Order::Drain(None));
            }
        }
    }

    fn hear(&mut self, at: usize) {
        while let Ok(received) = self.members[at].channel.receive() {
            let Some(message) = received else {
                self.members[at].is_silent = true;
                return;
            };
            match Report::decode(&message.text) {
                Some(Report::Ready) => self.is_ready(at),
                Some(Report::Failed(reason)) => self.members[at].reason = Some(reason),
                Some(Report::Retiring(reason)) => self.retire(at, &reason),
                Some(report @ (Report::Stop(_) | Report::Reload)) => self.pass_on(&report),
                Some(Report::Renew) => self.renew(),
                None => {}
            }
        }
    }

    fn is_ready(&mut self, at: usize) {
        self.members[at].stage = Stage::Ready;
        match self.phase {
            Phase::Starting => {
                let all = self
                    .members
                    .iter()
                    .filter(|member| member.stage == Stage::Ready);
                if all.count() == self.setting.workers {
                    self.phase = Phase::Ready;
                    self.pass_on(&Report::Ready);
                }
            }
            Phase::Working => self.begin(at),
            Phase::Ready | Phase::Ending(_) => {}
        }
    }

    fn retire(&mut self, at: usize, reason: &str) {
        let member = &mut self.members[at];
        if !matches!(member.stage, Stage::Working(_)) || self.phase != Phase::Working {
            return;
        }
        member.stage = Stage::Retiring;
        let due = Due {
            seat: member.seat,
            at: Instant::now(),
            replaces: Some(member.pid),
        };
        let pid = member.pid;
        self.due.push(due);
        self.log(&format!("worker {pid} is replaced: {reason}"));
    }

    fn take_leave(&mut self) {
        let pids: Vec<i32> = self.members.iter().map(|member| member.pid).collect();
        for (pid, end) in sys::ended(&pids) {
            if let Some(at) = self.members.iter().position(|member| member.pid == pid) {
                // What it said before it ended comes first.
                self.hear(at);
                let member = self.members.remove(at);
                self.setting.board.vacate(member.slot);
                self.has_ended(&member, end);
            }
        }
    }

    fn has_ended(&mut self, member: &Member, end: End) {
        let pid = member.pid;
        let said = member.reason.as_ref();
        let reason = said.map_or_else(|| end.to_string(), Clone::clone);
        match self.phase {
            Phase::Starting | Phase::Ready => self.fail(&reason),
            Phase::Working => match member.stage {
                Stage::Draining(_) => {}
                Stage::Retiring if self.is_replaced(pid) => {
                    // One that has met a fatal error drains by itself and does not wait.
                    self.setting.board.count_restart();
                    for due in self.due.iter_mut().filter(|due| due.replaces == Some(pid)) {
                        due.replaces = None;
                    }
                    for other in &mut self.members {
                        other.replaces = other.replaces.filter(|&replaced| replaced != pid);
                    }
                }
                _ => self.replace(member, &reason),
            },
            Phase::Ending(_) => {
                let starting = matches!(member.stage, Stage::Starting | Stage::Ready);
                let cut = end == End::Exited(CUT) || matches!(end, End::Killed(_));
                if cut && !starting {
                    self.status = CUT;
                }
            }
        }
    }

    fn is_replaced(&self, pid: i32) -> bool {
        let due = self.due.iter().map(|due| due.replaces);
        let members = self.members.iter().map(|member| member.replaces);
        due.chain(members).any(|replaces| replaces == Some(pid))
    }

    fn replace(&mut self, member: &Member, reason: &str) {
        let lived = match member.stage {
            Stage::Working(since) => Some(since.elapsed()),
            // It was at work for long enough to be retired.
            Stage::Retiring | Stage::Draining(_) => Some(Duration::MAX),
            Stage::Starting | Stage::Ready => None,
        };
        let backoff = &mut self.seats[member.seat];
        let pause = backoff.died(lived);
        let line = match backoff.in_loop() {
            Some(count) => format!(
                "crash loop: the last {count} workers of one place ended as soon as they had started (worker {}: {reason}); the next one starts in {:.1} s",
                member.pid,
                pause.as_secs_f64()
            ),
            None if pause.is_zero() => {
                format!("worker {} ended: {reason}; a new one starts", member.pid)
            }
            None => format!(
                "worker {} ended soon after its start: {reason}; the next one waits {:.1} s",
                member.pid,
                pause.as_secs_f64()
            ),
        };
        self.log(&line);
        self.setting.board.count_restart();
        self.due.push(Due {
            seat: member.seat,
            at: Instant::now() + pause,
            replaces: member.replaces,
        });
    }

    /// The generation cannot start: its supervisor hears why, and all of it ends.
    fn fail(&mut self, reason: &str) {
        self.pass_on(&Report::Failed(reason.into()));
        self.status = CUT;
        self.end_all(&Order::End, Instant::now() + ENDING);
    }

    fn pass_on(&self, report: &Report) {
        // Without a supervisor this process is about to be killed.
        let _ = self.above.send(&report.encode(), &[]);
    }

    /// Kills what has had its time.
    fn enforce(&mut self) {
        let now = Instant::now();
        let all = matches!(self.phase, Phase::Ending(until) if until <= now);
        for member in &self.members {
            let overdue = matches!(member.stage, Stage::Draining(until) if until <= now);
            if all || overdue {
                sys::kill(member.pid);
            }
        }
        if all {
            // Not again at once: they are on their way.
            self.phase = Phase::Ending(now + ENDING);
        }
    }

    fn log(&self, line: &str) {
        (self.setting.log)(line);
    }
}

/// A worker that is gone is noticed by its end.
fn tell(channel: &Channel, order: &Order) {
    let _ = channel.send(&order.encode(), &[]);
}
