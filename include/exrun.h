/*
 * ExRun: one thing over every mailbox of a Microsoft 365 tenant, with an app-only token.
 *
 * Generated from src/ffi by `cargo xtask header`: change it there.
 *
 * RULES FOR EVERY FUNCTION
 *
 * Return value. EXRUN_OK, EXRUN_PENDING, EXRUN_END or EXRUN_NEEDS_SIGNATURE, or a negative EXRUN_ERROR_*.
 * Names and numbers never change once released. Beyond what a function lists it may return
 * EXRUN_ERROR_FORKED and EXRUN_ERROR_INTERNAL.
 *
 * Types. int32_t, int64_t, pointers to them, and bytes as a pointer and an int64_t length. Text is UTF-8,
 * without a terminating NUL.
 *
 * Inputs. `data` and `len` are read during the call alone. A null pointer with length 0 is empty input; with
 * any other length it is EXRUN_ERROR_NULL_POINTER. A length below 0 or over 67,108,864 is
 * EXRUN_ERROR_INVALID_LENGTH. Options and requests are one JSON object; a member that is unknown, there
 * twice, of the wrong type or out of range is EXRUN_ERROR_INVALID_ARGUMENT and named in the message; a
 * member that is null counts as absent.
 *
 * Outputs. Set to null or 0 first, and written only where a function returns EXRUN_OK (`error` only where it
 * returns a negative number). An output that is null is EXRUN_ERROR_NULL_POINTER, but for `error`.
 *
 * Bytes that the library gives are never null, also when their length is 0, and are freed once with
 * exrun_bytes_free, from any thread. Anything else is EXRUN_ERROR_FOREIGN_BYTES.
 *
 * Handles. Numbers from 1 to 2^53-1; 0 is never one. A handle is freed once with the _free of its kind; one
 * that is stale, foreign or of another kind is EXRUN_ERROR_INVALID_HANDLE.
 *
 * Errors. `error` receives a handle on a negative return: read it with exrun_error_json, free it with
 * exrun_error_free. It stays 0 on EXRUN_ERROR_FORKED.
 *
 * Threads. Every function may be called from any thread at any time, also with the same handle. A _free
 * during a call on the same handle is safe: a call that waits ends with EXRUN_ERROR_CANCELLED.
 *
 * Time. No call blocks. exrun_operation_wait and exrun_stream_next return within the time given, at most
 * 1,000 ms.
 *
 * Secrets are never part of a JSON: exrun_secret_new gives a handle, and the JSON names the handle.
 *
 * Processes. After a fork the child cannot use the library: every call returns EXRUN_ERROR_FORKED. The
 * library is never unloaded, and nothing has to be called at exit.
 *
 * docs/abi.md describes the JSON of options, requests and results.
 */


#ifndef EXRUN_H
#define EXRUN_H

#include <stdint.h>

/**
 * Done.
 */
#define EXRUN_OK 0

/**
 * Not ready within the time given; call again.
 */
#define EXRUN_PENDING 1

/**
 * No more rows.
 */
#define EXRUN_END 2

/**
 * Answer `exrun_signature_request`, then call again.
 */
#define EXRUN_NEEDS_SIGNATURE 3

/**
 * A required pointer is null.
 */
#define EXRUN_ERROR_NULL_POINTER -1

/**
 * A length is negative or too large.
 */
#define EXRUN_ERROR_INVALID_LENGTH -2

/**
 * Text is not UTF-8.
 */
#define EXRUN_ERROR_INVALID_UTF8 -3

/**
 * Not JSON.
 */
#define EXRUN_ERROR_INVALID_JSON -4

/**
 * A member is missing, unknown, of the wrong type or out of range; the message names it.
 */
#define EXRUN_ERROR_INVALID_ARGUMENT -5

/**
 * Stale, foreign, freed, or 0.
 */
#define EXRUN_ERROR_INVALID_HANDLE -40

/**
 * `take` before the operation ended.
 */
#define EXRUN_ERROR_NOT_READY -41

/**
 * The result was taken before.
 */
#define EXRUN_ERROR_ALREADY_TAKEN -42

/**
 * `push` after `finish_input`.
 */
#define EXRUN_ERROR_INPUT_FINISHED -43

/**
 * The call came from a forked child.
 */
#define EXRUN_ERROR_FORKED -44

/**
 * `exrun_bytes_free` of a pointer that the library did not give, or gave and got back.
 */
#define EXRUN_ERROR_FOREIGN_BYTES -45

/**
 * The token endpoint answered an OAuth error.
 */
#define EXRUN_ERROR_TOKEN_REFUSED -100

/**
 * The client has no tenant, client id or credential, and the call needs it.
 */
#define EXRUN_ERROR_CREDENTIAL_MISSING -101

/**
 * No such tenant or domain.
 */
#define EXRUN_ERROR_TENANT_NOT_FOUND -102

/**
 * What was given cannot be a token.
 */
#define EXRUN_ERROR_TOKEN_INVALID -103

/**
 * A signature request was not answered within 60 s.
 */
#define EXRUN_ERROR_SIGNATURE_UNANSWERED -104

/**
 * A token given by the caller has expired and cannot be renewed.
 */
#define EXRUN_ERROR_TOKEN_EXPIRED -105

/**
 * The persistent token cache cannot be had: no credential store answers; nothing was written.
 */
#define EXRUN_ERROR_TOKEN_CACHE_UNAVAILABLE -106

/**
 * A plan, or a line of an undo file, is of another tenant than the run; nothing was sent for it.
 */
#define EXRUN_ERROR_TENANT_MISMATCH -107

/**
 * Not a PFX, PEM or DER that could be read.
 */
#define EXRUN_ERROR_CERTIFICATE_UNREADABLE -150

/**
 * The password is wrong, or one is needed and none was given.
 */
#define EXRUN_ERROR_CERTIFICATE_PASSWORD -151

/**
 * A certificate without its private key (`.cer`).
 */
#define EXRUN_ERROR_CERTIFICATE_NO_KEY -152

/**
 * Not valid any more.
 */
#define EXRUN_ERROR_CERTIFICATE_EXPIRED -153

/**
 * Not valid yet.
 */
#define EXRUN_ERROR_CERTIFICATE_NOT_YET_VALID -154

