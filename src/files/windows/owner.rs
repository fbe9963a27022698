//! Files and folders that the user of this process alone may read, as those of mode 0600 are on Unix.

use std::fs::File;
use std::io;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetNamedSecurityInfoW,
    SDDL_REVISION_1, SE_FILE_OBJECT, SetNamedSecurityInfoW,
};
use windows_sys::Win32::Security::{
    ACL, DACL_SECURITY_INFORMATION, GetSecurityDescriptorControl, GetSecurityDescriptorDacl, GetTokenInformation,
    PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, SE_DACL_PROTECTED, SECURITY_ATTRIBUTES, TOKEN_QUERY,
    TOKEN_USER, TokenUser, UNPROTECTED_DACL_SECURITY_INFORMATION,
};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_NEW, CreateDirectoryW, CreateFileW, FILE_ATTRIBUTE_NORMAL, FILE_SHARE_DELETE, FILE_SHARE_READ,
    FILE_SHARE_WRITE,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, GetCurrentThread, OpenProcessToken, OpenThreadToken};

use super::call::{succeeded, wide};

/// Makes an empty file for the user alone.
pub(in crate::files) fn create_of_user(path: &Path) -> io::Result<()> {
    let (name, descriptor) = (wide(path), Descriptor::of_user("")?);
    let attributes = descriptor.attributes();
    // SAFETY: the name ends with a zero, and it and the attributes, with what they point to, live until the call has
    // returned; no template is given.
    let handle = unsafe {
        CreateFileW(
            name.as_ptr(),
            GENERIC_WRITE,
            FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
            &raw const attributes,
            CREATE_NEW,
            FILE_ATTRIBUTE_NORMAL,
            null_mut(),
        )
    };
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was opened here and is nobody else's.
    drop(unsafe { File::from_raw_handle(handle) });
    Ok(())
}

/// Makes a folder for the user alone; what comes to be in it takes that over.
pub(in crate::files) fn create_folder_of_user(path: &Path) -> io::Result<()> {
    let (name, descriptor) = (wide(path), Descriptor::of_user("OICI")?);
    let attributes = descriptor.attributes();
    // SAFETY: as for a file.
    succeeded(unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) })
}

/// Lets the user alone at a file that is there.
pub(in crate::files) fn restrict_to_user(path: &Path) -> io::Result<()> {
    let descriptor = Descriptor::of_user("")?;
    set_access(path, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION, descriptor.access()?)
}

/// Lets those at a file who may be at another one.
pub(in crate::files) fn take_over_access(from: &Path, to: &Path) -> io::Result<()> {
    let name = wide(from);
    let (mut access, mut descriptor) = (null_mut(), null_mut());
    // SAFETY: the name ends with a zero; the two pointers are this function's own, and what they come to point to is
    // freed with `descriptor`.
    let code = unsafe {
        GetNamedSecurityInfoW(
            name.as_ptr(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION,
            null_mut(),
            null_mut(),
            &raw mut access,
            null_mut(),
            &raw mut descriptor,
        )
    };
    let descriptor = Descriptor(descriptor);
    of_code(code)?;
    let inherits = if descriptor.is_protected()? {
        PROTECTED_DACL_SECURITY_INFORMATION
    } else {
        UNPROTECTED_DACL_SECURITY_INFORMATION
    };
    set_access(to, DACL_SECURITY_INFORMATION | inherits, access)
}

fn set_access(path: &Path, what: u32, access: *const ACL) -> io::Result<()> {
    let name = wide(path);
    // SAFETY: the name ends with a zero, and the list of the caller lives in a descriptor that he holds.
    of_code(unsafe {
        SetNamedSecurityInfoW(name.as_ptr(), SE_FILE_OBJECT, what, null_mut(), null_mut(), access, null())
    })
}

fn of_code(code: u32) -> io::Result<()> {
    if code == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(code.cast_signed())) }
}

