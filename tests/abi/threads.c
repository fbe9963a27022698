/* Many threads make, use and free the same objects: whatever a call returns, nothing breaks. */
#include "check.h"

#include <pthread.h>

enum { THREADS = 8, ROUNDS = 300 };

static int64_t shared_secret, shared_operation, shared_error, client;

/* A handle that others store over at any time. */
static int64_t get(int64_t *shared) {
    return __atomic_load_n(shared, __ATOMIC_RELAXED);
}

static void set(int64_t *shared, int64_t handle) {
    __atomic_store_n(shared, handle, __ATOMIC_RELAXED);
}

static void *storm(void *unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *data = NULL;
        int64_t len = 0, error = 0, secret = 0;
        int32_t status = exrun_secret_read(get(&shared_secret), &data, &len, &error);
        CHECK(status == EXRUN_OK || status == EXRUN_ERROR_INVALID_HANDLE);
        exrun_bytes_free(data);
        if (error != 0) {
            set(&shared_error, error);
        }
        exrun_secret_free(get(&shared_secret));
        STATUS(EXRUN_OK, exrun_secret_new(TEXT("shared"), &secret, NULL));
        set(&shared_secret, secret);

        data = NULL;
        status = exrun_error_json(get(&shared_error), &data, &len);
        CHECK(status == EXRUN_OK || status == EXRUN_ERROR_INVALID_HANDLE);
        exrun_bytes_free(data);
        exrun_error_free(get(&shared_error));

        status = exrun_operation_wait(get(&shared_operation), 1, NULL);
        CHECK(status == EXRUN_PENDING || status == EXRUN_ERROR_CANCELLED || status == EXRUN_ERROR_INVALID_HANDLE);
        exrun_operation_free(get(&shared_operation));
        set(&shared_operation, new_endless_operation(client));
    }
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    client = new_client("{}");
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_create(&threads[at], NULL, storm, NULL) == 0);
    }
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
    STATUS(EXRUN_OK, exrun_client_free(client));
    /* Handles that two threads stored over each other are still alive: no check of what is open here. */
    return 0;
}
