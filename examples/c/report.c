/*
 * The mailbox settings of every mailbox in a file, as CSV, through the C ABI.
 *
 *   cc -std=c99 -I include examples/c/report.c -L <where libexrun is> -lexrun -o report
 *   ./report --tenant contoso.com --client <appId> --certificate app.pfx --password-env PFX_PASSWORD \
 *            --mailboxes mailboxes.txt --out report.csv
 *
 * One mailbox a line in, one row a line out, in the same order. Ends with 0 when every mailbox could be read,
 * with 2 when some could not (their rows are there, without settings), with 1 when the run itself failed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exrun.h"

enum { ALL_READ = 0, RUN_FAILED = 1, SOME_FAILED = 2 };

struct arguments {
    const char *tenant;
    const char *client;
    const char *certificate;
    const char *password_env;
    const char *mailboxes;
    const char *out;
    const char *concurrency;
    const char *batch;
    const char *journal;
    int errors;
};

/* Text that grows. */
struct text {
    char *bytes;
    size_t len;
    size_t room;
};

static void append(struct text *text, const char *bytes, size_t len)
{
    if (text->len + len > text->room) {
        size_t room = (text->len + len) * 2;
        char *grown = realloc(text->bytes, room);
        if (grown == NULL) {
            fprintf(stderr, "error: out of memory\n");
            exit(RUN_FAILED);
        }
        text->bytes = grown;
        text->room = room;
    }
    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
}

static void append_format(struct text *text, const char *format, ...)
{
    char part[128];
    va_list values;
    va_start(values, format);
    int len = vsnprintf(part, sizeof part, format, values);
    va_end(values);
    append(text, part, (size_t)len);
}

/* A JSON string. Bytes of UTF-8 stand for themselves. */
static void append_json(struct text *text, const char *value, size_t len)
{
    append(text, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        unsigned char letter = (unsigned char)value[i];
        if (letter == '"' || letter == '\\') {
            append(text, "\\", 1);
            append(text, value + i, 1);
        } else if (letter < 0x20) {
            append_format(text, "\\u%04x", (unsigned)letter);
        } else {
            append(text, value + i, 1);
        }
    }
    append(text, "\"", 1);
}

static void append_member(struct text *text, const char *name, const char *value)
{
    append_format(text, "\"%s\":", name);
    append_json(text, value, strlen(value));
    append(text, ",", 1);
}

static void append_option(struct text *text, const char *name, const char *value)
{
    if (value == NULL)
        return;
    append_format(text, ",\"%s\":", name);
    append_json(text, value, strlen(value));
}

/* A string member of the error's JSON, on a line of its own. A program of yours has a JSON parser; this has not. */
static void print_member(const struct text *json, const char *name, const char *before)
{
    char member[64];
    const char *letter;
    snprintf(member, sizeof member, "\"%s\":\"", name);
    letter = strstr(json->bytes, member);
    if (letter == NULL)
        return;
    fputs(before, stderr);
    for (letter += strlen(member); *letter != '\0' && *letter != '"'; letter++) {
        if (*letter == '\\' && letter[1] != '\0')
            letter++;
        fputc(*letter, stderr);
    }
    fputc('\n', stderr);
}

/* Says what went wrong, and what to do about it where the library knows. */
static int failed(int32_t status, int64_t error)
{
    uint8_t *data = NULL;
    int64_t len = 0;
    struct text json = {0};
    if (exrun_error_json(error, &data, &len) != EXRUN_OK) {
        fprintf(stderr, "error: status %" PRId32 "\n", status);
        return RUN_FAILED;
    }
    append(&json, (const char *)data, (size_t)len);
    append(&json, "", 1);
    print_member(&json, "message", "error: ");
    print_member(&json, "hint", "hint: ");
    free(json.bytes);
    exrun_bytes_free(data);
    exrun_error_free(error);
    return RUN_FAILED;
}