/// A security descriptor that the system has allocated.
struct Descriptor(PSECURITY_DESCRIPTOR);

impl Descriptor {
    /// One that lets the user at a file, and nothing that the folder would add. The owner is named beside: on a server's
    /// share the user may have another number than here.
    fn of_user(flags: &str) -> io::Result<Self> {
        let user = user()?;
        let text = format!("D:P(A;{flags};FA;;;{user})(A;{flags};FA;;;S-1-3-4)");
        let text: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut descriptor = null_mut();
        // SAFETY: the text ends with a zero; the pointer is this function's own, and its length is not asked for.
        succeeded(unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                null_mut(),
            )
        })?;
        Ok(Self(descriptor))
    }

    /// For what makes a file; they are valid as long as this lives.
    fn attributes(&self) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: self.0,
            bInheritHandle: 0,
        }
    }

    /// Who may do what; valid as long as this lives.
    fn access(&self) -> io::Result<*const ACL> {
        let (mut is_there, mut is_default, mut access) = (0, 0, null_mut());
        // SAFETY: the descriptor is valid, and the three pointers are this function's own.
        succeeded(unsafe {
            GetSecurityDescriptorDacl(self.0, &raw mut is_there, &raw mut access, &raw mut is_default)
        })?;
        Ok(access)
    }

    /// Whether the folder adds nothing to it.
    fn is_protected(&self) -> io::Result<bool> {
        let (mut control, mut revision) = (0, 0);
        // SAFETY: the descriptor is valid, and the two pointers are this function's own.
        succeeded(unsafe { GetSecurityDescriptorControl(self.0, &raw mut control, &raw mut revision) })?;
        Ok(control & SE_DACL_PROTECTED != 0)
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system has allocated it by LocalAlloc, or it is null, which is allowed.
        unsafe { LocalFree(self.0) };
    }
}

/// The security identifier of the user as whom this thread acts.
fn user() -> io::Result<String> {
    let token = token()?;
    let mut length = 0;
    // SAFETY: nothing is written to a buffer of no length; the length that is needed comes back.
    unsafe { GetTokenInformation(token.as_raw_handle(), TokenUser, null_mut(), 0, &raw mut length) };
    // Of words, so that the structure is aligned.
    let mut buffer = vec![0_u64; (length as usize).div_ceil(size_of::<u64>())];
    let start = buffer.as_mut_ptr();
    // SAFETY: the buffer has the length that is given, or more.
    succeeded(unsafe { GetTokenInformation(token.as_raw_handle(), TokenUser, start.cast(), length, &raw mut length) })?;
    // SAFETY: the call has filled the buffer, which is aligned, with this structure; its pointer leads into the buffer.
    let sid = unsafe { (*start.cast::<TOKEN_USER>()).User.Sid };
    let mut text = null_mut();
    // SAFETY: the identifier lies in the buffer, which is still there; the pointer is this function's own.
    succeeded(unsafe { ConvertSidToStringSidW(sid, &raw mut text) })?;
    // SAFETY: the text is the system's and ends with a zero; each letter up to there is read, and then it is freed once.
    let letters: Vec<u16> = unsafe {
        let letters = (0..).map(|at| *text.add(at)).take_while(|letter| *letter != 0).collect();
        LocalFree(text.cast());
        letters
    };
    String::from_utf16(&letters).map_err(io::Error::other)
}

/// The token of this thread, where it acts for somebody else, or of the process.
fn token() -> io::Result<OwnedHandle> {
    let mut token: HANDLE = null_mut();
    // SAFETY: the pointer is this function's own, and the pseudo handles are always valid.
    succeeded(unsafe { OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, 1, &raw mut token) })
        // SAFETY: as above.
        .or_else(|_| succeeded(unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) }))?;
    // SAFETY: the handle was opened here and is nobody else's.
    Ok(unsafe { OwnedHandle::from_raw_handle(token) })
}
