/* What the C tests share that work with a tenant: the emulator's, which the environment names. */
#ifndef TENANT_H
#define TENANT_H

#include "check.h"

static inline const char *named(const char *name) {
    const char *value = getenv(name);
    CHECK(value != NULL);
    return value;
}

/* A text with one $ replaced. Good until the next call. */
static inline const char *with(const char *text, const char *value) {
    static char whole[4096];
    const char *place = strchr(text, '$');
    CHECK(place != NULL);
    CHECK(snprintf(whole, sizeof whole, "%.*s%s%s", (int)(place - text), text, value, place + 1) < (int)sizeof whole);
    return whole;
}

static inline int64_t new_secret(const char *text) {
    int64_t secret = 0;
    STATUS(EXRUN_OK, exrun_secret_new(STRING(text), &secret, NULL));
    return secret;
}

/* A client of the tenant's app, by its secret. */
static inline int64_t new_app_client(void) {
    char options[256];
    int64_t secret = new_secret(named("CLIENT_SECRET")), client;
    snprintf(options, sizeof options, "{\"tenantId\":\"%s\",\"clientId\":\"%s\",\"credential\":{\"clientSecret\":%lld}}",
             named("TENANT"), named("APP"), (long long)secret);
    client = new_client(options);
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    return client;
}

/* Checks what a start gave, and on an error prints it. */
static inline void started(int32_t status, int64_t handle, int64_t error) {
    if (status != EXRUN_OK) {
        uint8_t *data = NULL;
        int64_t len = 0;
        exrun_error_json(error, &data, &len);
        fprintf(stderr, "%d: %.*s\n", (int)status, (int)len, (const char *)data);
        exit(1);
    }
    CHECK(handle > 0 && error == 0);
}

/* The call comes first, then its outputs are looked at. */
#define STARTED(call, handle, error)            \
    do {                                        \
        int32_t started_ = (call);              \
        started(started_, (handle), (error));   \
    } while (0)

/* The text of a result, which is freed with its operation. Give it to free(). */
static inline char *result_of(int64_t operation) {
    uint8_t *data = NULL;
    int64_t len = 0, error = 0;
    char *text;
    while (exrun_operation_wait(operation, 1000, NULL) == EXRUN_PENDING) {
    }
    STARTED(exrun_operation_take(operation, &data, &len, &error), operation, error);
    text = malloc((size_t)len + 1);
    CHECK(text != NULL);
    memcpy(text, data, (size_t)len);
    text[len] = 0;
    STATUS(EXRUN_OK, exrun_bytes_free(data));
    STATUS(EXRUN_OK, exrun_operation_free(operation));
    return text;
}

/* Whether a result holds a text. */
static inline int result_holds(int64_t operation, const char *part) {
    char *text = result_of(operation);
    int found = strstr(text, part) != NULL;
    if (!found) {
        fprintf(stderr, "no %s in %s\n", part, text);
    }
    free(text);
    return found;
}

/* The number behind a name in a result, such as a handle; the rest of the result is let go. */
static inline int64_t number_of(int64_t operation, const char *name) {
    char *text = result_of(operation);
    const char *place = strstr(text, name);
    int64_t number;
    CHECK(place != NULL);
    number = (int64_t)strtoll(place + strlen(name), NULL, 10);
    free(text);
    return number;
}

/* The text behind a name in a result, up to its closing quote; the rest of the result is let go. */
static inline void text_of(int64_t operation, const char *name, char *into, size_t size) {
    char *text = result_of(operation);
    const char *place = strstr(text, name);
    size_t length;
    CHECK(place != NULL);
    place += strlen(name);
    length = strcspn(place, "\"");
    CHECK(length > 0 && length < size);
    memcpy(into, place, length);
    into[length] = 0;
    free(text);
}

/* Reads a stream to its end and frees it; whether a batch of it holds a text. */
static inline int rows_hold(int64_t stream, const char *part) {
    int found = 0;
    for (;;) {
        uint8_t *data = NULL;
        int64_t len = 0, error = 0;
        int32_t rows = 0, status = exrun_stream_next(stream, 1000, 0, &data, &len, &rows, &error);
        if (status == EXRUN_END) {
            break;
        }
        if (status != EXRUN_PENDING) {
            started(status, stream, error);
            found |= bytes_hold(data, len, part);
        }
    }
    STATUS(EXRUN_OK, exrun_stream_free(stream));
    return found;
}

/* Pushes one mailbox, the environment's, and ends the input. */
static inline void push_mailbox(int64_t stream) {
    int64_t taken = 0;
    const char *line = with("\"$\"\n", named("MAILBOX"));
    STATUS(EXRUN_OK, exrun_stream_push(stream, STRING(line), &taken, NULL));
    CHECK(taken == (int64_t)strlen(line));
    STATUS(EXRUN_OK, exrun_stream_finish_input(stream, NULL));
}

#endif
