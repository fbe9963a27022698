// undici, many in flight.

import fs from 'node:fs';
import { Agent, request } from 'undici';

const [list, inFlight, out] = process.argv.slice(2);
const port = process.env.EXRUN_CONNECT_TO.split(':').pop();
const dispatcher = new Agent({
  connections: Number(inFlight),
  connect: { ca: fs.readFileSync(process.env.EXRUN_CA_FILE) },
});
const headers = { authorization: `Bearer ${process.env.EXRUN_BENCH_TOKEN}`, accept: 'application/json' };
const mailboxes = fs.readFileSync(list, 'utf8').trimEnd().split('\n');
const rows = new Array(mailboxes.length);
let next = 0;

async function worker() {
  while (next < mailboxes.length) {
    const index = next++;
    const mailbox = mailboxes[index];
    const url = `https://localhost:${port}/v1.0/users/${encodeURIComponent(mailbox)}/mailboxSettings`;
    const { body } = await request(url, { dispatcher, headers });
    const settings = await body.json();
    rows[index] = [
      mailbox, settings.language?.displayName, settings.language?.locale, settings.timeZone,
      settings.automaticRepliesSetting?.status,
    ].map((value) => JSON.stringify(value ?? '')).join(',');
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, worker));
fs.writeFileSync(out, rows.join('\n') + '\n');
await dispatcher.close();
