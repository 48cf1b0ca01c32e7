//! An export with the pictures of its assets: in a folder beside the file, or in one archive with it.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::pictures::{each_picture, write_pictures};
use super::to_file::Beside;
use super::{ExportError, Pictures, Progress, Request, Summary, to_file, write};
use crate::library::Snapshot;
use crate::renditions::BlobStore;

/// Writes an export to `path` and its pictures into the folder beside it that has its name. Blocks.
pub fn to_file_and_folder(
    now: &Snapshot<'_>,
    blobs: &BlobStore,
    request: &Request,
    pictures: Pictures,
    path: &Path,
    progress: &Progress,
) -> Result<Summary, ExportError> {
    let summary = to_file(now, Some(blobs), request, path, progress)?;
    write_pictures(now, blobs, (&request.scope, request.at), pictures, &folder_beside(path), progress)?;
    Ok(summary)
}

/// Writes an export and its pictures as one zip archive. Blocks.
pub fn to_zip(
    now: &Snapshot<'_>,
    blobs: &BlobStore,
    request: &Request,
    pictures: Pictures,
    path: &Path,
    progress: &Progress,
) -> Result<Summary, ExportError> {
    let mut beside = Beside::new(path)?;
    let mut archive = ZipWriter::new(&mut beside.file);
    // Pictures and workbooks are packed already.
    let stored = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default())
        .large_file(true);
    archive
        .start_file(request.file_name(), stored.compression_method(CompressionMethod::Deflated))
        .map_err(io_error)?;
    let summary = write(now, Some(blobs), request, &mut archive, progress)?;
    each_picture(now, blobs, (&request.scope, request.at), pictures, progress, |name, bytes| {
        archive.start_file(format!("pictures/{name}"), stored).map_err(io_error)?;
        archive.write_all(bytes)
    })?;
    archive.finish().map_err(io_error)?;
    beside.move_into_place(path)?;
    Ok(summary)
}

/// `press pictures` for `press.xlsx`.
fn folder_beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path.file_stem().unwrap_or_default());
    name.push(" pictures");
    path.with_file_name(name)
}

fn io_error(error: zip::result::ZipError) -> io::Error {
    error.into()
}
