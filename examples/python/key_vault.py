#!/usr/bin/env python3
"""Key Vault step by step: a token by the app's secret, the list, a secret, a certificate, and a sign-in with it.

    pip install exrun
    CLIENT_SECRET=... python3 key_vault.py --tenant contoso.com --client <appId> \\
        --vault https://contoso.vault.azure.net --secret app-secret --certificate exrun-app

Shows after each token what stands in it: aud, and roles or scp. The certificate never touches the disk. With --key a key
that stays in the vault signs in too.
"""

from __future__ import annotations

import argparse
import os
import sys

import exrun


def show_token(step: str, client: exrun.Client, resource: str = "https://graph.microsoft.com") -> None:
    """What a token says. One of an app for a vault has neither roles nor scp: the vault decides by its own policies."""
    token = client.token_acquire(resource=resource)["accessTokenSecret"]
    claims = exrun.token_decode(token)["claims"]
    shown = " ".join(f"{name}={claims.get(name, '(none)')}" for name in ("aud", "appid", "roles", "scp"))
    print(f"{step}: {shown}")


def run(arguments: argparse.Namespace) -> None:
    """The steps."""
    vault = arguments.vault
    secret = exrun.ClientSecret(os.environ["CLIENT_SECRET"])
    with exrun.Client(arguments.tenant, arguments.client, secret) as client:
        show_token("token by secret", client, "https://vault.azure.net")
        # Page after page; nothing is held.
        print("secrets:", sum(1 for _ in client.vault_list(vault=vault, collection="secrets")))
        found = client.vault_secret_get(vault=vault, name=arguments.secret)
        print(f"secret: {found['id']}, {len(found['valueSecret'].reveal())} characters")
        certificate = client.vault_certificate_get(vault=vault, name=arguments.certificate)
        print(f"certificate: {certificate['subject']} {certificate['thumbprint']} private key: True")

    with exrun.Client(
        arguments.tenant, arguments.client, exrun.Certificate(data=certificate["pfxSecret"])
    ) as client:
        show_token("token by certificate", client)
    if arguments.key:
        key = exrun.VaultKey(f"{vault.rstrip('/')}/keys/{arguments.key}", secret)
        with exrun.Client(arguments.tenant, arguments.client, key) as client:
            show_token("token by a key in the vault", client)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tenant", required=True, help="id or domain of the tenant")
    parser.add_argument("--client", required=True, help="application (client) id; its secret is in CLIENT_SECRET")
    parser.add_argument("--vault", required=True, help="the vault's URL")
    parser.add_argument("--secret", required=True, help="name of a secret")
    parser.add_argument("--certificate", required=True, help="name of a certificate of the app")
    parser.add_argument("--key", help="name of a key that signs in the vault")
    arguments = parser.parse_args()
    if "CLIENT_SECRET" not in os.environ:
        parser.error("the environment variable CLIENT_SECRET is not set")
    try:
        run(arguments)
    except exrun.ExRunError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
