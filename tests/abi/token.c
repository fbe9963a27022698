/* Tokens are read at once, tolerantly, and what is none is named. */
#include "check.h"

static int32_t decode(const char *token, uint8_t **data, int64_t *len, int64_t *error) {
    char request[64];
    int64_t secret = 0;
    int32_t status;
    STATUS(EXRUN_OK, exrun_secret_new(STRING(token), &secret, NULL));
    snprintf(request, sizeof request, "{\"tokenSecret\":%lld}", (long long)secret);
    status = exrun_token_decode(STRING(request), data, len, error);
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    return status;
}

int main(void) {
    uint8_t *data = NULL;
    int64_t len = 0, error = 0;
    STATUS(EXRUN_OK, decode("  Bearer " TOKEN "\r\n", &data, &len, &error));
    CHECK(bytes_hold(data, len,
                     "{\"headers\":{\"alg\":\"RS256\",\"typ\":\"JWT\"},\"claims\":{\"aud\":\"https://graph.microsoft.com\","
                     "\"exp\":4102444800},\"signature\":\"c2ln\"}"));
    STATUS(EXRUN_ERROR_TOKEN_INVALID, decode("hunter2", &data, &len, &error));
    CHECK(data == NULL && len == 0);
    CHECK(error_holds(error, "opaque token"));
    STATUS(EXRUN_ERROR_TOKEN_INVALID, decode("", &data, &len, NULL));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_token_decode(NULL, 0, &data, &len, &error));
    CHECK(error_holds(error, "tokenSecret is missing"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_token_decode(TEXT("{\"tokenSecret\":\"" TOKEN "\"}"), &data, &len, &error));
    CHECK(!error_holds(error, "eyJ"));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_token_decode(TEXT("{}"), NULL, &len, NULL));
    check_nothing_open();
    return 0;
}
