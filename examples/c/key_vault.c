/*
 * Lists the secrets of a Key Vault and reads one, through the C ABI.
 *
 *   cc -std=c99 -I include examples/c/key_vault.c -L <where libexrun is> -lexrun -o key_vault
 *   CLIENT_SECRET=... ./key_vault contoso.com <appId> https://contoso.vault.azure.net app-secret
 *
 * Prints the objects of the list as the vault gives them, a line of JSON each, then the value of the secret.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exrun.h"

/* Says what went wrong: one JSON object with message, hint and what the service said. */
static int failed(int32_t status, int64_t error)
{
    uint8_t *data = NULL;
    int64_t len = 0;
    if (exrun_error_json(error, &data, &len) != EXRUN_OK) {
        fprintf(stderr, "error: status %" PRId32 "\n", status);
        return 1;
    }
    fprintf(stderr, "%.*s\n", (int)len, (const char *)data);
    exrun_bytes_free(data);
    exrun_error_free(error);
    return 1;
}

/* The app with its secret. A secret never stands in the JSON: the JSON names its handle. */
static int make_client(const char *tenant, const char *app, const char *app_secret, int64_t *client)
{
    char options[512];
    int64_t secret = 0;
    int64_t error = 0;
    int32_t status = exrun_secret_new((const uint8_t *)app_secret, (int64_t)strlen(app_secret), &secret, &error);
    if (status < 0)
        return failed(status, error);
    int len = snprintf(options, sizeof options,
                       "{\"tenantId\":\"%s\",\"clientId\":\"%s\",\"credential\":{\"clientSecret\":%" PRId64 "}}", tenant,
                       app, secret);
    status = exrun_client_new((const uint8_t *)options, len, client, &error);
    exrun_secret_free(secret);
    return status < 0 ? failed(status, error) : 0;
}

/* Every object of the list, over all of its pages. */
static int list(int64_t client, const char *vault)
{
    char request[512];
    int64_t stream = 0;
    int64_t error = 0;
    int outcome = 0;
    int len = snprintf(request, sizeof request, "{\"vault\":\"%s\",\"collection\":\"secrets\"}", vault);
    int32_t status = exrun_vault_list(client, (const uint8_t *)request, len, &stream, &error);
    if (status < 0)
        return failed(status, error);
    for (;;) {
        uint8_t *data = NULL;
        int64_t size = 0;
        int32_t rows = 0;
        status = exrun_stream_next(stream, 250, 0, &data, &size, &rows, &error);
        if (status < 0)
            outcome = failed(status, error);
        if (status < 0 || status == EXRUN_END)
            break;
        if (status == EXRUN_OK) {
            fwrite(data, 1, (size_t)size, stdout);
            exrun_bytes_free(data);
        }
    }
    exrun_stream_free(stream);
    return outcome;
}

/* The handle in `"valueSecret":17`. A program of yours has a JSON parser; this has not. */
static int64_t value_secret(const char *json)
{
    const char *member = strstr(json, "\"valueSecret\":");
    return member == NULL ? 0 : (int64_t)strtoll(member + strlen("\"valueSecret\":"), NULL, 10);
}

/* The value of a secret: it comes as a handle, and its bytes are wiped when they are given back. */
static int read_secret(int64_t client, const char *vault, const char *name)
{
    char request[512];
    int64_t operation = 0;
    int64_t error = 0;
    uint8_t *data = NULL;
    int64_t size = 0;
    int len = snprintf(request, sizeof request, "{\"vault\":\"%s\",\"name\":\"%s\"}", vault, name);
    int32_t status = exrun_vault_secret_get(client, (const uint8_t *)request, len, &operation, &error);
    if (status < 0)
        return failed(status, error);
    do
        status = exrun_operation_wait(operation, 250, &error);
    while (status == EXRUN_PENDING);
    if (status == EXRUN_OK)
        status = exrun_operation_take(operation, &data, &size, &error);
    exrun_operation_free(operation);
    if (status < 0)
        return failed(status, error);

    char *json = malloc((size_t)size + 1);
    if (json == NULL) {
        fprintf(stderr, "error: out of memory\n");
        exit(1);
    }
    memcpy(json, data, (size_t)size);
    json[size] = '\0';
    exrun_bytes_free(data);
    int64_t secret = value_secret(json);
    free(json);
    status = exrun_secret_read(secret, &data, &size, &error);
    exrun_secret_free(secret);
    if (status < 0)
        return failed(status, error);
    fwrite(data, 1, (size_t)size, stdout);
    putchar('\n');
    exrun_bytes_free(data);
    return 0;
}

int main(int argc, char **argv)
{
    const char *app_secret = getenv("CLIENT_SECRET");
    int64_t client = 0;
    if (argc != 5 || app_secret == NULL) {
        fprintf(stderr, "usage: CLIENT_SECRET=... key_vault TENANT APP VAULT SECRET\n");
        return 1;
    }
    /* Before anything else: does the library that was loaded speak this header's version? */
    if (exrun_abi_version() != EXRUN_ABI_VERSION) {
        fprintf(stderr, "error: the library speaks version %" PRId32 " of the ABI\n", exrun_abi_version());
        return 1;
    }
    int outcome = make_client(argv[1], argv[2], app_secret, &client);
    if (outcome == 0)
        outcome = list(client, argv[3]);
    if (outcome == 0)
        outcome = read_secret(client, argv[3], argv[4]);
    /* A handle of 0 is never valid, and freeing it says so without harm. */
    exrun_client_free(client);
    return outcome;
}
