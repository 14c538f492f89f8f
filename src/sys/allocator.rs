//! Where memory comes from.
//!
//! Of what the engine does below a short request a tenth is to take memory and to give it back. mimalloc takes 9 % of the
//! instructions of a hello over HTTP/2 away, and packs small things closer than the system's allocator does. It asks for no huge
//! pages here (`no_thp`), of which a few idle connections would hold whole ones, and needs no static thread-locals
//! (`local_dynamic_tls`), for which there may be no room when PHP loads an extension.
//!
//! Builds with debug assertions have the system's allocator, which valgrind knows; so has the engine without PHP, whose
//! programs choose their own.

#[cfg(all(feature = "php", not(debug_assertions)))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gives memory back to the system that has been free for a second. To be called now and then: a process that does nothing
/// does not do that either.
pub fn give_back_memory() {
    #[cfg(all(feature = "php", not(debug_assertions)))]
    // SAFETY: it looks after the pages of the calling thread and those that belong to none.
    unsafe {
        libmimalloc_sys::mi_collect(false);
    }
}
