/* Options are read strictly, and faults named. */
#include "check.h"

static void refused(int32_t status, const char *options, const char *part) {
    int64_t client = -1, error = 0;
    STATUS(status, exrun_client_new(STRING(options), &client, &error));
    CHECK(client == 0);
    CHECK(error_holds(error, part));
}

int main(void) {
    int64_t client = new_client("{}"), secret = 0, error = 0;
    char options[160];
    STATUS(EXRUN_OK, exrun_client_free(client));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_client_free(client));
    STATUS(EXRUN_OK, exrun_client_new(NULL, 0, &client, &error));
    STATUS(EXRUN_OK, exrun_client_free(client));

    refused(EXRUN_ERROR_INVALID_JSON, "{", "not JSON");
    refused(EXRUN_ERROR_INVALID_ARGUMENT, "[]", "a JSON object is needed, not a list");
    refused(EXRUN_ERROR_INVALID_ARGUMENT, "{\"tenantID\":\"x\"}", "tenantID is unknown; the name is tenantId");
    refused(EXRUN_ERROR_INVALID_ARGUMENT, "{\"tenantId\":1}", "tenantId must be a string, not a number");
    refused(EXRUN_ERROR_INVALID_ARGUMENT, "{\"maxTries\":0}", "maxTries is 0; it must be 1 to 100");
    refused(EXRUN_ERROR_INVALID_ARGUMENT, "{\"maxTries\":1,\"maxTries\":2}", "maxTries is there twice");
    refused(EXRUN_ERROR_INVALID_UTF8, "{\"tenantId\":\"\xff\"}", "options is not UTF-8 from byte 13 on");
    refused(EXRUN_ERROR_INVALID_HANDLE, "{\"proxyPasswordSecret\":17}", "proxyPasswordSecret");

    /* The library takes a reference of its own: the secret's handle may go before the client's. */
    STATUS(EXRUN_OK, exrun_secret_new(TEXT("hunter2"), &secret, NULL));
    snprintf(options, sizeof options, "{\"credential\":{\"certificateFile\":\"app.pfx\",\"passwordSecret\":%lld}}",
             (long long)secret);
    client = new_client(options);
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    refused(EXRUN_ERROR_INVALID_HANDLE, options, "credential.passwordSecret");
    STATUS(EXRUN_OK, exrun_client_free(client));

    check_nothing_open();
    return 0;
}
