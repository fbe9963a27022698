/*
 * Deletes what a sender has sent to the mailboxes of a tenant, so that it can be recovered: the plan first, then the rest.
 *
 *   cc -std=c99 -I include examples/c/purge.c -L <where libexrun is> -lexrun -o purge
 *   ./purge <tenant> <appId> app.pfx plan eve@evil.example         # finds and plans; deletes nothing
 *   ./purge <tenant> <appId> app.pfx apply 500                     # does the plan, if it has no more lines than this
 *
 * The files lie in the folder in which it runs: found.csv and plan.jsonl, then done.csv, undo.jsonl, audit.jsonl and run.db. The
 * same line again goes on where the last one was cut off. The PFX has no password; report.c shows how to give one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exrun.h"

static const uint8_t *bytes(const char *text)
{
    return (const uint8_t *)text;
}

/* Says what went wrong, as the library says it in JSON. */
static int failed(int32_t status, int64_t error)
{
    uint8_t *json = NULL;
    int64_t len = 0;
    if (exrun_error_json(error, &json, &len) == EXRUN_OK) {
        fprintf(stderr, "error: %.*s\n", (int)len, (const char *)json);
        exrun_bytes_free(json);
    } else {
        fprintf(stderr, "error: status %" PRId32 "\n", status);
    }
    exrun_error_free(error);
    return 1;
}

/* What goes into JSON as it stands: a program of yours has a library for JSON, this has not. */
static int is_plain(const char *text)
{
    return *text != '\0' && strcspn(text, "\"\\\r\n\t") == strlen(text);
}

/* Waits for a run whose rows the library writes to a file, and prints its counts. */
static int finish(int64_t stream)
{
    int64_t error = 0;
    int32_t status;
    do {
        uint8_t *data = NULL;
        int64_t len = 0;
        int32_t rows = 0;
        status = exrun_stream_next(stream, 1000, 0, &data, &len, &rows, &error);
        if (status == EXRUN_OK)
            exrun_bytes_free(data);
    } while (status == EXRUN_OK || status == EXRUN_PENDING);
    if (status == EXRUN_END) {
        uint8_t *json = NULL;
        int64_t len = 0;
        status = exrun_stream_progress(stream, &json, &len, &error);
        if (status >= 0) {
            printf("%.*s\n", (int)len, (const char *)json);
            exrun_bytes_free(json);
        }
    }
    exrun_stream_free(stream);
    return status < 0 ? failed(status, error) : 0;
}

static int plan(int64_t client, const char *sender)
{
    char request[1024];
    int64_t stream = 0;
    int64_t error = 0;
    int32_t status;
    snprintf(request, sizeof request,
             "{\"facet\":\"messages\",\"sender\":\"%s\",\"source\":{\"all\":true},\"action\":\"softDelete\","
             "\"planFile\":\"plan.jsonl\",\"outFile\":\"found.csv\"}",
             sender);
    status = exrun_mailbox_items_report(client, bytes(request), (int64_t)strlen(request), &stream, &error);
    return status < 0 ? failed(status, error) : finish(stream);
}

/* Whether the audit is as it was written: the member isWhole of what the library says of it, which is printed. */
static int verify(void)
{
    const char *request = "{\"auditFile\":\"audit.jsonl\"}";
    int64_t operation = 0;
    int64_t error = 0;
    uint8_t *json = NULL;
    int64_t len = 0;
    int32_t status = exrun_audit_verify(bytes(request), (int64_t)strlen(request), &operation, &error);
    int is_whole = 0;
    if (status < 0)
        return failed(status, error);
    do {
        status = exrun_operation_wait(operation, 1000, &error);
    } while (status == EXRUN_PENDING);
    if (status >= 0)
        status = exrun_operation_take(operation, &json, &len, &error);
    exrun_operation_free(operation);
    if (status < 0)
        return failed(status, error);
    printf("%.*s\n", (int)len, (const char *)json);
    is_whole = len > 16 && strncmp((const char *)json, "{\"isWhole\":true", 15) == 0;
    exrun_bytes_free(json);
    return is_whole ? 0 : 1;
}

static int apply(int64_t client, const char *maximum)
{
    char request[512];
    int64_t stream = 0;
    int64_t error = 0;
    int32_t status;
    int outcome;
    snprintf(request, sizeof request,
             "{\"plan\":\"plan.jsonl\",\"maximum\":%lu,\"journal\":\"run.db\",\"undoPlan\":\"undo.jsonl\","
             "\"auditFile\":\"audit.jsonl\",\"outFile\":\"done.csv\"}",
             strtoul(maximum, NULL, 10));
    status = exrun_plan_apply(client, bytes(request), (int64_t)strlen(request), &stream, &error);
    if (status < 0)
        return failed(status, error);
    outcome = finish(stream);
    return outcome != 0 ? outcome : verify();
}

int main(int argc, char **argv)
{
    char options[2048];
    int64_t client = 0;
    int64_t error = 0;
    int32_t status;
    int outcome;
    int is_plan = argc == 6 && strcmp(argv[4], "plan") == 0;

    if (!is_plan && !(argc == 6 && strcmp(argv[4], "apply") == 0)) {
        fprintf(stderr, "usage: purge TENANT APP PFX plan SENDER\n       purge TENANT APP PFX apply MAXIMUM\n");
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        if (!is_plain(argv[i]) || strlen(argv[i]) > 500) {
            fprintf(stderr, "error: this example takes no quotes, backslashes or control characters, and 500 letters\n");
            return 1;
        }
    }
    snprintf(options, sizeof options,
             "{\"tenantId\":\"%s\",\"clientId\":\"%s\",\"credential\":{\"certificateFile\":\"%s\"}}", argv[1], argv[2],
             argv[3]);
    status = exrun_client_new(bytes(options), (int64_t)strlen(options), &client, &error);
    if (status < 0)
        return failed(status, error);
    outcome = is_plan ? plan(client, argv[5]) : apply(client, argv[5]);
    exrun_client_free(client);
    return outcome;
}
