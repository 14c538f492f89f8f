//! From a file to a socket inside the kernel.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Sends at most `len` bytes of `file` from `offset` on to a socket that does not block; returns how many.
/// 0 is the end of the file. Waits for the disk where the page cache does not hold them: ask [`is_cached`].
pub fn send_file(
    socket: BorrowedFd<'_>,
    file: &File,
    offset: u64,
    len: usize,
) -> io::Result<usize> {
    let mut offset = offset.cast_signed();
    // SAFETY: both descriptors are open for the call, and the kernel writes to `offset` alone.
    let sent =
        unsafe { libc::sendfile(socket.as_raw_fd(), file.as_raw_fd(), &raw mut offset, len) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}

/// Whether the page cache holds all of these bytes of a file. False also where the kernel cannot say
/// (before 6.5), and past the end of the file.
pub fn is_cached(file: &File, offset: u64, len: u64) -> bool {
    /// The same on every architecture; not all versions of libc name it.
    const CACHESTAT: libc::c_long = 451;
    /// Of the five counters, the first is that of pages in the cache.
    #[repr(C)]
    #[derive(Default)]
    struct Counts([u64; 5]);
    let range = [offset, len];
    let mut counts = Counts::default();
    // SAFETY: the kernel reads a range of two numbers, and writes five.
    let failed = unsafe {
        libc::syscall(
            CACHESTAT,
            file.as_raw_fd(),
            range.as_ptr(),
            &raw mut counts,
            0,
        )
    };
    let page = page_size();
    let pages = (offset + len).div_ceil(page) - offset / page;
    failed == 0 && counts.0[0] >= pages
}

fn page_size() -> u64 {
    // SAFETY: asks for a number.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(size).unwrap_or(4096).max(1)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let path = std::env::temp_dir().join(format!(
            "sluice-send-file-{}-{}",
            std::process::id(),
            bytes.len()
        ));
        let mut file = File::create_new(&path).unwrap();
        file.write_all(bytes).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }

    #[test]
    fn a_part_of_a_file_arrives_and_the_end_is_told() {
        let bytes: Vec<u8> = (0..10_000_u32).flat_map(u32::to_le_bytes).collect();
        let file = file(&bytes);
        let (server, mut client) = UnixStream::pair().unwrap();
        assert_eq!(send_file(server.as_fd(), &file, 100, 5000).unwrap(), 5000);
        let mut got = vec![0; 5000];
        client.read_exact(&mut got).unwrap();
        assert_eq!(got, bytes[100..5100]);
        assert_eq!(send_file(server.as_fd(), &file, 40_000, 5).unwrap(), 0);
    }

    #[test]
    fn what_was_just_written_is_in_the_cache_and_what_lies_past_the_end_is_not() {
        let file = file(&[7; 20_000]);
        if is_cached(&file, 0, 1) {
            assert!(is_cached(&file, 0, 20_000));
            assert!(is_cached(&file, 4095, 2));
        }
        assert!(!is_cached(&file, 16_384, 100_000));
    }
}
