//! Plain files, and what else a path may name. Who opens a pipe waits for the other end, a terminal gives what somebody
//! types, and a device such as `/dev/zero` has no end: what is to be a file is opened so that nothing waits, and looked
//! at once it is open, when nobody can put another thing in its place.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// Whoever writes into a pipe has begun to before ExRun is told of it, or is about to.
const PIPE_PATIENCE: Duration = Duration::from_secs(10);

/// Between two looks at a pipe.
const PIPE_PAUSE: Duration = Duration::from_millis(10);

/// A network drive that is slow answers within this; one that does not is taken to be gone.
const FILE_SYSTEM_PATIENCE: Duration = Duration::from_secs(5);

/// Opens a plain file.
///
/// # Errors
///
/// The system's, and one that says what it is in the place of a plain file.
pub fn open_plain(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let file = open_without_waiting(path, options)?;
    check_plain(&file.metadata()?)?;
    Ok(file)
}

/// Opens a plain file to read it.
///
/// # Errors
///
/// As for [`open_plain`].
pub fn open_to_read(path: &Path) -> io::Result<File> {
    open_plain(path, OpenOptions::new().read(true))
}

/// Says what stands in the place of a plain file.
///
/// # Errors
///
/// One that says it.
pub fn check_plain(metadata: &Metadata) -> io::Result<()> {
    match special_kind(metadata) {
        None => Ok(()),
        Some("folder") => Err(io::Error::other("it is a folder")),
        Some(kind) => Err(io::Error::other(format!("it is a {kind}, not a file"))),
    }
}

/// The bytes of a file that has at most `most` of them; those that come through a pipe too, as from a shell's
/// `<(command)`, where they come soon.
///
/// # Errors
///
/// The system's, and one that says how long the file may be: a wrong path must not cost memory, that of a device
/// without an end neither.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_within(path, most, PIPE_PATIENCE)
}

fn read_within(path: &Path, most: u64, patience: Duration) -> io::Result<Vec<u8>> {
    let file = open_without_waiting(path, OpenOptions::new().read(true))?;
    let metadata = file.metadata()?;
    let mut bytes = match special_kind(&metadata) {
        Some("pipe") => read_pipe(file, most, patience)?,
        _ => {
            check_plain(&metadata)?;
            // Room for all of it from the start: what grows leaves parts of a secret where it was before.
            let length = metadata.len().min(most).saturating_add(1);
            let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0)));
            file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
            bytes
        }
    };
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        return Ok(std::mem::take(&mut *bytes));
    }
    Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("the file is larger than {most} bytes")))
}

/// What is written into a pipe until its other end closes, or one byte more than `most`.
fn read_pipe(mut pipe: File, most: u64, patience: Duration) -> io::Result<Zeroizing<Vec<u8>>> {
    let until = Instant::now() + patience;
    let most = usize::try_from(most.saturating_add(1)).unwrap_or(usize::MAX);
    // Memory that is not touched costs nothing; a secret is not left where a smaller room was.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    let mut part = Zeroizing::new([0_u8; 4096]);
    loop {
        match pipe.read(&mut *part) {
            Ok(0) if !bytes.is_empty() => return Ok(bytes),
            // Nobody has opened the other end yet.
            Ok(0) => {}
            Ok(count) => {
                let room = most - bytes.len();
                bytes.extend_from_slice(part.get(..count.min(room)).unwrap_or_default());
                if bytes.len() == most {
                    return Ok(bytes);
                }
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if Instant::now() >= until {
            let message = format!("it is a pipe, and its end did not come within {} seconds", patience.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, message));
        }
        thread::sleep(PIPE_PAUSE);
    }
}

/// Runs what looks at files on a thread of its own, and waits no longer for it than a caller can: what hangs, on the
/// share of a server that is gone, keeps that thread and nobody else.
///
/// # Errors
///
/// Where no answer came; where no thread can be had.
pub fn look<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    look_within(FILE_SYSTEM_PATIENCE, work)
}

fn look_within<T: Send + 'static>(patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    // Who does not wait any more does not hear of it.
    thread::Builder::new().name("exrun-look".to_owned()).spawn(move || drop(sender.send(work())))?;
    receiver.recv_timeout(patience).map_err(|_| {
        let message = format!("the file system did not answer within {} seconds", patience.as_secs());
        io::Error::new(io::ErrorKind::TimedOut, message)
    })
}

/// Opens what a path names, and does not wait for the other end of a pipe.
fn open_without_waiting(path: &Path, options: &OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    let options = {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Of plain files it changes nothing.
        options.clone().custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).to_owned()
    };
    options.open(path).map_err(|error| {
        // A pipe that nobody reads and a socket are "no such device or address" to the system.
        fs::metadata(path).ok().and_then(|metadata| check_plain(&metadata).err()).unwrap_or(error)
    })
}

/// What is no plain file.
fn special_kind(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("folder");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return Some("pipe");
        }
        if kind.is_socket() {
            return Some("socket");
        }
    }
    Some("device")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_at_most(&path, 5).unwrap(), b"12345");
        assert_eq!(read_at_most(&path, 4).unwrap_err().to_string(), "the file is larger than 4 bytes");
        if cfg!(target_os = "linux") {
            assert_eq!(
                read_at_most(Path::new("/dev/zero"), 1000).unwrap_err().to_string(),
                "it is a device, not a file"
            );
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_read_to_its_end_and_not_waited_for_without_one() {
        use std::io::Write as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let error = read_within(&path, 10, Duration::ZERO).unwrap_err().to_string();
        assert_eq!(error, "it is a pipe, and its end did not come within 0 seconds");
        for (sent, most, read) in [(5, 5, Some(5)), (5, 4, None), (300_000, 1_000_000, Some(300_000))] {
            let to = path.clone();
            let writer = thread::spawn(move || {
                let mut pipe = OpenOptions::new().write(true).open(to).unwrap();
                // Whoever has enough hangs up.
                let _ = pipe.write_all(&vec![b'x'; sent]);
            });
            assert_eq!(read_at_most(&path, most).ok().map(|bytes| bytes.len()), read);
            writer.join().unwrap();
        }
    }

    #[test]
    fn what_hangs_keeps_its_own_thread_and_nobody_else() {
        let (_held, never) = mpsc::channel::<()>();
        let error = look_within(Duration::ZERO, move || never.recv().is_ok()).unwrap_err().to_string();
        assert_eq!(error, "the file system did not answer within 0 seconds");
        assert_eq!(look(|| 1).unwrap(), 1);
    }
}
