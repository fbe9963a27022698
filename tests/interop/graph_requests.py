"""Judges requests by the description of Microsoft Graph that Microsoft's own SDK for Python was generated from: whether there
is such a path, with that method, those options of the query, and what the body has, by name and by type.

    python graph_requests.py FILE

FILE holds requests as the emulator writes them (--requests-file). Says each fault on a line, and how much was judged last.
"""

import base64
import datetime
import functools
import importlib
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import parse_qsl, unquote

import msgraph.generated

#: What of Graph may be asked for: anything else is none of ExRun's business.
PARTS = ("applications", "applications_with_app_id", "domains", "groups", "organization", "places", "users")
#: What is not in the description of v1.0 and is asked for all the same, with the reason.
KNOWN = {
    ("select", "MailFolder", "sizeInBytes"): "the service gives it in v1.0, and the description has it for beta alone",
}
#: Options that the service puts into its own links.
OPAQUE = ("$skiptoken", "$deltatoken", "$skipToken", "$deltaToken")
OPERATORS = {"eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "in", "has", "true", "false", "null"}


class Fault(Exception):
    """What is wrong with a request."""


def templates():
    """Each path of the description: its pattern, its options, its methods with the types of their bodies and answers."""
    root = Path(msgraph.generated.__path__[0])
    for part in PARTS:
        for file in (root / part).rglob("*_request_builder.py"):
            text = file.read_text("utf-8")
            template = re.search(r'super\(\).__init__\(request_adapter, "\{\+baseurl\}([^"]+)"', text).group(1)
            # Options that must be there stand before the others.
            path, _, options = re.sub(r"\{([?&])", r"?\1", template).partition("?")
            names = re.findall(r"(?:^|[?&,])([\w%.-]+)", options.replace("}", ""))
            pattern = re.sub(r"\\\{[^/]*?\\\}", "[^/]+", re.escape(unquote(path)))
            pattern = pattern.replace(r"graph\.", r"microsoft\.graph\.").replace(r"\(\)", r"(?:\(\))?")
            methods = {}
            for method, body, answer in re.findall(r"async def (\w+)\(self,(?:body: ([\w\[\]]+), )?.*?\) -> (?:Optional\[([\w\[\]]+)\]|None):", text):
                methods[method.upper()] = (body, answer)
            yield re.compile(pattern), {unquote(name) for name in names}, methods, file, text


def index(known):
    """The paths by how many segments they have and by the third, which is where most differ; none where it is any id."""
    found = defaultdict(list)
    for entry in known:
        segments = entry[0].pattern.replace("[^/]+", "*").split("/")[1:]
        third = segments[2].replace("\\", "") if len(segments) > 2 else None
        found[len(segments), third if third and third.isalnum() else None].append(entry)
    return found


@functools.cache
def model(name, file, text):
    """A type that a request builder names."""
    home = re.search(rf"from (\.+[\w.]+) import {name}$", text, re.MULTILINE)
    package = ".".join(("msgraph.generated", *file.parent.relative_to(msgraph.generated.__path__[0]).parts))
    return getattr(importlib.import_module(home.group(1), package), name)


class Node:
    """Stands for JSON where a type of the SDK reads itself: it says no where the value is of another type than is read."""

    def __init__(self, value, place):
        self.value, self.place = value, place

    def want(self, holds, what):
        if self.value is not None and not holds(self.value):
            raise Fault(f"{self.place} is {json.dumps(self.value)} and must be {what}")
        return self.value

    def text(self, pattern, what):
        return self.want(lambda value: isinstance(value, str) and re.fullmatch(pattern, value), what)

    def get_str_value(self):
        return self.want(lambda value: isinstance(value, str), "text")

    def get_bool_value(self):
        return self.want(lambda value: isinstance(value, bool), "true or false")

    def get_int_value(self):
        return self.want(lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number")

    def get_float_value(self):
        return self.want(lambda value: isinstance(value, (int, float)) and not isinstance(value, bool), "a number")

    def get_uuid_value(self):
        return self.text(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "a GUID")

    def get_datetime_value(self):
        return self.text(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)", "a time with an offset")

    def get_date_value(self):
        return self.text(r"\d{4}-\d\d-\d\d", "a day")

    def get_time_value(self):
        return self.text(r"\d\d:\d\d(:\d\d(\.\d+)?)?", "a time of the day")

    def get_timedelta_value(self):
        return self.text(r"-?P(\d+D)?(T.*)?", "a duration")

    def get_bytes_value(self):
        return self.want(lambda value: isinstance(value, str) and base64.b64decode(value, validate=True) is not None, "base64")

    def get_enum_value(self, names):
        known = {name.value for name in names}
        return self.want(lambda value: isinstance(value, str) and set(value.split(",")) <= known, f"one of {sorted(known)}")

    def get_child_node(self, name):
        return Node(self.value.get(name), f"{self.place}.{name}") if isinstance(self.value, dict) else None

    def get_object_value(self, of):
        if self.want(lambda value: isinstance(value, dict), "an object") is None:
            return None
        return self.read(of)

    def read(self, of):
        made = of.create_from_discriminator_value(self)
        readers = made.get_field_deserializers()
        # Of parameters of actions the description writes the first letter large, and the reference does not.
        parameters = {name[0].lower() + name[1:]: read for name, read in readers.items() if type(made).__name__.endswith("RequestBody")}
        for name, value in self.value.items():
            if "@odata." in name:
                continue
            read = readers.get(name) or parameters.get(name)
            if not read:
                raise Fault(f"{self.place}.{name} is no member of {type(made).__name__}")
            read(Node(value, f"{self.place}.{name}"))
        return made

    def elements(self):
        all_of_it = self.want(lambda value: isinstance(value, list), "a list") or []
        return [Node(value, f"{self.place}[{number}]") for number, value in enumerate(all_of_it)]

    def get_collection_of_object_values(self, of):
        return [node.get_object_value(of) for node in self.elements()]

    def get_collection_of_enum_values(self, names):
        return [node.get_enum_value(names) for node in self.elements()]

    def get_collection_of_primitive_values(self, of):
        of = {datetime.datetime: "datetime", datetime.date: "date", bool: "bool", int: "int", float: "float"}.get(of, "str")
        return [getattr(node, f"get_{of}_value")() for node in self.elements()]


class Sought:
    """Stands where a type reads itself, and remembers which type its member has."""

    def __init__(self):
        self.of = None

    def get_object_value(self, of):
        self.of = of

    get_collection_of_object_values = get_object_value

    def __getattr__(self, _):
        return lambda *_: None


def member(of, name, where):
    """The type of a member of a type; an object of one."""
    readers = of().get_field_deserializers()
    if name not in readers:
        if (where, of.__name__, name) in KNOWN:
            return None
        raise Fault(f"${where} names {name}, which is no member of {of.__name__}")
    sought = Sought()
    readers[name](sought)
    return sought.of


def outside(text, separator):
    """The parts of a text between separators that do not stand within brackets or quotes."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if letter == separator and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def paths(of, text, where):
    """Members that are named with those of theirs: from/emailAddress/address."""
    for path in text:
        found = of
        for name in path.strip().split("/"):
            if found is None:
                break
            found = member(found, name, where)


def options(of, query):
    """What is asked of a type: that what is named is there."""
    for name, value in query:
        if name == "$select":
            paths(of, value.split(","), "select")
        elif name == "$orderby":
            paths(of, [part.strip().split(" ")[0] for part in value.split(",")], "orderby")
        elif name == "$expand":
            for part in outside(value, ","):
                expanded, _, nested = part.partition("(")
                inner = member(of, expanded.strip(), "expand")
                if nested and inner:
                    options(inner, [tuple(option.split("=", 1)) for option in outside(nested[:-1], ";")])
        elif name == "$filter":
            plain = re.sub(r"'(?:[^']|'')*'", "''", value)
            plain = re.sub(r"\d{4}-\d\d-\d\d(T[\d:.]+Z?)?", "0", plain)
            lambdas = re.findall(r"([\w/]+)/(?:any|all)\((\w+):", plain)
            variables = {variable: member(of, path, "filter") for path, variable in lambdas}
            plain = re.sub(r"/(?:any|all)\(\w+:", " (", plain)
            words = re.findall(r"(?<![\w/$])[A-Za-z_][\w/]*(?![\w/]*\()", plain)
            for path in (word for word in words if word not in OPERATORS):
                first, _, rest = path.partition("/")
                if first not in variables:
                    paths(of, [path], "filter")
                elif rest and variables[first]:
                    paths(variables[first], [rest], "filter")


def element(answer, file, text):
    """What a request gives, or gives a list of; none where it is no object of Graph's."""
    if not answer or answer in ("bytes", "str", "int"):
        return None
    of = model(answer, file, text)
    listed = "value" in of().get_field_deserializers()
    return member(of, "value", "value") if listed else of


def judge(request, known):
    """Raises a fault; gives the form of a request that is as it should be."""
    method, query = request["method"], parse_qsl(request["query"], keep_blank_values=True)
    path = re.sub(r"\('([^/]*?)'\)(?=/|$)", r"/\1", request["path"].split("/", 2)[2])
    # A slash within a segment is no end of it.
    path = "/" + "/".join(unquote(segment).replace("/", "|") for segment in path.split("/"))
    segments = path.split("/")[1:]
    near = {(len(segments), segments[2] if len(segments) > 2 else None), (len(segments), None)}
    found = [entry for key in near for entry in known.get(key, ()) if entry[0].fullmatch(path)]
    # What is named stands before what is any id: /users/$count.
    found.sort(key=lambda entry: entry[0].pattern.count("[^/]+"))
    if not found:
        raise Fault("there is no such path")
    pattern, names, methods, file, text = found[0]
    if method not in methods:
        raise Fault(f"the path knows {', '.join(sorted(methods))}")
    for name, _ in query:
        if name not in names and name not in OPAQUE:
            raise Fault(f"the query has {name}, and knows {', '.join(sorted(names))}")
    body, answer = methods[method]
    of = element(answer, file, text)
    if of:
        options(of, query)
    if request["body"] is None:
        if body and body != "bytes" and method != "POST":
            raise Fault("it has no body")
    elif not body:
        raise Fault("it has a body, and takes none")
    elif body == "bytes":
        if set(request["body"]) != {"bytes"}:
            raise Fault("its body is JSON, and must be bytes")
    else:
        Node(request["body"], "body").get_object_value(model(body, file, text))
    return f"{method} {pattern.pattern}"


def main():
    known = index(templates())
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text("utf-8").splitlines()]
    forms, faults = Counter(), Counter()
    same = {}
    for request in lines:
        # Mailbox by mailbox the same is asked: each once, whatever the mailbox and the ids within it.
        path = re.sub(r"(?<=/users/)[^/]+|\b[\w%-]{40,}", "*", request["path"])
        same.setdefault(json.dumps([request["method"], path, request["query"], request["body"]]), []).append(request)
    for request, *others in same.values():
        try:
            forms[judge(request, known)] += 1 + len(others)
        except Fault as fault:
            faults[f"{request['method']} {unquote(request['path'])}?{unquote(request['query'])}: {fault}"] += 1 + len(others)
    for fault, times in faults.items():
        print(f"{fault} ({times} times)")
    print(f"judged {len(lines)} requests of {len(forms)} forms by {sum(map(len, known.values()))} paths: {len(faults)} faults")
    sys.exit(bool(faults) or not lines)


if __name__ == "__main__":
    main()
