//! Memory that several processes share: a memfd, mapped as cells of 64 bits.

use std::ffi::CStr;
use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;
use std::slice;
use std::sync::atomic::AtomicU64;

use crate::error::{Error, Kind, Result};

/// Memory without a name in the file system, all zero at first. Forked processes share it; another
/// one shares it by the descriptor. A page costs nothing until it is read or written.
///
/// It is mapped for good: a drop closes the descriptor and leaks the mapping, since what counts in
/// it lives as long as its process.
pub struct SharedMemory {
    file: File,
    cells: &'static [AtomicU64],
}

impl SharedMemory {
    /// New memory of `len` bytes. The descriptor is closed on exec.
    ///
    /// # Errors
    /// [`Kind::Server`] if the system refuses it, also where `len` is zero.
    pub fn create(len: usize) -> Result<Self> {
        let refused = |error| {
            failed(
                format!("the system has no {len} bytes to share: {error}"),
                error,
            )
        };
        let file = memfd(c"sluice").map_err(refused)?;
        file.set_len(len as u64).map_err(refused)?;
        seal(&file).map_err(refused)?;
        let cells = map(&file, len).map_err(refused)?;
        Ok(Self { file, cells })
    }

    /// The memory of another process, by a descriptor that was inherited or sent; from now on it is
    /// closed on exec.
    ///
    /// # Errors
    /// [`Kind::Server`] if it was not made by [`SharedMemory::create`], or not with `len` bytes.
    pub fn adopt(fd: OwnedFd, len: usize) -> Result<Self> {
        let number = fd.as_raw_fd();
        let refused = |error| {
            failed(
                format!("descriptor {number} is not memory that Sluice shares: {error}"),
                error,
            )
        };
        let file = File::from(fd);
        let seals = seals(&file).map_err(refused)?;
        if seals & SEALS != SEALS {
            return Err(refused(io::Error::other("its size can change")));
        }
        let size = file.metadata().map_err(refused)?.len();
        if size != len as u64 {
            return Err(Error::new(
                Kind::Server,
                format!("descriptor {number} has {size} bytes of shared memory, not {len}"),
            ));
        }
        close_on_exec(&file).map_err(refused)?;
        let cells = map(&file, len).map_err(refused)?;
        Ok(Self { file, cells })
    }

    /// The descriptor, for a process that is to share the memory.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// The memory. Bytes at the end that make no whole cell are left out.
    pub fn cells(&self) -> &'static [AtomicU64] {
        self.cells
    }
}

impl fmt::Debug for SharedMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMemory")
            .field("fd", &self.file.as_raw_fd())
            .field("cells", &self.cells.len())
            .finish()
    }
}

/// The size is fixed for ever, so that no mapping loses its pages.
const SEALS: libc::c_int = libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;

fn memfd(name: &CStr) -> io::Result<File> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    let made = memfd_with(name, flags | libc::MFD_NOEXEC_SEAL);
    match made {
        // A kernel before 6.3 does not know the flag; later ones may insist on it.
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => memfd_with(name, flags),
        made => made,
    }
}

fn memfd_with(name: &CStr, flags: libc::c_uint) -> io::Result<File> {
    // SAFETY: the name is a C string, which the system copies.
    let fd = unsafe { libc::memfd_create(name.as_ptr(), flags) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just made and nobody else has it.
    Ok(unsafe { File::from_raw_fd(fd) })
}

fn seal(file: &File) -> io::Result<()> {
    // SAFETY: the descriptor is open, and the command takes an int.
    answered(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, SEALS) })?;
    Ok(())
}

/// Fails for whatever cannot be sealed: every file but a memfd and its like.
fn seals(file: &File) -> io::Result<libc::c_int> {
    // SAFETY: the descriptor is open, and the command takes nothing.
    answered(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GET_SEALS) })
}

fn close_on_exec(file: &File) -> io::Result<()> {
    // SAFETY: the descriptor is open, and the command takes an int.
    answered(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) })?;
    Ok(())
}

