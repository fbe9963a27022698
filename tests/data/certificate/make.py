#!/usr/bin/env python3
"""Makes the files of this folder anew. Every key is thrown away: never register one of these certificates.

Needs Python 3 with `cryptography`, OpenSSL 3 with its legacy provider, and a JDK's `keytool`.
"""

import base64
import datetime
import hashlib
import hmac
import os
import pathlib
import subprocess

from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

HERE = pathlib.Path(__file__).parent
PASSWORD = "correct horse"
START = datetime.datetime(2026, 1, 2, 3, 4, 5)


def certificate(name, key, issuer=None, issuer_key=None, years=30, ca=False):
    subject = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CH"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Contoso, Ltd"),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(START.replace(year=START.year + years))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
    )
    signer = issuer_key or key
    digest = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer, digest)


def pem(thing):
    if hasattr(thing, "private_bytes"):
        return thing.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return thing.public_bytes(serialization.Encoding.PEM)


def write(name, content):
    (HERE / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *arguments], input=stdin, check=True, capture_output=True).stdout


# --- DER, for what no tool writes -------------------------------------------------------------------------

def tlv(tag, *parts):
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def seq(*parts): return tlv(0x30, *parts)
def octets(content): return tlv(0x04, content)
def integer(value): return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytes([first * 40 + second])
    for arc in rest:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        out += bytes(reversed(digits))
    return tlv(0x06, out)


DATA, ENCRYPTED_DATA = "1.2.840.113549.1.7.1", "1.2.840.113549.1.7.6"
NULL = b"\x05\x00"


