/* Stands between a process and the C library (LD_PRELOAD), counts what is done to the files of one folder, and at the
 * nth of these operations kills the process, cuts the power, or lets the operation fail.
 *
 * EXRUN_FAULT_FOLDER  the folder, absolute and without links
 * EXRUN_FAULT_LOG     a file outside it that gets a line for each operation
 * EXRUN_FAULT_AT      n, from 1; 0 for none
 * EXRUN_FAULT_KIND    kill: ends the process before the operation
 *                     torn: ends it after half of a write
 *                     cut: as kill, and nothing stays that was not forced to the disk: neither data nor names; where
 *                     there are fewer operations, after the process has ended
 *                     cutdata: the same for data alone, names stay
 *                     error: the operation fails with EIO
 *                     full: this one and all later ones that take room fail with ENOSPC
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 4096

enum kind { NONE, KILL, TORN, CUT, CUT_DATA, FAIL, FULL };

/* What an operation needs of the disk. */
enum need { ROOM, NO_ROOM };

/* What is undone when the power is cut, newest first. */
struct undo {
    struct undo *before;
    enum { DATA, CREATED, RENAMED, REMOVED } what;
    ino_t inode;   /* DATA */
    int file;      /* DATA: open for reading and writing, never closed, for that would free locks */
    off_t offset;  /* DATA */
    size_t length; /* DATA */
    off_t size;    /* DATA: of the file */
    char *bytes;   /* DATA */
    char *path;    /* CREATED, RENAMED (from), REMOVED */
    char *to;      /* RENAMED */
    char *kept;    /* RENAMED, REMOVED: another name of what was there */
};

static char folder[PATH_MAX];
static size_t folder_length;
static int log_file = -1;
static long at;
static enum kind kind;
static long count;
static unsigned long kept_names;
static struct undo *undos;
/* By descriptor: 0 none, 1 a file of the folder, 2 the folder. */
static char tracked[MOST_FILES];
static struct {
    ino_t inode;
    int file;
} keepers[MOST_FILES];
static int keeper_count;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void start(void) {
    const char *where = getenv("EXRUN_FAULT_FOLDER"), *log = getenv("EXRUN_FAULT_LOG");
    const char *what = getenv("EXRUN_FAULT_KIND"), *when = getenv("EXRUN_FAULT_AT");
    if (!where || !log || !what || !when || strlen(where) >= sizeof folder) {
        return;
    }
    static const char *names[] = {"none", "kill", "torn", "cut", "cutdata", "error", "full"};
    for (int number = 0; number < 7; number++) {
        if (strcmp(what, names[number]) == 0) {
            kind = (enum kind)number;
        }
    }
    at = atol(when);
    log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    strcpy(folder, where);
    folder_length = strlen(folder);
}

/* 1: in the folder, 2: the folder itself. */
static char place_of(const char *path) {
    if (!folder_length || !path || strncmp(path, folder, folder_length) != 0) {
        return 0;
    }
    return path[folder_length] == '/' ? 1 : path[folder_length] == 0 ? 2 : 0;
}

static char of(int descriptor) {
    return descriptor >= 0 && descriptor < MOST_FILES ? tracked[descriptor] : 0;
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) {
        pause();
    }
}

static void cut(void) {
    for (struct undo *undo = undos; undo; undo = undo->before) {
        if (undo->what == DATA) {
            if (undo->length && pwrite(undo->file, undo->bytes, undo->length, undo->offset) < 0) {
                abort();
            }
            if (syscall(SYS_ftruncate, undo->file, undo->size) < 0) {
                abort();
            }
        } else if (kind == CUT && undo->what == CREATED) {
            syscall(SYS_unlinkat, AT_FDCWD, undo->path, 0);
        } else if (kind == CUT && undo->what == RENAMED) {
            syscall(SYS_renameat2, AT_FDCWD, undo->to, AT_FDCWD, undo->path, 0);
            if (undo->kept) {
                syscall(SYS_renameat2, AT_FDCWD, undo->kept, AT_FDCWD, undo->to, 0);
            }
        } else if (kind == CUT && undo->kept) {
            syscall(SYS_renameat2, AT_FDCWD, undo->kept, AT_FDCWD, undo->path, 0);
        }
    }
}

/* The power may go after the process has ended, too. */
__attribute__((destructor)) static void end(void) {
    if ((kind == CUT || kind == CUT_DATA) && count < at) {
        cut();
    }
}

