"""Prints the members of what the library answers with, and their types, as facts a line: `reply NAME.member: type`.

Each function that gives JSON is called for a tenant that the caller has started. What is the service's own (settings, a
vault's members, a token endpoint's) is none of the library's promises and is not printed.
"""

import json
import os
from pathlib import Path

import exrun_abi as abi

TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list", type(None): "null"}
FOLDER = Path(os.environ["FOLDER"])
MAILBOX = os.environ["MAILBOX"]
VAULT = {"vault": "https://contoso.vault.azure.net"}

#: Types by the members' names.
facts = {}


def request(**members):
    return json.dumps(members).encode()


def note(place, kind):
    """A member that once is null has the type that it has elsewhere."""
    if facts.get(place, "null") == "null":
        facts[place] = kind


def told(name, value, only=None):
    """Notes the members of an object, and of objects within it and in its lists."""
    for member, inner in value.items():
        if only is not None and member not in only:
            continue
        place = f"{name}.{member}"
        if isinstance(inner, dict):
            note(place, "object")
            told(place, inner)
        else:
            note(place, TYPES[type(inner)])
        if isinstance(inner, list):
            for item in filter(lambda item: isinstance(item, dict), inner):
                told(f"{place}[]", item)


def result(function, client, only=None, **members):
    """Runs an operation, and notes what it gives. `only`: the members that are the library's own."""
    inputs = (client,) if client else ()
    operation = abi.value(function, *inputs, request(**members))
    while abi.call("operation_wait", operation, 1000)[0] != abi.OK:
        pass
    given = json.loads(abi.value("operation_take", operation))
    abi.call("operation_free", operation)
    told(f"exrun_{function}", given, only)
    return given


def rows(function, client, lines=None, only=None, place="row", **members):
    """Runs a stream to its end, and notes its rows and its counts."""
    inputs = (client,) if client else ()
    stream = abi.value(function, *inputs, request(**members))
    if lines is not None:
        text = "".join(json.dumps(line) + "\n" for line in lines).encode()
        status, taken = abi.call("stream_push", stream, text)
        assert (status, taken) == (abi.OK, len(text))
        abi.call("stream_finish_input", stream)
    while True:
        status, data, _ = abi.call("stream_next", stream, 1000, 0)
        for line in (data or b"").splitlines():
            told(f"exrun_{function} {place}", json.loads(line), only)
        if status == abi.END:
            break
    progress = json.loads(abi.value("stream_progress", stream))
    # By what happened: names of statuses, and points in time.
    progress["outcomes"] = {}
    progress["rates"] = []
    told(f"exrun_{function} progress", progress)
    abi.call("stream_free", stream)


