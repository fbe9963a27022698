"""Gets tokens from the emulator with msal and azure-identity, unchanged but for host, CA, and discovery.

Reads {"host", "plain", "ca", "tenant", "client", "secret", "pfx", "pem", "identity_header"} from standard input and
prints one line for each token that came and holds.
"""

import hashlib
import json
import os
import sys
from urllib.parse import parse_qsl, urlsplit

import msal
import requests
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jwt
from joserfc.jwk import KeySet

given = json.load(sys.stdin)
authority = f"https://{given['host']}"
tenant, client, secret = given["tenant"], given["client"], given["secret"]
scope = "https://graph.microsoft.com/.default"
keys = None


def holds(name, token):
    """The token's signature, by the keys that the emulator publishes."""
    global keys
    if keys is None:
        configuration = requests.get(f"{authority}/{tenant}/v2.0/.well-known/openid-configuration", verify=given["ca"]).json()
        keys = KeySet.import_key_set(requests.get(configuration["jwks_uri"], verify=given["ca"]).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert claims["tid"] == tenant and claims["aud"] == "https://graph.microsoft.com", claims
    print(name)


def of_msal(name, reply):
    assert "access_token" in reply, (name, reply.get("error_description", reply))
    holds(name, reply["access_token"])


common = {"authority": f"{authority}/{tenant}", "instance_discovery": False, "verify": given["ca"]}
pem = open(given["pem"], "rb").read()
der = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :]).public_bytes(Encoding.DER)
private_key = pem[: pem.index(b"-----BEGIN CERTIFICATE")].decode()

with_secret = msal.ConfidentialClientApplication(client, client_credential=secret, **common)
of_msal("msal secret", with_secret.acquire_token_for_client([scope]))
with_pfx = msal.ConfidentialClientApplication(
    client, client_credential={"private_key_pfx_path": given["pfx"], "public_certificate": True}, **common
)
of_msal("msal pfx with x5c", with_pfx.acquire_token_for_client([scope]))
thumbprint = hashlib.sha1(der).hexdigest()
with_sha1 = msal.ConfidentialClientApplication(
    client, client_credential={"private_key": private_key, "thumbprint": thumbprint}, **common
)
of_msal("msal thumbprint", with_sha1.acquire_token_for_client([scope]))

public = msal.PublicClientApplication(client, **common)
flow = public.initiate_device_flow(scopes=["https://graph.microsoft.com/User.Read"])
assert "user_code" in flow, flow
of_msal("msal device code", public.acquire_token_by_device_flow(flow))
account = public.get_accounts()[0]
renewed = public.acquire_token_silent(["https://graph.microsoft.com/User.Read"], account, force_refresh=True)
of_msal("msal refresh token", renewed)
flow = public.initiate_auth_code_flow(["https://graph.microsoft.com/User.Read"], redirect_uri="http://localhost:53682")
answer = requests.get(flow["auth_uri"], verify=given["ca"], allow_redirects=False)
answer = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
of_msal("msal authorization code", public.acquire_token_by_auth_code_flow(flow, answer))

azure = {"authority": authority, "disable_instance_discovery": True, "connection_verify": given["ca"]}
credentials = {
    "azure secret": lambda: ClientSecretCredential(tenant, client, secret, **azure),
    "azure certificate": lambda: CertificateCredential(tenant, client, given["pem"], **azure),
    "azure certificate with chain": lambda: CertificateCredential(
        tenant, client, given["pem"], send_certificate_chain=True, **azure
    ),
    "azure assertion": lambda: ClientAssertionCredential(tenant, client, lambda: given["assertions"].pop(), **azure),
    "azure device code": lambda: DeviceCodeCredential(
        client, tenant_id=tenant, prompt_callback=lambda *_: None, **azure
    ),
}
for name, make in credentials.items():
    holds(name, make().get_token(scope).token)

os.environ.update(AZURE_TENANT_ID=tenant, AZURE_CLIENT_ID=client, AZURE_CLIENT_SECRET=secret)
holds("azure environment", EnvironmentCredential(**azure).get_token(scope).token)
with open(given["token_file"], "w") as file:
    file.write(given["assertions"].pop())
federated = WorkloadIdentityCredential(tenant_id=tenant, client_id=client, token_file_path=given["token_file"], **azure)
holds("azure workload identity", federated.get_token(scope).token)

os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = given["plain"]
holds("azure machine", ManagedIdentityCredential().get_token(scope).token)
os.environ.update(IDENTITY_ENDPOINT=f"{given['plain']}/msi/token", IDENTITY_HEADER=given["identity_header"])
holds("azure app service", ManagedIdentityCredential().get_token(scope).token)
