/* Answers to signature requests that are not there, and arguments that are wrong. */
#include "check.h"

int main(void) {
    int64_t client = new_client("{}"), len = -1, error = 0;
    uint8_t *data = (uint8_t *)1;
    STATUS(EXRUN_PENDING, exrun_signature_request(client, &data, &len, &error));
    CHECK(data == NULL && len == 0 && error == 0);
    STATUS(EXRUN_OK, exrun_signature_provide(client, 3, TEXT("late"), &error));
    STATUS(EXRUN_OK, exrun_signature_decline(client, -3, &error));
    STATUS(EXRUN_ERROR_INVALID_LENGTH, exrun_signature_provide(client, 3, NULL, 0, &error));
    CHECK(error_holds(error, "the signature is empty"));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_signature_provide(client, 3, NULL, 256, NULL));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_signature_request(client, NULL, NULL, NULL));
    STATUS(EXRUN_OK, exrun_client_free(client));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_signature_request(client, &data, &len, NULL));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_signature_provide(client, 3, TEXT("x"), NULL));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_signature_decline(client, 3, NULL));
    check_nothing_open();
    return 0;
}
