//! Files as replies: paths and links that would lead out of a root, looked up in both ways; files that change on
//! their way, that lie on the disk alone, or cannot be sent at all.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects by panicking"
)]

#[path = "files/places.rs"]
mod places;
mod support;

use std::future::poll_fn;
use std::os::unix::fs::{FileExt, symlink};
use std::path::Path;

use http_body_util::BodyExt;
use places::{Folder, check, evict, send, threads};
use sluice::error::Kind;
use sluice::files::SendFile;
use support::client::{Client, Speaks, tcp};
use support::raw::Raw;
use support::server::{Plan, Server};
use support::{LONGEST, body, hash, run};

#[test]
fn a_file_that_is_on_the_disk_alone_is_read_on_a_thread_and_arrives_whole() {
    let folder = Folder::new("cold");
    folder.write("cold", &body(LONGEST));
    let mut plan = Plan::new(&[None]);
    plan.mounts = vec![folder.mount("/")];
    let root = folder.path.clone();
    let server = Server::start(plan, move |exchange| send(exchange, root.clone()));
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            for path in ["/cold", "/sent/cold"] {
                evict(&folder.path.join("cold"));
                let mut client = Client::plain(server.addresses[0], speaks).await;
                check(&mut client, path, LONGEST, "cold").await;
            }
        }
    });
    assert!(threads() > 0, "nothing was read on a thread");
}

#[test]
fn files_in_memory_file_systems_arrive_whole() {
    let folder = Folder::under(Path::new("/dev/shm"), "memory");
    for size in [0, 1, 65_536, 300_000] {
        folder.write(&size.to_string(), &body(size));
    }
    let mut plan = Plan::new(&[None]);
    plan.mounts = vec![folder.mount("/")];
    let server = Server::start(plan, |_| unreachable!("all is there"));
    run(async {
        let mut client = Client::plain(server.addresses[0], Speaks::H1).await;
        for size in [0, 1, 65_536, 300_000] {
            check(&mut client, &format!("/{size}"), size, "memory").await;
        }
    });
}

/// What a client gets of `path`, byte for byte as it is said here.
async fn status(server: &Server, path: &str) -> u16 {
    let mut raw = Raw::new(tcp(server.addresses[0], None).await);
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    raw.ask(&request).await.status()
}

/// A root with links of every kind, and things beside it that must never be seen.
fn tangled() -> Folder {
    let folder = Folder::new("tangled");
    folder.write("outside/secret", b"secret");
    folder.write("root/a", b"a");
    folder.write("root/sub/b", b"b");
    folder.write("root/sub/deep/c", b"c");
    folder.write("root/.hidden", b"h");
    folder.write("root/.well-known/x", b"x");
    folder.write("root/a\\b", b"never");
    let root = folder.path.join("root");
    let link = |target: &str, name: &str| symlink(target, root.join(name)).unwrap();
    link("a", "same");
    link("sub", "folder");
    link("sub/../a", "round");
    link("../a", "sub/up");
    link("same", "twice");
    link("loop", "loop");
    link("../outside/secret", "out");
    link("../outside", "outfolder");
    link("../root/a", "outandin");
    link("../../outside/secret", "sub/out");
    link("nowhere", "dangling");
    link("/etc/passwd", "absolute");
    link(root.join("a").to_str().unwrap(), "absoluteinside");
    link("/proc/self/root/etc/passwd", "magic");
    folder
}

#[test]
fn no_path_and_no_link_leads_out_of_a_root_however_it_is_looked_up() {
    // By the policy for links: inside, deny, follow.
    let table = [
        ("/a", [200, 200, 200]),
        ("/sub/b", [200, 200, 200]),
        ("/sub/deep/c", [200, 200, 200]),
        ("/same", [200, 404, 200]),
        ("/twice", [200, 404, 200]),
        ("/folder/b", [200, 404, 200]),
        ("/round", [200, 404, 200]),
        ("/sub/up", [200, 404, 200]),
        ("/folder", [301, 404, 301]),
        ("/sub", [301, 301, 301]),
        ("/sub/", [404, 404, 404]),
        ("/a/", [404, 404, 404]),
        ("/a/b", [404, 404, 404]),
        ("/loop", [404, 404, 404]),
        ("/dangling", [404, 404, 404]),
        ("/out", [404, 404, 200]),
        ("/outfolder/secret", [404, 404, 200]),
        ("/outandin", [404, 404, 200]),
        ("/sub/out", [404, 404, 200]),
        ("/absolute", [404, 404, 200]),
        ("/absoluteinside", [404, 404, 200]),
        ("/../outside/secret", [404, 404, 404]),
        ("/sub/../../outside/secret", [404, 404, 404]),
        ("/%2e%2e/outside/secret", [404, 404, 404]),
        ("/..%2foutside/secret", [404, 404, 404]),
        ("/%252e%252e/outside/secret", [404, 404, 404]),
        ("/sub/..%5c..%5coutside", [404, 404, 404]),
        ("/a%5cb", [404, 404, 404]),
        ("/a%00", [404, 404, 404]),
        ("//a", [404, 404, 404]),
        ("//etc/passwd", [404, 404, 404]),
        ("/%2fetc/passwd", [404, 404, 404]),
        ("/./a", [404, 404, 404]),
        ("/sub//b", [404, 404, 404]),
        ("/.hidden", [404, 404, 404]),
        ("/%2ehidden", [404, 404, 404]),
        ("/.well-known/x", [200, 200, 200]),
    ];
    let folder = tangled();
    for (at, links) in ["inside", "deny", "follow"].into_iter().enumerate() {
        for walks in [false, true] {
            let mut plan = Plan::new(&[None]);
            plan.mounts = vec![folder.mount_with("root", "/m", |said| {
                said.symlinks = links.into();
                said.fallback = false;
            })];
            plan.walks = walks;
            let server = Server::start(plan, |_| unreachable!("there is no fallback"));
            run(async {
                for (path, expected) in &table {
                    let got = status(&server, &format!("/m{path}")).await;
                    assert_eq!(got, expected[at], "{path}, {links}, walks: {walks}");
                }
                let very_long = format!("/m/{}", "x".repeat(300));
                assert_eq!(status(&server, &very_long).await, 404);
            });
        }
    }
}

