/* One result: waited for in slices, taken once, cancelled and freed at any time. */
#include "check.h"

#include <pthread.h>

static void what_runs_is_pending(int64_t client) {
    int64_t operation = new_endless_operation(client), len = -1, error = 0;
    uint8_t *data = (uint8_t *)1;
    STATUS(EXRUN_PENDING, exrun_operation_wait(operation, 0, &error));
    STATUS(EXRUN_PENDING, exrun_operation_wait(operation, 50, &error));
    STATUS(EXRUN_PENDING, exrun_operation_wait(operation, -1, &error));
    CHECK(error == 0);
    STATUS(EXRUN_ERROR_NOT_READY, exrun_operation_take(operation, &data, &len, &error));
    CHECK(data == NULL && len == 0);
    CHECK(error_holds(error, "\"name\":\"NotReady\""));
    STATUS(EXRUN_OK, exrun_operation_events(operation, &data, &len, &error));
    STATUS(EXRUN_OK, exrun_bytes_free(data));
    STATUS(EXRUN_OK, exrun_operation_free(operation));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_operation_free(operation));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_operation_wait(operation, 0, NULL));
}

static void what_is_cancelled_ends(int64_t client) {
    int64_t operation = new_endless_operation(client), len = 0, error = 0;
    uint8_t *data = NULL;
    STATUS(EXRUN_OK, exrun_operation_cancel(operation, &error));
    while (exrun_operation_wait(operation, 1000, &error) == EXRUN_PENDING) {
    }
    STATUS(EXRUN_OK, exrun_operation_wait(operation, 0, &error));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_operation_take(operation, NULL, &len, NULL));
    STATUS(EXRUN_ERROR_CANCELLED, exrun_operation_take(operation, &data, &len, &error));
    CHECK(error_holds(error, "\"name\":\"Cancelled\""));
    STATUS(EXRUN_ERROR_ALREADY_TAKEN, exrun_operation_take(operation, &data, &len, NULL));
    STATUS(EXRUN_OK, exrun_operation_wait(operation, 0, NULL));
    STATUS(EXRUN_OK, exrun_operation_cancel(operation, NULL));
    STATUS(EXRUN_OK, exrun_operation_free(operation));
}

static void *wait_long(void *operation) {
    int32_t status;
    do {
        status = exrun_operation_wait(*(int64_t *)operation, 1000, NULL);
    } while (status == EXRUN_PENDING);
    /* The free came during the wait, or between two. */
    CHECK(status == EXRUN_ERROR_CANCELLED || status == EXRUN_ERROR_INVALID_HANDLE);
    return NULL;
}

static void a_free_ends_every_wait(int64_t client) {
    int64_t operation = new_endless_operation(client);
    pthread_t threads[4];
    for (int at = 0; at < 4; at++) {
        CHECK(pthread_create(&threads[at], NULL, wait_long, &operation) == 0);
    }
    STATUS(EXRUN_PENDING, exrun_operation_wait(operation, 100, NULL));
    STATUS(EXRUN_OK, exrun_operation_free(operation));
    for (int at = 0; at < 4; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
}

static void requests_are_checked(int64_t client) {
    int64_t operation = -1, error = 0;
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_tenant_id_get(client, TEXT("{\"domian\":1}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "domian is unknown; known are domain, format"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_tenant_id_get(client, NULL, 0, &operation, &error));
    CHECK(error_holds(error, "domain is missing"));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_tenant_id_get(client, TEXT("{\"domain\":\"a\"}"), NULL, NULL));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_tenant_id_get(0, TEXT("{\"domain\":\"a\"}"), &operation, NULL));
}

int main(void) {
    int64_t client = new_client("{}");
    what_runs_is_pending(client);
    what_is_cancelled_ends(client);
    a_free_ends_every_wait(client);
    requests_are_checked(client);

    /* Work keeps its client. */
    int64_t operation = new_endless_operation(client);
    STATUS(EXRUN_OK, exrun_client_free(client));
    STATUS(EXRUN_PENDING, exrun_operation_wait(operation, 0, NULL));
    STATUS(EXRUN_OK, exrun_operation_free(operation));
    check_nothing_open();
    return 0;
}