/**
 * Not RSA, or under 2,048 bits.
 */
#define EXRUN_ERROR_KEY_UNSUPPORTED -155

/**
 * The key can sign with neither PS256 nor RS256.
 */
#define EXRUN_ERROR_KEY_UNUSABLE -156

/**
 * The PFX asks for more than 10,000,000 key derivation rounds.
 */
#define EXRUN_ERROR_KDF_TOO_EXPENSIVE -157

/**
 * A vault's challenge is for a resource that the vault does not belong to, or names a foreign issuer of tokens;
 * nothing was sent.
 */
#define EXRUN_ERROR_VAULT_CHALLENGE_REFUSED -200

/**
 * The object was deleted, and can perhaps be recovered.
 */
#define EXRUN_ERROR_VAULT_ITEM_DELETED -201

/**
 * The object is disabled.
 */
#define EXRUN_ERROR_VAULT_ITEM_DISABLED -202

/**
 * The object has expired.
 */
#define EXRUN_ERROR_VAULT_ITEM_EXPIRED -203

/**
 * The object is not valid yet.
 */
#define EXRUN_ERROR_VAULT_ITEM_NOT_YET_VALID -204

/**
 * The private key must not leave the vault.
 */
#define EXRUN_ERROR_VAULT_KEY_NOT_EXPORTABLE -205

/**
 * The service refused; see `httpStatus`, `serviceCode`.
 */
#define EXRUN_ERROR_SERVICE -300

/**
 * 404 of the service.
 */
#define EXRUN_ERROR_NOT_FOUND -301

/**
 * 403 of the service.
 */
#define EXRUN_ERROR_ACCESS_DENIED -302

/**
 * 401 of the service after a new token was tried.
 */
#define EXRUN_ERROR_UNAUTHORIZED -303

/**
 * Still 429 or 503 after the last try.
 */
#define EXRUN_ERROR_THROTTLED -304

/**
 * The reply is not what the service documents.
 */
#define EXRUN_ERROR_RESPONSE_INVALID -305

/**
 * 404 MailboxNotEnabledForRESTAPI: inactive, soft-deleted or on-premises.
 */
#define EXRUN_ERROR_MAILBOX_NOT_ENABLED -306

/**
 * A write may have happened, and is not repeated.
 */
#define EXRUN_ERROR_OUTCOME_UNKNOWN -307

/**
 * As many mailboxes failed as `stopAfterErrors` says.
 */
#define EXRUN_ERROR_TOO_MANY_ERRORS -308

/**
 * The host could not be reached, or the connection broke.
 */
#define EXRUN_ERROR_CONNECTION -400

/**
 * No reply in time.
 */
#define EXRUN_ERROR_TIMEOUT -401

/**
 * TLS failed: certificate, name or version.
 */
#define EXRUN_ERROR_TLS -402

/**
 * The proxy refused (407 included).
 */
#define EXRUN_ERROR_PROXY -403

/**
 * A file could not be read or written.
 */
#define EXRUN_ERROR_FILE -500

/**
 * The file exists and was not to be replaced.
 */
#define EXRUN_ERROR_FILE_EXISTS -501

/**
 * The journal is that of another run; the message names what differs.
 */
#define EXRUN_ERROR_JOURNAL_MISMATCH -510

/**
 * Another run has the journal open.
 */
#define EXRUN_ERROR_JOURNAL_IN_USE -511

/**
 * The journal cannot be read or written, the disk being full included.
 */
#define EXRUN_ERROR_JOURNAL -512

/**
 * Cancelled, or freed while something waited.
 */
#define EXRUN_ERROR_CANCELLED -600

/**
 * A fault of the library; please report it.
 */
#define EXRUN_ERROR_INTERNAL -900

/**
 * Version of the ABI that this header describes; exrun_abi_version must return the same.
 */
#define EXRUN_ABI_VERSION 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The ABI version of the loaded library. Compare it with EXRUN_ABI_VERSION before anything else.
 *
 * @return a positive number; EXRUN_ERROR_FORKED
 */
int32_t exrun_abi_version(void);

/**
 * The version of the loaded library as text, for example `0.1.0`.
 *
 * @param data receives the text; free it with exrun_bytes_free
 * @param len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_version(uint8_t **data, int64_t *len, int64_t *error);

/**
 * How many objects of each kind are alive: for tests, and to find what a program forgets to free.
 *
 * The JSON is `{"secret":0,"error":0,"client":0,"operation":0,"stream":0,"bytes":0}`; its own bytes are not
 * counted.
 *
 * @param data receives the JSON; free it with exrun_bytes_free
 * @param len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_open_handles(uint8_t **data,
                           int64_t *len,
                           int64_t *error);

/**
 * Gives back bytes that the library returned. Those of a secret are wiped.
 *
 * @param data what a function of this library put into its `data`; null is EXRUN_OK
 * @return EXRUN_OK, or EXRUN_ERROR_FOREIGN_BYTES for a pointer that the library did not give or has back
 */
int32_t exrun_bytes_free(uint8_t *data);

/**
 * Reads an error.
 *
 * The JSON is `{status, name, message, action, target, httpStatus, serviceCode, serviceMessage, requestId,
 * clientRequestId, retryAfterMs, retryable, hint}`, every member present, null where unknown. It may be read
 * any number of times.
 *
 * @param error handle that a failed call put into its `error`
 * @param data receives the JSON; free it with exrun_bytes_free
 * @param len receives its length in bytes
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE; EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_error_json(int64_t error,
                         uint8_t **data,
                         int64_t *len);

/**
 * Frees an error.
 *
 * @param error handle that a failed call put into its `error`
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_error_free(int64_t error);

/**
 * Takes a copy of secret bytes (a password, a token, a PFX), to be named by requests.
 *
 * The copy is wiped when the handle is freed and nothing that was started with it needs it any more: the
 * caller may wipe its own bytes, and free the handle right after the call that names it.
 *
 * @param data the bytes, any values; may be null when `len` is 0
 * @param len their number, 0 to 67,108,864
 * @param secret receives the handle; free it with exrun_secret_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH
 */
int32_t exrun_secret_new(const uint8_t *data,
                         int64_t len,
                         int64_t *secret,
                         int64_t *error);

