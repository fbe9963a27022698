// oidc-provider, a certified OpenID provider, in the place of Entra: it checks what is sent by the standards alone.
// Reads {"host", "tenant", "client", "jwk", "key", "certificate"} from standard input, serves HTTPS on loopback with
// that key, prints the port, and then one line for each token that it gives.

import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const given = JSON.parse(readFileSync(0, 'utf8'));
const base = `/${given.tenant}/oauth2/v2.0`;
const scope = 'https://graph.microsoft.com/.default';
const provider = new Provider(`https://${given.host}`, {
  clients: [
    {
      client_id: given.client,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [given.jwk] },
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: 'person',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['http://localhost'],
      response_types: ['code'],
    },
  ],
  // Entra takes its token URL as the audience of an assertion; the standard's newer text wants the issuer.
  assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => {
    if (claims.aud !== `https://${given.host}${base}/token`) throw new Error('wrong audience');
  },
  clientAuthMethods: ['none', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'RS256'] },
  scopes: ['openid', 'profile', 'offline_access', scope],
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
  },
  pkce: { required: () => true },
  issueRefreshToken: async (ctx, client) => client.clientId === 'person',
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  routes: {
    token: `${base}/token`,
    device_authorization: `${base}/devicecode`,
    authorization: `${base}/authorize`,
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['test'] },
});

const granted = async (clientId) => {
  const grant = new provider.Grant({ accountId: 'admin', clientId });
  grant.addOIDCScope(`openid profile offline_access ${scope}`);
  return grant.save();
};

provider.use(async (ctx, next) => {
  // The person agrees to whatever is asked, without a page.
  if (ctx.path.startsWith('/interaction/')) {
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    const result = details.prompt.name === 'login'
      ? { login: { accountId: 'admin' } }
      : { consent: { grantId: await granted('person') } };
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  }
  await next();
  if (ctx.path === `${base}/devicecode` && ctx.status === 200) {
    const code = await provider.DeviceCode.find(ctx.body.device_code);
    Object.assign(code, { accountId: 'admin', grantId: await granted('person'), scope: code.params.scope, authTime: 1, claims: {} });
    // The first poll finds that the person has not been there yet.
    setTimeout(() => code.save(), 1500);
  }
});
provider.on('grant.success', (ctx) => console.log(`token ${ctx.oidc.params.grant_type}`));
provider.on('grant.error', (ctx, error) => console.log(`error ${error.message} ${error.error_description ?? ''} ${error.error_detail ?? ''}`));
provider.on('authorization.error', (ctx, error) => console.log(`error ${error.message} ${error.error_description ?? ''}`));
provider.on('server_error', (ctx, error) => console.log(`fault ${error.stack}`));

const server = createServer({ key: given.key, cert: given.certificate }, provider.callback());
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