/* A secret never stands in the JSON: the JSON names its handle. */
static int make_client(const struct arguments *arguments, int64_t *client)
{
    int64_t error = 0;
    int64_t password = 0;
    int32_t status;
    struct text options = {0};

    if (arguments->password_env != NULL) {
        const char *value = getenv(arguments->password_env);
        if (value == NULL) {
            fprintf(stderr, "error: the environment variable %s is not set\n", arguments->password_env);
            return RUN_FAILED;
        }
        status = exrun_secret_new((const uint8_t *)value, (int64_t)strlen(value), &password, &error);
        if (status < 0)
            return failed(status, error);
    }
    append_format(&options, "{");
    append_member(&options, "tenantId", arguments->tenant);
    append_member(&options, "clientId", arguments->client);
    append_format(&options, "\"credential\":{");
    append_member(&options, "certificateFile", arguments->certificate);
    if (password != 0)
        append_format(&options, "\"passwordSecret\":%" PRId64 "}}", password);
    else
        append_format(&options, "\"passwordSecret\":null}}");

    status = exrun_client_new((const uint8_t *)options.bytes, (int64_t)options.len, client, &error);
    free(options.bytes);
    /* The client has its own reference. */
    if (password != 0)
        exrun_secret_free(password);
    return status < 0 ? failed(status, error) : ALL_READ;
}

static int start_report(const struct arguments *arguments, int64_t client, int64_t *stream)
{
    int64_t error = 0;
    struct text request = {0};

    append_format(&request, "{\"format\":\"csv\"");
    if (arguments->errors)
        append_format(&request, ",\"includeError\":true");
    if (arguments->concurrency != NULL)
        append_format(&request, ",\"maxConcurrency\":%ld", strtol(arguments->concurrency, NULL, 10));
    append_option(&request, "batch", arguments->batch);
    append_option(&request, "journal", arguments->journal);
    append_format(&request, "}");

    int32_t status =
        exrun_mailbox_settings_report(client, (const uint8_t *)request.bytes, (int64_t)request.len, stream, &error);
    free(request.bytes);
    return status < 0 ? failed(status, error) : ALL_READ;
}

/* Adds the next line of the file to the lines that wait to be pushed; 0 at the end of the file. */
static int read_mailbox(FILE *file, struct text *line, struct text *lines)
{
    int letter;
    line->len = 0;
    while ((letter = getc(file)) != EOF && letter != '\n') {
        char byte = (char)letter;
        append(line, &byte, 1);
    }
    if (letter == EOF && line->len == 0)
        return 0;
    if (line->len > 0 && line->bytes[line->len - 1] == '\r')
        line->len--;
    append_json(lines, line->bytes, line->len);
    append(lines, "\n", 1);
    return 1;
}

/*
 * Push what the stream takes, write what it gives, until it ends. The stream never waits and takes only what fits,
 * so that a file of any length needs no more memory than a short one.
 */
static int run(int64_t stream, FILE *mailboxes, FILE *out)
{
    struct text line = {0};
    struct text lines = {0};
    int more = 1;
    int finished = 0;
    int outcome = ALL_READ;
    int64_t error = 0;

    for (;;) {
        int64_t taken = 0;
        int32_t rows = 0;
        uint8_t *data = NULL;
        int64_t len = 0;
        int32_t status;

        while (more && lines.len < 64 * 1024)
            more = read_mailbox(mailboxes, &line, &lines);
        if (lines.len > 0) {
            status = exrun_stream_push(stream, (const uint8_t *)lines.bytes, (int64_t)lines.len, &taken, &error);
            if (status < 0) {
                outcome = failed(status, error);
                break;
            }
            lines.len -= (size_t)taken;
            memmove(lines.bytes, lines.bytes + taken, lines.len);
        } else if (!finished) {
            finished = 1;
            status = exrun_stream_finish_input(stream, &error);
            if (status < 0) {
                outcome = failed(status, error);
                break;
            }
        }

        /* Wait for rows only when there is nothing to push: a quarter of a second, so that nobody waits for us. */
        status = exrun_stream_next(stream, taken > 0 ? 0 : 250, 0, &data, &len, &rows, &error);
        if (status < 0) {
            outcome = failed(status, error);
            break;
        }
        if (status == EXRUN_END)
            break;
        if (status == EXRUN_OK) {
            size_t written = fwrite(data, 1, (size_t)len, out);
            exrun_bytes_free(data);
            if (written != (size_t)len) {
                fprintf(stderr, "error: writing the report: %s\n", strerror(errno));
                outcome = RUN_FAILED;
                break;
            }
        }
    }
    free(line.bytes);
    free(lines.bytes);
    return outcome;
}

