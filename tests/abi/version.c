/* The library says what it is, and what it holds. */
#include "check.h"

int main(void) {
    uint8_t *data = (uint8_t *)1;
    int64_t len = -1, error = -1, secret = 0;

    CHECK(exrun_abi_version() == EXRUN_ABI_VERSION);

    STATUS(EXRUN_OK, exrun_version(&data, &len, &error));
    CHECK(len > 0 && error == 0);
    CHECK(bytes_hold(data, len, "."));

    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_version(NULL, &len, &error));
    CHECK(len == 0);
    CHECK(error_holds(error, "the output data is null"));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_version(&data, NULL, NULL));
    CHECK(data == NULL);

    STATUS(EXRUN_OK, exrun_secret_new(TEXT("x"), &secret, NULL));
    STATUS(EXRUN_OK, exrun_open_handles(&data, &len, NULL));
    CHECK(bytes_hold(data, len, "{\"secret\":1,\"error\":0,"));
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    check_nothing_open();
    return 0;
}
