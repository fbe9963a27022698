"""The emulator of a soak: started with faults, asked for its counters, told to fail."""

import json
import os
import ssl
import subprocess
import urllib.request


class Emulator:
    def __init__(self, program, folder, mailboxes, *flags):
        command = [program, "serve", "--broken-percent", "0", "--mailboxes", str(mailboxes)]
        command += ["--manifest", os.path.join(folder, "manifest.json"), *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.environment = {}
        for line in self.process.stdout:
            name, _, value = line.strip().partition("=")
            if name.startswith("EXRUN_"):
                self.environment[name] = value
            if len(self.environment) == 2:
                break
        self._tls = ssl.create_default_context(cafile=self.environment["EXRUN_CA_FILE"])

    def ask(self, method, what, body=None):
        port = self.environment["EXRUN_CONNECT_TO"].rsplit(":", 1)[1]
        data = None if body is None else json.dumps(body).encode("utf-8")
        request = urllib.request.Request("https://localhost:%s/_emulator/%s" % (port, what), data=data, method=method)
        with urllib.request.urlopen(request, context=self._tls, timeout=60) as reply:
            return json.load(reply)

    def state(self):
        return self.ask("GET", "state")

    def writes(self):
        return self.ask("GET", "writes")

    def reset(self):
        self.ask("POST", "reset")

    def faults(self, rules):
        self.ask("PUT", "faults", {"rules": rules})

    def revoke_tokens(self):
        self.ask("POST", "revoke-tokens")

    def stop(self):
        self.process.kill()
        self.process.wait()