fn answered(answer: libc::c_int) -> io::Result<libc::c_int> {
    if answer < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(answer)
    }
}

/// Maps `len` bytes of `file`, whose size they are and stay: it is sealed.
fn map(file: &File, len: usize) -> io::Result<&'static [AtomicU64]> {
    let access = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a new mapping where the system likes; it touches no memory that is in use.
    let start = unsafe {
        libc::mmap(
            ptr::null_mut(),
            len,
            access,
            libc::MAP_SHARED,
            file.as_raw_fd(),
            0,
        )
    };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping is aligned to a page, has `len` bytes and is never unmapped; the seals
    // keep the file behind it as long. Every bit pattern is a cell, and all access is atomic.
    Ok(unsafe { slice::from_raw_parts(start.cast(), len / size_of::<AtomicU64>()) })
}

fn failed(message: String, error: io::Error) -> Error {
    Error::new(Kind::Server, message).caused_by(error)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;

    fn again(memory: &SharedMemory, len: usize) -> Result<SharedMemory> {
        SharedMemory::adopt(memory.fd().try_clone_to_owned().unwrap(), len)
    }

    #[test]
    fn new_memory_is_zero_and_has_its_size() {
        let memory = SharedMemory::create(8 * 1000 + 7).unwrap();
        assert_eq!(memory.cells().len(), 1000);
        assert!(memory.cells().iter().all(|cell| cell.load(Relaxed) == 0));
    }

    #[test]
    fn two_mappings_see_each_other() {
        let one = SharedMemory::create(4096).unwrap();
        let two = again(&one, 4096).unwrap();
        one.cells()[511].store(7, Relaxed);
        assert_eq!(two.cells()[511].load(Relaxed), 7);
        two.cells()[0].store(9, Relaxed);
        assert_eq!(one.cells()[0].load(Relaxed), 9);
        assert!(!ptr::eq(one.cells(), two.cells()));
    }

    #[test]
    fn the_mapping_outlives_the_value() {
        let memory = SharedMemory::create(64).unwrap();
        let cells = memory.cells();
        drop(memory);
        cells[7].store(3, Relaxed);
        assert_eq!(cells[7].load(Relaxed), 3);
    }

    #[test]
    fn both_descriptors_are_closed_on_exec() {
        let memory = SharedMemory::create(64).unwrap();
        let fd = memory.fd().try_clone_to_owned().unwrap();
        // SAFETY: the descriptor is open, and the command takes an int.
        assert_eq!(0, unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFD, 0) });
        let adopted = SharedMemory::adopt(fd, 64).unwrap();
        for memory in [&memory, &adopted] {
            // SAFETY: the descriptor is open, and the command takes nothing.
            let flags = unsafe { libc::fcntl(memory.fd().as_raw_fd(), libc::F_GETFD) };
            assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
        }
    }

    #[test]
    fn memory_of_another_size_is_refused() {
        let memory = SharedMemory::create(4096).unwrap();
        for len in [4095, 4097, 0] {
            let error = again(&memory, len).unwrap_err();
            assert_eq!(error.kind(), Kind::Server);
            let wrong = format!("has 4096 bytes of shared memory, not {len}");
            assert!(error.message().ends_with(&wrong), "{error}");
        }
        assert_eq!(SharedMemory::create(0).unwrap_err().kind(), Kind::Server);
    }

    #[test]
    fn what_is_no_sealed_memory_is_refused() {
        let open = memfd_with(c"open", libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING).unwrap();
        open.set_len(64).unwrap();
        let null = File::open("/dev/null").unwrap();
        for (file, why) in [(open, "its size can change"), (null, "Invalid argument")] {
            let error = SharedMemory::adopt(file.into(), 64).unwrap_err();
            assert_eq!(error.kind(), Kind::Server);
            assert!(error.message().contains(why), "{error}");
        }
    }

    #[test]
    fn the_size_cannot_change() {
        let memory = SharedMemory::create(4096).unwrap();
        assert!(memory.file.set_len(0).is_err());
        assert!(memory.file.set_len(8192).is_err());
    }
}
