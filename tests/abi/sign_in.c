/* A token is acquired, and what an earlier process kept of tokens is forgotten. */
#include "tenant.h"

int main(void) {
    int64_t client = new_app_client(), operation = 0, error = 0, secret;
    STARTED(exrun_token_acquire(client, TEXT("{\"cachedOnly\":true}"), &operation, &error), operation, error);
    CHECK(result_holds(operation, "null"));
    STARTED(exrun_token_acquire(client, NULL, 0, &operation, &error), operation, error);
    secret = number_of(operation, "\"accessTokenSecret\":");
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    STARTED(exrun_token_acquire(client, TEXT("{\"plainToken\":true}"), &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"access_token\":\"eyJ"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_token_acquire(client, TEXT("{\"cachedOnly\":true,\"forceRefresh\":true}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "cachedOnly and forceRefresh exclude each other"));
    STATUS(EXRUN_OK, exrun_client_free(client));

    STARTED(exrun_token_cache_clear(NULL, 0, &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"removed\":false"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_token_cache_clear(TEXT("{\"x\":1}"), &operation, &error));
    CHECK(error_holds(error, "x is unknown; known are format"));
    check_nothing_open();
    return 0;
}
