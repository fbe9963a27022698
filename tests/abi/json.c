/* A text of JSON is read as the standard has it. */
#include "check.h"

int main(void) {
    uint8_t *data = NULL;
    int64_t len = 0, error = 0;
    STATUS(EXRUN_OK, exrun_json_read(TEXT("{\"text\":\"\\ufeff{\\\"Name\\\":1.50,\\\"name\\\":[null]}\"}"), &data, &len, &error));
    CHECK(bytes_hold(data, len, "{\"Name\":1.5,\"name\":[null]}"));
    STATUS(EXRUN_ERROR_INVALID_JSON, exrun_json_read(TEXT("{\"text\":\"{a:1}\"}"), &data, &len, &error));
    CHECK(data == NULL && len == 0);
    CHECK(error_holds(error, "not JSON"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_json_read(TEXT("{\"text\":\"{\\\"a\\\":{\\\"b\\\":1,\\\"b\\\":2}}\"}"), &data, &len, &error));
    CHECK(error_holds(error, "the member b is there twice"));
    STATUS(EXRUN_ERROR_INVALID_JSON, exrun_json_read(NULL, 0, &data, &len, NULL));
    STATUS(EXRUN_ERROR_NULL_POINTER, exrun_json_read(TEXT("{}"), NULL, &len, NULL));
    check_nothing_open();
    return 0;
}
