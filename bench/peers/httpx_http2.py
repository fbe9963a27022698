"""httpx over HTTP/2, many in flight."""

import asyncio

import common
import httpx


async def main():
    limit = asyncio.Semaphore(common.IN_FLIGHT)
    async with httpx.AsyncClient(http2=True, verify=common.tls(), headers=common.HEADERS, timeout=60) as client:

        async def one(mailbox):
            async with limit:
                return common.row(mailbox, (await client.get(common.BASE + common.path(mailbox))).json())

        common.write(await asyncio.gather(*map(one, common.mailboxes())))


asyncio.run(main())
