//! Forms and parts, from the pieces of a body to what is in memory and on disk.
#![allow(missing_docs, reason = "the names of the tests say what they hold")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::future::poll_fn;
use std::io::Read;
use std::path::PathBuf;
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes;
use sluice::body::Piece;
use sluice::config::Uploads;
use sluice::error::{Kind, Result};
use sluice::forms::{Content, Intake, Storage, Upload};

/// Bytes that each depend on their position.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at / 251 * 7 + at) as u8).collect()
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a/{name}.bin\"\r\nContent-Type: x/y; z\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n"].concat()
}

fn field(name: &str, value: &str) -> Vec<u8> {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into()
}

fn body(parts: &[Vec<u8>]) -> Vec<u8> {
    [&parts.concat()[..], b"--b--\r\n"].concat()
}

fn storage(limits: Uploads) -> Rc<Storage> {
    storage_in(limits, &[std::env::temp_dir()])
}

fn storage_in(limits: Uploads, directories: &[PathBuf]) -> Rc<Storage> {
    let directories = directories.into();
    Rc::new(Storage {
        limits,
        directories,
    })
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.build().unwrap().block_on(test)
}

/// A source of pieces of this size; each comes only when it was waited for.
fn source(
    body: &[u8],
    size: usize,
) -> impl FnMut(&mut std::task::Context<'_>) -> Poll<Result<Piece>> {
    let pieces: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
    let mut pieces = pieces.into_iter();
    let mut waited = false;
    move |cx| {
        waited = !waited;
        if waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Ok(pieces.next().map_or(Piece::End, Piece::Bytes)))
    }
}

/// What a form holds, its pieces of this size.
async fn form_of(limits: Uploads, body: &[u8], size: usize) -> Result<Intake> {
    gather(Intake::form_data(storage(limits), b"b"), body, size).await
}

async fn gather(intake: Intake, body: &[u8], size: usize) -> Result<Intake> {
    let mut source = source(body, size);
    poll_fn(|cx| intake.poll_form(cx, &mut source)).await?;
    Ok(intake)
}

fn files(intake: &Intake) -> Vec<(String, Rc<Upload>)> {
    let text = |name: &[u8]| String::from_utf8(name.to_vec()).unwrap();
    let form = intake.form().unwrap();
    form.files
        .iter()
        .map(|(name, file)| (text(name), Rc::clone(file)))
        .collect()
}

fn content(upload: &Upload) -> Vec<u8> {
    let content = upload.content().unwrap();
    match &content {
        Content::Memory(bytes) => bytes.to_vec(),
        Content::Disk(_) => {
            let mut bytes = Vec::new();
            content
                .reopen()
                .unwrap()
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            bytes
        }
    }
}

#[test]
fn files_lie_in_memory_up_to_the_bound_and_on_disk_past_it() {
    run(async {
        for memory in [0, 1, 1000, 65_536, 200_000] {
            let limits = Uploads {
                memory,
                ..Uploads::DEFAULT
            };
            for len in [
                0, 1, 2, 999, 1000, 1001, 65_535, 65_536, 65_537, 131_072, 300_001,
            ] {
                for size in [701, 40_000, 1 << 20] {
                    let sent = body(&[file("f", &pattern(len)), field("x", "1")]);
                    let form = form_of(limits.clone(), &sent, size).await.unwrap();
                    let (name, upload) = files(&form).remove(0);
                    assert_eq!((name.as_str(), upload.size), ("f", len as u64));
                    assert_eq!(upload.filename.as_deref(), Some(&b"f.bin"[..]));
                    assert_eq!(upload.media_type.as_deref(), Some(&b"x/y"[..]));
                    assert!(
                        content(&upload) == pattern(len),
                        "{len} bytes, memory {memory}"
                    );
                    let is_on_disk = matches!(upload.content().unwrap(), Content::Disk(_));
                    assert_eq!(is_on_disk, memory == 0 || len > memory, "{len} of {memory}");
                    assert_eq!(form.form().unwrap().fields[0].value, b"1");
                }
            }
        }
    });
}

