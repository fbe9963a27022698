/* Ends in mid-run, with an operation and a stream in flight and threads that wait for them, in the way that
   the argument names. The status must be 7, and nothing printed. */
#include "check.h"

#include <pthread.h>

static void *wait_for_ever(void *operation) {
    while (exrun_operation_wait(*(int64_t *)operation, 1000, NULL) == EXRUN_PENDING) {
    }
    return NULL;
}

int main(int count, char **arguments) {
    static int64_t operation;
    int64_t client = new_token_client(), stream, len;
    int32_t rows;
    uint8_t *data;
    pthread_t thread;
    operation = new_endless_operation(client);
    stream = new_endless_stream(client);
    CHECK(pthread_create(&thread, NULL, wait_for_ever, &operation) == 0);
    STATUS(EXRUN_PENDING, exrun_stream_next(stream, 5, 0, &data, &len, &rows, NULL));

    if (count > 1 && strcmp(arguments[1], "return") == 0) {
        return 7;
    }
    if (count > 1 && strcmp(arguments[1], "exit-after-free") == 0) {
        exrun_stream_free(stream);
        exrun_operation_free(operation);
    }
    exit(7);
}
