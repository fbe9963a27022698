"""How long msal takes for a token with PFX, signature and connection: `time_msal.py host tenant client pfx ca times`."""

import statistics
import sys
import tempfile
import time

import certifi
import msal

host, tenant, client, pfx, ca, times = sys.argv[1:]
# As in earnest, and as ExRun does it: the authorities that everyone trusts, and one more.
bundle = tempfile.NamedTemporaryFile("w", suffix=".pem")
for path in (certifi.where(), ca):
    with open(path) as file:
        bundle.write(file.read())
bundle.flush()
took = []
for _ in range(int(times)):
    began = time.perf_counter()
    app = msal.ConfidentialClientApplication(
        client,
        client_credential={"private_key_pfx_path": pfx},
        authority=f"https://{host}/{tenant}",
        instance_discovery=False,
        verify=bundle.name,
    )
    reply = app.acquire_token_for_client(["https://graph.microsoft.com/.default"])
    took.append(time.perf_counter() - began)
    assert "access_token" in reply, reply
print(f"msal for Python: {statistics.median(took) * 1000:.1f} ms")