/**
 * Gives the bytes of a secret, for example a token that a result carries as `accessTokenSecret`.
 *
 * @param secret handle of a secret
 * @param data receives the bytes; exrun_bytes_free wipes them
 * @param len receives their number
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_secret_read(int64_t secret, uint8_t **data, int64_t *len, int64_t *error);

/**
 * Frees a secret. Work that was started with it keeps its own reference.
 *
 * @param secret handle of a secret
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_secret_free(int64_t secret);

/**
 * Makes a client: one app in one tenant. Only the options are read: files and network are touched by the
 * first piece of work.
 *
 * docs/abi.md describes the options. Work that was started keeps its client alive: the handle may be freed
 * while it runs, except where the caller signs, because signature requests are answered through the handle.
 *
 * @param options JSON object; no bytes at all stand for `{}`
 * @param len its length in bytes
 * @param client receives the handle; free it with exrun_client_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8,
 *         EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT; EXRUN_ERROR_INVALID_HANDLE for a secret that
 *         the options name; EXRUN_ERROR_CREDENTIAL_MISSING where the environment was to name the app and does not
 */
int32_t exrun_client_new(const uint8_t *options,
                         int64_t len,
                         int64_t *client,
                         int64_t *error);

/**
 * Frees a client. Work that was started with it goes on.
 *
 * @param client handle of a client
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_client_free(int64_t client);

/**
 * Waits until an operation has ended, at most the time given.
 *
 * May be called by several threads at once; a free of the operation ends every wait with EXRUN_ERROR_CANCELLED.
 *
 * @param operation handle of an operation
 * @param timeout_ms milliseconds, taken as 0 to 1,000
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when the operation has ended, whether well or not; EXRUN_PENDING when it has not;
 *         EXRUN_NEEDS_SIGNATURE when its client has an open signature request; EXRUN_ERROR_INVALID_HANDLE,
 *         EXRUN_ERROR_CANCELLED
 */
int32_t exrun_operation_wait(int64_t operation,
                             int32_t timeout_ms,
                             int64_t *error);

/**
 * Takes the result of an operation that has ended, once.
 *
 * A result that holds `accessTokenSecret` makes that handle: free it with exrun_secret_free.
 *
 * @param operation handle of an operation; it stays valid until exrun_operation_free
 * @param data receives the result in the format that the request named; free it with exrun_bytes_free
 * @param len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_NOT_READY, EXRUN_ERROR_ALREADY_TAKEN, EXRUN_ERROR_INVALID_HANDLE,
 *         EXRUN_ERROR_NULL_POINTER; else the status with which the operation failed
 */
int32_t exrun_operation_take(int64_t operation,
                             uint8_t **data,
                             int64_t *len,
                             int64_t *error);

/**
 * Drains the diagnostics of an operation: a JSON object a line, `{"event","time","message",...}`.
 *
 * @param operation handle of an operation
 * @param data receives the lines, possibly none; free it with exrun_bytes_free
 * @param len receives their length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_operation_events(int64_t operation, uint8_t **data, int64_t *len, int64_t *error);

/**
 * Asks an operation to stop. It then ends with EXRUN_ERROR_CANCELLED, unless it has ended before.
 *
 * @param operation handle of an operation
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK, also when it has ended; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_operation_cancel(int64_t operation, int64_t *error);

/**
 * Frees an operation. Work that still runs is cancelled; the call does not wait for it.
 *
 * @param operation handle of an operation
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_operation_free(int64_t operation);

/**
 * Gives input to a stream: JSON Lines, each line ended by a newline.
 *
 * Never waits. Takes whole lines, as many as fit; the caller gives the rest again later, and where 0 bytes
 * were taken calls exrun_stream_next first. A last line without its newline is not taken.
 *
 * @param stream handle of a stream
 * @param lines the lines; may be null when `len` is 0
 * @param len their length in bytes, 0 to 67,108,864
 * @param taken receives how many bytes were taken
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INPUT_FINISHED after exrun_stream_finish_input; EXRUN_ERROR_INVALID_ARGUMENT for
 *         a line over 1 MiB; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH;
 *         else what stopped the whole run, as exrun_stream_next says it
 */
int32_t exrun_stream_push(int64_t stream,
                          const uint8_t *lines,
                          int64_t len,
                          int64_t *taken,
                          int64_t *error);

/**
 * Says that no input follows. May be repeated.
 *
 * @param stream handle of a stream
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_stream_finish_input(int64_t stream, int64_t *error);

/**
 * Gives the next rows, waiting for them at most the time given.
 *
 * A batch holds whole rows. Who calls again is done with those before: a run that writes gets no further ahead of
 * them than what is in flight, and starts nothing while nobody calls for 250 ms. Several threads may call at once:
 * each batch goes to one of them. A free of the stream ends every such call with EXRUN_ERROR_CANCELLED.
 *
 * @param stream handle of a stream
 * @param timeout_ms milliseconds, taken as 0 to 1,000
 * @param max_rows most rows to give, at most 4,096; 0: as the library sees fit
 * @param data receives the rows in the format that the request named; free it with exrun_bytes_free. Null
 *        unless EXRUN_OK is returned
 * @param len receives their length in bytes
 * @param rows receives how many rows there are
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK with rows, or with failures alone where the rows go to a file; EXRUN_PENDING when none came in
 *         time; EXRUN_END after the last, and every time after; EXRUN_NEEDS_SIGNATURE when the client has an open
 *         signature request and no row is ready;
 *         EXRUN_ERROR_INVALID_ARGUMENT for a negative `max_rows`; EXRUN_ERROR_INVALID_HANDLE,
 *         EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_CANCELLED; else what stopped the whole run
 */
int32_t exrun_stream_next(int64_t stream,
                          int32_t timeout_ms,
                          int32_t max_rows,
                          uint8_t **data,
                          int64_t *len,
                          int32_t *rows,
                          int64_t *error);

