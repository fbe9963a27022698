"""Azure's own clients against the emulator's vault: unchanged, but that every host is looked up on this machine.

EXRUN_CONNECT_TO is the emulator's address, EXRUN_CA_FILE its CA. TENANT, CLIENT and CLIENT_SECRET name the app.
"""

import hashlib
import os
import socket
import unittest

from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
)
from azure.identity import ClientSecretCredential
from azure.keyvault.certificates import CertificateClient
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, SignatureAlgorithm
from azure.keyvault.secrets import SecretClient
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_der_x509_certificate
import base64

VAULT = "https://contoso.vault.azure.net"
HOST, PORT = os.environ["EXRUN_CONNECT_TO"].rsplit(":", 1)
_real_getaddrinfo = socket.getaddrinfo


def _on_this_machine(_host, _port, *arguments, **named):
    """Every name leads to the emulator; URLs, Host headers and TLS names stay those of the services."""
    return _real_getaddrinfo(HOST, int(PORT), *arguments, **named)


def setUpModule():
    socket.getaddrinfo = _on_this_machine
    os.environ["REQUESTS_CA_BUNDLE"] = os.environ["EXRUN_CA_FILE"]


def tearDownModule():
    socket.getaddrinfo = _real_getaddrinfo


def credential(secret=None):
    return ClientSecretCredential(
        os.environ["TENANT"], os.environ["CLIENT"], secret or os.environ["CLIENT_SECRET"], disable_instance_discovery=True
    )


class Secrets(unittest.TestCase):
    def setUp(self):
        self.client = SecretClient(VAULT, credential())

    def test_latest_and_older_versions(self):
        secret = self.client.get_secret("app-secret")
        self.assertTrue(secret.value.startswith("correct horse b\u00e4ttery"))
        self.assertEqual(secret.properties.content_type, "text/plain")
        versions = [version.version for version in self.client.list_properties_of_secret_versions("app-secret")]
        self.assertEqual(len(versions), 2)
        self.assertEqual(versions[0], secret.properties.version)
        self.assertEqual(self.client.get_secret("app-secret", versions[1]).value, "the first value")

    def test_sets_a_secret(self):
        first = self.client.set_secret("set-here", "one", content_type="text/plain", tags={"owner": "kim"})
        second = self.client.set_secret("set-here", "two")
        self.assertNotEqual(first.properties.version, second.properties.version)
        self.assertEqual(self.client.get_secret("set-here").value, "two")
        older = self.client.get_secret("set-here", first.properties.version)
        self.assertEqual((older.value, older.properties.tags), ("one", {"owner": "kim"}))

    def test_lists_over_all_pages(self):
        pages = [list(page) for page in self.client.list_properties_of_secrets().by_page()]
        names = [secret.name for page in pages for secret in page]
        self.assertGreater(len(pages), 2)
        self.assertTrue(all(len(page) <= 25 for page in pages))
        self.assertEqual(len([name for name in names if name.startswith("secret-")]), 60)
        self.assertEqual(len(names), len(set(names)))

    def test_what_cannot_be_had(self):
        with self.assertRaises(ResourceNotFoundError):
            self.client.get_secret("no-such-secret")
        with self.assertRaises(ResourceNotFoundError):
            self.client.get_secret("deleted-secret")
        self.assertIsNotNone(self.client.get_deleted_secret("deleted-secret").scheduled_purge_date)
        with self.assertRaises(HttpResponseError) as refused:
            self.client.get_secret("disabled-secret")
        self.assertEqual(refused.exception.status_code, 403)
        self.assertEqual(self.client.get_secret("expired-secret").value, "old")

    def test_a_wrong_client_secret(self):
        with self.assertRaises(ClientAuthenticationError):
            SecretClient(VAULT, credential("wrong")).get_secret("app-secret")


class Certificates(unittest.TestCase):
    def setUp(self):
        self.client = CertificateClient(VAULT, credential())

    def test_a_certificate_and_its_key(self):
        certificate = self.client.get_certificate("exrun-app")
        self.assertTrue(certificate.policy.exportable)
        secret = SecretClient(VAULT, credential()).get_secret("exrun-app")
        key, found, _ = pkcs12.load_key_and_certificates(base64.b64decode(secret.value), None)
        self.assertEqual(found, load_der_x509_certificate(bytes(certificate.cer)))
        self.assertEqual(key.public_key().public_numbers(), found.public_key().public_numbers())

    def test_a_key_that_stays(self):
        self.assertFalse(self.client.get_certificate("exrun-hsm").policy.exportable)
        secret = SecretClient(VAULT, credential()).get_secret("exrun-hsm")
        key, found, _ = pkcs12.load_key_and_certificates(base64.b64decode(secret.value), None)
        self.assertIsNone(key)
        self.assertEqual(secret.properties.content_type, "application/x-pkcs12")

    def test_lists(self):
        names = [item.name for item in self.client.list_properties_of_certificates()]
        self.assertIn("exrun-pem", names)
        self.assertEqual(len(list(self.client.list_properties_of_certificate_versions("exrun-app"))), 1)


class Keys(unittest.TestCase):
    def test_signatures(self):
        key = KeyClient(VAULT, credential()).get_key("exrun-hsm")
        certificate = CertificateClient(VAULT, credential()).get_certificate("exrun-hsm")
        public = load_der_x509_certificate(bytes(certificate.cer)).public_key()
        client = CryptographyClient(key, credential())
        digest = hashlib.sha256(b"signing input").digest()
        for algorithm, scheme in [
            (SignatureAlgorithm.ps256, padding.PSS(padding.MGF1(SHA256()), 32)),
            (SignatureAlgorithm.rs256, padding.PKCS1v15()),
        ]:
            signed = client.sign(algorithm, digest)
            public.verify(signed.signature, digest, scheme, utils.Prehashed(SHA256()))
            self.assertEqual(signed.key_id, key.id)

    def test_a_digest_of_the_wrong_length(self):
        key = KeyClient(VAULT, credential()).get_key("signing-key")
        with self.assertRaises(HttpResponseError) as refused:
            CryptographyClient(key, credential()).sign(SignatureAlgorithm.ps256, b"short")
        self.assertEqual(refused.exception.status_code, 400)

    def test_expired_and_disabled_keys(self):
        for name in ("expired-key", "disabled-key"):
            client = CryptographyClient(f"{VAULT}/keys/{name}", credential())
            with self.assertRaises((HttpResponseError, ValueError)):
                client.sign(SignatureAlgorithm.ps256, hashlib.sha256(b"x").digest())


if __name__ == "__main__":
    unittest.main()
