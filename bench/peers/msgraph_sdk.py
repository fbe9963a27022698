"""Microsoft's own SDK for Python, many in flight."""

import asyncio
import time

import common
import httpx
from azure.core.credentials import AccessToken
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient


class Given:
    """A credential that has its token already."""

    async def get_token(self, *scopes, **_):
        return AccessToken(common.HEADERS["Authorization"][7:], int(time.time()) + 3600)

    async def close(self):
        pass


async def main():
    client = httpx.AsyncClient(http2=True, verify=common.tls(), timeout=60)
    provider = AzureIdentityAuthenticationProvider(Given(), allowed_hosts=["localhost"])
    adapter = GraphRequestAdapter(provider, client)
    adapter.base_url = common.BASE
    graph = GraphServiceClient(request_adapter=adapter)
    limit = asyncio.Semaphore(common.IN_FLIGHT)

    async def one(mailbox):
        async with limit:
            settings = await graph.users.by_user_id(mailbox).mailbox_settings.get()
            language, replies = settings.language, settings.automatic_replies_setting
            return [mailbox, language.display_name, language.locale, settings.time_zone, replies.status.value]

    common.write(await asyncio.gather(*map(one, common.mailboxes())))


asyncio.run(main())
