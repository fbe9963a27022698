"""What the recipes of images, clusters and releases must hold beyond what their own checkers know. Says each fault on a line.

    python recipes.py REPOSITORY
"""

import fnmatch
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(sys.argv[1])
#: Actions that release.yml and ci.yml may use, by their major versions: each runs with what the job may do.
ACTIONS = {
    "actions/checkout@v4",
    "actions/setup-python@v5",
    "actions/upload-artifact@v4",
    "actions/download-artifact@v4",
    "actions/attest-build-provenance@v2",
    "dtolnay/rust-toolchain@stable",
    "pypa/gh-action-pypi-publish@release/v1",
}
#: What says of a job's `if` that it runs for a tag and for what is signed alone.
GUARDS = ("github.ref_type == 'tag'", "needs.module.outputs.signed == 'true'")
#: What gives something out.
PUBLISHING = re.compile(r"Publish-PSResource|gh release create|twine|gh-action-pypi-publish|cargo publish|docker push|podman push")


def workflows():
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        workflow = yaml.safe_load(path.read_text("utf-8"))
        if workflow.get("permissions") != {"contents": "read"}:
            yield f"{path.name}: whatever no job asks for must be {{contents: read}}"
        for name, job in workflow["jobs"].items():
            where = f"{path.name}: {name}"
            steps = job.get("steps", [])
            text = yaml.safe_dump(steps)
            if PUBLISHING.search(text):
                condition = str(job.get("if", ""))
                if not all(guard in condition for guard in GUARDS):
                    yield f"{where} publishes, and not only what is signed, for a tag"
                if job.get("environment") != "release":
                    yield f"{where} publishes outside of the environment that people agree to"
            elif {"contents", "packages"} & {key for key, may in job.get("permissions", {}).items() if may == "write"}:
                yield f"{where} may write and does not publish"
            if steps and "timeout-minutes" not in job:
                yield f"{where} may run for six hours"
            for step in steps:
                used = step.get("uses")
                if used and used not in ACTIONS:
                    yield f"{where} uses {used}, which is not in the list"
                if used == "actions/checkout@v4" and step.get("with", {}).get("persist-credentials") is not False:
                    yield f"{where} leaves its token in the checkout"
                if "${{ secrets." in str(step.get("run", "")):
                    yield f"{where} puts a secret into a script's text"


def release_order():
    """What is published was tried and attested before."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]

    def before(name):
        needs = jobs[name].get("needs", [])
        needs = [needs] if isinstance(needs, str) else needs
        return set(needs).union(*(before(other) for other in needs)) if needs else set()

    for name in filter(lambda name: name.startswith("publish-"), jobs):
        missing = {"check", "natives", "module", "try-module", "wheels", "attest"} - before(name)
        if missing:
            yield f"release.yml: {name} does not wait for {', '.join(sorted(missing))}"
    systems = {entry["rid"] for entry in yaml.safe_load((ROOT / ".github/workflows/natives.yml").read_text("utf-8"))["jobs"]["build"]["strategy"]["matrix"]["include"]}
    wanted = {"linux-x64", "linux-arm64", "win-x64", "win-arm64", "osx-x64", "osx-arm64"}
    if systems != wanted:
        yield f"natives.yml builds {sorted(systems)} and not {sorted(wanted)}"
    tried = {(entry["system"].split("-")[0], entry["shell"]) for entry in jobs["try-module"]["strategy"]["matrix"]["include"]}
    if not {("windows", "powershell"), ("windows", "pwsh"), ("ubuntu", "pwsh"), ("macos", "pwsh")} <= tried:
        yield "release.yml: the package is not tried in every PowerShell"


def image():
    text = (ROOT / "Containerfile").read_text("utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    instructions = [line.split(None, 1) for line in lines]
    bases = [rest for word, rest in instructions if word == "FROM"]
    if len(bases) != 1 or not re.fullmatch(r"mcr\.microsoft\.com/\S+:\d[\w.-]*(@sha256:[0-9a-f]{64})?", bases[0]):
        yield f"Containerfile: the image it is from, {bases}, is none of Microsoft with a version"
    users = [rest for word, rest in instructions if word == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield "Containerfile: it does not run as a user with a number other than 0, by which a cluster sees that it is not root"
    if instructions[-1][0] != "ENTRYPOINT" or not instructions[-1][1].startswith("["):
        yield "Containerfile: the program is started by a shell, which keeps signals from it"
    for word, rest in instructions:
        if word in ("ENV", "ARG") and re.search(r"secret|password|token|key\b", rest, re.IGNORECASE):
            yield f"Containerfile: a secret in a layer? {word} {rest}"
        if word in ("ADD", "RUN"):
            yield f"Containerfile: {word} brings in what this repository does not say"
    # What is copied is let in, and nothing else is.
    ignore = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and not line.startswith("#")]
    let_in = [line[1:] for line in ignore if line.startswith("!")]
    if ignore[0] != "*":
        yield ".dockerignore: it does not begin by leaving out everything"
    copied = [source for word, rest in instructions if word == "COPY" for source in rest.split()[:-1]]
    if sorted(copied) != sorted(let_in):
        yield f".dockerignore lets in {sorted(let_in)}, and Containerfile copies {sorted(copied)}"
    for secret in ("app.pfx", "app.pem", "app.key"):
        if not any(fnmatch.fnmatch(f"dist/x/{secret}", pattern) for pattern in ignore if pattern.startswith("**/")):
            yield f".dockerignore lets {secret} in"


def clusters():
    for path in sorted((ROOT / "examples/kubernetes").glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text("utf-8")):
            spec = document["spec"]
            spec = spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"]
            if not spec.get("securityContext", {}).get("runAsNonRoot"):
                yield f"{path.name}: {document['kind']} may run as root"
            for container in spec["containers"]:
                context = container.get("securityContext", {})
                if context.get("readOnlyRootFilesystem") is not True or context.get("allowPrivilegeEscalation") is not False:
                    yield f"{path.name}: {container['name']} may write to its image or become another user"
                if "limits" not in container.get("resources", {}):
                    yield f"{path.name}: {container['name']} has no limits"


faults = [fault for part in (workflows, release_order, image, clusters) for fault in part()]
print("\n".join(faults))
sys.exit(bool(faults))
