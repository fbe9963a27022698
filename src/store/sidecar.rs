//! A file that a run has beside its journal, and that the store's thread writes: what is noted in it is on the disk
//! when the answer comes, and many notes that are asked for together are flushed together.

use std::fmt;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::error::Result;

/// What the store's thread keeps for a run.
pub trait SidecarFile: Send + 'static {
    /// Forces to the disk what was written.
    ///
    /// # Errors
    ///
    /// Where it cannot be: whoever waits for what was written is told so.
    fn sync(&mut self) -> Result<()>;
}

/// Such a file. Clones are the same; the last one that is dropped closes it.
pub struct Sidecar<F>(Arc<Mutex<F>>);

impl<F: SidecarFile> Sidecar<F> {
    /// A file that is used by the store's thread alone from here on.
    pub fn new(file: F) -> Self {
        Self(Arc::new(Mutex::new(file)))
    }

    /// Of the store's thread, which waits for nobody.
    pub(super) fn file(&self) -> MutexGuard<'_, F> {
        self.0.lock()
    }

    /// A write to it.
    pub(super) fn append(&self, write: impl FnOnce(&mut F) -> Result<()> + Send + 'static) -> Append {
        let file = self.clone();
        Append { file: Arc::<Mutex<F>>::clone(&self.0), write: Box::new(move || write(&mut file.file())) }
    }
}

impl<F> Clone for Sidecar<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F> fmt::Debug for Sidecar<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sidecar")
    }
}

/// A write to a sidecar that the store's thread is asked for.
pub(super) struct Append {
    file: Arc<dyn Flush>,
    write: Box<dyn FnOnce() -> Result<()> + Send>,
}

impl Append {
    /// Does it; gives the file that is to be flushed then.
    pub(super) fn write(self) -> Result<Arc<dyn Flush>> {
        (self.write)().map(|()| self.file)
    }
}

/// A file of whatever kind that was written to.
pub(super) trait Flush: Send + Sync {
    fn flush(&self) -> Result<()>;
}

impl<F: SidecarFile> Flush for Mutex<F> {
    fn flush(&self) -> Result<()> {
        self.lock().sync()
    }
}