#[test]
fn parts_are_fields_files_or_nothing_as_in_php() {
    run(async {
        let bare = |head: &str| format!("--b\r\n{head}\r\n\r\ncontent\r\n").into_bytes();
        let sent = body(&[
            bare("X-No: disposition"),
            bare("Content-Disposition: form-data; filename=\"anonymous\""),
            bare("Content-Disposition: form-data; name=\"empty\"; filename=\"\""),
            bare("Content-Disposition: form-data; name=\"a[b\"; filename=\"unsound\""),
            bare("Content-Disposition: form-data; filename=\"second\""),
            bare("Content-Disposition: form-data; name=\"\""),
        ]);
        let form = form_of(Uploads::DEFAULT, &sent, 10).await.unwrap();
        let names: Vec<_> = files(&form)
            .into_iter()
            .map(|(name, file)| (name, file.is_missing()))
            .collect();
        assert_eq!(
            names,
            [
                ("0".into(), false),
                ("empty".into(), true),
                ("1".into(), false)
            ]
        );
        let missing = &files(&form)[1].1;
        assert_eq!((missing.size, &missing.filename), (0, &None));
        assert_eq!(missing.content().unwrap_err().kind(), Kind::State);
        assert_eq!(form.form().unwrap().fields.len(), 1);

        let sent = body(&[bare("Content-Disposition: form-data")]);
        let error = form_of(Uploads::DEFAULT, &sent, 10).await.unwrap_err();
        assert_eq!(error.kind(), Kind::BadRequest);
    });
}

#[test]
fn each_bound_is_kept_to_the_byte_and_names_itself() {
    run(async {
        let limits = Uploads {
            fields: 2,
            field_size: 5,
            files: 2,
            file_size: Some(10),
            memory: 4,
            ..Uploads::DEFAULT
        };
        let full = [
            field("a", "12345"),
            field("b", ""),
            file("f", &[1; 10]),
            file("g", b""),
        ];
        let form = form_of(limits.clone(), &body(&full), 3).await.unwrap();
        assert_eq!(files(&form).len(), 2);
        let empty_input =
            b"--b\r\nContent-Disposition: form-data; name=e; filename=\"\"\r\n\r\n\r\n".to_vec();
        for (more, said) in [
            (field("c", ""), "more than 2 fields (Uploads: fields)"),
            (empty_input, "more than 2 fields (Uploads: fields)"),
            (file("h", b""), "more than 2 files (Uploads: files)"),
        ] {
            let sent = body(&[&full[..], &[more]].concat());
            let error = form_of(limits.clone(), &sent, 1000).await.unwrap_err();
            assert_eq!(error.kind(), Kind::BodyTooLarge);
            assert!(error.message().contains(said), "{error}");
        }
        for (part, said) in [
            (
                field("a", "123456"),
                "the field \"a\" of the form is larger than the limit of 5 bytes (Uploads: fieldSize)",
            ),
            (
                file("f", &[1; 11]),
                "the file \"f\" of the form is larger than the limit of 10 bytes (Uploads: fileSize)",
            ),
        ] {
            for size in [1, 1000] {
                let error = form_of(limits.clone(), &body(std::slice::from_ref(&part)), size)
                    .await
                    .unwrap_err();
                assert_eq!((error.kind(), error.message()), (Kind::BodyTooLarge, said));
            }
        }
    });
}

#[test]
fn what_has_failed_fails_again_and_holds_nothing() {
    run(async {
        let intake = Intake::form_data(storage(Uploads::DEFAULT), b"b");
        let sent = [
            file("f", &pattern(200_000)),
            b"--b\r\nbroken\r\n\r\n".to_vec(),
        ]
        .concat();
        let mut source = source(&sent, 1000);
        for _ in 0..2 {
            let error = poll_fn(|cx| intake.poll_form(cx, &mut source))
                .await
                .unwrap_err();
            assert_eq!(error.kind(), Kind::BadRequest);
            assert!(
                error.message().contains("broken header line: \"broken\""),
                "{error}"
            );
        }
        assert!(intake.form().is_none());
    });
}

#[test]
fn a_folder_that_takes_nothing_is_passed_over_for_the_next() {
    run(async {
        let limits = Uploads {
            memory: 0,
            ..Uploads::DEFAULT
        };
        let nowhere = PathBuf::from("/no/such/folder");
        let sent = body(&[file("f", &pattern(70_000))]);
        let both = storage_in(limits.clone(), &[nowhere.clone(), std::env::temp_dir()]);
        let form = gather(Intake::form_data(both, b"b"), &sent, 999)
            .await
            .unwrap();
        assert!(content(&files(&form)[0].1) == pattern(70_000));
        let none = Intake::form_data(storage_in(limits, &[nowhere]), b"b");
        let error = gather(none, &sent, 999).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Server);
        assert!(error.message().contains("/no/such/folder"), "{error}");
    });
}

