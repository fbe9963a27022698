/* Runs of one client by many threads: each is filled, read, watched and ended by threads of its own, beside reads of single
 * mailboxes. The threads share nothing but handles, so that what a tool says of races is said of the library. */
#include "tenant.h"

#include <pthread.h>
#include <sched.h>

enum { ROUNDS = 6, RUNS = 3, FILLERS = 2, READERS = 2, ASKERS = 2, ASKED = 12, OTHERS = FILLERS + READERS + 1 };

/* How a run ends: at its end, or in its middle. */
enum ending { READ_TO_THE_END, CANCELLED, FREED, ENDINGS };

/* A thread of a run. */
struct part {
    int64_t stream;
    /* For a filler. */
    const char *lines;
    /* From a reader. */
    int32_t rows, status;
};

struct run {
    int64_t client;
    int round, kind;
    enum ending ending;
};

static char mailboxes[FILLERS][16384];
static int count;

/* The lines of the tenant's mailboxes, dealt out to the fillers. */
static void read_mailboxes(void) {
    char path[2048], line[256];
    FILE *file;
    snprintf(path, sizeof path, "%s/mailboxes.jsonl", named("FOLDER"));
    file = fopen(path, "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        char *lines = mailboxes[count++ % FILLERS];
        CHECK(strlen(lines) + strlen(line) < sizeof mailboxes[0]);
        strcat(lines, line);
    }
    CHECK(fclose(file) == 0 && count > 0);
}

static int was_stopped(int32_t status) {
    return status == EXRUN_ERROR_CANCELLED || status == EXRUN_ERROR_INVALID_HANDLE;
}

/* Whether the stream is there, and its progress holds a text. */
static int progress_holds(int64_t stream, const char *part) {
    uint8_t *data = NULL;
    int64_t len = 0;
    int32_t status = exrun_stream_progress(stream, &data, &len, NULL);
    CHECK(status == EXRUN_OK || was_stopped(status));
    return status == EXRUN_OK && bytes_hold(data, len, part);
}

static void *fill(void *given) {
    const struct part *part = given;
    const char *rest = part->lines;
    while (*rest != 0) {
        int64_t taken = 0;
        int32_t status = exrun_stream_push(part->stream, STRING(rest), &taken, NULL);
        if (was_stopped(status)) {
            break;
        }
        STATUS(EXRUN_OK, status);
        rest += taken;
        sched_yield();
    }
    return NULL;
}

static void *read_rows(void *given) {
    struct part *part = given;
    for (;;) {
        uint8_t *data = NULL;
        int64_t len = 0;
        int32_t rows = 0;
        part->status = exrun_stream_next(part->stream, 1000, 3, &data, &len, &rows, NULL);
        if (part->status == EXRUN_OK) {
            part->rows += rows;
            STATUS(EXRUN_OK, exrun_bytes_free(data));
        } else if (part->status != EXRUN_PENDING) {
            return NULL;
        }
    }
}

static void *watch(void *given) {
    const struct part *part = given;
    uint8_t *data = NULL;
    int64_t len = 0;
    int32_t status;
    do {
        status = exrun_stream_events(part->stream, &data, &len, NULL);
        CHECK(status == EXRUN_OK || was_stopped(status));
        if (status == EXRUN_OK) {
            STATUS(EXRUN_OK, exrun_bytes_free(data));
        }
        sched_yield();
    } while (status == EXRUN_OK && progress_holds(part->stream, "\"ended\":false"));
    return NULL;
}

