"""What proves who the app is: one of these classes goes into a client. None shows a secret in its `repr`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional, Union

from . import requests
from ._secret import Secret
from .requests import FilePath, SecretValue

#: Signs a digest (SHA-256) with an algorithm, `PS256` or `RS256`. None says that the key cannot do the algorithm.
Sign = Callable[[bytes, str], Optional[bytes]]


class Credential:
    """Above all of them."""

    def members(self) -> requests.Credential:
        """As the library takes it."""
        raise NotImplementedError


@dataclass(frozen=True)
class Certificate(Credential):
    """A certificate with its private key: a PFX or PEM file, or the same bytes."""

    file: FilePath | None = None
    password: SecretValue | None = field(default=None, repr=False)
    data: bytes | Secret | None = field(default=None, repr=False)

    def members(self) -> requests.Credential:
        return _given({"certificate_file": self.file, "certificate_secret": self.data, "password_secret": self.password})


@dataclass(frozen=True)
class CallerCertificate(Credential):
    """A certificate whose key stays where it is (a smart card, an HSM): `sign` is called for each assertion."""

    der: bytes
    sign: Sign = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.der, bytes):
            raise TypeError(f"the certificate must be bytes of its DER, not {type(self.der).__name__}")
        if not callable(self.sign):
            raise TypeError(f"sign must be a function that takes a digest and an algorithm, not {type(self.sign).__name__}")

    def members(self) -> requests.Credential:
        return {"caller_certificate": base64.b64encode(self.der).decode("ascii")}


@dataclass(frozen=True)
class ClientSecret(Credential):
    """The app's secret."""

    value: SecretValue = field(repr=False)

    def members(self) -> requests.Credential:
        return {"client_secret": self.value}


@dataclass(frozen=True)
class Assertion(Credential):
    """A client assertion (a JWT) that was signed elsewhere."""

    value: SecretValue = field(repr=False)

    def members(self) -> requests.Credential:
        return {"assertion_secret": self.value}


@dataclass(frozen=True)
class FederatedToken(Credential):
    """A file with a token of another identity provider (workload identity federation), read again each time."""

    file: FilePath

    def members(self) -> requests.Credential:
        return {"federated_token_file": self.file}


@dataclass(frozen=True)
class ManagedIdentity(Credential):
    """The managed identity of this machine; at most one of the ids, for one that a user assigned."""

    client_id: str | None = None
    object_id: str | None = None
    resource_id: str | None = None
    variables: Mapping[str, str] | None = field(default=None, repr=False)

    def members(self) -> requests.Credential:
        ids = {"client_id": self.client_id, "object_id": self.object_id, "resource_id": self.resource_id}
        return _given({"managed_identity": ids, "variables_secret": _as_secret(self.variables)})


@dataclass(frozen=True)
class Environment(Credential):
    """What the variables AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and so on name."""

    variables: Mapping[str, str] | None = field(default=None, repr=False)

    def members(self) -> requests.Credential:
        return _given({"environment": True, "variables_secret": _as_secret(self.variables)})


@dataclass(frozen=True)
class DeviceCode(Credential):
    """A person signs in on any device, with a code that `on_prompt` of the client shows."""

    scopes: Sequence[str] | None = None

    def members(self) -> requests.Credential:
        return _given({"device_code": {"scopes": self.scopes}})


@dataclass(frozen=True)
class Browser(Credential):
    """A person signs in with the browser of this machine."""

    scopes: Sequence[str] | None = None
    port: int | None = None
    open: bool = True
    login_hint: str | None = None

    def members(self) -> requests.Credential:
        members = {"scopes": self.scopes, "port": self.port, "open": self.open, "login_hint": self.login_hint}
        return _given({"browser": members})


@dataclass(frozen=True)
class RefreshToken(Credential):
    """The refresh token of a person who signed in before."""

    value: SecretValue = field(repr=False)

    def members(self) -> requests.Credential:
        return {"refresh_token_secret": self.value}


@dataclass(frozen=True)
class AccessToken(Credential):
    """A token that the caller has. It is not renewed."""

    value: SecretValue = field(repr=False)

    def members(self) -> requests.Credential:
        return {"token_secret": self.value}


@dataclass(frozen=True)
class _InVault(Credential):
    url: str
    #: Proves to the vault who asks; without it the managed identity of this machine does.
    credential: Credential | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    api_version: str | None = None

    def _vault(self) -> dict[str, object]:
        return {
            "vault_credential": self.credential.members() if self.credential else None,
            "vault_tenant_id": self.tenant_id,
            "vault_client_id": self.client_id,
            "vault_api_version": self.api_version,
        }


@dataclass(frozen=True)
class VaultCertificate(_InVault):
    """A certificate of Key Vault, fetched with its key into memory alone."""

    password: SecretValue | None = field(default=None, repr=False)

    def members(self) -> requests.Credential:
        return _given({"vault_certificate": self.url, "password_secret": self.password, **self._vault()})


@dataclass(frozen=True)
class VaultKey(_InVault):
    """A key that stays in Key Vault and signs there."""

    def members(self) -> requests.Credential:
        return _given({"vault_key": self.url, **self._vault()})


def _given(members: Mapping[str, object]) -> requests.Credential:
    """The members that were given."""
    found: requests.Credential = {}
    found.update({name: value for name, value in members.items() if value is not None})  # type: ignore[typeddict-item]
    return found


def _as_secret(variables: Mapping[str, str] | None) -> Secret | None:
    return None if variables is None else Secret(json.dumps(dict(variables)))


#: Any of the classes above.
AnyCredential = Union[
    Assertion,
    AccessToken,
    Browser,
    CallerCertificate,
    Certificate,
    ClientSecret,
    DeviceCode,
    Environment,
    FederatedToken,
    ManagedIdentity,
    RefreshToken,
    VaultCertificate,
    VaultKey,
]