/* Counts an operation; what is to become of it: 0, or the number of an error. The mutex is held. */
static int meets(const char *operation, const char *detail, enum need need) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", operation, detail ? detail : "");
    count++;
    int now = count == at;
    if (log_file >= 0) {
        syscall(SYS_write, log_file, line, (size_t)length);
    }
    if (kind == FULL && at && count >= at && need == ROOM) {
        return ENOSPC;
    }
    if (!now) {
        return 0;
    }
    if (kind == CUT || kind == CUT_DATA) {
        cut();
    }
    if (kind == KILL || kind == CUT || kind == CUT_DATA || (kind == TORN && need == NO_ROOM)) {
        die();
    }
    return kind == FAIL ? EIO : 0;
}

static int is_torn_now(void) {
    return kind == TORN && count == at;
}

static struct undo *remember(void) {
    struct undo *undo = calloc(1, sizeof *undo);
    undo->before = undos;
    undos = undo;
    return undo;
}

static int cuts(void) {
    return kind == CUT || kind == CUT_DATA;
}

static void track(int descriptor, char place) {
    if (descriptor < 0 || descriptor >= MOST_FILES) {
        return;
    }
    tracked[descriptor] = place;
    struct stat file;
    if (place != 1 || !cuts() || fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode)) {
        return;
    }
    for (int number = 0; number < keeper_count; number++) {
        if (keepers[number].inode == file.st_ino) {
            return;
        }
    }
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", descriptor);
    int keeper = (int)syscall(SYS_openat, AT_FDCWD, self, O_RDWR | O_CLOEXEC, 0);
    if (keeper >= 0 && keeper_count < MOST_FILES) {
        keepers[keeper_count].inode = file.st_ino;
        keepers[keeper_count++].file = keeper;
    }
}

/* Keeps what stands where something is about to be written; with a length of -1 the whole rest of the file. */
static void keep_data(int descriptor, off_t offset, ssize_t length) {
    struct stat file;
    if (!cuts() || fstat(descriptor, &file) != 0) {
        return;
    }
    for (int number = 0; number < keeper_count; number++) {
        if (keepers[number].inode != file.st_ino) {
            continue;
        }
        off_t end = length < 0 ? file.st_size : offset + (off_t)length;
        end = end > file.st_size ? file.st_size : end;
        struct undo *undo = remember();
        undo->what = DATA;
        undo->inode = file.st_ino;
        undo->file = keepers[number].file;
        undo->offset = offset;
        undo->size = file.st_size;
        if (end > offset) {
            undo->bytes = malloc((size_t)(end - offset));
            ssize_t read = pread(undo->file, undo->bytes, (size_t)(end - offset), offset);
            undo->length = read > 0 ? (size_t)read : 0;
        }
    }
}

static char *keep_name(const char *path) {
    char kept[PATH_MAX + 64];
    snprintf(kept, sizeof kept, "%s.kept/%lu", folder, ++kept_names);
    return syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, kept, 0) == 0 ? strdup(kept) : NULL;
}

/* Forgets what is on the disk now: data of a file, or all names. */
static void forget(int names, ino_t inode) {
    struct undo **link = &undos;
    while (*link) {
        struct undo *undo = *link;
        if (names ? undo->what != DATA : undo->what == DATA && undo->inode == inode) {
            *link = undo->before;
        } else {
            link = &undo->before;
        }
    }
}

static int failed(int error) {
    errno = error;
    return -1;
}

static int open_file(int at_folder, const char *path, int flags, mode_t mode) {
    char place = at_folder == AT_FDCWD || (path && path[0] == '/') ? place_of(path) : 0;
    if (!place) {
        int descriptor = (int)syscall(SYS_openat, at_folder, path, flags, mode);
        if (descriptor >= 0 && descriptor < MOST_FILES) {
            tracked[descriptor] = 0;
        }
        return descriptor;
    }
    pthread_mutex_lock(&mutex);
    int makes = (flags & O_CREAT) && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
    int error = makes ? meets("create", path, ROOM) : 0;
    if (makes && is_torn_now()) {
        die();
    }
    int descriptor = error ? failed(error) : (int)syscall(SYS_openat, at_folder, path, flags, mode);
    if (descriptor >= 0) {
        if (makes && kind == CUT) {
            struct undo *undo = remember();
            undo->what = CREATED;
            undo->path = strdup(path);
        }
        track(descriptor, place);
    }
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return descriptor;
}

#define MODE(flags)                               \
    mode_t mode = 0;                              \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {      \
        va_list arguments;                        \
        va_start(arguments, flags);               \
        mode = (mode_t)va_arg(arguments, int);    \
        va_end(arguments);                        \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int at_folder, const char *path, int flags, ...) {
    MODE(flags)
    return open_file(at_folder, path, flags, mode);
}

int openat64(int at_folder, const char *path, int flags, ...) {
    MODE(flags)
    return open_file(at_folder, path, flags, mode);
}

int close(int descriptor) {
    if (of(descriptor)) {
        tracked[descriptor] = 0;
    }
    return (int)syscall(SYS_close, descriptor);
}