/**
 * Counts of a stream, as JSON: `{pushed, completed, delivered, failed, inFlight, waiting, requests, retries,
 * throttled, tokenRenewals, paused, inputFinished, ended, elapsedMs, ...}`; docs/abi.md lists them all. Those of
 * exrun_report_compare are `{oldRows, newRows, added, removed, changed, unchanged, failed, delivered, elapsedMs}`.
 *
 * @param stream handle of a stream
 * @param data receives the JSON; free it with exrun_bytes_free
 * @param len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_stream_progress(int64_t stream,
                              uint8_t **data,
                              int64_t *len,
                              int64_t *error);

/**
 * Drains the diagnostics of a stream: a JSON object a line, `{"event","time","message",...}`.
 *
 * @param stream handle of a stream
 * @param data receives the lines, possibly none; free it with exrun_bytes_free
 * @param len receives their length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_stream_events(int64_t stream, uint8_t **data, int64_t *len, int64_t *error);

/**
 * Asks a stream to stop: no new request starts, and what waits ends as cancelled. Reads in flight are dropped; writes
 * in flight land, for five seconds at most, and are recorded in the run's journal.
 *
 * @param stream handle of a stream
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK, also when it has ended; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_stream_cancel(int64_t stream,
                            int64_t *error);

/**
 * Frees a stream. What still runs is cancelled, as by exrun_stream_cancel; the call does not wait for it.
 *
 * @param stream handle of a stream
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_stream_free(int64_t stream);

/**
 * Gives the client's oldest open signature request.
 *
 * The JSON is `{"id":3,"alg":"PS256","digest":"base64 of a SHA-256","thumbprint":"hex SHA-1"}`. Answer within
 * 60 s with exrun_signature_provide or exrun_signature_decline, from any thread.
 *
 * @param client handle of a client whose credential is a `callerCertificate`
 * @param data receives the JSON; free it with exrun_bytes_free. Null unless EXRUN_OK is returned
 * @param len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_PENDING when no request is open; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
 */
int32_t exrun_signature_request(int64_t client,
                                uint8_t **data,
                                int64_t *len,
                                int64_t *error);

/**
 * Answers a signature request.
 *
 * @param client handle of the client
 * @param id `id` of the request; one that is not open any more is EXRUN_OK and ignored
 * @param signature the signature of the digest. PS256: RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of
 *        32 bytes; RS256: RSASSA-PKCS1-v1_5 with SHA-256
 * @param len its length in bytes, at least 1
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH
 */
int32_t exrun_signature_provide(int64_t client,
                                int64_t id,
                                const uint8_t *signature,
                                int64_t len,
                                int64_t *error);

/**
 * Says that the key cannot do the algorithm of a request. RS256 is asked for after PS256; when both are
 * declined what waited fails with EXRUN_ERROR_KEY_UNUSABLE.
 *
 * @param client handle of the client
 * @param id `id` of the request; one that is not open any more is EXRUN_OK and ignored
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
 */
int32_t exrun_signature_decline(int64_t client,
                                int64_t id,
                                int64_t *error);

/**
 * Starts to create a signed client assertion (RFC 7523).
 *
 * Request: `{"audience"?, "algorithm":"PS256"|"RS256"?, "validForMinutes"?, "format":"json"|"clixml"}`. Result:
 * `{"assertion":"eyJ...","alg":"PS256","expires_on":"seconds since 1970, as text"}`.
 *
 * @param client handle of a client with tenant, client id and a certificate
 * @param request JSON object; no bytes at all stand for `{}`
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_CREDENTIAL_MISSING,
 *         EXRUN_ERROR_SIGNATURE_UNANSWERED, EXRUN_ERROR_CERTIFICATE_*, EXRUN_ERROR_KEY_*, EXRUN_ERROR_FILE
 */
int32_t exrun_assertion_create(int64_t client,
                               const uint8_t *request,
                               int64_t len,
                               int64_t *operation,
                               int64_t *error);

/**
 * Starts to find out whether an audit file of exrun_plan_apply is as it was written.
 *
 * Request: `{"auditFile":path, "head"?, "format":"json"|"clixml"}`. Result: `{"isWhole", "fault":null|"NotAnAudit"|
 * "Changed"|"Removed"|"Reordered"|"Duplicated"|"CutOff"|"OtherHead", "line", "message", "tenant", "app", "plan", "made",
 * "closed":"Completed"|"Stopped"|null, "lines", "items", "outcomes":{name:number}, "head"}`: the first line that is not as
 * it was written, and the hash of the last that is. A chain that was written anew as a whole is whole: give the `head`
 * that was kept elsewhere.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
 *         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT. The operation may
 *         fail with EXRUN_ERROR_FILE
 */
int32_t exrun_audit_verify(const uint8_t *request,
                           int64_t len,
                           int64_t *operation,
                           int64_t *error);

/**
 * Starts to create a self-signed certificate for an app: a PFX file, and on request the key file for the app
 * registration.
 *
 * Request: `{"subject":"name or CN=...", "pfxFile":path, "passwordSecret"?, "keyFile":path?,
 * "keyBits":2048|3072|4096, "validDays":365, "replace":true, "format":"json"|"clixml"}`. Result:
 * `{"pfxFile","keyFile","thumbprint","thumbprintSha256","subject","notBefore","notAfter","keyId"}`.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE for the secret, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_INVALID_ARGUMENT for the
 *         subject, EXRUN_ERROR_FILE, EXRUN_ERROR_FILE_EXISTS
 */
int32_t exrun_certificate_create(const uint8_t *request,
                                 int64_t len,
                                 int64_t *operation,
                                 int64_t *error);

/**
 * Starts to look into a certificate: PFX, PEM or DER.
 *
 * Request: `{"certificateFile":path | "certificateSecret":handle, "passwordSecret"?, "format":"json"|"clixml"}`.
 * Result: `{"thumbprint","thumbprintSha256","subject","issuer","notBefore","notAfter","keyType","keyBits",
 * "hasPrivateKey","passwordNeeded","keyCredential":{...}}`.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE for a secret, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_CERTIFICATE_*,
 *         EXRUN_ERROR_KDF_TOO_EXPENSIVE, EXRUN_ERROR_FILE
 */
int32_t exrun_certificate_read(const uint8_t *request,
                               int64_t len,
                               int64_t *operation,
                               int64_t *error);

