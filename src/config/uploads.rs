//! How much of a form one request may bring, and where its files are kept meanwhile.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// Bounds on forms that are within their own bounds. `Limits::body` bounds the whole of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploads {
    /// The most fields of one form, file inputs that were left empty among them: 0 to 100,000, 1000
    /// by default.
    pub fields: usize,
    /// The largest value of a field, in bytes: 0 to 1 GiB, 1 MiB by default. It is held in memory.
    pub field_size: usize,
    /// The most files of one form: 0 to 10,000, 20 by default.
    pub files: usize,
    /// The largest file, in bytes: 0 to 1 TiB. `None`, the default: only `Limits::body` bounds it.
    pub file_size: Option<u64>,
    /// How much of one file is held in memory before it goes to disk, in bytes: 0 to 16 MiB, 64 KiB
    /// by default. A smaller file never touches the disk.
    pub memory: usize,
    /// Where files are kept until they are moved. `None`, the default: `upload_tmp_dir`, else the
    /// system's folder for temporary files.
    pub directory: Option<PathBuf>,
}

/// The same as it was said, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "documented at `Uploads`")]
pub struct UploadsSaid {
    pub fields: i64,
    pub field_size: i64,
    pub files: i64,
    pub file_size: Option<i64>,
    pub memory: i64,
    pub directory: Option<PathBuf>,
}

impl Uploads {
    /// The bounds of a server that was told none.
    pub const DEFAULT: Self = Self {
        fields: 1000,
        field_size: 1024 * 1024,
        files: 20,
        file_size: None,
        memory: 64 * 1024,
        directory: None,
    };

    /// Checks what was said.
    ///
    /// # Errors
    /// One [`Kind::Config`](crate::error::Kind::Config) error that lists every mistake.
    pub fn parse(said: UploadsSaid) -> Result<Self> {
        let mut mistakes = Vec::new();
        let mut check = |name: &str, unit: &str, value: i64, bounds: RangeInclusive<i64>| {
            if !bounds.contains(&value) {
                let (least, most) = bounds.into_inner();
                mistakes.push(format!(
                    "{name} must be {least} to {most}{unit}, not {value}"
                ));
            }
        };
        check("fields", "", said.fields, FIELDS);
        check("fieldSize", " bytes", said.field_size, FIELD_SIZE);
        check("files", "", said.files, FILES);
        if let Some(size) = said.file_size {
            check("fileSize", " bytes", size, FILE_SIZE);
        }
        check("memory", " bytes", said.memory, MEMORY);
        if let Some(directory) = said.directory.as_ref().filter(|path| !path.is_dir()) {
            mistakes.push(format!(
                "directory must be a folder that exists, not {}",
                directory.display()
            ));
        }
        match Error::all("Uploads", &mistakes) {
            Some(error) => Err(error),
            None => Ok(Self {
                fields: count(said.fields),
                field_size: count(said.field_size),
                files: count(said.files),
                file_size: said.file_size.map(i64::cast_unsigned),
                memory: count(said.memory),
                directory: said.directory,
            }),
        }
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A value that was checked: it is in its bounds, and these fit into 32 bits.
fn count(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

const FIELDS: RangeInclusive<i64> = 0..=100_000;
const FIELD_SIZE: RangeInclusive<i64> = 0..=1 << 30;
const FILES: RangeInclusive<i64> = 0..=10_000;
const FILE_SIZE: RangeInclusive<i64> = 0..=1 << 40;
const MEMORY: RangeInclusive<i64> = 0..=16 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn said() -> UploadsSaid {
        UploadsSaid {
            fields: 1000,
            field_size: 1 << 20,
            files: 20,
            file_size: None,
            memory: 65_536,
            directory: None,
        }
    }

    #[test]
    fn the_defaults_parse_to_the_defaults() {
        assert_eq!(Uploads::parse(said()).unwrap(), Uploads::DEFAULT);
    }

    #[test]
    fn the_bounds_themselves_are_allowed() {
        for (fields, field_size, files, file_size, memory) in [
            (0, 0, 0, 0, 0),
            (100_000, 1 << 30, 10_000, 1 << 40, 16 << 20),
        ] {
            let uploads = Uploads::parse(UploadsSaid {
                fields,
                field_size,
                files,
                file_size: Some(file_size),
                memory,
                directory: Some("/".into()),
            })
            .unwrap();
            assert_eq!(uploads.fields as i64, fields);
            assert_eq!(uploads.file_size, Some(file_size.cast_unsigned()));
        }
    }

    #[test]
    fn every_mistake_is_in_one_message() {
        let error = Uploads::parse(UploadsSaid {
            fields: 100_001,
            field_size: -1,
            files: 10_001,
            file_size: Some(-2),
            memory: (16 << 20) + 1,
            directory: Some("/no/such/folder".into()),
        })
        .unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        for part in [
            "Uploads: 6 mistakes",
            "fields must be 0 to 100000, not 100001",
            "fieldSize must be 0 to 1073741824 bytes, not -1",
            "files must be 0 to 10000, not 10001",
            "fileSize must be 0 to 1099511627776 bytes, not -2",
            "memory must be 0 to 16777216 bytes, not 16777217",
            "directory must be a folder that exists, not /no/such/folder",
        ] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
    }
}