/* A count out of the progress, a JSON object whose own counts come before what is nested in it. */
static int64_t count(const char *json, const char *name)
{
    char member[64];
    const char *found;
    snprintf(member, sizeof member, "\"%s\":", name);
    found = strstr(json, member);
    return found == NULL ? 0 : (int64_t)strtoll(found + strlen(member), NULL, 10);
}

static int sum_up(const struct arguments *arguments, int64_t stream)
{
    uint8_t *data = NULL;
    int64_t len = 0;
    int64_t error = 0;
    struct text json = {0};
    int64_t failures;

    int32_t status = exrun_stream_progress(stream, &data, &len, &error);
    if (status < 0)
        return failed(status, error);
    append(&json, (const char *)data, (size_t)len);
    append(&json, "", 1);
    exrun_bytes_free(data);

    failures = count(json.bytes, "failed");
    fprintf(stderr, "%" PRId64 " rows, %" PRId64 " failed, %.1f s\n", count(json.bytes, "delivered"), failures,
            (double)count(json.bytes, "elapsedMs") / 1000.0);
    free(json.bytes);
    if (failures > 0 && !arguments->errors)
        fprintf(stderr, "--errors adds the columns that say why a mailbox failed\n");
    return failures > 0 ? SOME_FAILED : ALL_READ;
}

static int report(const struct arguments *arguments)
{
    int64_t client = 0;
    int64_t stream = 0;
    int outcome = RUN_FAILED;
    FILE *mailboxes = fopen(arguments->mailboxes, "rb");
    FILE *out = NULL;

    if (mailboxes == NULL) {
        fprintf(stderr, "error: opening %s: %s\n", arguments->mailboxes, strerror(errno));
        return RUN_FAILED;
    }
    out = fopen(arguments->out, "wb");
    if (out == NULL) {
        fprintf(stderr, "error: opening %s: %s\n", arguments->out, strerror(errno));
    } else if (make_client(arguments, &client) == ALL_READ && start_report(arguments, client, &stream) == ALL_READ) {
        outcome = run(stream, mailboxes, out);
        if (outcome == ALL_READ)
            outcome = sum_up(arguments, stream);
    }
    /* A handle of 0 is never valid, and freeing it says so without harm. */
    exrun_stream_free(stream);
    exrun_client_free(client);
    if (out != NULL && fclose(out) != 0) {
        fprintf(stderr, "error: closing %s: %s\n", arguments->out, strerror(errno));
        outcome = RUN_FAILED;
    }
    fclose(mailboxes);
    return outcome;
}

static int usage(const char *complaint)
{
    fprintf(stderr,
            "%s\n"
            "usage: report --tenant ID --client ID --certificate FILE [--password-env VARIABLE]\n"
            "              --mailboxes FILE --out CSV [--concurrency N] [--errors]\n"
            "              [--batch auto|never|always] [--journal FILE: go on where a run with it ended]\n",
            complaint);
    return RUN_FAILED;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {0};
    struct {
        const char *name;
        const char **value;
    } options[] = {
        {"--tenant", &arguments.tenant},           {"--client", &arguments.client},
        {"--certificate", &arguments.certificate}, {"--password-env", &arguments.password_env},
        {"--mailboxes", &arguments.mailboxes},     {"--out", &arguments.out},
        {"--concurrency", &arguments.concurrency}, {"--batch", &arguments.batch},
        {"--journal", &arguments.journal},
    };

    for (int i = 1; i < argc; i++) {
        size_t option = 0;
        if (strcmp(argv[i], "--errors") == 0) {
            arguments.errors = 1;
            continue;
        }
        while (option < sizeof options / sizeof options[0] && strcmp(argv[i], options[option].name) != 0)
            option++;
        if (option == sizeof options / sizeof options[0] || i + 1 == argc)
            return usage(argv[i]);
        *options[option].value = argv[++i];
    }
    if (!arguments.tenant || !arguments.client || !arguments.certificate || !arguments.mailboxes || !arguments.out)
        return usage("something is missing");

    /* Before anything else: does the library that was loaded speak this header's version? */
    if (exrun_abi_version() != EXRUN_ABI_VERSION) {
        fprintf(stderr, "error: this program speaks version %d of the ABI, the library version %" PRId32 "\n",
                EXRUN_ABI_VERSION, exrun_abi_version());
        return RUN_FAILED;
    }
    return report(&arguments);
}
