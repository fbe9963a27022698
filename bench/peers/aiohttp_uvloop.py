"""aiohttp with uvloop and orjson, many in flight."""

import asyncio

import aiohttp
import common
import orjson
import uvloop


async def main():
    limit = asyncio.Semaphore(common.IN_FLIGHT)
    connector = aiohttp.TCPConnector(ssl=common.tls(), limit=common.IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector, headers=common.HEADERS) as session:

        async def one(mailbox):
            async with limit, session.get(common.BASE + common.path(mailbox)) as reply:
                return common.row(mailbox, orjson.loads(await reply.read()))

        common.write(await asyncio.gather(*map(one, common.mailboxes())))


uvloop.run(main())
