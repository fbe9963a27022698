/* Certificates: created, looked into, turned into a PFX, signed with, and registered. */
#include "tenant.h"

static void an_application_gets_a_certificate(const char *pfx) {
    int64_t operation = 0, error = 0, secret;
    char request[4200];
    STARTED(exrun_certificate_create(STRING(with("{\"subject\":\"CN=abi\",\"pfxFile\":\"$\"}", pfx)), &operation, &error),
            operation, error);
    CHECK(result_holds(operation, "\"subject\":\"CN=abi\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_certificate_create(TEXT("{\"subject\":\"a\",\"pfxFile\":\"b\",\"keyBits\":2049}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "keyBits is 2049; it must be 2048, 3072 or 4096"));

    STARTED(exrun_certificate_read(STRING(with("{\"certificateFile\":\"$\"}", pfx)), &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"hasPrivateKey\":true"));
    STATUS(EXRUN_ERROR_INVALID_HANDLE, exrun_certificate_read(TEXT("{\"certificateSecret\":17}"), &operation, &error));
    CHECK(error_holds(error, "certificateSecret: 17 is not a handle"));

    STARTED(exrun_certificate_convert(STRING(with("{\"certificateFile\":\"$\"}", pfx)), &operation, &error), operation, error);
    secret = number_of(operation, "\"pfxSecret\":");
    /* As .0, too: a language without integers writes it so. */
    snprintf(request, sizeof request, "{\"certificateSecret\":%lld.0}", (long long)secret);
    STARTED(exrun_certificate_read(STRING(request), &operation, &error), operation, error);
    STATUS(EXRUN_OK, exrun_secret_free(secret));
    CHECK(result_holds(operation, "\"passwordNeeded\":false"));

}

/* What was added may be added again, which changes nothing, and is retired by its thumbprint. */
static void it_is_registered_and_retired(int64_t client, const char *pfx) {
    int64_t operation = 0, error = 0;
    char der[4000], thumbprint[64];
    STARTED(exrun_certificate_read(STRING(with("{\"certificateFile\":\"$\"}", pfx)), &operation, &error), operation, error);
    text_of(operation, "\"value\":\"", der, sizeof der);
    STARTED(exrun_certificate_read(STRING(with("{\"certificateFile\":\"$\"}", pfx)), &operation, &error), operation, error);
    text_of(operation, "\"thumbprint\":\"", thumbprint, sizeof thumbprint);

    STARTED(exrun_certificate_register(client, STRING(with("{\"certificate\":\"$\"}", der)), &operation, &error), operation,
            error);
    CHECK(result_holds(operation, "\"added\":true"));
    STARTED(exrun_certificate_register(client, STRING(with("{\"certificate\":\"$\"}", der)), &operation, &error), operation,
            error);
    CHECK(result_holds(operation, "\"added\":false"));
    STARTED(exrun_certificate_register(client, STRING(with("{\"retire\":[\"$\"]}", thumbprint)), &operation, &error), operation,
            error);
    CHECK(result_holds(operation, with("\"retired\":[\"$\"]", thumbprint)));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_certificate_register(client, TEXT("{\"retire\":\"x\"}"), &operation, &error));
    CHECK(error_holds(error, "retire must be a list"));
}

static void an_assertion_is_signed(const char *pfx) {
    int64_t operation = 0, error = 0, client;
    char options[4400];
    snprintf(options, sizeof options, "{\"tenantId\":\"%s\",\"clientId\":\"%s\",%s}", named("TENANT"), named("APP"),
             with("\"credential\":{\"certificateFile\":\"$\"}", pfx));
    client = new_client(options);
    STARTED(exrun_assertion_create(client, TEXT("{\"algorithm\":\"RS256\"}"), &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"alg\":\"RS256\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_assertion_create(client, TEXT("{\"validForMinutes\":0}"), &operation, &error));
    CHECK(error_holds(error, "validForMinutes is 0; it must be 1 to 1440"));
    STATUS(EXRUN_OK, exrun_client_free(client));
}

int main(void) {
    int64_t client = new_app_client();
    char pfx[1024];
    snprintf(pfx, sizeof pfx, "%s/abi.pfx", named("FOLDER"));
    an_application_gets_a_certificate(pfx);
    it_is_registered_and_retired(client, pfx);
    an_assertion_is_signed(pfx);
    STATUS(EXRUN_OK, exrun_client_free(client));
    check_nothing_open();
    return 0;
}
