//! Where one process becomes many.

use super::Worker;
use super::generation::{Generation, Setting};
use super::handover::{Facts, Handover};
use super::plan::{Plan, Role};
use super::supervisor::Supervisor;
use crate::error::{Error, Kind, Result};
use crate::sys::{self, Channel, Fork, Signal, Signals};

/// Starts the workers and watches over them until they are told to stop. Returns in each worker, and
/// in this process when all have ended. `tools` is what the workers work with: they get it back, and
/// this process gives it up.
///
/// # Errors
/// Kind `Server`: a worker of the first generation could not start, with its reason. Nothing is left
/// behind then.
pub fn supervise<T>(plan: Plan, tools: T) -> Result<Role<T>> {
    let signals = Signals::catch(&[
        Signal::Int,
        Signal::Term,
        Signal::Hup,
        Signal::Quit,
        Signal::Child,
    ])?;
    let (mine, theirs) = Channel::pair().map_err(no_process)?;
    let pid = match sys::fork().map_err(no_process)? {
        Fork::Child => {
            drop((mine, signals));
            let (worker, tools) = generation(plan, 1, tools, theirs)?;
            return Ok(Role::Worker(worker, tools));
        }
        Fork::Parent(pid) => pid,
    };
    drop((theirs, tools));
    Supervisor::new(plan, signals, pid, mine)
        .lead()
        .map(Role::Done)
}

/// Goes on as the generation that a supervisor has started this process for. Returns in its workers.
///
/// # Errors
/// Signals cannot be caught.
pub fn lead<T>(mut plan: Plan, tools: T, handover: Handover) -> Result<(Worker, T)> {
    sys::end_with_parent(handover.supervisor);
    let facts = Facts {
        drain: plan.drain,
        watch: plan.watch.clone(),
    };
    let (text, descriptors) = facts.encode(&plan.sockets);
    // Without a supervisor this process is about to be killed.
    let _ = handover.channel.send(&text, &descriptors);
    // Those that the program did not ask for.
    drop(handover.sockets);
    for socket in &mut plan.sockets {
        // The supervisor owns it from now on.
        socket.listener.leave_file();
    }
    generation(plan, handover.number, tools, handover.channel)
}

fn generation<T>(plan: Plan, number: u64, tools: T, above: Channel) -> Result<(Worker, T)> {
    let setting = Setting {
        workers: plan.workers,
        number,
        drain: plan.drain,
        board: plan.board,
        log: plan.log,
    };
    // The supervisor holds the sockets for the generations to come; the workers have theirs.
    drop(plan.sockets);
    Ok(Generation::new(setting, tools, above)?.lead())
}

fn no_process(error: std::io::Error) -> Error {
    Error::new(Kind::Server, format!("no process for the workers: {error}")).caused_by(error)
}