/**
 * Starts to turn a certificate and its private key into a PFX without a password, which every X.509 library reads:
 * from PEM, from base64 of a PFX, or from a PFX with a password.
 *
 * Request: `{"certificateFile":path | "certificateSecret":handle, "passwordSecret"?, "format":"json"|"clixml"}`.
 * Result: `{"pfxSecret":handle of the PFX in DER}`; free it with exrun_secret_free. Keys may be of any kind.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return as for exrun_certificate_read; the operation may fail with EXRUN_ERROR_CERTIFICATE_*,
 *         EXRUN_ERROR_KDF_TOO_EXPENSIVE, EXRUN_ERROR_FILE
 */
int32_t exrun_certificate_convert(const uint8_t *request,
                                  int64_t len,
                                  int64_t *operation,
                                  int64_t *error);

/**
 * Starts to add a certificate to an application through Microsoft Graph, and to remove others; keys that are
 * there are kept.
 *
 * Request: `{"certificate":"base64 of the DER"?, "displayName"?, "retire":["SHA-1 in hex", ...]?,
 * "applicationObjectId" or "applicationId": GUID?, "format":"json"|"clixml"}`. Without an application it is that
 * of the client. Result: `{"id","appId","displayName","added":true,"retired":["..."],"keys":[{"keyId","thumbprint",
 * "displayName","startDateTime","endDateTime"}]}`. Needs the permission Application.ReadWrite.OwnedBy of an owner,
 * or Application.ReadWrite.All.
 *
 * @param client handle of a client with credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CERTIFICATE_UNREADABLE. The operation may fail with any
 *         EXRUN_ERROR_* from -100 on
 */
int32_t exrun_certificate_register(int64_t client,
                                   const uint8_t *request,
                                   int64_t len,
                                   int64_t *operation,
                                   int64_t *error);

/**
 * Starts to compare a folder of contacts of mailboxes with a list (docs/jobs.md): one row for each difference.
 *
 * Request: the members of every run (see docs/abi.md) and `{"contacts":[{...}]|"contactsFile"|"fromGroup", "folder",
 * "keyColumn"?, "photoFolder"?, "photos":false, "removeOthers":false, "allowEmpty":false, "includeEmpty":false,
 * "planFile"?}`. Each contact is known by a key that it carries, so that another name or address is a change; contacts of
 * the folder without such a key are left alone unless `removeOthers` says otherwise. Nothing is written to mailboxes; a
 * plan for exrun_plan_apply is written to `planFile`, and photos that it names to a folder beside it. Rows as of
 * exrun_mailbox_state_plan.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the list, the log, the plan).
 *         The run may end with any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_contact_sync_plan(int64_t client,
                                const uint8_t *request,
                                int64_t len,
                                int64_t *stream,
                                int64_t *error);

/**
 * Starts to compare the default calendars of mailboxes with a list of events (docs/jobs.md): one row for each difference.
 *
 * Request: the members of every run (see docs/abi.md) and `{"events":[{...}]|"eventsFile"|"icsFile", "name", "keyColumn"?,
 * "timeZone"?, "showAs"?, "reminderMinutes"?, "categories"?, "private":false, "until"?, "allowEmpty":false,
 * "includeEmpty":false, "planFile"?}`. Each event is known by a key that it carries, which begins with the list's name:
 * events of other lists, and what people have in their calendars, are left alone. Nothing is written to mailboxes; a plan
 * for exrun_plan_apply is written to `planFile`. Rows as of exrun_mailbox_state_plan.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the list, the log, the plan).
 *         The run may end with any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_event_sync_plan(int64_t client,
                              const uint8_t *request,
                              int64_t len,
                              int64_t *stream,
                              int64_t *error);

/**
 * Starts one request of Graph, whatever it is for.
 *
 * Request: `{"method":"GET"|"POST"|"PATCH"|"PUT"|"DELETE", "path":"applications?$top=5", "apiVersion":"v1.0"|"beta", "body"?, "headers"?:{...},
 * "allPages":false, "allowWholeMailbox":false, "format":"json"|"clixml"}`. The path is relative to the API's version.
 * With `allPages` a collection is read to its end, or to the `$top` of its path. A write to a user itself, to a folder
 * that every mailbox has, or to a whole collection is refused unless `allowWholeMailbox` says that it is meant.
 * Result: the JSON of the reply; `{"StatusCode":204}` and the like where it has no body;
 * `{"ContentType","Encoding":"text"|"base64","Content"}` where it is not JSON.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on, and with
 *         EXRUN_ERROR_INVALID_ARGUMENT; EXRUN_ERROR_OUTCOME_UNKNOWN is that of a write that may have been carried out
 */
int32_t exrun_graph_request(int64_t client,
                            const uint8_t *request,
                            int64_t len,
                            int64_t *operation,
                            int64_t *error);

/**
 * Starts to make one journal of those of one run's shards. A run without a shard resumes the result.
 *
 * Request: `{"journals":[path,...], "journal":path, "format":"json"|"clixml"}`. Result:
 * `{"rows","failed","intents","duplicates"}`: rows recorded, those of failures among them, intents without an
 * outcome, and what was left out because another journal had the same line (a success comes before an intent,
 * an intent before a failure). The journals keep their content. The new one is written beside its
 * place and moved there when it is complete.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
 *         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT. The operation may
 *         fail with EXRUN_ERROR_INVALID_ARGUMENT for a journal named twice, EXRUN_ERROR_FILE_EXISTS,
 *         EXRUN_ERROR_JOURNAL_MISMATCH for journals of different runs, EXRUN_ERROR_JOURNAL_IN_USE,
 *         EXRUN_ERROR_JOURNAL
 */
int32_t exrun_journal_merge(const uint8_t *request,
                            int64_t len,
                            int64_t *operation,
                            int64_t *error);

/**
 * Reads a text of JSON (RFC 8259), at once: what a binding does before it puts a text of its user's into a request,
 * where a fault in it would be one of the request.
 *
 * Request: `{"text":"...", "format":"json"|"clixml"}`. Result: the value, with texts as they are, whatever they look
 * like. A byte order mark in front is left out. An object that has a member twice is refused by its name.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param data receives the result; free it with exrun_bytes_free
 * @param data_len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_INVALID_JSON for a text that is none, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_ARGUMENT
 */
