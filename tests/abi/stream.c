/* Many rows: pushed and read without ever waiting long, freed at any time. */
#include "check.h"

#include <pthread.h>

static void what_runs_is_pending(int64_t client) {
    int64_t stream = new_endless_stream(client), taken = -1, len = -1, error = 0;
    int32_t rows = -1;
    uint8_t *data = (uint8_t *)1;
    STATUS(EXRUN_PENDING, exrun_stream_next(stream, 50, 0, &data, &len, &rows, &error));
    CHECK(data == NULL && len == 0 && rows == 0 && error == 0);
    STATUS(EXRUN_PENDING, exrun_stream_next(stream, -1, 1, &data, &len, &rows, &error));

    STATUS(EXRUN_OK, exrun_stream_progress(stream, &data, &len, &error));
    CHECK(bytes_hold(data, len, "\"pushed\":2"));
    STATUS(EXRUN_OK, exrun_stream_events(stream, &data, &len, &error));
    STATUS(EXRUN_OK, exrun_bytes_free(data));

    /* A line without its end is not taken. */
    STATUS(EXRUN_OK, exrun_stream_push(stream, TEXT("\"a\"\n\"b"), &taken, &error));
    CHECK(taken == 4);
    STATUS(EXRUN_OK, exrun_stream_push(stream, NULL, 0, &taken, &error));
    CHECK(taken == 0);

    STATUS(EXRUN_OK, exrun_stream_finish_input(stream, &error));
    STATUS(EXRUN_OK, exrun_stream_finish_input(stream, &error));
    STATUS(EXRUN_ERROR_INPUT_FINISHED, exrun_stream_push(stream, TEXT("\"a\"\n"), &taken, &error));
    CHECK(taken == 0);
    CHECK(error_holds(error, "\"name\":\"InputFinished\""));

    STATUS(EXRUN_OK, exrun_stream_free(stream));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_stream_free(stream));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_stream_push(stream, TEXT("\"a\"\n"), &taken, NULL));
}

static void inputs_are_checked(int64_t client) {
    int64_t stream = -1, taken = 0, len = 0, error = 0;
    int32_t rows = 0;
    uint8_t *data = NULL;
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_settings_report(client, TEXT("{\"format\":\"json\"}"), &stream, &error));
    CHECK(stream == 0);
    CHECK(error_holds(error, "format must be one of jsonl, csv, clixml, block"));
    stream = new_endless_stream(client);
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_stream_next(stream, 0, -1, &data, &len, &rows, &error));
    CHECK(error_holds(error, "max_rows is -1"));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_stream_next(stream, 0, 0, NULL, &len, &rows, NULL));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_stream_next(stream, 0, 0, &data, &len, NULL, &error));
    CHECK(error_holds(error, "the output rows is null"));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_stream_push(stream, NULL, 3, &taken, NULL));
    STATUS(EXRUN_ERROR_INVALID_LENGTH, exrun_stream_push(stream, (const uint8_t *)"\n", -1, &taken, NULL));
    STATUS(EXRUN_OK, exrun_stream_free(stream));
}

static void *read_long(void *stream) {
    int64_t len;
    int32_t rows, status;
    uint8_t *data;
    do {
        status = exrun_stream_next(*(int64_t *)stream, 1000, 0, &data, &len, &rows, NULL);
    } while (status == EXRUN_PENDING);
    CHECK(status == EXRUN_ERROR_CANCELLED || status == EXRUN_ERROR_INVALID_HANDLE);
    return NULL;
}

static void a_free_ends_every_next(int64_t client) {
    int64_t stream = new_endless_stream(client), len;
    int32_t rows;
    uint8_t *data;
    pthread_t threads[4];
    for (int at = 0; at < 4; at++) {
        CHECK(pthread_create(&threads[at], NULL, read_long, &stream) == 0);
    }
    STATUS(EXRUN_PENDING, exrun_stream_next(stream, 100, 0, &data, &len, &rows, NULL));
    STATUS(EXRUN_OK, exrun_stream_free(stream));
    for (int at = 0; at < 4; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
}

static void a_run_without_input_ends(int64_t client) {
    int64_t stream = 0, len = 0, error = 0;
    int32_t rows = -1, status;
    uint8_t *data = NULL;
    STATUS(EXRUN_OK, exrun_mailbox_settings_report(client, NULL, 0, &stream, &error));
    STATUS(EXRUN_OK, exrun_stream_finish_input(stream, &error));
    do {
        status = exrun_stream_next(stream, 1000, 0, &data, &len, &rows, &error);
    } while (status == EXRUN_PENDING);
    STATUS(EXRUN_END, status);
    STATUS(EXRUN_END, exrun_stream_next(stream, 0, 0, &data, &len, &rows, &error));
    CHECK(data == NULL && rows == 0 && error == 0);
    STATUS(EXRUN_OK, exrun_stream_cancel(stream, &error));
    STATUS(EXRUN_OK, exrun_stream_free(stream));
}

static void a_comparison_needs_no_client(void) {
    int64_t stream = -1, taken = 0, len = 0, error = 0;
    int32_t rows = -1, status;
    uint8_t *data = NULL;
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_report_compare(TEXT("{\"old\":\"a.csv\"}"), &stream, &error));
    CHECK(stream == 0);
    STATUS(EXRUN_OK, exrun_error_free(error));
    STATUS(EXRUN_OK, exrun_report_compare(TEXT("{\"old\":\"no such file\",\"new\":\"no such file\"}"), &stream, &error));
    STATUS(EXRUN_ERROR_INPUT_FINISHED, exrun_stream_push(stream, TEXT("\"a\"\n"), &taken, NULL));
    STATUS(EXRUN_OK, exrun_stream_finish_input(stream, &error));
    do {
        status = exrun_stream_next(stream, 1000, 0, &data, &len, &rows, NULL);
    } while (status == EXRUN_PENDING);
    STATUS(EXRUN_ERROR_FILE, status);
    CHECK(data == NULL && len == 0 && rows == 0);
    STATUS(EXRUN_OK, exrun_stream_cancel(stream, &error));
    STATUS(EXRUN_OK, exrun_stream_free(stream));
}

int main(void) {
    int64_t client = new_token_client();
    a_comparison_needs_no_client();
    what_runs_is_pending(client);
    inputs_are_checked(client);
    a_free_ends_every_next(client);
    a_run_without_input_ends(client);
    STATUS(EXRUN_OK, exrun_client_free(client));
    check_nothing_open();
    return 0;
}