/* `where` of -1 is the file's position, or its end. */
static ssize_t write_file(int descriptor, const void *bytes, size_t length, off_t where) {
    if (of(descriptor) != 1) {
        return where < 0 ? syscall(SYS_write, descriptor, bytes, length)
                         : syscall(SYS_pwrite64, descriptor, bytes, length, where);
    }
    pthread_mutex_lock(&mutex);
    off_t start = where;
    if (start < 0) {
        struct stat file;
        int appends = fcntl(descriptor, F_GETFL) & O_APPEND;
        start = appends && fstat(descriptor, &file) == 0 ? file.st_size : lseek(descriptor, 0, SEEK_CUR);
    }
    int error = meets("write", NULL, ROOM);
    ssize_t written = error ? failed(error) : 0;
    if (!error) {
        size_t now = is_torn_now() ? length / 2 : length;
        keep_data(descriptor, start, (ssize_t)now);
        written = where < 0 ? syscall(SYS_write, descriptor, bytes, now)
                            : syscall(SYS_pwrite64, descriptor, bytes, now, where);
        if (is_torn_now()) {
            die();
        }
    }
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return written;
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    return write_file(descriptor, bytes, length, -1);
}

ssize_t writev(int descriptor, const struct iovec *parts, int number) {
    if (of(descriptor) == 1 && number > 0) {
        return write_file(descriptor, parts[0].iov_base, parts[0].iov_len, -1);
    }
    return syscall(SYS_writev, descriptor, parts, number);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t where) {
    return write_file(descriptor, bytes, length, where);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t where) {
    return write_file(descriptor, bytes, length, where);
}

static int sync_file(const char *operation, int descriptor, long call) {
    char place = of(descriptor);
    if (!place) {
        return (int)syscall(call, descriptor);
    }
    pthread_mutex_lock(&mutex);
    int error = meets(operation, place == 2 ? "folder" : "", NO_ROOM);
    int result = error ? failed(error) : (int)syscall(call, descriptor);
    struct stat file;
    if (result == 0 && fstat(descriptor, &file) == 0) {
        forget(place == 2, file.st_ino);
    }
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return result;
}

int fsync(int descriptor) {
    return sync_file("fsync", descriptor, SYS_fsync);
}

int fdatasync(int descriptor) {
    return sync_file("fdatasync", descriptor, SYS_fdatasync);
}

static int cut_file(int descriptor, off_t length) {
    if (of(descriptor) != 1) {
        return (int)syscall(SYS_ftruncate, descriptor, length);
    }
    pthread_mutex_lock(&mutex);
    int error = meets("ftruncate", NULL, NO_ROOM);
    if (!error) {
        keep_data(descriptor, length, -1);
    }
    int result = error ? failed(error) : (int)syscall(SYS_ftruncate, descriptor, length);
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return result;
}

int ftruncate(int descriptor, off_t length) {
    return cut_file(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
    return cut_file(descriptor, length);
}

int rename(const char *from, const char *to) {
    if (!place_of(from) && !place_of(to)) {
        return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    }
    pthread_mutex_lock(&mutex);
    int error = meets("rename", to, NO_ROOM);
    char *before = error || kind != CUT ? NULL : keep_name(to);
    int result = error ? failed(error) : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (result == 0 && kind == CUT) {
        struct undo *undo = remember();
        undo->what = RENAMED;
        undo->path = strdup(from);
        undo->to = strdup(to);
        undo->kept = before;
    }
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return result;
}

int link(const char *from, const char *to) {
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    if (!place_of(to)) {
        return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    }
    pthread_mutex_lock(&mutex);
    int error = meets("link", to, ROOM);
    if (!error && is_torn_now()) {
        die();
    }
    int result = error ? failed(error) : (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    if (result == 0 && kind == CUT) {
        struct undo *undo = remember();
        undo->what = CREATED;
        undo->path = strdup(to);
    }
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return result;
}

static int remove_file(int at_folder, const char *path, int flags) {
    if (!place_of(path)) {
        return (int)syscall(SYS_unlinkat, at_folder, path, flags);
    }
    pthread_mutex_lock(&mutex);
    int error = meets("unlink", path, NO_ROOM);
    char *before = error || kind != CUT ? NULL : keep_name(path);
    int result = error ? failed(error) : (int)syscall(SYS_unlinkat, at_folder, path, flags);
    if (result == 0 && kind == CUT) {
        struct undo *undo = remember();
        undo->what = REMOVED;
        undo->path = strdup(path);
        undo->kept = before;
    }
    int kept = errno;
    pthread_mutex_unlock(&mutex);
    errno = kept;
    return result;
}

int unlink(const char *path) {
    return remove_file(AT_FDCWD, path, 0);
}

int unlinkat(int at_folder, const char *path, int flags) {
    return remove_file(at_folder, path, flags);
}
