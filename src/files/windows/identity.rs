//! Which file it is, whatever its name.

use std::fs::File;
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::AsRawHandle as _;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_DIRECTORY, GetFileInformationByHandle,
};

use super::call::succeeded;

/// Volume and number of a plain file that is there.
pub(in crate::files) fn id_of(path: &Path) -> Option<(u64, u64)> {
    // To be asked who it is, a file need not be readable.
    let file = File::options().access_mode(0).open(path).ok()?;
    let mut information = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: the handle is open until `file` is dropped, and the structure is this function's own.
    succeeded(unsafe { GetFileInformationByHandle(file.as_raw_handle(), &raw mut information) }).ok()?;
    let number = (u64::from(information.nFileIndexHigh) << 32) | u64::from(information.nFileIndexLow);
    (information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY == 0)
        .then_some((information.dwVolumeSerialNumber.into(), number))
}