#[test]
fn a_root_stays_the_folder_that_it_was_when_its_link_is_switched() {
    let folder = Folder::new("switched");
    folder.write("one/which", b"one");
    folder.write("two/which", b"two");
    let current = folder.path.join("current");
    symlink("one", &current).unwrap();
    let mut plan = Plan::new(&[None]);
    plan.mounts = vec![folder.mount_with("current", "/", |_| {})];
    let server = Server::start(plan, |_| unreachable!("it is there"));
    std::fs::remove_file(&current).unwrap();
    symlink("two", &current).unwrap();
    run(async {
        let mut client = Client::plain(server.addresses[0], Speaks::H1).await;
        assert_eq!(client.fetch("/which").await.unwrap().body(), "one");
    });
}

/// A file that is changed once a client has its first bytes; whether the rest then came whole.
async fn changed(speaks: Speaks, path: &str, change: impl Fn(&Path)) -> Option<Vec<u8>> {
    let folder = Folder::new("changing");
    folder.write("file", &body(LONGEST));
    let mut plan = Plan::new(&[None]);
    plan.mounts = vec![folder.mount("/")];
    let root = folder.path.clone();
    let server = Server::start(plan, move |exchange| send(exchange, root.clone()));
    let socket = tcp(server.addresses[0], Some(16_384)).await;
    let mut client = Client::over(socket, speaks).await;
    let mut got = client.get(path).await.unwrap().into_body();
    let mut all = got
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_data()
        .unwrap()
        .to_vec();
    change(&folder.path.join("file"));
    while let Some(frame) = got.frame().await {
        all.extend_from_slice(&frame.ok()?.into_data().unwrap());
    }
    Some(all)
}

#[test]
fn a_file_that_becomes_shorter_is_a_failed_transfer() {
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            for path in ["/file", "/sent/file"] {
                let shrink = |path: &Path| {
                    let file = std::fs::OpenOptions::new().write(true).open(path);
                    file.unwrap().set_len(1000).unwrap();
                };
                let got = changed(speaks, path, shrink).await;
                assert!(got.is_none(), "{speaks:?} {path}: a short success");
            }
        }
    });
}

#[test]
fn a_file_that_grows_or_is_replaced_is_sent_as_it_was() {
    let grow = |path: &Path| {
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.write_all_at(b"more", LONGEST as u64).unwrap();
    };
    let replace = |path: &Path| {
        let new = path.with_extension("new");
        std::fs::write(&new, b"other").unwrap();
        std::fs::rename(&new, path).unwrap();
    };
    let whole = hash(&body(LONGEST));
    run(async {
        for speaks in [Speaks::H1, Speaks::H2] {
            for path in ["/file", "/sent/file"] {
                let got = changed(speaks, path, grow).await.unwrap();
                assert!(hash(&got) == whole, "{speaks:?} {path}, grown");
                let got = changed(speaks, path, replace).await.unwrap();
                assert!(hash(&got) == whole, "{speaks:?} {path}, replaced");
            }
        }
    });
}

#[test]
fn what_cannot_be_sent_is_an_error_that_leaves_the_reply_open() {
    let folder = Folder::new("errors");
    folder.write("ten", b"0123456789");
    let path = |name: &str| folder.path.join(name).to_str().unwrap().to_owned();
    let (ten, none, here) = (path("ten"), path("none"), path(""));
    let pipe = path("pipe");
    nix::unistd::mkfifo(pipe.as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert!(SendFile::new(b"", 0, None).is_err());
    assert!(SendFile::new(b"a\0b", 0, None).is_err());
    assert!(SendFile::new(b"a", -1, None).is_err());
    assert!(SendFile::new(b"a", 0, Some(-1)).is_err());
    let table: Vec<(String, i64, Option<i64>, Kind)> = vec![
        (none, 0, None, Kind::Server),
        (here, 0, None, Kind::Server),
        (pipe, 0, None, Kind::Server),
        (ten.clone(), 11, None, Kind::Config),
        (ten.clone(), 0, Some(11), Kind::Config),
        (ten.clone(), 5, Some(6), Kind::Config),
    ];
    let count = table.len();
    let server = Server::start(Plan::new(&[None]), move |exchange| {
        let table = table.clone();
        Box::pin(async move {
            let at: usize = support::path(&exchange)[0].parse().unwrap();
            let (path, offset, length, kind) = &table[at];
            let mut sending = SendFile::new(path.as_bytes(), *offset, *length).unwrap();
            let error = poll_fn(|cx| sending.poll(&exchange, cx)).await.unwrap_err();
            assert_eq!(error.kind(), *kind, "{error}");
            assert!(error.message().contains(path.as_str()), "{error}");
            assert!(!exchange.reply.is_committed());
            exchange.reply.end("fine".into()).unwrap();
        })
    });
    run(async {
        let mut client = Client::plain(server.addresses[0], Speaks::H1).await;
        for at in 0..count {
            assert_eq!(
                client.fetch(&format!("/{at}")).await.unwrap().body(),
                "fine"
            );
        }
    });
}
