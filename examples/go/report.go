// The mailbox settings of every mailbox of a tenant, as CSV on standard output, through the C ABI.
//
//	export PKG_CONFIG_PATH=<the unpacked archive>/lib/pkgconfig LD_LIBRARY_PATH=<the unpacked archive>/lib
//	go run . -tenant contoso.com -client <appId> -certificate app.pfx -password-env PFX_PASSWORD > report.csv
//
// With `exrun-static` for `exrun` below, the library becomes a part of the program.
//
// Ends with 0 when every mailbox could be read, with 2 when some could not (their rows are there, without settings),
// with 1 when the run itself failed, with 130 after Ctrl+C.
package main

/*
#cgo pkg-config: exrun
#include <exrun.h>
*/
import "C"

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"unsafe"
)

const (
	runFailed   = 1
	someFailed  = 2
	interrupted = 130
)

// exrunError is what the library reported; docs/abi.md lists the members.
type exrunError struct {
	Status    int32  `json:"status"`
	Name      string `json:"name"`
	Message   string `json:"message"`
	Retryable bool   `json:"retryable"`
	Hint      string `json:"hint"`
}

func (e *exrunError) Error() string { return e.Message }

// checked gives the error of a call whose status is negative.
func checked(status C.int32_t, handle C.int64_t) error {
	if status >= 0 {
		return nil
	}
	found := &exrunError{Status: int32(status), Message: fmt.Sprintf("status %d", status)}
	var data *C.uint8_t
	var size C.int64_t
	if C.exrun_error_json(handle, &data, &size) == C.EXRUN_OK {
		_ = json.Unmarshal(taken(data, size), found)
		C.exrun_error_free(handle)
	}
	return found
}

// taken copies bytes of the library, and gives them back.
func taken(data *C.uint8_t, size C.int64_t) []byte {
	bytes := C.GoBytes(unsafe.Pointer(data), C.int(size))
	C.exrun_bytes_free(data)
	return bytes
}

// input is bytes as the library takes them, for the time of a call.
func input(bytes []byte) (*C.uint8_t, C.int64_t) {
	if len(bytes) == 0 {
		return nil, 0
	}
	return (*C.uint8_t)(unsafe.Pointer(&bytes[0])), C.int64_t(len(bytes))
}

type options struct{ tenant, client, certificate, passwordEnv string }

func newClient(of options) (C.int64_t, error) {
	var secret, client, failure C.int64_t
	credential := map[string]any{"certificateFile": of.certificate}
	if of.passwordEnv != "" {
		// A secret never stands in the JSON: the JSON names its handle.
		password, isSet := os.LookupEnv(of.passwordEnv)
		if !isSet {
			return 0, fmt.Errorf("the environment variable %s is not set", of.passwordEnv)
		}
		data, size := input([]byte(password))
		if err := checked(C.exrun_secret_new(data, size, &secret, &failure), failure); err != nil {
			return 0, err
		}
		// The client has its own reference.
		defer C.exrun_secret_free(secret)
		credential["passwordSecret"] = int64(secret)
	}
	text, err := json.Marshal(map[string]any{"tenantId": of.tenant, "clientId": of.client, "credential": credential})
	if err != nil {
		return 0, err
	}
	data, size := input(text)
	return client, checked(C.exrun_client_new(data, size, &client, &failure), failure)
}

func report(ctx context.Context, of options, out io.Writer) (failed int64, err error) {
	client, err := newClient(of)
	if err != nil {
		return 0, err
	}
	defer C.exrun_client_free(client)

	var stream, failure C.int64_t
	request, requestSize := input([]byte(`{"source":{"all":true},"format":"csv"}`))
	status := C.exrun_mailbox_settings_report(client, request, requestSize, &stream, &failure)
	if err := checked(status, failure); err != nil {
		return 0, err
	}
	// What still runs is cancelled by that.
	defer C.exrun_stream_free(stream)

	for status != C.EXRUN_END {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		var data *C.uint8_t
		var size C.int64_t
		var rows C.int32_t
		status = C.exrun_stream_next(stream, 250, 0, &data, &size, &rows, &failure)
		if err := checked(status, failure); err != nil {
			return 0, err
		}
		if status == C.EXRUN_OK {
			if _, err := out.Write(taken(data, size)); err != nil {
				return 0, err
			}
		}
	}

	var data *C.uint8_t
	var size C.int64_t
	if err := checked(C.exrun_stream_progress(stream, &data, &size, &failure), failure); err != nil {
		return 0, err
	}
	var progress struct{ Delivered, Failed int64 }
	if err := json.Unmarshal(taken(data, size), &progress); err != nil {
		return 0, err
	}
	fmt.Fprintf(os.Stderr, "%d rows, %d failed\n", progress.Delivered, progress.Failed)
	return progress.Failed, nil
}

func run() int {
	var of options
	flag.StringVar(&of.tenant, "tenant", "", "id or domain of the tenant")
	flag.StringVar(&of.client, "client", "", "application (client) id")
	flag.StringVar(&of.certificate, "certificate", "", "PFX or PEM file with the app's certificate and key")
	flag.StringVar(&of.passwordEnv, "password-env", "", "environment variable that holds the file's password")
	flag.CommandLine.Init(os.Args[0], flag.ContinueOnError)
	if flag.CommandLine.Parse(os.Args[1:]) != nil {
		return runFailed
	}
	if of.tenant == "" || of.client == "" || of.certificate == "" {
		flag.Usage()
		return runFailed
	}
	if version := C.exrun_abi_version(); version != C.EXRUN_ABI_VERSION {
		fmt.Fprintf(os.Stderr, "error: this program speaks version %d of the ABI, the library %d\n", C.EXRUN_ABI_VERSION, version)
		return runFailed
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed, err := report(ctx, of, os.Stdout)
	var told *exrunError
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "stopped by Ctrl+C")
		return interrupted
	case errors.As(err, &told) && told.Hint != "":
		fmt.Fprintf(os.Stderr, "error: %v\nhint: %s\n", err, told.Hint)
		return runFailed
	case err != nil:
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		return runFailed
	case failed > 0:
		return someFailed
	}
	return 0
}

func main() { os.Exit(run()) }