int32_t exrun_json_read(const uint8_t *request,
                        int64_t len,
                        uint8_t **data,
                        int64_t *data_len,
                        int64_t *error);

/**
 * Starts to read what changed in each mailbox since the run before with the same file of links: a row for each change.
 *
 * Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"of":"messages", "since":"state.db",
 * "startNow":false, ...}`. Push the mailboxes with exrun_stream_push and end them with exrun_stream_finish_input, unless
 * `"source"` names them; read rows with exrun_stream_next until it gives EXRUN_END.
 *
 * A mailbox goes on after rows only once their caller is done with them: he says so by calling exrun_stream_next again.
 * Rows of one who ended before come again with the next run. With `"outFile"` they are taken when the file is in its
 * place. EXRUN_END says that all links are on the disk.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
 */
int32_t exrun_mailbox_delta(int64_t client,
                            const uint8_t *request,
                            int64_t len,
                            int64_t *stream,
                            int64_t *error);

/**
 * Starts a report on a part of each mailbox: a row for each of its items, such as the rules of its inbox.
 *
 * Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"facet":"inboxRules", "columns"?:[...],
 * "includeEmpty":false}` with the options of the facet. Push the mailboxes with exrun_stream_push and end them with
 * exrun_stream_finish_input, unless `"source"` names them; read rows with exrun_stream_next. A mailbox gives as many
 * rows as it has items, possibly none.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
 */
int32_t exrun_mailbox_items_report(int64_t client,
                                   const uint8_t *request,
                                   int64_t len,
                                   int64_t *stream,
                                   int64_t *error);

/**
 * Starts to send a request for each of many mailboxes: what a reply holds comes as rows.
 *
 * Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"method":"GET"|"POST"|"PATCH"|
 * "PUT"|"DELETE", "path":"messages?$top=5", "apiVersion":"v1.0"|"beta", "outsideMailbox":false, "body"?,
 * "verify"?:{"path":"...", "done":"found"|"notFound"}, "select"?:[...], "headers"?:{...}, "key"?, "includeEmpty":false,
 * "allowNull":false, "allowWholeMailbox":false}`. The path is relative to the mailbox, with `outsideMailbox` to the
 * API's version; `{Name}` in it and in texts of the body stands for a member of the input object. `verify` is a GET that
 * finds out whether a POST was carried out whose answer never came. A null that nobody said is meant, and a write to
 * more than one thing in a mailbox, are refused (docs/abi.md). Push the mailboxes with exrun_stream_push and end them
 * with exrun_stream_finish_input, unless `"source"` names them; read rows with exrun_stream_next. A mailbox gives as many rows as its reply has
 * elements, possibly none; with `includeEmpty` one where it has none.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
 */
int32_t exrun_mailbox_requests(int64_t client,
                               const uint8_t *request,
                               int64_t len,
                               int64_t *stream,
                               int64_t *error);

/**
 * Starts to write settings to mailboxes: one row for each mailbox, with the old and the new value of each setting.
 *
 * Request: the members of every run (see docs/abi.md), and `{"settings":{...}, "ifDifferent":false,
 * "dryRun":false, "undoFile"?, "key"?, "allowNull":false}`. `settings` has the names and values of Microsoft Graph
 * ("Update user mailbox settings"), in any case; a line of input may hold its mailbox's own as `"@settings"`. Each
 * mailbox is read first; `ifDifferent` writes only what differs, `dryRun` nothing. Null and blank text are refused unless `allowNull`,
 * or `"@allowNull":true` of a line, says that they are meant. `undoFile` takes what was before, as input
 * of this same call. Rows: `{"MailboxName", "Outcome":"Changed"|"Unchanged"|"WouldChange"|"Failed",
 * "Changes":[{"Setting","From","To"}]}`.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log),
 *         EXRUN_ERROR_FILE_EXISTS (the undo file)
 */
int32_t exrun_mailbox_settings_apply(int64_t client,
                                     const uint8_t *request,
                                     int64_t len,
                                     int64_t *stream,
                                     int64_t *error);

/**
 * Starts to read the settings of one mailbox.
 *
 * Request: `{"mailbox":"address or id", "part":null, "names":"camel"|"pascal", "format":"json"|"clixml"}`.
 * `part` is `timeZone`, `automaticRepliesSetting`, `language`, `workingHours`, `userPurpose`, `dateFormat`,
 * `timeFormat`, `archiveFolder` or `delegateMeetingMessageDeliveryOptions`. `names`: as Graph gives members and
 * values, or as Outlook REST gave them. Result: the JSON of the settings or of the part.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_mailbox_settings_get(int64_t client,
                                   const uint8_t *request,
                                   int64_t len,
                                   int64_t *operation,
                                   int64_t *error);

/**
 * Starts a report: one row of settings for each mailbox that is pushed.
 *
 * Request: the members of every run, which docs/abi.md lists ("Streams"), and `"columns":[...]`. Push the mailboxes
 * with exrun_stream_push and end them with exrun_stream_finish_input, unless `"source"` names them; read rows with
 * exrun_stream_next.
 *
 * @param client handle of a client with a credential
 * @param request JSON object; no bytes at all stand for `{}`
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
 */
int32_t exrun_mailbox_settings_report(int64_t client,
                                      const uint8_t *request,
                                      int64_t len,
                                      int64_t *stream,
                                      int64_t *error);

/**
 * Starts to write settings of one mailbox.
 *
 * Request: `{"mailbox":"address or id", "settings":{...}, "ifDifferent":false, "dryRun":false,
 * "format":"json"|"clixml"}`, as for exrun_mailbox_settings_apply. Result: the row of that function.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on, and with
 *         EXRUN_ERROR_INVALID_ARGUMENT for settings that cannot be written
 */
int32_t exrun_mailbox_settings_update(int64_t client,
                                      const uint8_t *request,
                                      int64_t len,
                                      int64_t *operation,
                                      int64_t *error);

