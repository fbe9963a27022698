/* Journals of shards are made one, and the new one is never put over another. */
#include "tenant.h"

static void one_shard(int64_t client, int shard) {
    int64_t stream = 0, error = 0;
    char request[2048];
    snprintf(request, sizeof request, "{\"source\":{\"all\":true},\"shard\":\"%d/2\",\"journal\":\"%s/%d.db\"}", shard,
             named("FOLDER"), shard);
    STARTED(exrun_mailbox_settings_report(client, STRING(request), &stream, &error), stream, error);
    rows_hold(stream, "");
}

int main(void) {
    int64_t client = new_app_client(), operation = 0, len = 0, error = 0;
    uint8_t *data = NULL;
    char request[4096];
    const char *folder = named("FOLDER");
    one_shard(client, 1);
    one_shard(client, 2);
    snprintf(request, sizeof request, "{\"journals\":[\"%s/1.db\",\"%s/2.db\"],\"journal\":\"%s/all.db\"}", folder, folder,
             folder);
    STARTED(exrun_journal_merge(STRING(request), &operation, &error), operation, error);
    CHECK(result_holds(operation, "{\"rows\":3,\"failed\":0,"));
    STARTED(exrun_journal_merge(STRING(request), &operation, &error), operation, error);
    while (exrun_operation_wait(operation, 1000, NULL) == EXRUN_PENDING) {
    }
    STATUS(EXRUN_ERROR_FILE_EXISTS, exrun_operation_take(operation, &data, &len, NULL));
    STATUS(EXRUN_OK, exrun_operation_free(operation));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_journal_merge(TEXT("{\"journal\":\"x\"}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "journals must name at least one"));
    STATUS(EXRUN_OK, exrun_client_free(client));
    check_nothing_open();
    return 0;
}
