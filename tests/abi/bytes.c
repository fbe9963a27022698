/* Bytes go back once, and only those that the library gave. */
#include "check.h"

int main(void) {
    uint8_t own[16] = {0};
    uint8_t *heap = malloc(16), *data = NULL;
    int64_t len = 0, secret = 0;

    STATUS(EXRUN_OK, exrun_bytes_free(NULL));
    STATUS(EXRUN_ERROR_FOREIGN_BYTES, exrun_bytes_free(own));
    STATUS(EXRUN_ERROR_FOREIGN_BYTES, exrun_bytes_free(heap));
    STATUS(EXRUN_ERROR_FOREIGN_BYTES, exrun_bytes_free((uint8_t *)1));
    free(heap);

    STATUS(EXRUN_OK, exrun_version(&data, &len, NULL));
    STATUS(EXRUN_ERROR_FOREIGN_BYTES, exrun_bytes_free(data + 1));
    STATUS(EXRUN_OK, exrun_bytes_free(data));
    STATUS(EXRUN_ERROR_FOREIGN_BYTES, exrun_bytes_free(data));

    /* Empty bytes are bytes too: never null, freed once. */
    STATUS(EXRUN_OK, exrun_secret_new(NULL, 0, &secret, NULL));
    STATUS(EXRUN_OK, exrun_secret_read(secret, &data, &len, NULL));
    CHECK(data != NULL && len == 0);
    STATUS(EXRUN_OK, exrun_bytes_free(data));
    STATUS(EXRUN_ERROR_FOREIGN_BYTES, exrun_bytes_free(data));
    STATUS(EXRUN_OK, exrun_secret_free(secret));

    check_nothing_open();
    return 0;
}
