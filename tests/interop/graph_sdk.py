"""Microsoft's Graph SDK for Python reads what ExRun has written into a mailbox. Unchanged but for the host, its CA, and the token,
which is given. Reads the JSON that tests/interop_graph.rs writes, prints a line for each thing that held."""

import asyncio
import datetime
import json
import ssl
import sys
import time

import httpx
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.calendar_role_type import CalendarRoleType
from msgraph.generated.models.category_color import CategoryColor
from msgraph.generated.models.day_of_week import DayOfWeek
from msgraph.generated.models.free_busy_status import FreeBusyStatus
from msgraph.generated.users.item.contact_folders.item.contacts.contacts_request_builder import ContactsRequestBuilder
from msgraph_core import GraphClientFactory

given = json.loads(sys.stdin.read())


class Given:
    """A credential that has its token."""

    def get_token(self, *scopes, **_):
        return AccessToken(given["token"], int(time.time()) + 3000)


def graph():
    client = httpx.AsyncClient(verify=ssl.create_default_context(cafile=given["ca"]), trust_env=False)
    scopes = ["https://graph.microsoft.com/.default"]
    authentication = AzureIdentityAuthenticationProvider(Given(), scopes=scopes, allowed_hosts=[given["host"].split(":")[0], given["host"]])
    adapter = GraphRequestAdapter(authentication, GraphClientFactory.create_with_default_middleware(client=client))
    adapter.base_url = f"https://{given['host']}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def one(elements, **members):
    """The one element that has these members."""
    found = [element for element in elements.value if all(getattr(element, name) == value for name, value in members.items())]
    assert len(found) == 1, (members, elements.value)
    return found[0]


async def main():
    mailbox = graph().users.by_user_id(given["user"])

    settings = await mailbox.mailbox_settings.get()
    assert settings.time_zone == "Tokyo Standard Time"
    assert settings.working_hours.start_time == datetime.time(9, 30)
    assert settings.working_hours.days_of_week == [DayOfWeek.Monday, DayOfWeek.Friday]
    print("settings")

    rule = one(await mailbox.mail_folders.by_mail_folder_id("inbox").message_rules.get(), display_name="Corp Newsletter")
    assert (rule.sequence, rule.is_enabled, rule.actions.mark_as_read) == (20, True, True)
    assert rule.conditions.sender_contains == ["NEWS@CONTOSO.COM"]
    assert rule.actions.forward_to[0].email_address.address == "kim@contoso.com"
    print("inbox rules")

    permissions = await mailbox.calendar.calendar_permissions.get()
    kim = next(one for one in permissions.value if one.email_address.address == "kim@contoso.com")
    assert kim.role == CalendarRoleType.Read and kim.is_removable
    print("calendar permissions")

    assert one(await mailbox.outlook.master_categories.get(), display_name="Corp Customer").color == CategoryColor.Preset4
    print("categories")

    folder = one(await mailbox.mail_folders.get(), display_name="Projects")
    children = mailbox.mail_folders.by_mail_folder_id(folder.id).child_folders
    assert one(await children.get(), display_name="2027").parent_folder_id == folder.id
    print("mail folders")

    company = one(await mailbox.contact_folders.get(), display_name="Company")
    parameters = ContactsRequestBuilder.ContactsRequestBuilderGetQueryParameters(
        expand=[f"singleValueExtendedProperties($filter=id eq '{given['key']}')"], top=100
    )
    contacts = await mailbox.contact_folders.by_contact_folder_id(company.id).contacts.get(RequestConfiguration(query_parameters=parameters))
    contact = one(contacts, display_name="Lee Miller")
    assert (contact.given_name, contact.surname, contact.job_title) == ("Lee", "Miller", "Chief")
    assert contact.email_addresses[0].address == "lee@contoso.com"
    assert contact.business_phones == ["+49 30 1"] and contact.business_address.city == "Berlin"
    assert [(own.id, own.value) for own in contact.single_value_extended_properties] == [(given["key"], given["value"])]
    print("contacts with their keys")

    events = await mailbox.events.get()
    holiday = one(events, subject="New year")
    assert holiday.is_all_day and holiday.show_as == FreeBusyStatus.Free and holiday.is_reminder_on is False
    assert (holiday.start.date_time[:10], holiday.end.date_time[:10]) == ("2027-01-01", "2027-01-02")
    duty = one(events, subject="Duty")
    assert (duty.start.date_time[:16], duty.start.time_zone) == ("2027-03-01T21:00", "UTC") and duty.transaction_id
    print("events")

    deleted = await mailbox.mail_folders.by_mail_folder_id("recoverableitemsdeletions").messages.get()
    gone = one(deleted, internet_message_id="<4711@evil.example>")
    assert gone.from_.email_address.address == "eve@evil.example"
    inbox = await mailbox.mail_folders.by_mail_folder_id("inbox").messages.get()
    assert all(message.internet_message_id != "<4711@evil.example>" for message in inbox.value)
    print("messages that were moved")


asyncio.run(main())
