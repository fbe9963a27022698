/* One mailbox and many: read, written, asked anything, counted. */
#include "tenant.h"

static void one_mailbox(int64_t client) {
    int64_t operation = 0, error = 0;
    STARTED(exrun_mailbox_settings_get(client, STRING(with("{\"mailbox\":\"$\",\"part\":\"language\"}", named("MAILBOX"))),
                                       &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"locale\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_settings_get(client, TEXT("{\"mailbox\":\"a\",\"part\":\"x\"}"), &operation, &error));
    CHECK(operation == 0);
    CHECK(error_holds(error, "part must be one of timeZone, "));

    STARTED(exrun_mailbox_settings_update(
                client, STRING(with("{\"mailbox\":\"$\",\"settings\":{\"dateFormat\":\"yyyy-MM-dd\"}}", named("MAILBOX"))),
                &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"Outcome\":"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_settings_update(client, TEXT("{\"mailbox\":\"a\",\"dryrun\":true}"), &operation, &error));
    CHECK(error_holds(error, "the name is dryRun"));

    STARTED(exrun_graph_request(client, STRING(with("{\"method\":\"GET\",\"path\":\"users/$/mailboxSettings\"}", named("MAILBOX"))),
                                &operation, &error), operation, error);
    CHECK(result_holds(operation, "\"dateFormat\":\"yyyy-MM-dd\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_graph_request(client, TEXT("{\"method\":\"GET\"}"), &operation, &error));
    CHECK(error_holds(error, "path is missing"));

    STARTED(exrun_mailboxes_count(client, TEXT("{\"source\":{\"all\":true}}"), &operation, &error), operation, error);
    CHECK(result_holds(operation, "{\"mailboxes\":3,"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_mailboxes_count(client, TEXT("{}"), &operation, &error));
    CHECK(error_holds(error, "source is missing"));
}

static void many_mailboxes(int64_t client) {
    int64_t stream = 0, error = 0;
    STARTED(exrun_mailbox_settings_apply(client, TEXT("{\"settings\":{\"timeFormat\":\"HH:mm\"},\"dryRun\":true}"), &stream,
                                         &error), stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"Outcome\":"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_settings_apply(client, TEXT("{\"settings\":{\"colour\":1}}"), &stream, &error));
    CHECK(stream == 0);
    CHECK(error_holds(error, "colour is unknown"));

    STARTED(exrun_mailbox_items_report(client, TEXT("{\"facet\":\"calendarPermissions\"}"), &stream, &error), stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"Role\":"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_items_report(client, TEXT("{\"facet\":\"calendarPermissions\",\"sum\":true}"), &stream, &error));
    CHECK(error_holds(error, "sum: is not for a report of calendarPermissions"));

    STARTED(exrun_mailbox_items_report(client, TEXT("{\"facet\":\"messages\",\"subject\":\"Message 1\"}"), &stream, &error),
            stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"MessageId\":"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_items_report(client, TEXT("{\"facet\":\"messages\"}"), &stream, &error));
    CHECK(error_holds(error, "nothing says which are sought"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_messages_export(client, TEXT("{\"subject\":\"x\"}"), &stream, &error));
    CHECK(error_holds(error, "outFolder is missing"));

    STATUS(EXRUN_ERROR_INVALID_ARGUMENT, exrun_mailbox_delta(client, TEXT("{\"of\":\"messages\"}"), &stream, &error));
    CHECK(error_holds(error, "since is missing"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_delta(client, TEXT("{\"of\":\"events\",\"since\":\"state.db\"}"), &stream, &error));
    CHECK(error_holds(error, "start: changes of events"));

    STARTED(exrun_mailbox_state_plan(client, TEXT("{\"includeEmpty\":true,\"state\":{\"categories\":{\"mode\":\"absent\",\"items\":[\"Nothing of the kind\"]}}}"),
                                     &stream, &error), stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"InDesiredState\":true"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_state_plan(client, TEXT("{\"state\":{\"categories\":{\"mode\":\"exact\",\"items\":[]}}}"), &stream, &error));
    CHECK(error_holds(error, "exact needs a scope"));

    STARTED(exrun_contact_sync_plan(client, TEXT("{\"folder\":\"Company\",\"contacts\":[{\"Key\":\"E1\",\"First Name\":\"Kim\"}]}"),
                                    &stream, &error), stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"Key\":\"E1\""));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_contact_sync_plan(client, TEXT("{\"folder\":\"Company\",\"contacts\":[]}"), &stream, &error));
    CHECK(error_holds(error, "the list is empty"));
    STARTED(exrun_event_sync_plan(client, TEXT("{\"name\":\"Holidays\",\"events\":[{\"subject\":\"New year\",\"date\":\"2027-01-01\"}]}"),
                                  &stream, &error), stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"Key\":\"Holidays/2027-01-01 New year\""));

    STARTED(exrun_mailbox_requests(client, TEXT("{\"method\":\"GET\",\"path\":\"messages?$top=1\",\"select\":[\"subject\"]}"),
                                   &stream, &error), stream, error);
    push_mailbox(stream);
    CHECK(rows_hold(stream, "\"subject\":"));
    STATUS(EXRUN_ERROR_INVALID_ARGUMENT,
           exrun_mailbox_requests(client, TEXT("{\"method\":\"GET\",\"headers\":{\"a\":1}}"), &stream, &error));
    CHECK(error_holds(error, "headers.a must be a string, not a number"));

    STARTED(exrun_mailbox_settings_report(client, TEXT("{\"source\":{\"all\":true}}"), &stream, &error), stream, error);
    CHECK(rows_hold(stream, named("MAILBOX")));
}

int main(void) {
    int64_t client = new_app_client();
    one_mailbox(client);
    many_mailboxes(client);
    STATUS(EXRUN_OK, exrun_client_free(client));
    check_nothing_open();
    return 0;
}
