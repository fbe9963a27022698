"""Runs: rows as dicts and objects, failures beside them, journals, and what is refused before anything is sent."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import threading
import unittest
from collections.abc import Iterator

from support import BROKEN, MAILBOXES, Case, asked, client, control, hold_replies

import exrun


@dataclasses.dataclass
class WorkingDay:
    mailbox_name: str
    working_hours_start: str | None
    working_hours_end: str | None
    error: exrun.ExRunError | None


class Reports(Case):
    def test_a_row_for_each_mailbox_in_the_order_of_the_input(self) -> None:
        with client() as app:
            rows = list(app.mailbox_settings_report(MAILBOXES))
        self.assertEqual([row["MailboxName"] for row in rows], MAILBOXES)
        failed = [row["MailboxName"] for row in rows if row.error is not None]
        self.assertEqual(failed, BROKEN)
        for row in rows:
            if row.error is None:
                self.assertIs(row.raise_for_error(), row)
                self.assertTrue(row["TimeZone"])
            else:
                self.assertNotIn("error", row)
                self.assertIsNone(row["TimeZone"])
                self.assertRaises(exrun.ServiceError, row.raise_for_error)

    def test_rows_become_objects_whose_fields_are_the_columns(self) -> None:
        with client() as app:
            rows = list(app.mailbox_settings_report(MAILBOXES[:50], into=WorkingDay))
            usual = list(app.mailbox_settings_report(MAILBOXES[:50], into=exrun.MailboxSettings))
        self.assertEqual([row.mailbox_name for row in rows], MAILBOXES[:50])
        self.assertEqual([row.mailbox_name for row in usual], MAILBOXES[:50])
        for row, other in zip(rows, usual):
            self.assertEqual(row.error is None, row.working_hours_start is not None)
            self.assertEqual(type(row.error), type(other.error))
            self.assertEqual(other.error is None, other.time_zone is not None)

    def test_parts_of_mailboxes_are_rows_of_their_items(self) -> None:
        working = [mailbox for mailbox in MAILBOXES[:60] if mailbox not in BROKEN]
        with client() as app:
            rules = list(app.mailbox_items_report(MAILBOXES[:60], facet="inboxRules", include_empty=True))
            sums = list(app.mailbox_items_report(working, facet="mailFolders", sum=True))
        read = {row["MailboxName"] for row in rules if row.error is None}
        self.assertEqual(read, set(working))
        for row in rules:
            if row.error is None and row["ItemCount"]:
                self.assertEqual(row["Item"]["id"], row["RuleId"])
        self.assertTrue(any(row["IsExternal"] for row in rules if row.error is None))
        self.assertEqual([row["MailboxName"] for row in sums], working)

    def test_a_class_that_hides_failures_is_refused(self) -> None:
        @dataclasses.dataclass
        class Blind:
            mailbox_name: str

        with client() as app:
            with self.assertRaisesRegex(TypeError, "Blind needs a field error"):
                app.mailbox_settings_report(MAILBOXES, into=Blind)
            with self.assertRaisesRegex(TypeError, "must be a dataclass"):
                app.mailbox_settings_report(MAILBOXES, into=dict)
        self.assertEqual(asked(), {})

    def test_mailboxes_come_from_a_slow_generator_or_the_tenant(self) -> None:
        def some() -> Iterator[str | dict[str, str]]:
            yield MAILBOXES[0]
            yield {"Email address": MAILBOXES[1]}

        with client() as app:
            rows = list(app.mailbox_settings_report(some()))
            self.assertEqual([row["MailboxName"] for row in rows], MAILBOXES[:2])
            run = app.mailbox_settings_report(source={"all": True, "top": 20})
            self.assertEqual(len(list(run)), 20)
            self.assertEqual(run.progress["listed"], 20)
            self.assertEqual(app.mailboxes_count(source={"all": True})["mailboxes"], len(MAILBOXES))

    def test_what_names_no_mailboxes_is_refused(self) -> None:
        with client() as app:
            with self.assertRaisesRegex(TypeError, "for one mailbox write"):
                app.mailbox_settings_report(MAILBOXES[0])
            with self.assertRaisesRegex(TypeError, "give the mailboxes, or a source"):
                app.mailbox_settings_report()
            with self.assertRaisesRegex(exrun.RequestError, "member retryFaild is unknown"):
                app.mailbox_settings_report(MAILBOXES, retry_faild=True)  # type: ignore[call-overload]
            with self.assertRaisesRegex(TypeError, "not int"):
                list(app.mailbox_settings_report([7]))  # type: ignore[list-item]
        self.assertEqual(asked(), {})

    def test_an_exception_of_the_input_ends_the_run(self) -> None:
        def broken() -> Iterator[str]:
            yield from MAILBOXES[:3]
            raise LookupError("the list is gone")

        with client() as app, self.assertRaisesRegex(LookupError, "the list is gone"):
            list(app.mailbox_settings_report(broken()))

    def test_a_run_that_is_closed_gives_no_more_rows(self) -> None:
        with client() as app:
            with app.mailbox_settings_report(MAILBOXES) as run:
                next(run)
            self.assertEqual(list(run), [])
            self.assertTrue(run.progress["ended"])

    def test_cancel_from_another_thread_ends_the_waiting(self) -> None:
        hold_replies()
        with client() as app:
            run = app.mailbox_settings_report(MAILBOXES)
            threading.Timer(0.1, run.cancel).start()
            with self.assertRaises(exrun.CancelledError):
                next(run)

    def test_threads_share_the_rows_of_a_run(self) -> None:
        found: list[str] = []
        with client() as app:
            run = app.mailbox_settings_report(MAILBOXES)
            threads = [
                threading.Thread(target=lambda: found.extend(row["MailboxName"] for row in run)) for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(sorted(found), sorted(MAILBOXES))

    def test_a_journal_goes_on_where_a_loop_was_left(self) -> None:
        journal = self.folder / "run.db"
        with client() as app:
            with app.mailbox_settings_report(MAILBOXES, journal=journal) as run:
                first = [row["MailboxName"] for _, row in zip(range(10), run)]
            self.assertEqual(first, MAILBOXES[:10])
            run = app.mailbox_settings_report(MAILBOXES, journal=journal)
            self.assertEqual([row["MailboxName"] for row in run], MAILBOXES)
            self.assertGreaterEqual(run.progress["recalled"], 10)

    def test_shards_merge_and_reports_compare(self) -> None:
        journals = [self.folder / f"{number}.db" for number in (1, 2)]
        with client() as app:
            for number, journal in enumerate(journals, 1):
                list(app.mailbox_settings_report(MAILBOXES, shard=f"{number}/2", journal=journal))
            merged = exrun.journal_merge(journals=[str(journal) for journal in journals], journal=self.folder / "all.db")
            self.assertEqual(merged["rows"], len(MAILBOXES))
            old, new = self.folder / "old.csv", self.folder / "new.csv"
            list(app.mailbox_settings_report(MAILBOXES[:3], out_file=old))
            list(app.mailbox_settings_report(MAILBOXES[1:3], out_file=new))
        differences = list(exrun.report_compare(old=old, new=new, into=exrun.ReportDifference))
        self.assertEqual([(row.mailbox_name, row.change) for row in differences], [(MAILBOXES[0], "Removed")])


class Writes(Case):
    def test_settings_are_written_and_rows_say_what_changed(self) -> None:
        wanted = {"timeZone": "Tokyo Standard Time"}
        with client() as app:
            report = app.mailbox_settings_report(MAILBOXES[:60])
            others = [row for row in report if row.error is None and row["TimeZone"] != wanted["timeZone"]]
            mailboxes = [row["MailboxName"] for row in others][:5]
            would = list(app.mailbox_settings_apply(mailboxes, settings=wanted, dry_run=True, into=exrun.SettingsChange))
            self.assertEqual({row.outcome for row in would}, {"WouldChange"})
            self.assertEqual(control("GET", "writes"), [])
            undo = self.folder / "undo.jsonl"
            rows = list(app.mailbox_settings_apply(mailboxes, settings=wanted, undo_file=undo, into=exrun.SettingsChange))
            self.assertEqual([row.mailbox_name for row in rows], mailboxes)
            self.assertEqual({row.outcome for row in rows}, {"Changed"})
            self.assertEqual((rows[0].changes or [])[0]["To"], "Tokyo Standard Time")
            self.assertEqual(app.mailbox_settings_get(mailbox=mailboxes[0], part="timeZone")["value"], "Tokyo Standard Time")
            again = app.mailbox_settings_update(mailbox=mailboxes[0], settings=wanted, if_different=True)
            self.assertEqual(again["Outcome"], "Unchanged")

    def test_a_plan_is_made_done_audited_and_taken_back(self) -> None:
        wanted = {"timeZone": "Tokyo Standard Time"}
        plan, undo, audit = (self.folder / name for name in ("plan.jsonl", "undo.jsonl", "audit.jsonl"))
        with client() as app:
            report = app.mailbox_settings_report(MAILBOXES[:60])
            before = {row["MailboxName"]: row["TimeZone"] for row in report if row.error is None}
            mailboxes = [name for name, zone in before.items() if zone != wanted["timeZone"]][:5]
            list(app.mailbox_settings_apply(mailboxes, settings=wanted, plan_file=plan))
            would = list(app.plan_apply(plan=plan, dry_run=True))
            self.assertEqual([row["Outcome"] for row in would], ["WouldDo"] * 5)
            self.assertEqual(control("GET", "writes"), [])
            rows = list(app.plan_apply(plan=plan, undo_plan=undo, audit_file=audit, into=exrun.PlanChange))
            done = sorted((row.mailbox_name or "", row.outcome) for row in rows)
            self.assertEqual(done, sorted((name, "Done") for name in mailboxes))
            self.assertEqual((rows[0].facet, rows[0].change, rows[0].line), ("settings", "Change", 2))
            audited = exrun.audit_verify(audit_file=audit)
            self.assertEqual((audited["isWhole"], audited["outcomes"]), (True, {"Done": 5}))
            self.assertTrue(exrun.audit_verify(audit_file=audit, head=audited["head"])["isWhole"])
            self.assertEqual({row["Outcome"] for row in app.plan_apply(plan=undo)}, {"Done"})
            after = app.mailbox_settings_report(mailboxes)
            self.assertEqual({row["MailboxName"]: row["TimeZone"] for row in after}, {name: before[name] for name in mailboxes})
        lines = audit.read_text("utf-8").splitlines(keepends=True)
        audit.write_text("".join(lines[:3] + lines[4:]), "utf-8")
        audited = exrun.audit_verify(audit_file=audit)
        self.assertEqual((audited["isWhole"], audited["fault"], audited["line"]), (False, "Removed", 4))

    def test_messages_are_found_saved_and_deleted_by_a_plan(self) -> None:
        mailboxes = [name for name in MAILBOXES[:20] if name not in BROKEN][:4]
        message = {"subject": "Urgent: invoice", "from": {"emailAddress": {"address": "eve@evil.example"}}}
        numbers = [MAILBOXES.index(name) for name in mailboxes[:2]]
        control("POST", "plant", {"mailboxes": numbers, "message": message, "attachments": [{"name": "a.txt", "contentBytes": "YQ=="}]})
        plan, audit, evidence = (self.folder / name for name in ("plan.jsonl", "audit.jsonl", "evidence"))
        with client() as app:
            found = list(app.mailbox_items_report(mailboxes, facet="messages", sender="eve@evil.example", plan_file=plan, action="hardDelete"))
            self.assertEqual([row["MailboxName"] for row in found], mailboxes[:2])
            saved = list(app.messages_export(found, out_folder=evidence, attachments=True))
            self.assertEqual([(row["Outcome"], row["Attachments"]) for row in saved], [("Saved", 1)] * 2)
            for row in saved:
                content = (evidence / row["File"]).read_bytes()
                self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (row["Bytes"], row["Sha256"]))
            self.assertRaises(exrun.RequestError, lambda: list(app.plan_apply(plan=plan)))
            done = list(app.plan_apply(plan=plan, maximum=2, audit_file=audit))
            self.assertEqual([row["Outcome"] for row in done], ["Done"] * 2)
            again = app.mailbox_items_report(mailboxes, facet="messages", sender="eve@evil.example", include_empty=True)
            self.assertEqual([row["ItemCount"] for row in again], [0] * 4)
        self.assertTrue(exrun.audit_verify(audit_file=audit)["isWhole"])

    def test_steps_take_values_of_the_steps_before_them(self) -> None:
        mailboxes = [name for name in MAILBOXES[:20] if name not in BROKEN][:3]
        steps: list[exrun.requests.RequestStep] = [
            {"name": "find", "path": "mailFolders?$filter=displayName eq 'Kept by Python'&$select=id"},
            {
                "name": "make",
                "method": "POST",
                "path": "mailFolders",
                "body": {"displayName": "Kept by Python"},
                "unless": "{find.value[0].id}",
                "verify": {"path": "mailFolders?$filter=displayName eq 'Kept by Python'", "done": "found"},
            },
            {"name": "read", "path": "mailFolders/{make.id|find.value[0].id}", "headers": {"Prefer": "x"}},
            {"name": "none", "method": "DELETE", "path": "mailFolders/{each.id}", "for_each": "{find.value}"},
        ]
        with client() as app:
            rows = list(app.mailbox_requests(mailboxes, steps=steps[:3], select=["displayName"]))
            told = [(row["Step"], row["Outcome"], row["displayName"]) for row in rows]
            self.assertEqual(told, [("find", "Done", None), ("make", "Done", "Kept by Python"), ("read", "Done", "Kept by Python")] * 3)
            again = [row["Outcome"] for row in app.mailbox_requests(mailboxes[:1], steps=steps)]
            self.assertEqual(again, ["Done", "Skipped", "Done", "Done"])
            self.assertEqual([row["Items"] for row in app.mailbox_requests(mailboxes[:1], steps=steps[:1])], [0])
            with self.assertRaisesRegex(exrun.ExRunError, "not with steps"):
                list(app.mailbox_requests(mailboxes, steps=steps, path="messages"))

    def test_answers_that_are_no_rows_are_files(self) -> None:
        mailbox = next(name for name in MAILBOXES if name not in BROKEN)
        photo = {"MailboxName": mailbox, "@path": "photo/$value", "@body": {"@base64": "/9j/"}}
        with client() as app:
            list(app.mailbox_requests([photo], method="PUT", headers={"Content-Type": "image/jpeg"}))
            (row,) = app.mailbox_requests([mailbox], method="GET", path="photo/$value", out_folder=self.folder / "photos")
            self.assertEqual((self.folder / "photos" / row["File"]).read_bytes(), b"\xff\xd8\xff")
            self.assertEqual((row["Bytes"], row["ContentType"]), (3, "image/jpeg"))
            (refused,) = app.mailbox_requests([mailbox], method="GET", path="photo/$value")
            self.assertIn("out_folder", str(refused.error).replace("outFolder", "out_folder"))

    def test_changes_are_told_since_the_last_run_and_none_is_lost(self) -> None:
        mailboxes = [name for name in MAILBOXES[20:40] if name not in BROKEN][:3]
        since = self.folder / "inbox.db"

        def begin(app: exrun.Client) -> exrun.Run[exrun.Row]:
            return app.mailbox_delta(mailboxes, of="messages", folder="inbox", since=since)

        with client() as app:
            with begin(app) as run:
                # Whoever leaves it here has not taken the rows.
                self.assertEqual(next(iter(run))["Change"], "Present")
            first = list(begin(app))
            self.assertEqual({row["MailboxName"] for row in first}, set(mailboxes))
            self.assertEqual({(row["Change"], row["ReadAnew"]) for row in first}, {("Present", "First")})
            self.assertEqual(list(begin(app)), [])
            control("POST", "plant", {"mailboxes": [MAILBOXES.index(mailboxes[1])], "message": {"subject": "New since"}})
            told = [(row["MailboxName"], row["Change"], row["Subject"]) for row in begin(app)]
            self.assertEqual(told, [(mailboxes[1], "AddedOrChanged", "New since")])
            self.assertRaises(exrun.ExRunError, lambda: list(app.mailbox_delta(mailboxes, of="contacts", since=since)))

    def test_mailboxes_come_to_a_wanted_state_and_stay_there(self) -> None:
        state = {"categories": {"mode": "exact", "scope": {"prefix": "Corp "}, "items": [{"displayName": "Corp A", "color": "preset1"}]}}
        plan = self.folder / "state.jsonl"
        with client() as app:
            report = app.mailbox_settings_report(MAILBOXES[:20])
            mailboxes = [row["MailboxName"] for row in report if row.error is None][:5]
            rows = list(app.mailbox_state_plan(mailboxes, state=state, plan_file=plan, into=exrun.StateDifference))
            self.assertEqual({(row.facet, row.key, row.change, row.in_desired_state) for row in rows}, {("categories", "Corp A", "Create", False)})
            self.assertEqual({row["Outcome"] for row in app.plan_apply(plan=plan)}, {"Done"})
            self.assertEqual(list(app.mailbox_state_plan(mailboxes, state=state)), [])
            again = list(app.mailbox_state_plan(mailboxes, state=state, include_empty=True))
            self.assertEqual([row["InDesiredState"] for row in again], [True] * 5)
            with self.assertRaisesRegex(exrun.ExRunError, "exact needs a scope"):
                app.mailbox_state_plan(mailboxes, state={"categories": {"mode": "exact", "items": []}})

    def test_lists_are_brought_into_mailboxes_once(self) -> None:
        plan = self.folder / "list.jsonl"
        people = [{"Key": f"E{number}", "First Name": "Kim", "E-mail Address": f"kim{number}@contoso.com"} for number in range(3)]
        holidays = [{"Subject": "New year", "Date": "2027-01-01"}]
        with client() as app:
            report = app.mailbox_settings_report(MAILBOXES[:20])
            mailboxes = [row["MailboxName"] for row in report if row.error is None][:5]
            for compared in (
                functools.partial(app.contact_sync_plan, mailboxes, contacts=people, folder="Company"),
                functools.partial(app.event_sync_plan, mailboxes, events=holidays, name="Holidays"),
            ):
                self.assertEqual({row["Change"] for row in compared(plan_file=plan)}, {"Create"})
                self.assertEqual({row["Outcome"] for row in app.plan_apply(plan=plan)}, {"Done"})
                self.assertEqual(list(compared()), [])
            with self.assertRaisesRegex(exrun.ExRunError, "the list is empty"):
                app.contact_sync_plan(mailboxes, contacts=[], folder="Company")

    def test_a_loop_that_is_left_writes_little_more_than_it_has_seen(self) -> None:
        seen = 0
        with client() as app:
            run = app.mailbox_settings_apply(MAILBOXES, settings={"timeZone": "UTC"}, max_concurrency=4)
            for _ in run:
                seen += 1
                if seen == 3:
                    break
            run.close()
            # Time in which a run that goes on would go on.
            for _ in range(20):
                app.mailbox_settings_get(mailbox=MAILBOXES[0], part="timeZone")
        self.assertLess(len(control("GET", "writes")), 50)

    def test_any_request_goes_to_each_mailbox(self) -> None:
        mailboxes = [mailbox for mailbox in MAILBOXES if mailbox not in BROKEN][:3]
        with client() as app:
            run = app.mailbox_requests(mailboxes, method="GET", path="mailboxSettings", select=["timeZone"])
            self.assertEqual([list(row) for row in run], [["MailboxName", "timeZone"]] * 3)
            users = app.graph_request(method="GET", path="users?$top=2")
            self.assertEqual(len(users["value"]), 2)


if __name__ == "__main__":
    unittest.main()
