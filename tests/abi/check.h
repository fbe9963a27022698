/* What the C tests share. A test is a program that returns 0. */
#ifndef CHECK_H
#define CHECK_H

#include "exrun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                    \
    do {                                                                                    \
        if (!(condition)) {                                                                 \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);         \
            exit(1);                                                                        \
        }                                                                                   \
    } while (0)

/* Checks a status, and on another one prints it with the error behind it. */
#define STATUS(expected, call)                                                              \
    do {                                                                                    \
        int32_t status_ = (call);                                                           \
        if (status_ != (expected)) {                                                        \
            fprintf(stderr, "%s:%d: %d instead of %d: %s\n", __FILE__, __LINE__, (int)status_, \
                    (int)(expected), #call);                                                \
            exit(1);                                                                        \
        }                                                                                   \
    } while (0)

/* A token that no service would accept, and that lives until 2100. */
#define TOKEN                                                                               \
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."                                                 \
    "eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20iLCJleHAiOjQxMDI0NDQ4MDB9.c2ln"

/* A literal as pointer and length. */
#define TEXT(literal) (const uint8_t *)(literal), (int64_t)(sizeof(literal) - 1)
#define STRING(string) (const uint8_t *)(string), (int64_t)strlen(string)

/* Whether given bytes hold a text; gives them back. */
static inline int bytes_hold(uint8_t *data, int64_t len, const char *part) {
    int found = 0;
    int64_t size = (int64_t)strlen(part);
    for (int64_t at = 0; at + size <= len && !found; at++) {
        found = memcmp(data + at, part, (size_t)size) == 0;
    }
    CHECK(data != NULL);
    STATUS(EXRUN_OK, exrun_bytes_free(data));
    return found;
}

/* Whether an error holds a text; frees it. */
static inline int error_holds(int64_t error, const char *part) {
    uint8_t *data = NULL;
    int64_t len = 0;
    STATUS(EXRUN_OK, exrun_error_json(error, &data, &len));
    STATUS(EXRUN_OK, exrun_error_free(error));
    return bytes_hold(data, len, part);
}

/* At the end of every test nothing is alive. */
static inline void check_nothing_open(void) {
    uint8_t *data = NULL;
    int64_t len = 0;
    STATUS(EXRUN_OK, exrun_open_handles(&data, &len, NULL));
    CHECK(bytes_hold(data, len,
                     "{\"secret\":0,\"error\":0,\"client\":0,\"operation\":0,\"stream\":0,\"bytes\":0}"));
}

static inline int64_t new_client(const char *options) {
    int64_t client = 0, error = 0;
    STATUS(EXRUN_OK, exrun_client_new(STRING(options), &client, &error));
    CHECK(client > 0 && error == 0);
    return client;
}

/* A client whose credential is TOKEN. */
static inline int64_t new_token_client(void) {
    int64_t secret = 0, client;
    char options[128];
    STATUS(EXRUN_OK, exrun_secret_new(TEXT(TOKEN), &secret, NULL));
    snprintf(options, sizeof options, "{\"credential\":{\"tokenSecret\":%lld}}", (long long)secret);
    client = new_client(options);
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    return client;
}

/* An operation that is in flight as long as EXRUN_CONNECT_TO names a listener that never answers. */
static inline int64_t new_endless_operation(int64_t client) {
    int64_t operation = 0, error = 0;
    STATUS(EXRUN_OK, exrun_tenant_id_get(client, TEXT("{\"domain\":\"contoso.com\"}"), &operation, &error));
    CHECK(operation > 0 && error == 0);
    return operation;
}

/* A stream with two mailboxes in flight, as above. */
static inline int64_t new_endless_stream(int64_t client) {
    const char lines[] = "\"kim@contoso.com\"\n\"alex@contoso.com\"\n";
    int64_t stream = 0, taken = 0, error = 0;
    STATUS(EXRUN_OK, exrun_mailbox_settings_report(client, NULL, 0, &stream, &error));
    CHECK(stream > 0 && error == 0);
    STATUS(EXRUN_OK, exrun_stream_push(stream, TEXT(lines), &taken, &error));
    CHECK(taken == (int64_t)sizeof lines - 1);
    return stream;
}

#endif
