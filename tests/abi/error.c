/* Errors tell everything, any number of times, until they are freed. */
#include "check.h"

int main(void) {
    static const char *const members[] = {
        "\"status\":-40",     "\"name\":\"InvalidHandle\"", "\"message\":\"",       "\"action\":null",
        "\"target\":null",    "\"httpStatus\":null",        "\"serviceCode\":null", "\"serviceMessage\":null",
        "\"requestId\":null", "\"clientRequestId\":null",   "\"retryAfterMs\":null", "\"retryable\":false",
        "\"hint\":null",
    };
    uint8_t *data = NULL;
    int64_t len = 0, error = 0, client = -1;

    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_operation_wait(17, 0, &error));
    for (size_t at = 0; at < sizeof members / sizeof *members; at++) {
        STATUS(EXRUN_OK, exrun_error_json(error, &data, &len));
        CHECK(bytes_hold(data, len, members[at]));
    }
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_error_json(error, NULL, &len));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_error_json(error, &data, NULL));
    STATUS(EXRUN_OK, exrun_error_free(error));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_error_free(error));
    data = (uint8_t *)1;
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_error_json(error, &data, &len));
    CHECK(data == NULL && len == 0);
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_error_json(0, &data, &len));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_error_free(0));

    /* Without a place for it no error is made. */
    STATUS(EXRUN_ERROR_INVALID_JSON, exrun_client_new(TEXT("{"), &client, NULL));
    CHECK(client == 0);
    check_nothing_open();
    return 0;
}
