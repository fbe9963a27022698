#!/usr/bin/env python3
"""Writes certificate files in the variety that tools make of them into a folder, and a manifest.json of what each is.

    python3 corpus.py FOLDER

The key and certificate are those of this folder (`leaf.cer`), so a reader can be checked to have found them. Needs
`cryptography`; what OpenSSL, keytool, certtool (GnuTLS) and pk12util (NSS) write is left out where they are not there,
and the manifest says so. What no tool writes is put together by hand (`make.py`).
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

import make
from make import DATA, NULL, PASSWORD, integer, octets, oid, pfx, seq

HERE = pathlib.Path(__file__).parent
PLAIN = (HERE / "plain.pem").read_bytes()
ORDERED = (HERE / "key-first.pem").read_bytes()
KEY = serialization.load_pem_private_key(PLAIN[PLAIN.index(b"-----BEGIN PRIVATE"):], None)
LEAF = x509.load_der_x509_certificate((HERE / "leaf.cer").read_bytes())
CA = next(cert for cert in x509.load_pem_x509_certificates(ORDERED) if cert != LEAF)
OPENS, UNREADABLE, NO_KEY = "opens", "CertificateUnreadable", "CertificateNoKey"


class Corpus:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.files = []
        self.left_out = []

    def add(self, name, content, password=PASSWORD, expected=OPENS, tells=False):
        """`tells`: a MAC tells a wrong password, whatever cannot be read behind it."""
        content = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(content)
        self.files.append({"file": name, "password": password, "expected": expected, "tells": tells})

    def tool(self, program, *arguments, stdin=b""):
        """What a program prints; None, and said, where it is not there or does not know the algorithm."""
        if shutil.which(program) is None:
            if program not in self.left_out:
                self.left_out.append(program)
            return None
        done = subprocess.run([program, *arguments], input=stdin, capture_output=True)
        if done.returncode != 0:
            self.left_out.append(f"{program} {' '.join(arguments)}")
            return None
        return done.stdout


def openssl_pfx(corpus):
    chain = make.pem(KEY) + make.pem(LEAF) + make.pem(CA)

    def export(name, *arguments, password=PASSWORD):
        written = corpus.tool(
            "openssl", "pkcs12", "-export", "-name", "app", *arguments, "-passout", f"pass:{password}", stdin=chain)
        # The library is built without Camellia.
        if written:
            expected = UNREADABLE if "CAMELLIA" in name else OPENS
            corpus.add(f"openssl-{name}.pfx", written, password, expected, tells=True)

    ciphers = ["AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-EDE3-CBC", "CAMELLIA-128-CBC", "CAMELLIA-256-CBC",
               "ARIA-128-CBC", "ARIA-256-CBC"]
    old = ["PBE-SHA1-3DES", "PBE-SHA1-2DES", "PBE-SHA1-RC2-40", "PBE-SHA1-RC2-128", "PBE-SHA1-RC4-128",
           "PBE-SHA1-RC4-40"]
    for cipher in ciphers + old:
        legacy = ["-legacy"] if cipher in old else []
        export(f"key-{cipher}", *legacy, "-keypbe", cipher, "-certpbe", "AES-256-CBC")
        export(f"cert-{cipher}", *legacy, "-keypbe", "AES-256-CBC", "-certpbe", cipher)
        export(f"both-{cipher}", *legacy, "-keypbe", cipher, "-certpbe", cipher)
    export("key-NONE", "-keypbe", "NONE")
    export("cert-NONE", "-certpbe", "NONE")
    export("both-NONE", "-keypbe", "NONE", "-certpbe", "NONE")
    export("both-NONE-no-mac", "-keypbe", "NONE", "-certpbe", "NONE", "-nomac")
    digests = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-224", "sha512-256", "sha3-224",
               "sha3-256", "sha3-384", "sha3-512", "sm3", "ripemd160"]
    for digest in digests:
        export(f"mac-{digest}", *(["-legacy"] if digest == "ripemd160" else []), "-macalg", digest)
    for rounds in ["1", "2", "1000", "100000", "600000"]:
        export(f"iter-{rounds}", "-iter", rounds)
    export("no-iter", "-noiter")
    export("no-mac-iter", "-nomaciter")
    export("no-mac", "-nomac")
    export("legacy-no-mac", "-legacy", "-nomac")
    export("descert", "-legacy", "-descert")
    export("keyex", "-keyex")
    export("keysig", "-keysig")
    export("csp", "-CSP", "Microsoft Enhanced RSA and AES Cryptographic Provider")
    export("lmk", "-LMK")
    export("friendly", "-name", "Gr\u00fc\u00dfe aus Z\u00fcrich", "-caname", "Wurzel")
    for name, password in {
        "empty": "", "long": "x" * 200, "blank": " ", "inner-blank": "a b", "umlaut": "Gr\u00fc\u00dfe",
        "greek": "\u03ba\u03bb\u03b5\u03b9\u03b4\u03af", "emoji": "a\U0001F511b", "signs": "p^|<>&\"'`$(x)%#!",
    }.items():
        export(f"password-{name}", password=password)
        export(f"legacy-password-{name}", "-legacy", password=password)


def openssl_pem(corpus):
    secret = ["-passout", f"pass:{PASSWORD}"]
    key, rest = make.pem(KEY), make.pem(LEAF) + make.pem(CA)

    def add(name, block, password=PASSWORD, expected=OPENS):
        if block:
            # The library is built without Camellia, and without single DES.
            if "camellia" in name or "MD5-DES" in name:
                expected = UNREADABLE
            corpus.add(f"openssl-{name}.pem", block + rest, password, expected)

    for scheme in ["PBE-MD5-DES", "PBE-SHA1-RC4-128", "PBE-SHA1-RC2-40", "PBE-SHA1-3DES", "PBE-SHA1-2DES"]:
        legacy = [] if scheme in ("PBE-SHA1-3DES", "PBE-SHA1-2DES") else ["-provider", "legacy", "-provider", "default"]
        add(f"v1-{scheme}", corpus.tool("openssl", "pkcs8", "-topk8", *legacy, "-v1", scheme, *secret, stdin=key))
    for cipher in ["des3", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "camellia-128-cbc", "aria-256-cbc"]:
        add(f"v2-{cipher}", corpus.tool("openssl", "pkcs8", "-topk8", "-v2", cipher, *secret, stdin=key))
        add(f"traditional-{cipher}", corpus.tool("openssl", "rsa", "-traditional", f"-{cipher}", *secret, stdin=key))
    for prf in ["hmacWithSHA1", "hmacWithSHA224", "hmacWithSHA256", "hmacWithSHA384", "hmacWithSHA512", "hmacWithMD5"]:
        add(f"prf-{prf}", corpus.tool(
            "openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", prf, *secret, stdin=key))
    add("scrypt", corpus.tool("openssl", "pkcs8", "-topk8", "-scrypt", *secret, stdin=key))
    add("scrypt-small", corpus.tool("openssl", "pkcs8", "-topk8", "-scrypt", "-scrypt_N", "1024", *secret, stdin=key))
    add("no-crypt", corpus.tool("openssl", "pkcs8", "-topk8", "-nocrypt", stdin=key), None)
    add("traditional", corpus.tool("openssl", "rsa", "-traditional", stdin=key), None)
    text = corpus.tool("openssl", "x509", "-text", stdin=make.pem(LEAF))
    if text:
        corpus.add("openssl-with-text.pem", text + key, None)
        trusted = corpus.tool("openssl", "x509", "-trustout", "-addtrust", "clientAuth", stdin=make.pem(LEAF))
        corpus.add("openssl-trusted.pem", trusted + key, None)
    encoded = corpus.tool("openssl", "base64", stdin=(HERE / "aes.pfx").read_bytes())
    if encoded:
        corpus.add("openssl-base64.pfx", encoded)


def python_pfx(corpus):
    for scheme in [pkcs12.PBES.PBESv2SHA256AndAES256CBC, pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC]:
        for digest in [hashes.SHA1(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]:
            for rounds in [1, 20000]:
                builder = PrivateFormat.PKCS12.encryption_builder().key_cert_algorithm(scheme)
                encryption = builder.hmac_hash(digest).kdf_rounds(rounds).build(PASSWORD.encode())
                written = pkcs12.serialize_key_and_certificates(b"app", KEY, LEAF, [CA], encryption)
                corpus.add(f"python-{scheme.name}-{digest.name}-{rounds}.pfx", written)
    none = serialization.NoEncryption()
    corpus.add("python-none.pfx", pkcs12.serialize_key_and_certificates(b"app", KEY, LEAF, [CA], none), None)
    corpus.add("python-no-name.pfx", pkcs12.serialize_key_and_certificates(None, KEY, LEAF, None, none), None)
    best = serialization.BestAvailableEncryption(PASSWORD.encode())
    corpus.add("python-no-key.pfx", pkcs12.serialize_key_and_certificates(None, None, LEAF, [CA], best), expected=NO_KEY)


def python_pem(corpus):
    best = serialization.BestAvailableEncryption(PASSWORD.encode())
    for form_name, form in [("pkcs8", PrivateFormat.PKCS8), ("traditional", PrivateFormat.TraditionalOpenSSL)]:
        for name, encryption, password in [("best", best, PASSWORD), ("none", serialization.NoEncryption(), None)]:
            key = KEY.private_bytes(serialization.Encoding.PEM, form, encryption)
            corpus.add(f"python-{form_name}-{name}.pem", key + make.pem(LEAF), password)


def forms(corpus):
    """What people and systems do to the text of a file."""
    text, aes = PLAIN.decode(), (HERE / "aes.pfx").read_bytes()

    def lines(label, content, width=64):
        encoded = base64.b64encode(content).decode()
        cut = "\n".join(encoded[at:at + width] for at in range(0, len(encoded), width))
        return f"-----BEGIN {label}-----\n{cut}\n-----END {label}-----\n"

    for name, form in {
        "crlf": text.replace("\n", "\r\n"), "cr-doubled": text.replace("\n", "\r\r\n"), "no-end": text.rstrip("\n"),
        "joined": text.replace("-----\n-----", "----------"), "bom": "\ufeff" + text,
        "indented": "".join(f"  {line}\n" for line in text.splitlines()), "blank-lines": text.replace("\n", "\n\n"),
        "escaped": text.replace("\n", "\\n"), "escaped-crlf": text.replace("\n", "\\r\\n"),
        "escaped-twice": text.replace("\n", "\\\\n"), "json": json.dumps(text), "one-line": text.replace("\n", " "),
        "wide": "\n".join(text.split()).replace("BEGIN\n", "BEGIN ").replace("END\n", "END ").replace(
            "PRIVATE\nKEY", "PRIVATE KEY"),
    }.items():
        corpus.add(f"form-{name}.pem", form, None)
    corpus.add("form-utf16le.pem", ("\ufeff" + text).encode("utf-16-le"), None)
    corpus.add("form-utf16be.pem", ("\ufeff" + text).encode("utf-16-be"), None)
    for label in ["PKCS12", "PFX", "CERTIFICATE"]:
        corpus.add(f"form-wrapped-{label}.pem", lines(label, aes))
    corpus.add("form-wrapped-escaped.pem", lines("PKCS12", aes).replace("\n", "\\n"))
    corpus.add("form-base64.pfx", base64.b64encode(aes))
    corpus.add("form-base64-utf16.pfx", ("\ufeff" + base64.encodebytes(aes).decode()).encode("utf-16-le"))
    corpus.add("form-der.cer", (HERE / "leaf.cer").read_bytes(), None, NO_KEY)


def by_hand(corpus):
    """What no tool at hand writes."""
    bmp = (PASSWORD + "\0").encode("utf-16-be")
    safe = make.authenticated_safe(bmp, KEY, LEAF)
    hmacs = {"sha1": "2.7", "sha224": "2.8", "sha256": "2.9", "sha384": "2.10", "sha512": "2.11"}

    def algorithm(digest): return seq(oid(f"1.2.840.113549.{hmacs[digest]}"), NULL)

    def pbmac1(digest="sha256", size=32, prf="sha256", prf_oid=None, mac_oid=None, kdf_oid="1.2.840.113549.1.5.12"):
        salt = os.urandom(16)
        derived = hashlib.pbkdf2_hmac(prf, PASSWORD.encode(), salt, 2048, size)
        kdf = seq(oid(kdf_oid), seq(
            octets(salt), integer(2048), integer(size), seq(oid(prf_oid), NULL) if prf_oid else algorithm(prf)))
        mac = seq(oid(mac_oid), NULL) if mac_oid else algorithm(digest)
        scheme = seq(oid("1.2.840.113549.1.5.14"), seq(kdf, mac))
        return pfx(safe, seq(
            seq(scheme, octets(hmac.digest(derived, safe, digest))), octets(b"\0"), integer(1)))

    for digest in hmacs:
        for prf in ["sha256", "sha512"]:
            corpus.add(f"hand-pbmac1-{digest}-{prf}.pfx", pbmac1(digest, hashlib.new(digest).digest_size, prf))
    corpus.add("hand-pbmac1-key-64.pfx", pbmac1(size=64))
    corpus.add("hand-pbmac1-key-256.pfx", pbmac1(size=256), expected=UNREADABLE)
    unknown = "1.2.3.4"
    corpus.add("hand-pbmac1-prf.pfx", pbmac1(prf_oid=unknown), expected=UNREADABLE)
    corpus.add("hand-pbmac1-mac.pfx", pbmac1(mac_oid=unknown), expected=UNREADABLE)
    corpus.add("hand-pbmac1-kdf.pfx", pbmac1(kdf_oid=unknown), expected=UNREADABLE)

    def mac(digest_oid):
        salt = os.urandom(8)
        digest = hmac.digest(make.pkcs12_kdf(bmp, salt, 3, 2000, 20), safe, "sha1")
        return seq(seq(seq(oid(digest_oid), NULL), octets(digest)), octets(salt), integer(2000))

    corpus.add("hand-mac-sha1.pfx", pfx(safe, mac("1.3.14.3.2.26")))
    corpus.add("hand-mac-unknown.pfx", pfx(safe, mac(unknown)), expected=UNREADABLE)

    # The right MAC around what cannot be decrypted: an unknown scheme, cipher and PRF.
    def safe_with(scheme):
        der = KEY.private_bytes(serialization.Encoding.DER, PrivateFormat.PKCS8, serialization.NoEncryption())
        key_bag = seq(oid("1.2.840.113549.1.12.10.1.2"), make.tlv(0xA0, seq(scheme, octets(der + b"\0" * 8))))
        return seq(seq(oid(DATA), make.tlv(0xA0, octets(seq(key_bag)))))

    def pbes2(prf, cipher):
        kdf = seq(oid("1.2.840.113549.1.5.12"), seq(octets(b"12345678"), integer(2000), seq(oid(prf), NULL)))
        return seq(oid("1.2.840.113549.1.5.13"), seq(kdf, seq(oid(cipher), octets(b"\0" * 16))))

    aes, sha256 = "2.16.840.1.101.3.4.1.42", "1.2.840.113549.2.9"
    for name, scheme in {
        "scheme": seq(oid(unknown), seq(octets(b"12345678"), integer(2000))),
        "prf": pbes2(unknown, aes), "cipher": pbes2(sha256, unknown),
    }.items():
        content = safe_with(scheme)
        corpus.add(f"hand-{name}-unknown.pfx", pfx(content, make.mac_sha1(bmp, content)), expected=UNREADABLE, tells=True)
        block = seq(scheme, octets(b"\0" * 64))
        encoded = base64.encodebytes(block).decode()
        corpus.add(f"hand-{name}-unknown.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + encoded
                   + "-----END ENCRYPTED PRIVATE KEY-----\n" + make.pem(LEAF).decode(), expected=UNREADABLE)


def java(corpus):
    """A keystore that keytool copied, in its own algorithms and in old ones."""
    for name, options in {"new": [], "old": ["-J-Dkeystore.pkcs12.legacy"]}.items():
        with tempfile.TemporaryDirectory() as folder:
            to = pathlib.Path(folder) / "java.p12"
            done = corpus.tool(
                "keytool", "-importkeystore", "-noprompt", "-srckeystore", str(HERE / "aes.pfx"), "-srcstoretype",
                "PKCS12", "-srcstorepass", PASSWORD, "-destkeystore", str(to), "-deststoretype", "PKCS12",
                "-deststorepass", PASSWORD, *options)
            if done is not None:
                corpus.add(f"keytool-{name}.p12", to.read_bytes())


def gnutls(corpus):
    with tempfile.TemporaryDirectory() as folder:
        key, cert = pathlib.Path(folder) / "key.pem", pathlib.Path(folder) / "cert.pem"
        key.write_bytes(make.pem(KEY))
        cert.write_bytes(make.pem(LEAF))
        for cipher in ["3des", "3des-pkcs12", "aes-128", "aes-192", "aes-256", "rc2-40", "arcfour"]:
            for outer, ending in [(["--outder"], "p12"), ([], "pem")]:
                written = corpus.tool(
                    "certtool", "--to-p12", "--load-privkey", str(key), "--load-certificate", str(cert), "--p12-name",
                    "app", "--pkcs-cipher", cipher, "--password", PASSWORD, *outer)
                if written:
                    corpus.add(f"certtool-{cipher}.{ending}", written)


def nss(corpus):
    with tempfile.TemporaryDirectory() as folder:
        database, to = f"sql:{folder}", pathlib.Path(folder) / "nss.p12"
        if corpus.tool("certutil", "-N", "-d", database, "--empty-password") is None:
            return
        corpus.tool("pk12util", "-i", str(HERE / "aes.pfx"), "-d", database, "-W", PASSWORD, "-K", "")
        for cipher in ["AES-256-CBC", "AES-128-CBC", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC"]:
            done = corpus.tool(
                "pk12util", "-o", str(to), "-n", "app", "-d", database, "-W", PASSWORD, "-K", "", "-c", cipher)
            if done is not None:
                corpus.add(f"nss-{len(corpus.files)}.p12", to.read_bytes())


def main(folder):
    corpus = Corpus(folder)
    for part in [openssl_pfx, openssl_pem, python_pfx, python_pem, forms, by_hand, java, gnutls, nss]:
        part(corpus)
    (corpus.folder / "manifest.json").write_text(json.dumps({"files": corpus.files, "leftOut": corpus.left_out}))


if __name__ == "__main__":
    main(sys.argv[1])