def main():
    secret = abi.new_secret(os.environ["CLIENT_SECRET"].encode())
    app = {"tenantId": os.environ["TENANT"], "clientId": os.environ["APP"]}
    client = abi.value("client_new", request(**app, credential={"clientSecret": secret}))
    told("exrun_open_handles", abi.open_handles())

    # Errors.
    try:
        result("mailbox_settings_get", client, mailbox="nobody@contoso.com")
        raise AssertionError("nobody has no settings")
    except abi.Failed as failed:
        told("exrun_error_json", failed.error)

    # Sign-in and certificates.
    result("token_acquire", client, only=("accessTokenSecret", "expires_on", "resource", "fromCache"))
    result("tenant_id_get", client, domain="contoso.com")
    pfx = str(FOLDER / "app.pfx")
    result("certificate_create", None, subject="ExRun replies", pfxFile=pfx, keyFile=str(FOLDER / "app.json"))
    read = result("certificate_read", None, certificateFile=pfx)
    result("certificate_convert", None, certificateFile=pfx)
    result("certificate_register", client, certificate=read["keyCredential"]["value"])
    signing = abi.value("client_new", request(**app, credential={"certificateFile": pfx}))
    assertion = result("assertion_create", signing)
    token = abi.new_secret(assertion["assertion"].encode())
    decoded = json.loads(abi.value("token_decode", request(tokenSecret=token)))
    told("exrun_token_decode", {**decoded, "headers": {}, "claims": {}})
    result("token_cache_clear", None)

    # A signature by the caller.
    caller = abi.value("client_new", request(**app, credential={"callerCertificate": read["keyCredential"]["value"]}))
    operation = abi.value("assertion_create", caller, b"")
    while abi.call("operation_wait", operation, 1000)[0] != abi.NEEDS_SIGNATURE:
        pass
    told("exrun_signature_request", json.loads(abi.value("signature_request", caller)))
    abi.call("operation_free", operation)

    # A vault.
    own = ("thumbprint", "thumbprintSha256", "subject", "issuer", "notBefore", "notAfter", "keyType", "keyBits", "exportable")
    result("vault_secret_get", client, **VAULT, name="app-secret", only=("valueSecret",))
    result("vault_certificate_get", client, **VAULT, name="exrun-app", only=(*own, "pfxSecret"))
    result("vault_key_sign", client, **VAULT, name="exrun-hsm", digest="A" * 43 + "=")
    rows("vault_list", client, **VAULT, only=("name", "version"))

    # Mailboxes.
    result("mailboxes_count", client, source={"all": True})
    result("mailbox_settings_update", client, mailbox=MAILBOX, settings={"timeFormat": "HH.mm.ss", "timeZone": "UTC"})
    lines = [MAILBOX, "nobody@contoso.com"]
    rows("mailbox_settings_report", client, lines, columns=["*"], includeError=True)
    rows("mailbox_settings_report", client, lines, outFile=str(FOLDER / "report.csv"), failedFile=str(FOLDER / "failed.csv"))
    rows("mailbox_settings_apply", client, lines, settings={"dateFormat": "yyyy.MM.dd"}, undoFile=str(FOLDER / "undo.jsonl"))
    for line in (FOLDER / "undo.jsonl").read_text("utf-8").splitlines():
        told("undoFile", {**json.loads(line), "@settings": {}})
    columns = ["Name", "Role", "IsExternal", "IsRemovable", "AllowedRoles", "PermissionId", "ItemCount"]
    rows("mailbox_items_report", client, lines, facet="calendarPermissions", columns=columns)
    state = {"categories": {"items": [{"displayName": "Replies", "color": "preset1"}]}}
    rows("mailbox_state_plan", client, lines, state=state)
    rows("contact_sync_plan", client, lines, contacts=[{"key": "1", "displayName": "Kim"}], folder="Replies")
    rows("event_sync_plan", client, lines, events=[{"subject": "New year", "start": "2027-01-01"}], name="Replies")
    rows("mailbox_requests", client, lines, method="GET", path="messages?$top=1", select=["subject"])
    steps = [
        {"name": "find", "path": "mailFolders?$top=1&$select=id"},
        {"name": "read", "path": "mailFolders/{find.value[0].id}?$select=displayName"},
    ]
    rows("mailbox_requests", client, lines, place="row of steps", steps=steps, select=["displayName"])
    folder = str(FOLDER / "answers")
    rows("mailbox_requests", client, lines, place="row of outFolder", method="GET", path="mailboxSettings", outFolder=folder)
    columns = ["Change", "ReadAnew", "Reason", "Folder", "Subject", "From", "FromName", "Received", "InternetMessageId", "HasAttachments", "IsRead", "MessageId", "FolderId", "ItemCount"]
    rows("mailbox_delta", client, lines, of="messages", since=str(FOLDER / "inbox.db"), folder="inbox", columns=columns)
    for shard in ("1/2", "2/2"):
        rows("mailbox_settings_report", client, lines, shard=shard, journal=str(FOLDER / f"{shard[0]}of2.db"))
    journals = [str(FOLDER / f"{number}of2.db") for number in (1, 2)]
    result("journal_merge", None, journals=journals, journal=str(FOLDER / "all.db"))

    # Two reports.
    older, newer = FOLDER / "older.csv", FOLDER / "newer.csv"
    older.write_text("MailboxName,TimeZone\nkim@contoso.com,UTC\n", "utf-8")
    newer.write_text("MailboxName,TimeZone\nkim@contoso.com,GMT Standard Time\n", "utf-8")
    rows("report_compare", None, old=str(older), new=str(newer))

    for place, kind in facts.items():
        print(f"reply {place}: {kind}")


main()
