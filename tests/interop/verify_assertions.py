"""Verifies client assertions with joserfc, which knows nothing of ExRun.

Reads {"certificate": base64 DER, "client": id, "audience": URL, "assertions": [{"alg", "text", "x5c"}]} from
standard input; says what is wrong and ends with 1, or prints how many are right.
"""

import base64
import hashlib
import json
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


given = json.load(sys.stdin)
der = base64.b64decode(given["certificate"], validate=True)
public = x509.load_der_x509_certificate(der).public_key()
key = RSAKey.import_key(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())
identities = set()
for assertion in given["assertions"]:
    algorithm = assertion["alg"]
    # Verifies the signature; any other algorithm is refused.
    registry = JWSRegistry(algorithms=[algorithm])
    # With x5c a header is longer than joserfc allows by default.
    registry.max_header_length = 16384
    token = jwt.decode(assertion["text"], key, registry=registry)
    header, claims = token.header, token.claims
    assert header["alg"] == algorithm and header["typ"] == "JWT", header
    if algorithm == "PS256":
        assert header["x5t#S256"] == base64url(hashlib.sha256(der).digest()), header
    else:
        assert header["x5t"] == base64url(hashlib.sha1(der).digest()), header
    if assertion["x5c"]:
        assert isinstance(header["x5c"], list) and base64.b64decode(header["x5c"][0], validate=True) == der, header
    else:
        assert "x5c" not in header, header
    assert claims["iss"] == claims["sub"] == given["client"] and claims["aud"] == given["audience"], claims
    for name in ("nbf", "iat", "exp"):
        assert type(claims[name]) is int, (name, claims[name])
    assert claims["nbf"] <= time.time() < claims["exp"] and 300 <= claims["exp"] - claims["nbf"] <= 600, claims
    identities.add(claims["jti"])
assert len(identities) == len(given["assertions"]), "a jti was used twice"
print(len(identities))
