// @azure/identity, the Graph client and the vault client for Node against the emulator, unchanged but for the host; Node
// reads the CA from NODE_EXTRA_CA_CERTS. Reads the JSON that tests/interop_graph.rs writes, prints a line for each thing
// that held.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { Client, GraphError, PageIterator } from '@microsoft/microsoft-graph-client';

const given = JSON.parse(readFileSync(0, 'utf8'));
const scope = 'https://graph.microsoft.com/.default';
const options = { authorityHost: `https://${given.host}`, disableInstanceDiscovery: true };
const print = (name) => console.log(name);

const secret = new ClientSecretCredential(given.tenant, given.client, given.secret, options);
const credentials = {
  secret,
  certificate: new ClientCertificateCredential(given.tenant, given.client, { certificatePath: given.pem }, options),
  'certificate with chain': new ClientCertificateCredential(
    given.tenant,
    given.client,
    { certificatePath: given.pem },
    { ...options, sendCertificateChain: true },
  ),
  assertion: new ClientAssertionCredential(given.tenant, given.client, async () => given.assertions.pop(), options),
};
for (const [name, credential] of Object.entries(credentials)) {
  const { token, expiresOnTimestamp } = await credential.getToken(scope);
  assert.ok(token.startsWith('eyJ') && expiresOnTimestamp > Date.now(), name);
  print(`sign-in by ${name}`);
}
const wrong = new ClientSecretCredential(given.tenant, given.client, 'wrong', options);
await assert.rejects(wrong.getToken(scope), (error) => /^Authentication/.test(error.name) && /7000215/.test(error.message));
print('a wrong secret is told as 7000215');

const graph = Client.initWithMiddleware({
  authProvider: { getAccessToken: async () => (await secret.getToken(scope)).token },
  baseUrl: `https://${given.host}/`,
  customHosts: new Set([given.host.split(':')[0]]),
});

const users = [];
const first = await graph.api('/users').select(['id', 'userPrincipalName']).top(100).get();
await new PageIterator(graph, first, (user) => users.push(user) > 0).iterate();
assert.equal(users.length, given.users);
assert.equal(new Set(users.map((user) => user.id)).size, users.length);
print('users over all pages');

const settings = `/users/${users[1].id}/mailboxSettings`;
const before = await graph.api(settings).get();
const timeZone = before.timeZone === 'UTC' ? 'Tokyo Standard Time' : 'UTC';
await graph.api(settings).patch({ timeZone, automaticRepliesSetting: { status: 'alwaysEnabled' } });
const after = await graph.api(settings).get();
assert.equal(after.timeZone, timeZone);
assert.equal(after.automaticRepliesSetting.status, 'alwaysEnabled');
assert.deepEqual(after.language, before.language);
print('settings read and changed');

const rules = `/users/${users[9].id}/mailFolders/inbox/messageRules`;
const listed = [];
await new PageIterator(graph, await graph.api(rules).get(), (rule) => listed.push(rule) > 0).iterate();
const made = await graph.api(rules).post({
  displayName: 'By Node',
  sequence: 99,
  conditions: { senderContains: ['adele'] },
  actions: { forwardTo: [{ emailAddress: { name: 'Kim', address: 'kim@contoso.com' } }] },
});
assert.deepEqual((await graph.api(`${rules}/${made.id}`).get()).conditions, { senderContains: ['ADELE'] });
await graph.api(`${rules}/${made.id}`).patch({ isEnabled: false });
const again = [];
await new PageIterator(graph, await graph.api(rules).get(), (rule) => again.push(rule) > 0).iterate();
assert.equal(again.length, listed.length + 1);
assert.equal(again.at(-1).isEnabled, false);
assert.deepEqual(again.slice(0, -1), listed);
await graph.api(`${rules}/${made.id}`).delete();
await assert.rejects(graph.api(`${rules}/${made.id}`).get(), (error) => error.statusCode === 404);
print('rules written, read back and deleted');

const requests = users.slice(0, 20).map((user, index) => ({ id: `${index}`, method: 'GET', url: `/users/${user.id}/mailboxSettings` }));
const { responses } = await graph.api('/$batch').post({ requests });
assert.equal(responses.length, 20);
assert.ok(responses.every(({ status, body }) => status !== 200 || body.timeZone));
print('a batch of 20');

await assert.rejects(
  graph.api('/users/nobody@contoso.com/mailboxSettings').get(),
  (error) => error instanceof GraphError && error.statusCode === 404 && error.code.length > 0 && error.requestId.length > 0,
);
print('an error is a GraphError');

const vault = new SecretClient(`https://${given.host}`, secret, { disableChallengeResourceVerification: true });
const value = await vault.getSecret('app-secret');
assert.ok(value.value.startsWith('correct horse'));
let names = 0;
for await (const _ of vault.listPropertiesOfSecrets()) names += 1;
assert.ok(names > 60);
assert.equal((await vault.setSecret('set-by-node', 'one')).value, 'one');
await assert.rejects(vault.getSecret('no-such'), (error) => error.statusCode === 404 && error.code === 'SecretNotFound');
print('vault secrets');