#[test]
fn a_file_is_moved_once_and_stays_where_it_is_when_it_cannot_be() {
    run(async {
        let folder = std::env::temp_dir().join(format!("sluice-forms-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let sent = body(&[
            file("small", &pattern(100)),
            file("large", &pattern(100_000)),
        ]);
        let form = form_of(Uploads::DEFAULT, &sent, 4000).await.unwrap();
        for (name, upload) in files(&form) {
            let target = folder.join(&name);
            let failed = upload
                .move_to(folder.join("no/where"), 0o600)
                .unwrap()
                .await;
            assert_eq!(failed.unwrap_err().kind(), Kind::Server);
            upload.settle(false);
            upload
                .move_to(target.clone(), 0o600)
                .unwrap()
                .await
                .unwrap();
            upload.settle(true);
            assert!(std::fs::read(&target).unwrap() == pattern(upload.size as usize));
            assert_eq!(upload.content().unwrap_err().kind(), Kind::State);
            assert!(upload.move_to(target, 0o600).is_err());
        }
        std::fs::remove_dir_all(&folder).unwrap();
    });
}

#[test]
fn an_urlencoded_form_comes_in_pieces_too() {
    run(async {
        for size in [1, 3, 100] {
            let intake = Intake::urlencoded(storage(Uploads::DEFAULT));
            let form = gather(intake, b"a=1&b%5B%5D=%C3%A9&c", size).await.unwrap();
            let form = form.form().unwrap();
            let fields: Vec<_> = form
                .fields
                .iter()
                .map(|field| (&field.name[..], &field.value[..]))
                .collect();
            let expected: [(&[u8], &[u8]); 3] =
                [(b"a", b"1"), (b"b[]", "\u{e9}".as_bytes()), (b"c", b"")];
            assert_eq!(fields, expected);
        }
    });
}

#[test]
fn parts_are_read_in_order_and_moving_on_skips_the_rest() {
    run(async {
        let sent = body(&[
            file("f", &pattern(5000)),
            field("skipped", &"x".repeat(5000)),
            field("z", "end"),
        ]);
        for size in [1, 100, 20_000] {
            let intake = Intake::parts(b"b");
            let mut source = source(&sent, size);
            let head = poll_fn(|cx| intake.poll_part(cx, &mut source, 1))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(head.client_filename(), Some(&b"f.bin"[..]));
            let mut got = Vec::new();
            while let Some(bytes) = poll_fn(|cx| intake.poll_data(cx, &mut source, 1, 64))
                .await
                .unwrap()
            {
                assert!(bytes.len() <= 64);
                got.extend_from_slice(&bytes);
            }
            assert!(got == pattern(5000));
            poll_fn(|cx| intake.poll_part(cx, &mut source, 2))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(
                poll_fn(|cx| intake.poll_data(cx, &mut source, 2, 1))
                    .await
                    .unwrap()
                    .unwrap(),
                "x"
            );
            let head = poll_fn(|cx| intake.poll_part(cx, &mut source, 3))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(head.name.as_deref(), Some(&b"z"[..]));
            let early = poll_fn(|cx| intake.poll_data(cx, &mut source, 2, 1))
                .await
                .unwrap_err();
            assert_eq!(early.kind(), Kind::State);
            assert!(
                poll_fn(|cx| intake.poll_data(cx, &mut source, 3, 9))
                    .await
                    .unwrap()
                    .is_some()
            );
            assert!(
                poll_fn(|cx| intake.poll_part(cx, &mut source, 4))
                    .await
                    .unwrap()
                    .is_none()
            );
            assert!(
                poll_fn(|cx| intake.poll_part(cx, &mut source, 4))
                    .await
                    .unwrap()
                    .is_none()
            );
            let other = poll_fn(|cx| intake.poll_form(cx, &mut source))
                .await
                .unwrap_err();
            assert_eq!(other.kind(), Kind::State);
        }
    });
}