/**
 * Starts to compare mailboxes with a wanted state (docs/state.md): one row for each difference.
 *
 * Request: the members of every run (see docs/abi.md) and `{"state":{facet:{"mode":"ensure"|"exact"|"absent", "scope"?,
 * "items":[...]}, ...}, "includeEmpty":false, "planFile"?}`. What is wrong with the state is told before anything is sent.
 * Each facet of it is read of each mailbox, of several mailboxes in one request. Nothing is written to mailboxes; a plan
 * for exrun_plan_apply is written to `planFile`, which appears when the run is complete; it does not go with `journal`.
 * Rows: `{"MailboxName", "InDesiredState", "Facet", "Key", "Change":"Create"|"Change"|"Remove", "From", "To", "Blocked"}`;
 * `Blocked` says why nothing takes a difference away. A mailbox that is in the state has no row, or with `includeEmpty` one
 * whose `InDesiredState` is true.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log, the plan). The run may
 *         end with any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_mailbox_state_plan(int64_t client,
                                 const uint8_t *request,
                                 int64_t len,
                                 int64_t *stream,
                                 int64_t *error);

/**
 * Starts to count the mailboxes that a run with a `source` would be about, for whoever is to agree to it. A run with
 * that number as its `maximum` is about no more than what was agreed to.
 *
 * Request: `{"source":{...}, "shard"?, "format":"json"|"clixml"}`, as runs have them (docs/abi.md, "Streams").
 * Result: `{"mailboxes":n,"skipped":n}`; what was skipped has no mailbox.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_mailboxes_count(int64_t client,
                              const uint8_t *request,
                              int64_t len,
                              int64_t *operation,
                              int64_t *error);

/**
 * Starts to save messages as files: `.eml`, one a message, in a folder a mailbox, and a list of them, `manifest.jsonl`.
 *
 * Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"outFolder":path, "attachments":false}` with
 * what says which messages are sought, as of the facet `messages` of exrun_mailbox_items_report; without any of that each
 * line of input is an object with `MailboxName`, `MessageId`, `Subject`, `Received` and `InternetMessageId`, such as a row of
 * that report. Rows: `{"MailboxName", "Outcome":"Saved"|"Gone", "File", "Bytes", "Sha256", "Attachments", "Subject",
 * "Received", "InternetMessageId", "MessageId"}`. A file is there whole or not at all, whatever its size.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log, the folder),
 *         EXRUN_ERROR_FILE_EXISTS (the manifest)
 */
int32_t exrun_messages_export(int64_t client,
                              const uint8_t *request,
                              int64_t len,
                              int64_t *stream,
                              int64_t *error);

/**
 * Starts to do a plan of changes (docs/plans.md): what it holds and nothing else, one row for each of its lines.
 *
 * Request: the members of every run (see docs/abi.md) but `source`, and `{"plan":path, "dryRun":false, "undoPlan"?,
 * "auditFile"?}`. All of the plan is read before anything is sent: a line that cannot be done is refused by its number, and
 * so is a plan of another tenant than the token's, and one of more than `maximum` lines, which must be given where the plan
 * takes things away. For each line what is there is read, and the change is sent only where that is what it was planned
 * from. Rows: `{"MailboxName", "Facet", "Key", "Change":"Create"|"Change"|"Remove", "Outcome":"Done"|"Unchanged"|
 * "AlreadyGone"|"Drifted"|"WouldDo"|"Failed"|"OutcomeUnknown", "Line"}`. The stream takes no input.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log),
 *         EXRUN_ERROR_FILE_EXISTS (the undo plan, the audit file). The run may end with
 *         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_FILE (the plan),
 *         EXRUN_ERROR_TENANT_MISMATCH and any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_plan_apply(int64_t client,
                         const uint8_t *request,
                         int64_t len,
                         int64_t *stream,
                         int64_t *error);

/**
 * Starts to compare two reports, CSV or JSON Lines as ExRun, `Export-Csv` or Excel wrote them, or journals of
 * reports: a row for each property that differs.
 *
 * Request: `{"old":path, "new":path, "key"?, "ignore":[columns], "includeError":false,
 * "format":"jsonl"|"csv"|"clixml"|"block", "header":true, "outFile"?, "outFormat"?, "defuseFormulas":false,
 * "outFileByteOrderMark":false}`. Read rows with exrun_stream_next; such a stream takes no input and needs no client.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
 *         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT
 */
int32_t exrun_report_compare(const uint8_t *request,
                             int64_t len,
                             int64_t *stream,
                             int64_t *error);

/**
 * Starts to find the tenant of a domain. Needs no credential.
 *
 * Request: `{"domain":"contoso.com", "format":"json"|"clixml"}`. Result: `{"tenantId":"GUID","issuer":"URL"}`.
 *
 * @param client handle of a client, whose cloud and proxy are used
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_TENANT_NOT_FOUND and with the
 *         errors of service and transport
 */
int32_t exrun_tenant_id_get(int64_t client,
                            const uint8_t *request,
                            int64_t len,
                            int64_t *operation,
                            int64_t *error);

/**
 * Starts to acquire an access token.
 *
 * Request: `{"resource"?, "forceRefresh":false, "cachedOnly":false, "plainToken":false,
 * "oauthErrorAsResult":false, "validForMinutes"?, "format":"json"|"clixml"}`. Result: the token endpoint's members
 * in its order. In the place of `access_token` stands `accessTokenSecret`, the handle of a secret (read it with
 * exrun_secret_read, free it with exrun_secret_free); with `plainToken` the token itself. With `cachedOnly` nobody
 * is asked: the result is null where no token is at hand.
 *
 * Where a person has to sign in, the events say so at once: drain them with exrun_operation_events while waiting,
 * and show the message of `deviceCode` and `signIn`.
 *
 * @param client handle of a client with tenant, client id and credential
 * @param request JSON object; no bytes at all stand for `{}`
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on
 */
int32_t exrun_token_acquire(int64_t client,
                            const uint8_t *request,
                            int64_t len,
                            int64_t *operation,
                            int64_t *error);

/**
 * Reads a JSON Web Token without checking its signature, at once.
 *
 * Request: `{"tokenSecret":handle, "format":"json"|"clixml"}`. Result: `{"headers":{...},"claims":{...},
 * "signature":"base64url text"}`. Any form of base64, padding, further parts, a missing signature, `Bearer ` in
 * front and blanks around are accepted.
 *
 * @param request JSON object
 * @param len its length in bytes
 * @param data receives the result; free it with exrun_bytes_free
 * @param data_len receives its length in bytes
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK; EXRUN_ERROR_TOKEN_INVALID for what cannot be a token; EXRUN_ERROR_INVALID_HANDLE for the
 *         secret, EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8,
 *         EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT
 */