def pkcs12_kdf(password, salt, kind, rounds, size):
    """RFC 7292, B.2, with SHA-1; `password` is the BMPString with its terminator, or nothing at all."""
    v = 64
    def fill(data): return (data * (v * -(-len(data) // v)))[: v * -(-len(data) // v)] if data else b""
    i = bytearray(fill(salt) + fill(password))
    out = b""
    while len(out) < size:
        a = bytes([kind]) * v + bytes(i)
        for _ in range(rounds):
            a = hashlib.sha1(a).digest()
        out += a
        b = int.from_bytes(fill(a)[:v], "big") + 1
        for j in range(0, len(i), v):
            block = (int.from_bytes(i[j:j + v], "big") + b) % (1 << 8 * v)
            i[j:j + v] = block.to_bytes(v, "big")
    return out[:size]


def pbe_3des(password, content):
    """pbeWithSHAAnd3-KeyTripleDES-CBC: the AlgorithmIdentifier and the ciphertext."""
    salt = os.urandom(8)
    key, iv = pkcs12_kdf(password, salt, 1, 2000, 24), pkcs12_kdf(password, salt, 2, 2000, 8)
    padder = padding.PKCS7(64).padder()
    encryptor = Cipher(TripleDES(key), modes.CBC(iv)).encryptor()
    text = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    return seq(oid("1.2.840.113549.1.12.1.3"), seq(octets(salt), integer(2000))), text


def authenticated_safe(password, key, cert):
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    algorithm, text = pbe_3des(password, der)
    key_bag = seq(oid("1.2.840.113549.1.12.10.1.2"), tlv(0xA0, seq(algorithm, octets(text))))
    cert_bag = seq(oid("1.2.840.113549.1.12.10.1.3"), tlv(0xA0, seq(
        oid("1.2.840.113549.1.9.22.1"), tlv(0xA0, octets(cert.public_bytes(serialization.Encoding.DER))))))
    algorithm, text = pbe_3des(password, seq(cert_bag))
    return seq(
        seq(oid(ENCRYPTED_DATA), tlv(0xA0, seq(integer(0), seq(oid(DATA), algorithm, tlv(0x80, text))))),
        seq(oid(DATA), tlv(0xA0, octets(seq(key_bag)))),
    )


def pfx(safe, mac): return seq(integer(3), seq(oid(DATA), tlv(0xA0, octets(safe))), mac)


def mac_sha1(password, safe):
    salt = os.urandom(8)
    digest = hmac.digest(pkcs12_kdf(password, salt, 3, 2000, 20), safe, "sha1")
    return seq(seq(seq(oid("1.3.14.3.2.26"), NULL), octets(digest)), octets(salt), integer(2000))


def mac_pbmac1(password, safe):
    """RFC 9579: PBKDF2 and HMAC, both with SHA-256, over the UTF-8 of the password."""
    salt = os.urandom(16)
    digest = hmac.digest(hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 2048, 32), safe, "sha256")
    hmac_sha256 = seq(oid("1.2.840.113549.2.9"), NULL)
    kdf = seq(oid("1.2.840.113549.1.5.12"), seq(octets(salt), integer(2048), integer(32), hmac_sha256))
    pbmac1 = seq(oid("1.2.840.113549.1.5.14"), seq(kdf, hmac_sha256))
    return seq(seq(pbmac1, octets(digest)), octets(b"\0"), integer(1))


def indefinite(tag, *parts): return bytes([tag | 0x20, 0x80]) + b"".join(parts) + b"\0\0"


def main():
    ca_key = rsa.generate_private_key(65537, 2048)
    ca = certificate("Contoso Root", ca_key, ca=True)
    key = rsa.generate_private_key(65537, 2048)
    leaf = certificate("app", key, ca, ca_key)
    renewed = certificate("app renewed", key, ca, ca_key, years=40)
    other_key = rsa.generate_private_key(65537, 2048)
    weak_key = rsa.generate_private_key(65537, 1024)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    ed_key = ed25519.Ed25519PrivateKey.generate()

    # PEM and DER.
    write("leaf.cer", leaf.public_bytes(serialization.Encoding.DER))
    write("leaf.cer.pem", pem(leaf))
    write("plain.pem", pem(leaf) + pem(key))
    write("key-first.pem", b"Bag Attributes\n    friendlyName: app\n" + pem(key) + pem(ca) + pem(leaf))
    write("renewed.pem", pem(leaf) + pem(renewed) + pem(key))
    write("mismatch.pem", pem(leaf) + pem(other_key))
    write("key-only.pem", pem(key))
    write("ec.pem", pem(ec_key) + pem(certificate("ec", ec_key)))
    write("ed25519.pem", pem(certificate("ed25519", ed_key)) + pem(ed_key))
    write("weak.pem", pem(weak_key) + pem(certificate("weak", weak_key)))
    write("traditional.pem", pem(leaf) + openssl("rsa", "-traditional", stdin=pem(key)))
    secret = ["-passout", f"pass:{PASSWORD}"]
    write("encrypted-pkcs8.pem", openssl(
        "pkcs8", "-topk8", "-v2", "aes-256-cbc", *secret, stdin=pem(key)) + pem(leaf))
    write("encrypted-scrypt.pem", openssl(
        "pkcs8", "-topk8", "-scrypt", *secret, stdin=pem(key)) + pem(leaf))
    write("encrypted-traditional.pem", openssl(
        "rsa", "-traditional", "-aes256", *secret, stdin=pem(key)) + pem(leaf))

    # OpenSSL's PFX.
    export = ["pkcs12", "-export", "-name", "app"]
    chain = pem(key) + pem(leaf) + pem(ca)
    write("aes.pfx", openssl(*export, *secret, stdin=chain))
    write("rc2.pfx", openssl(
        *export, "-legacy", "-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1", *secret,
        stdin=chain))
    write("empty.pfx", openssl(*export, "-passout", "pass:", stdin=chain))
    write("no-mac.pfx", openssl(*export, "-nomac", *secret, stdin=chain))
    write("expensive.pfx", openssl(*export, "-iter", "10000001", *secret, stdin=chain))
    write("no-key.pfx", openssl("pkcs12", "-export", "-nokeys", *secret, stdin=pem(leaf) + pem(ca)))
    write("ec.pfx", openssl(*export, *secret, stdin=(HERE / "ec.pem").read_bytes()))
    write("weak.pfx", openssl(*export, *secret, stdin=(HERE / "weak.pem").read_bytes()))

    # PyPI cryptography's PFX.
    def python(name, cert, others, encryption, with_key=key):
        write(name, pkcs12.serialize_key_and_certificates(b"app", with_key, cert, others, encryption))

    def best(password): return serialization.BestAvailableEncryption(password.encode())
    python("python.pfx", leaf, [ca], best(PASSWORD))
    python("python-unencrypted.pfx", leaf, [ca], serialization.NoEncryption())
    python("unicode.pfx", leaf, [ca], best("Grüße €😀"))
    # As OpenSSL before 1.1.0 took it: each byte of the UTF-8 as a character of its own.
    python("widened.pfx", leaf, [ca], best("Grüße".encode().decode("latin-1")))
    python("mismatch.pfx", None, [leaf, ca], best(PASSWORD), with_key=other_key)

    # Java's PFX, with two keys.
    java = HERE / "java.pfx"
    java.unlink(missing_ok=True)
    for alias in ["first", "second"]:
        subprocess.run([
            "keytool", "-genkeypair", "-alias", alias, "-dname", f"CN={alias}, O=Java", "-keyalg", "RSA", "-keysize",
            "2048", "-validity", "10000", "-storetype", "PKCS12", "-keystore", java, "-storepass", PASSWORD,
        ], check=True, capture_output=True)

    # Ours, by the letter of the RFCs.
    safe = authenticated_safe(b"", key, leaf)
    null = pfx(safe, mac_sha1(b"", safe))
    write("null.pfx", null)
    write("null.pfx.base64", base64.encodebytes(null))
    bmp = (PASSWORD + "\0").encode("utf-16-be")
    safe = authenticated_safe(bmp, key, leaf)
    write("pbmac1.pfx", pfx(safe, mac_pbmac1(PASSWORD, safe)))
    pieces = [octets(safe[at:at + 1000]) for at in range(0, len(safe), 1000)]
    write("indefinite.pfx", indefinite(
        0x30, integer(3), indefinite(0x30, oid(DATA), indefinite(0xA0, indefinite(0x24, *pieces))),
        mac_sha1(bmp, safe)))


if __name__ == "__main__":
    main()
