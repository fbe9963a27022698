// Gets tokens from the emulator with @azure/msal-node, unchanged but for the host; Node reads the CA from
// NODE_EXTRA_CA_CERTS. Reads the same JSON as reference_clients.py, and prints one line for each token that came.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfidentialClientApplication, PublicClientApplication } from '@azure/msal-node';

const given = JSON.parse(readFileSync(0, 'utf8'));
const scopes = ['https://graph.microsoft.com/.default'];
const auth = {
  clientId: given.client,
  authority: `https://${given.host}/${given.tenant}`,
  knownAuthorities: [given.host],
};
const print = (name, reply) => {
  if (!reply?.accessToken?.startsWith('eyJ')) throw new Error(`${name}: no token`);
  console.log(name);
};

const secret = new ConfidentialClientApplication({ auth: { ...auth, clientSecret: given.secret } });
print('msal-node secret', await secret.acquireTokenByClientCredential({ scopes }));

const pem = readFileSync(given.pem, 'utf8');
const x5c = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'));
const der = Buffer.from(x5c.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
const clientCertificate = {
  thumbprintSha256: createHash('sha256').update(der).digest('hex'),
  privateKey: pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE')),
  x5c,
};
const certificate = new ConfidentialClientApplication({ auth: { ...auth, clientCertificate } });
print('msal-node certificate', await certificate.acquireTokenByClientCredential({ scopes }));

const person = new PublicClientApplication({ auth });
const reply = await person.acquireTokenByDeviceCode({ scopes: ['https://graph.microsoft.com/User.Read'], deviceCodeCallback: () => {} });
print('msal-node device code', reply);
const silent = { account: reply.account, scopes: ['https://graph.microsoft.com/User.Read'], forceRefresh: true };
print('msal-node refresh token', await person.acquireTokenSilent(silent));
