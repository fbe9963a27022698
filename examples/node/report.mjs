#!/usr/bin/env node
// The mailbox settings of every mailbox of a tenant, as CSV on standard output, through the C ABI.
//
//   npm install
//   EXRUN_LIBRARY=/path/to/libexrun.so node report.mjs --tenant contoso.com --client <appId> \
//       --certificate app.pfx --password-env PFX_PASSWORD > report.csv
//
// Ends with 0 when every mailbox could be read, with 2 when some could not (their rows are there, without settings),
// with 1 when the run itself failed, with 130 after Ctrl+C.
import process from "node:process";
import { once } from "node:events";
import { parseArgs, promisify } from "node:util";
import koffi from "koffi";

const ABI_VERSION = 1;
const OK = 0, END = 2;
const ALL_READ = 0, RUN_FAILED = 1, SOME_FAILED = 2, INTERRUPTED = 130;

const file = { win32: "exrun.dll", darwin: "libexrun.dylib" }[process.platform] ?? "libexrun.so";
const library = koffi.load(process.env.EXRUN_LIBRARY || file);
const exrun = Object.fromEntries([
  "int32_t exrun_abi_version()",
  "int32_t exrun_bytes_free(void *data)",
  "int32_t exrun_error_json(int64_t error, _Out_ void **data, _Out_ int64_t *len)",
  "int32_t exrun_error_free(int64_t error)",
  "int32_t exrun_secret_new(const uint8_t *data, int64_t len, _Out_ int64_t *secret, _Out_ int64_t *error)",
  "int32_t exrun_secret_free(int64_t secret)",
  "int32_t exrun_client_new(const uint8_t *options, int64_t len, _Out_ int64_t *client, _Out_ int64_t *error)",
  "int32_t exrun_client_free(int64_t client)",
  "int32_t exrun_mailbox_settings_report(int64_t client, const uint8_t *request, int64_t len, _Out_ int64_t *stream, _Out_ int64_t *error)",
  "int32_t exrun_stream_next(int64_t stream, int32_t timeout_ms, int32_t max_rows, _Out_ void **data, _Out_ int64_t *len, _Out_ int32_t *rows, _Out_ int64_t *error)",
  "int32_t exrun_stream_progress(int64_t stream, _Out_ void **data, _Out_ int64_t *len, _Out_ int64_t *error)",
  "int32_t exrun_stream_cancel(int64_t stream, _Out_ int64_t *error)",
  "int32_t exrun_stream_free(int64_t stream)",
].map((declaration) => [declaration.match(/exrun_(\w+)/)[1], library.func(declaration)]));

/** What the library reported, with every member of its JSON. */
class ExRunError extends Error {
  constructor(detail) {
    super(detail.message);
    Object.assign(this, detail);
  }
}

/** Copies bytes of the library, and gives them back. */
function taken(data, len) {
  const bytes = Buffer.from(koffi.decode(data, koffi.array("uint8_t", len, "Typed")));
  exrun.bytes_free(data);
  return bytes;
}

/** The status of a call, or the error that it reported. */
function checked(status, error) {
  if (status >= 0) return status;
  const data = [null], len = [0];
  if (exrun.error_json(error[0], data, len) !== OK) throw new ExRunError({ message: `status ${status}`, status });
  const detail = JSON.parse(taken(data[0], len[0]).toString());
  exrun.error_free(error[0]);
  throw new ExRunError(detail);
}

/** Calls a function that gives a handle. */
function make(name, ...input) {
  const handle = [0], error = [0];
  checked(exrun[name](...input, handle, error), error);
  return handle[0];
}

const json = (value) => {
  const bytes = Buffer.from(JSON.stringify(value));
  return [bytes, bytes.length];
};

function makeClient(options) {
  const credential = { certificateFile: options.certificate };
  let secret = 0;
  const variable = options["password-env"];
  if (variable) {
    if (process.env[variable] === undefined) throw new Error(`the environment variable ${variable} is not set`);
    const password = Buffer.from(process.env[variable]);
    // A secret never stands in the JSON: the JSON names its handle.
    secret = credential.passwordSecret = make("secret_new", password, password.length);
    password.fill(0);
  }
  try {
    return make("client_new", ...json({ tenantId: options.tenant, clientId: options.client, credential }));
  } finally {
    // The client has its own reference.
    if (secret) exrun.secret_free(secret);
  }
}

/** The next rows as CSV: null when none came in a quarter of a second, undefined when none follow. */
async function next(stream) {
  const data = [null], len = [0], rows = [0], error = [0];
  // On a thread of its own, so that Ctrl+C and timers have their turn.
  const waiting = promisify(exrun.stream_next.async);
  const status = checked(await waiting(stream, 250, 0, data, len, rows, error), error);
  if (status === END) return undefined;
  return status === OK ? taken(data[0], len[0]) : null;
}

async function report(options) {
  const client = makeClient(options);
  let stream = 0, interrupted = false, broken;
  const interrupt = () => { interrupted = true; };
  process.once("SIGINT", interrupt);
  // Whoever reads the report may be gone (`| head`).
  process.stdout.on("error", (error) => { broken = error; });
  try {
    stream = make("mailbox_settings_report", client, ...json({ source: { all: true }, format: "csv" }));
    for (let rows; !interrupted && (rows = await next(stream)) !== undefined;) {
      // As fast as the reader takes it: a report of a million rows does not pile up here.
      if (rows && !process.stdout.write(rows)) await once(process.stdout, "drain");
      if (broken) throw broken;
    }
    if (interrupted) {
      exrun.stream_cancel(stream, [0]);
      process.stderr.write("stopped by Ctrl+C\n");
      return INTERRUPTED;
    }
    const data = [null], len = [0], error = [0];
    checked(exrun.stream_progress(stream, data, len, error), error);
    const progress = JSON.parse(taken(data[0], len[0]).toString());
    process.stderr.write(`${progress.delivered} rows, ${progress.failed} failed\n`);
    return progress.failed > 0 ? SOME_FAILED : ALL_READ;
  } finally {
    process.off("SIGINT", interrupt);
    if (stream) exrun.stream_free(stream);
    exrun.client_free(client);
  }
}

const text = { type: "string" };
try {
  const { values } = parseArgs({ options: { tenant: text, client: text, certificate: text, "password-env": text } });
  if (!values.tenant || !values.client || !values.certificate) throw new Error("--tenant, --client and --certificate are needed");
  if (exrun.abi_version() !== ABI_VERSION) throw new Error(`this program speaks version ${ABI_VERSION} of the ABI, the library ${exrun.abi_version()}`);
  process.exitCode = await report(values);
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  if (error.hint) process.stderr.write(`hint: ${error.hint}\n`);
  process.exitCode = RUN_FAILED;
}
