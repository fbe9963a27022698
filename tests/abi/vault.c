/* A vault: read, listed, and signed with. */
#include "tenant.h"

#define VAULT "\"vault\":\"https://contoso.vault.azure.net\""

static void objects_are_read(int64_t client) {
    int64_t operation = 0, error = 0, secret;
    uint8_t *data = NULL;
    int64_t len = 0;
    STARTED(exrun_vault_secret_get(client, TEXT("{" VAULT ",\"name\":\"app-secret\"}"), &operation, &error), operation, error);
    secret = number_of(operation, "\"valueSecret\":");
    STATUS(EXRUN_OK, exrun_secret_read(secret, &data, &len, NULL));
    CHECK(bytes_hold(data, len, "correct horse"));
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    STARTED(exrun_vault_secret_get(client, TEXT("{" VAULT ",\"name\":\"app-secret\",\"plainValue\":true}"), &operation, &error),
            operation, error);
    CHECK(result_holds(operation, "correct horse"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_vault_secret_get(client, TEXT("{" VAULT "}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "either url, or vault and name"));

    STARTED(exrun_vault_certificate_get(client, TEXT("{" VAULT ",\"name\":\"exrun-app\"}"), &operation, &error), operation,
            error);
    secret = number_of(operation, "\"pfxSecret\":");
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    STARTED(exrun_vault_certificate_get(client, TEXT("{" VAULT ",\"name\":\"exrun-app\",\"privateKey\":false}"), &operation,
                                        &error), operation, error);
    CHECK(result_holds(operation, "\"subject\":\"CN=exrun-app\""));

    STARTED(exrun_vault_key_get(client, TEXT("{" VAULT ",\"name\":\"exrun-hsm\"}"), &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"kty\":"));
}

static void a_key_signs(int64_t client) {
    int64_t operation = 0, error = 0;
    STARTED(exrun_vault_key_sign(client,
                                 TEXT("{" VAULT ",\"name\":\"exrun-hsm\",\"algorithm\":\"RS256\","
                                      "\"digest\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}"),
                                 &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"alg\":\"RS256\",\"signature\":\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_vault_key_sign(client, TEXT("{" VAULT ",\"name\":\"exrun-hsm\",\"digest\":\"AAA=\"}"), &operation, &error));
    CHECK(error_holds(error, "digest must be base64 of the 32 bytes"));
}

static void what_is_there_is_listed(int64_t client) {
    int64_t stream = 0, taken = 0, error = 0;
    STARTED(exrun_vault_list(client, TEXT("{" VAULT "}"), &stream, &error), stream, error);
    STATUS(EXRUN_ERROR_INPUT_FINISHED, exrun_stream_push(stream, TEXT("\"a\"\n"), &taken, NULL));
    CHECK(rows_hold(stream, "/secrets/secret-000059"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_vault_list(client, TEXT("{" VAULT ",\"collection\":\"x\"}"), &stream, &error));
    CHECK(error_holds(error, "collection must be one of secrets, certificates, keys"));
}

int main(void) {
    int64_t client = new_app_client();
    objects_are_read(client);
    a_key_signs(client);
    what_is_there_is_listed(client);
    STATUS(EXRUN_OK, exrun_client_free(client));
    check_nothing_open();
    return 0;
}
