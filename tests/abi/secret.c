/* Secrets go in and come out as bytes, and live by their handle. */
#include "check.h"

static void bytes_of_any_value(void) {
    const uint8_t bytes[] = {0, 255, 10, 0};
    uint8_t *data = NULL;
    int64_t len = 0, secret = 0, error = -1;
    STATUS(EXRUN_OK, exrun_secret_new(bytes, 4, &secret, &error));
    CHECK(secret > 0 && secret < ((int64_t)1 << 53) && error == 0);
    STATUS(EXRUN_OK, exrun_secret_read(secret, &data, &len, &error));
    CHECK(len == 4 && memcmp(data, bytes, 4) == 0);
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    /* What was given stays after its handle has gone. */
    CHECK(data[1] == 255);
    STATUS(EXRUN_OK, exrun_bytes_free(data));
}

static void inputs_are_checked(void) {
    int64_t secret = -1, error = 0;
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_secret_new(NULL, 1, &secret, &error));
    CHECK(secret == 0);
    CHECK(error_holds(error, "\"name\":\"NullPointer\""));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_secret_new(NULL, -1, &secret, NULL));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_secret_new(TEXT("x"), NULL, &error));
    CHECK(error_holds(error, "the output secret is null"));
    STATUS(EXRUN_ERROR_INVALID_LENGTH, exrun_secret_new((const uint8_t *)"x", -1, &secret, &error));
    CHECK(error_holds(error, "the length of data is -1"));
    STATUS(EXRUN_ERROR_INVALID_LENGTH, exrun_secret_new((const uint8_t *)"x", INT64_MAX, &secret, NULL));
    STATUS(EXRUN_ERROR_INVALID_LENGTH, exrun_secret_new((const uint8_t *)"x", 64 * 1024 * 1024 + 1, &secret, NULL));
}

static void handles_go_stale(void) {
    uint8_t *data = (uint8_t *)1;
    int64_t len = -1, secret = 0, error = 0, client = new_client("{}");
    STATUS(EXRUN_OK, exrun_secret_new(TEXT("x"), &secret, NULL));
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_secret_free(secret));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_secret_read(secret, &data, &len, &error));
    CHECK(data == NULL && len == 0);
    CHECK(error_holds(error, "is not a handle of a secret that is alive"));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_secret_free(client));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_secret_read(client, &data, &len, &error));
    CHECK(error_holds(error, "is a handle of a client, not of a secret"));
    STATUS(EXRUN_OK, exrun_client_free(client));
}

int main(void) {
    bytes_of_any_value();
    inputs_are_checked();
    handles_go_stale();
    check_nothing_open();
    return 0;
}