/* One of three kinds: it reads and keeps a journal, writes, or asks anything. All append to one log. */
static int64_t start(const struct run *run) {
    const char *folder = named("FOLDER");
    char request[4096];
    int64_t stream = 0, error = 0;
    if (run->kind == 0) {
        snprintf(request, sizeof request, "{\"journal\":\"%s/%d.db\",\"logFile\":\"%s/log\"}", folder, run->round, folder);
        STARTED(exrun_mailbox_settings_report(run->client, STRING(request), &stream, &error), stream, error);
    } else if (run->kind == 1) {
        snprintf(request, sizeof request, "{\"settings\":{\"dateFormat\":\"%s\"},\"logFile\":\"%s/log\"}",
                 run->round % 2 ? "yyyy-MM-dd" : "dd.MM.yyyy", folder);
        STARTED(exrun_mailbox_settings_apply(run->client, STRING(request), &stream, &error), stream, error);
    } else {
        snprintf(request, sizeof request,
                 "{\"method\":\"GET\",\"path\":\"mailboxSettings\",\"select\":[\"timeZone\"],"
                 "\"logFile\":\"%s/log\"}",
                 folder);
        STARTED(exrun_mailbox_requests(run->client, STRING(request), &stream, &error), stream, error);
    }
    return stream;
}

static void *whole_run(void *given) {
    const struct run *run = given;
    int64_t stream = start(run);
    struct part parts[OTHERS] = {{0}};
    pthread_t threads[OTHERS];
    for (int at = 0; at < OTHERS; at++) {
        void *(*work)(void *) = at < FILLERS ? fill : at < FILLERS + READERS ? read_rows : watch;
        parts[at].stream = stream;
        parts[at].lines = at < FILLERS ? mailboxes[at] : NULL;
        CHECK(pthread_create(&threads[at], NULL, work, &parts[at]) == 0);
    }
    if (run->ending != READ_TO_THE_END) {
        while (progress_holds(stream, "\"completed\":0,")) {
            sched_yield();
        }
        STATUS(EXRUN_OK, run->ending == FREED ? exrun_stream_free(stream) : exrun_stream_cancel(stream, NULL));
    }
    for (int at = 0; at < OTHERS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
        if (at == FILLERS - 1 && run->ending != FREED) {
            STATUS(EXRUN_OK, exrun_stream_finish_input(stream, NULL));
        }
    }
    if (run->ending == READ_TO_THE_END) {
        int32_t rows = 0;
        for (int at = FILLERS; at < FILLERS + READERS; at++) {
            STATUS(EXRUN_END, parts[at].status);
            rows += parts[at].rows;
        }
        /* Each mailbox has its row. */
        STATUS(count, rows);
    } else {
        for (int at = FILLERS; at < FILLERS + READERS; at++) {
            CHECK(was_stopped(parts[at].status));
        }
    }
    if (run->ending != FREED) {
        STATUS(EXRUN_OK, exrun_stream_free(stream));
    }
    return NULL;
}

/* Reads of one mailbox, every third of which is let go before it has ended. */
static void *ask(void *client) {
    for (int at = 0; at < ASKED; at++) {
        char request[256];
        int64_t operation = 0, error = 0;
        snprintf(request, sizeof request, "{\"mailbox\":\"%s\"}", named("MAILBOX"));
        STARTED(exrun_mailbox_settings_get(*(int64_t *)client, STRING(request), &operation, &error), operation, error);
        if (at % 3 == 2) {
            STATUS(EXRUN_OK, exrun_operation_free(operation));
            continue;
        }
        while (exrun_operation_wait(operation, 1000, NULL) == EXRUN_PENDING) {
        }
        STATUS(EXRUN_OK, exrun_operation_free(operation));
    }
    return NULL;
}

static void one_round(int round) {
    int64_t client = new_app_client();
    struct run runs[RUNS];
    pthread_t threads[RUNS + ASKERS];
    for (int at = 0; at < RUNS + ASKERS; at++) {
        if (at < RUNS) {
            runs[at] = (struct run){client, round, at, (enum ending)((round + at) % ENDINGS)};
            CHECK(pthread_create(&threads[at], NULL, whole_run, &runs[at]) == 0);
        } else {
            CHECK(pthread_create(&threads[at], NULL, ask, &client) == 0);
        }
    }
    for (int at = 0; at < RUNS + ASKERS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
    STATUS(EXRUN_OK, exrun_client_free(client));
}

int main(void) {
    read_mailboxes();
    for (int round = 0; round < ROUNDS; round++) {
        one_round(round);
    }
    check_nothing_open();
    return 0;
}
