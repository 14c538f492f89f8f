//! The supervisor: sockets, signals, and one generation after the other.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::Socket;
use super::backoff::Backoff;
use super::generation::CUT;
use super::handover::{Facts, Handover, VARIABLE};
use super::message::{Order, Report};
use super::plan::{Ended, Plan};
use super::watch::Watch;
use crate::error::{Error, Kind, Result};
use crate::net;
use crate::sys::{self, Channel, End, Signal, Signals};

/// How much longer than its workers a generation may take to end.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// The same when it was told to end at once.
const ENDING: Duration = Duration::from_secs(4);
/// How long files have to rest before their change is a reload: a deploy writes many.
const REST: Duration = Duration::from_millis(150);

/// A process at work as the supervisor.
#[derive(Debug)]
pub(super) struct Supervisor {
    plan: Plan,
    signals: Signals,
    watch: Option<Watch>,
    /// The generations that exist, the oldest first.
    members: Vec<Member>,
    /// That of the newest generation.
    number: u64,
    backoff: Backoff,
    /// When a new generation is to be started, and why.
    due: Option<(Instant, &'static str)>,
    /// When the service manager wants to hear from us.
    beat: Option<Instant>,
    /// How many SIGHUP were heeded.
    heard: u32,
    stopping: Option<Stopping>,
    cut: bool,
    /// Why the first generation could not start.
    failed: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stopping {
    Draining,
    Ending,
}

#[derive(Debug)]
struct Member {
    number: u64,
    pid: i32,
    channel: Channel,
    stage: Stage,
    has_worked: bool,
    facts: Option<(Facts, Vec<(String, OwnedFd)>)>,
    reason: Option<String>,
    /// It has closed its end: nothing more is to be heard.
    is_silent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Starting,
    Working(Instant),
    /// Is killed by then, unless it ends.
    Ending(Instant),
}

impl Member {
    fn new(number: u64, pid: i32, channel: Channel) -> Self {
        Self {
            number,
            pid,
            channel,
            has_worked: false,
            stage: Stage::Starting,
            facts: None,
            reason: None,
            is_silent: false,
        }
    }

    fn tell(&self, order: &Order) {
        // One that is gone is noticed by its end.
        let _ = self.channel.send(&order.encode(), &[]);
    }
}

impl Supervisor {
    /// `pid` is that of the first generation, `channel` leads there.
    pub(super) fn new(plan: Plan, signals: Signals, pid: i32, channel: Channel) -> Self {
        Self {
            watch: watch(&plan.watch, plan.log),
            plan,
            signals,
            members: vec![Member::new(1, pid, channel)],
            number: 1,
            backoff: Backoff::default(),
            due: None,
            beat: None,
            heard: 0,
            stopping: None,
            cut: false,
            failed: None,
        }
    }

    /// Leads until everything has ended.
    pub(super) fn lead(&mut self) -> Result<Ended> {
        loop {
            self.wait();
            self.signals.clear();
            self.heed_signals();
            for at in 0..self.members.len() {
                self.hear(at);
            }
            self.take_leave();
            self.look_at_files();
            self.keep_time();
            if self.members.is_empty() {
                if let Some(reason) = self.failed.take() {
                    return Err(Error::new(Kind::Server, reason));
                }
                if self.stopping.is_some() {
                    return Ok(Ended { cut: self.cut });
                }
            }
        }
    }

    fn wait(&self) {
        let mut watched = vec![self.signals.as_fd()];
        watched.extend(self.watch.as_ref().map(AsFd::as_fd));
        let open = self.members.iter().filter(|member| !member.is_silent);
        watched.extend(open.map(|member| member.channel.as_fd()));
        let ends = self.members.iter().filter_map(|member| match member.stage {
            Stage::Ending(until) => Some(until),
            _ => None,
        });
        let due = self.due.map(|(at, _)| at);
        let next = ends.chain(due).chain(self.beat).min();
        let longest = next.map(|next| next.saturating_duration_since(Instant::now()));
        sys::wait_readable(&watched, longest);
    }

    fn heed_signals(&mut self) {
        let stops = self.signals.seen(&[Signal::Int, Signal::Term]);
        if stops >= 2 || self.signals.seen(&[Signal::Quit]) > 0 {
            self.end();
        } else if stops == 1 {
            self.stop(None);
        }
        let reloads = self.signals.seen(&[Signal::Hup]);
        if reloads != self.heard {
            self.heard = reloads;
            self.reload("SIGHUP");
        }
    }

    fn stop(&mut self, grace: Option<Duration>) {
        if self.stopping.is_some() {
            return;
        }
        self.stopping = Some(Stopping::Draining);
        self.due = None;
        // Nobody connects any more once the workers have closed theirs.
        self.plan.sockets.clear();
        (self.plan.notify)("STOPPING=1");
        let until = Instant::now() + grace.unwrap_or(self.plan.drain) + LAST_WORDS;
        for member in &mut self.members {
            match member.stage {
                Stage::Starting => {
                    member.stage = Stage::Ending(Instant::now() + ENDING);
                    member.tell(&Order::End);
                    // One that has not come to its own start hears nothing.
                    if member.number > 1 {
                        sys::kill(member.pid);
                    }
                }
                Stage::Working(_) => {
                    member.stage = Stage::Ending(until);
                    member.tell(&Order::Drain(grace));
                }
                Stage::Ending(_) => {}
            }
        }
    }

    fn end(&mut self) {
        if self.stopping == Some(Stopping::Ending) {
            return;
        }
        self.stop(Some(Duration::ZERO));
        self.stopping = Some(Stopping::Ending);
        for member in &mut self.members {
            member.stage = Stage::Ending(Instant::now() + ENDING);
            member.tell(&Order::End);
        }
    }

    /// Starts the program afresh. One that is starting already may have read old files: it is given up.
    fn reload(&mut self, why: &'static str) {
        if self.stopping.is_some() {
            return;
        }
        if self
            .members
            .iter()
            .any(|m| m.number == 1 && m.stage == Stage::Starting)
        {
            // The first one has to be at work, or to have failed, before anything can replace it.
            self.due = Some((Instant::now() + REST, why));
            return;
        }
        self.log(&format!("reloading: {why}"));
        for member in &mut self.members {
            if member.stage == Stage::Starting {
                member.stage = Stage::Ending(Instant::now() + ENDING);
                sys::kill(member.pid);
            }
        }
        self.start();
    }

    fn start(&mut self) {
        self.due = None;
        (self.plan.notify)("RELOADING=1");
        self.number += 1;
        match self.spawn() {
            Ok(member) => self.members.push(member),
            Err(error) => {
                let file = self.plan.program.file.display();
                let folder = self.plan.program.folder.display();
                self.log(&format!(
                    "the reload failed: {file} cannot be started in {folder}: {error}"
                ));
                self.settle();
            }
        }
    }

    fn spawn(&self) -> std::io::Result<Member> {
        let program = &self.plan.program;
        let (mine, theirs) = Channel::pair()?;
        let copy = sys::inheritable(theirs.as_fd())?;
        drop(theirs);
        let child = Command::new(&program.file)
            .args(&program.arguments)
            .current_dir(&program.folder)
            .env("PWD", &program.folder)
            .env(VARIABLE, copy.as_raw_fd().to_string())
            .spawn()?;
        drop(copy);
        let (text, descriptors) =
            Handover::encode(self.number, self.plan.board.fd(), &self.plan.sockets);
        mine.send(&text, &descriptors)?;
        Ok(Member::new(self.number, child.id().cast_signed(), mine))
    }

    fn hear(&mut self, at: usize) {
        while let Ok(received) = self.members[at].channel.receive() {
            let Some(message) = received else {
                self.members[at].is_silent = true;
                return;
            };
            let message = match Facts::decode(message) {
                Ok(facts) => {
                    self.members[at].facts = Some(facts);
                    continue;
                }
                Err(message) => message,
            };
            match Report::decode(&message.text) {
                Some(Report::Ready) => self.is_ready(at),
                Some(Report::Failed(reason)) => self.members[at].reason = Some(reason),
                Some(Report::Stop(grace)) => self.stop(grace),
                Some(Report::Reload) => self.reload("asked for by a handler"),
                Some(Report::Retiring(_) | Report::Renew) | None => {}
            }
        }
    }

    /// A generation whose workers are all ready goes to work, and the one before it drains.
    fn is_ready(&mut self, at: usize) {
        if self.members[at].stage != Stage::Starting {
            return;
        }
        let number = self.members[at].number;
        if let Some((facts, sockets)) = self.members[at].facts.take() {
            self.keep(sockets);
            self.plan.drain = facts.drain;
            if self.plan.watch != facts.watch {
                self.watch = watch(&facts.watch, self.plan.log);
                self.plan.watch = facts.watch;
            }
        }
        self.members[at].stage = Stage::Working(Instant::now());
        self.members[at].has_worked = true;
        self.members[at].tell(&Order::Go);
        let until = Instant::now() + self.plan.drain + LAST_WORDS;
        for member in &mut self.members {
            if member.number < number && matches!(member.stage, Stage::Working(_)) {
                member.stage = Stage::Ending(until);
                member.tell(&Order::Drain(None));
            }
        }
        if number > 1 {
            self.plan.board.count_reload();
            self.log(&format!("generation {number} is at work"));
        }
        self.settle();
    }

    /// From now on these are the sockets: new ones are taken over, those that the program does not
    /// want any more are closed.
    fn keep(&mut self, passed: Vec<(String, OwnedFd)>) {
        let mut before = std::mem::take(&mut self.plan.sockets);
        for (said, descriptor) in passed {
            if let Some(at) = before.iter().position(|socket| socket.said == said) {
                self.plan.sockets.push(before.remove(at));
                continue;
            }
            let taken = net::Listener::adopt(descriptor).and_then(|mut listener| {
                listener.own_file()?;
                Ok(listener)
            });
            match taken {
                Ok(listener) => self.plan.sockets.push(Socket { said, listener }),
                Err(error) => {
                    self.log(&format!("{said} will not outlive the next reload: {error}"))
                }
            }
        }
    }

    /// Something is at work, as before or anew.
    fn settle(&mut self) {
        (self.plan.notify)("READY=1");
        if self.beat.is_none() && self.plan.watchdog.is_some() {
            self.beat = Some(Instant::now());
        }
    }

    fn take_leave(&mut self) {
        let pids: Vec<i32> = self.members.iter().map(|member| member.pid).collect();
        for (pid, end) in sys::ended(&pids) {
            if let Some(at) = self.members.iter().position(|member| member.pid == pid) {
                // What it said before it ended comes first.
                self.hear(at);
                let member = self.members.remove(at);
                self.has_ended(member, end);
            }
        }
    }

    fn has_ended(&mut self, member: Member, end: End) {
        match member.stage {
            Stage::Ending(_) => {
                let cut = end == End::Exited(CUT) || matches!(end, End::Killed(_));
                let counts = member.has_worked && member.reason.is_none();
                self.cut |= cut && counts && self.stopping.is_some();
            }
            Stage::Starting if member.number == 1 => {
                self.failed = Some(member.reason.unwrap_or_else(|| end.to_string()));
            }
            Stage::Starting => {
                let reason = member.reason.unwrap_or_else(|| {
                    format!("the program ended before it had started the server ({end})")
                });
                let working = self
                    .members
                    .iter()
                    .any(|m| matches!(m.stage, Stage::Working(_)));
                if working {
                    self.log(&format!(
                        "the reload failed: {reason}; the generation before it works on"
                    ));
                    self.settle();
                } else {
                    self.again(None, &reason);
                }
            }
            Stage::Working(since) => self.again(Some(since.elapsed()), &end.to_string()),
        }
    }

    /// Nothing is at work: a new generation has to be.
    fn again(&mut self, lived: Option<Duration>, reason: &str) {
        let pause = self.backoff.died(lived);
        self.log(&format!(
            "all workers are gone: {reason}; the program is started again in {:.1} s",
            pause.as_secs_f64()
        ));
        self.plan.board.count_restart();
        let starts = |member: &Member| member.stage == Stage::Starting;
        if !self.members.iter().any(starts) {
            self.due = Some((Instant::now() + pause, "nothing is at work"));
        }
    }

    fn look_at_files(&mut self) {
        if self.watch.as_mut().is_some_and(Watch::has_changed) && self.stopping.is_none() {
            self.due = Some((Instant::now() + REST, "files have changed"));
        }
    }

    fn keep_time(&mut self) {
        let now = Instant::now();
        for member in &mut self.members {
            if matches!(member.stage, Stage::Ending(until) if until <= now) {
                sys::kill(member.pid);
                // Not again at once: it is on its way.
                member.stage = Stage::Ending(now + ENDING);
            }
        }
        if let Some((_, why)) = self.due.take_if(|(at, _)| *at <= now) {
            let is_alive = |m: &Member| matches!(m.stage, Stage::Working(_) | Stage::Starting);
            if self.members.iter().any(is_alive) {
                self.reload(why);
            } else {
                self.start();
            }
        }
        if let (Some(beat), Some(interval)) = (self.beat, self.plan.watchdog)
            && beat <= now
        {
            (self.plan.notify)("WATCHDOG=1");
            self.beat = Some(now + interval / 2);
        }
    }

    fn log(&self, line: &str) {
        (self.plan.log)(line);
    }
}

fn watch(paths: &[PathBuf], log: fn(&str)) -> Option<Watch> {
    if paths.is_empty() {
        return None;
    }
    match Watch::new(paths, log) {
        Ok(watch) => Some(watch),
        Err(error) => {
            log(&format!("files cannot be watched: {error}"));
            None
        }
    }
}
