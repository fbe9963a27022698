/* Changes are written down as a plan, done, audited, and the audit is looked at. */
#include "tenant.h"

/* A request with the folder in each place of a $. Good until the next call. */
static const char *filled(const char *request) {
    static char whole[4096];
    size_t length = 0;
    for (; *request; request++) {
        int added = *request == '$' ? snprintf(whole + length, sizeof whole - length, "%s", named("FOLDER"))
                                    : snprintf(whole + length, sizeof whole - length, "%c", *request);
        length += (size_t)added;
        CHECK(length < sizeof whole);
    }
    return whole;
}

static void planned(int64_t client) {
    int64_t stream = 0, error = 0;
    STARTED(exrun_mailbox_settings_apply(
                client, STRING(filled("{\"settings\":{\"dateFormat\":\"yyyy/MM/dd\"},\"planFile\":\"$/plan.jsonl\"}")), &stream,
                &error), stream, error);
    push_mailbox(stream);
    rows_hold(stream, "");
}

static void done(int64_t client) {
    int64_t stream = 0, error = 0;
    STARTED(exrun_plan_apply(client, STRING(filled("{\"plan\":\"$/plan.jsonl\",\"dryRun\":true}")), &stream, &error), stream,
            error);
    CHECK(rows_hold(stream, "\"Outcome\":"));
    STARTED(exrun_plan_apply(client, STRING(filled("{\"plan\":\"$/plan.jsonl\",\"undoPlan\":\"$/undo.jsonl\","
                                                   "\"auditFile\":\"$/audit.jsonl\"}")),
                             &stream, &error), stream, error);
    CHECK(rows_hold(stream, "\"Outcome\":\"Done\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_plan_apply(client, TEXT("{\"dryRun\":true}"), &stream, &error));
    CHECK(stream == 0);
    CHECK(error_holds(error, "plan is missing"));
}

static void audited(void) {
    int64_t operation = 0, error = 0;
    STARTED(exrun_audit_verify(STRING(filled("{\"auditFile\":\"$/audit.jsonl\"}")), &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"isWhole\":true"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_audit_verify(TEXT("{}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "auditFile is missing"));
}

int main(void) {
    int64_t client = new_app_client();
    planned(client);
    done(client);
    audited();
    STATUS(EXRUN_OK, exrun_client_free(client));
    check_nothing_open();
    return 0;
}