int32_t exrun_token_decode(const uint8_t *request,
                           int64_t len,
                           uint8_t **data,
                           int64_t *data_len,
                           int64_t *error);

/**
 * Starts to remove the tokens that clients with `"tokenCache":"persistent"` kept for this user, those of every app
 * and person, and their key from the credential store. A client that has a token in memory goes on with it and
 * keeps no later one.
 *
 * Request: `{"format":"json"|"clixml"}`. Result: `{"file":path,"removed":true}`, false where nothing was kept. A
 * credential store that does not answer is an event `warning`: without the file its key opens nothing.
 *
 * @param request JSON object; no bytes at all stand for `{}`
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
 *         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT. The operation may
 *         fail with EXRUN_ERROR_FILE, and with EXRUN_ERROR_TOKEN_CACHE_UNAVAILABLE where the user has no home folder
 */
int32_t exrun_token_cache_clear(const uint8_t *request,
                                int64_t len,
                                int64_t *operation,
                                int64_t *error);

/**
 * Starts to read a secret of a vault.
 *
 * Request: `{"vault":"https://contoso.vault.azure.net", "name":"...", "version"? | "url":".../secrets/name",
 * "plainValue":false, "ignoreValidity":false, "apiVersion":"7.4", "format":"json"|"clixml"}`. Result: the vault's
 * members in its order (`id`, `contentType`, `attributes`, `tags` ...). In the place of `value` stands
 * `valueSecret`, the handle of a secret (read it with exrun_secret_read, free it with exrun_secret_free); with
 * `plainValue` the value itself. A secret that has expired or is not valid yet is an error unless
 * `ignoreValidity` is true.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_VAULT_*, EXRUN_ERROR_NOT_FOUND,
 *         EXRUN_ERROR_ACCESS_DENIED and any other EXRUN_ERROR_* from -100 on
 */
int32_t exrun_vault_secret_get(int64_t client,
                               const uint8_t *request,
                               int64_t len,
                               int64_t *operation,
                               int64_t *error);

/**
 * Starts to read a certificate of a vault, with its private key.
 *
 * Request: `{"vault", "name", "version"? | "url":".../certificates/name", "privateKey":true, "passwordSecret"?,
 * "ignoreValidity":false, "apiVersion":"7.4", "format":"json"|"clixml"}`. Result: the vault's members in its order
 * (`id`, `kid`, `sid`, `x5t`, `cer`, `attributes`, `policy` ...), then `thumbprint`, `thumbprintSha256`, `subject`,
 * `issuer`, `notBefore`, `notAfter`, `keyType`, `keyBits`, `exportable`, and `pfxSecret`: the handle of a secret
 * with certificate and key as a PFX in DER without a password, whatever form the vault keeps them in.
 * `passwordSecret` is for a PFX that has one. With `"privateKey":false` only the public part is read; a key that
 * must not leave the vault is an error otherwise.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_VAULT_*, EXRUN_ERROR_CERTIFICATE_*,
 *         EXRUN_ERROR_NOT_FOUND, EXRUN_ERROR_ACCESS_DENIED and any other EXRUN_ERROR_* from -100 on
 */
int32_t exrun_vault_certificate_get(int64_t client,
                                    const uint8_t *request,
                                    int64_t len,
                                    int64_t *operation,
                                    int64_t *error);

/**
 * Starts to read a key of a vault: its public half and its attributes.
 *
 * Request: `{"vault", "name", "version"? | "url":".../keys/name", "ignoreValidity":false, "apiVersion":"7.4",
 * "format":"json"|"clixml"}`. Result: the vault's members (`key` with `kid`, `kty`, `key_ops`, `n`, `e`;
 * `attributes` ...).
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return as for exrun_vault_secret_get
 */
int32_t exrun_vault_key_get(int64_t client,
                            const uint8_t *request,
                            int64_t len,
                            int64_t *operation,
                            int64_t *error);

/**
 * Starts to sign a SHA-256 digest with a key that stays in its vault.
 *
 * Request: `{"vault", "name", "version"? | "url":".../keys/name", "algorithm":"PS256"|"RS256",
 * "digest":"base64 of 32 bytes", "apiVersion":"7.4", "format":"json"|"clixml"}`; `algorithm` is PS256 where it is
 * left out. Result: `{"kid":"the key's URL with the version that signed", "alg", "signature":"base64"}`.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param operation receives the handle; free it with exrun_operation_free
 * @param error receives an error handle on a negative return; may be null
 * @return as for exrun_vault_secret_get; the operation may fail with EXRUN_ERROR_KEY_UNUSABLE where the key cannot
 *         do the algorithm
 */
int32_t exrun_vault_key_sign(int64_t client,
                             const uint8_t *request,
                             int64_t len,
                             int64_t *operation,
                             int64_t *error);

/**
 * Starts to list what a vault holds: a row for each object, page by page to the end of the list.
 *
 * Request: `{"vault":"https://contoso.vault.azure.net", "collection":"secrets"|"certificates"|"keys",
 * "versionsOf":name?, "deleted":false, "apiVersion":"7.4", "format":"jsonl"|"clixml"|"block"}`. Rows are the vault's own
 * objects: `{"id", "contentType", "attributes", "tags" ...}`, of keys `kid` in place of `id`; never a value.
 * `versionsOf` lists the versions of one object, `deleted` what is deleted and can be recovered. The stream takes
 * no input: read rows with exrun_stream_next to EXRUN_END. Pages are asked for as rows are taken.
 *
 * @param client handle of a client with a credential
 * @param request JSON object
 * @param len its length in bytes
 * @param stream receives the handle; free it with exrun_stream_free
 * @param error receives an error handle on a negative return; may be null
 * @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
 *         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
 *         EXRUN_ERROR_INVALID_ARGUMENT. exrun_stream_push of such a stream gives EXRUN_ERROR_INPUT_FINISHED
 */
int32_t exrun_vault_list(int64_t client,
                         const uint8_t *request,
                         int64_t len,
                         int64_t *stream,
                         int64_t *error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* EXRUN_H */
