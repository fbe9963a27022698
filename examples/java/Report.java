// The mailbox settings of every mailbox of a tenant, as CSV on standard output, through the C ABI. Java 17 or newer.
//
//   mvn -q dependency:copy-dependencies -DoutputDirectory=lib
//   EXRUN_LIBRARY=/path/to/libexrun.so java -cp 'lib/*' Report.java --tenant contoso.com --client <appId> \
//       --certificate app.pfx --password-env PFX_PASSWORD > report.csv
//
// Ends with 0 when every mailbox could be read, with 2 when some could not (their rows are there, without settings),
// with 1 when the run itself failed, with 130 after Ctrl+C.

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public final class Report {
    /** The functions of include/exrun.h that this program needs. */
    interface ExRun extends Library {
        int exrun_abi_version();
        int exrun_bytes_free(Pointer data);
        int exrun_error_json(long error, PointerByReference data, LongByReference len);
        int exrun_error_free(long error);
        int exrun_secret_new(byte[] data, long len, LongByReference secret, LongByReference error);
        int exrun_secret_free(long secret);
        int exrun_client_new(byte[] options, long len, LongByReference client, LongByReference error);
        int exrun_client_free(long client);
        int exrun_mailbox_settings_report(long client, byte[] request, long len, LongByReference stream, LongByReference error);
        int exrun_stream_next(long stream, int timeoutMs, int maxRows, PointerByReference data, LongByReference len,
            IntByReference rows, LongByReference error);
        int exrun_stream_progress(long stream, PointerByReference data, LongByReference len, LongByReference error);
        int exrun_stream_cancel(long stream, LongByReference error);
        int exrun_stream_free(long stream);
    }

    /** What the library reported, with every member of its JSON. */
    static final class ExRunException extends Exception {
        final transient JsonObject detail;

        ExRunException(JsonObject detail) {
            super(detail.get("message").getAsString());
            this.detail = detail;
        }

        String hint() {
            return detail.has("hint") && !detail.get("hint").isJsonNull() ? detail.get("hint").getAsString() : null;
        }
    }

    private static final int ABI_VERSION = 1;
    private static final int OK = 0, END = 2;
    private static final int ALL_READ = 0, RUN_FAILED = 1, SOME_FAILED = 2;

    private static final String LIBRARY = System.getenv().getOrDefault("EXRUN_LIBRARY", "exrun");
    private static final ExRun EXRUN = Native.load(LIBRARY, ExRun.class);

    /** Copies bytes of the library, and gives them back. */
    private static byte[] taken(PointerByReference data, LongByReference len) {
        byte[] bytes = data.getValue().getByteArray(0, Math.toIntExact(len.getValue()));
        EXRUN.exrun_bytes_free(data.getValue());
        return bytes;
    }

    private static JsonObject json(byte[] bytes) {
        return JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8)).getAsJsonObject();
    }

    /** The status of a call; throws what it reported. */
    private static int checked(int status, LongByReference error) throws ExRunException {
        if (status >= 0) {
            return status;
        }
        var data = new PointerByReference();
        var len = new LongByReference();
        if (EXRUN.exrun_error_json(error.getValue(), data, len) != OK) {
            var unknown = new JsonObject();
            unknown.addProperty("message", "status " + status);
            throw new ExRunException(unknown);
        }
        JsonObject detail = json(taken(data, len));
        EXRUN.exrun_error_free(error.getValue());
        throw new ExRunException(detail);
    }

    private static long newClient(Map<String, String> options) throws ExRunException, IOException {
        var error = new LongByReference();
        var secret = new LongByReference();
        var client = new LongByReference();
        var credential = new JsonObject();
        credential.addProperty("certificateFile", options.get("--certificate"));
        if (options.containsKey("--password-env")) {
            // A secret never stands in the JSON: the JSON names its handle.
            String value = System.getenv(options.get("--password-env"));
            if (value == null) {
                throw new IOException("the environment variable " + options.get("--password-env") + " is not set");
            }
            byte[] password = value.getBytes(StandardCharsets.UTF_8);
            checked(EXRUN.exrun_secret_new(password, password.length, secret, error), error);
            Arrays.fill(password, (byte) 0);
            credential.addProperty("passwordSecret", secret.getValue());
        }
        var whole = new JsonObject();
        whole.addProperty("tenantId", options.get("--tenant"));
        whole.addProperty("clientId", options.get("--client"));
        whole.add("credential", credential);
        byte[] text = whole.toString().getBytes(StandardCharsets.UTF_8);
        try {
            checked(EXRUN.exrun_client_new(text, text.length, client, error), error);
        } finally {
            // The client has its own reference. A handle of 0 is never valid, and freeing it says so without harm.
            EXRUN.exrun_secret_free(secret.getValue());
        }
        return client.getValue();
    }

    private static int report(long client, PrintStream out) throws ExRunException, IOException {
        var error = new LongByReference();
        var stream = new LongByReference();
        byte[] request = "{\"source\":{\"all\":true},\"format\":\"csv\"}".getBytes(StandardCharsets.UTF_8);
        checked(EXRUN.exrun_mailbox_settings_report(client, request, request.length, stream, error), error);
        // Ctrl+C: nothing more is sent. The virtual machine ends with 130 when this has run.
        var stop = new Thread(() -> {
            EXRUN.exrun_stream_cancel(stream.getValue(), new LongByReference());
            System.err.println("stopped by Ctrl+C");
        });
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            var data = new PointerByReference();
            var len = new LongByReference();
            for (int status = OK; status != END; ) {
                status = checked(EXRUN.exrun_stream_next(stream.getValue(), 250, 0, data, len, new IntByReference(), error), error);
                if (status == OK) {
                    out.write(taken(data, len));
                    // Whoever reads the report may be gone (`| head`), which a PrintStream says only when asked.
                    if (out.checkError()) {
                        throw new IOException("the rows cannot be written");
                    }
                }
            }
            checked(EXRUN.exrun_stream_progress(stream.getValue(), data, len, error), error);
            JsonObject progress = json(taken(data, len));
            long failed = progress.get("failed").getAsLong();
            System.err.println(progress.get("delivered").getAsLong() + " rows, " + failed + " failed");
            return failed > 0 ? SOME_FAILED : ALL_READ;
        } finally {
            forget(stop);
            EXRUN.exrun_stream_free(stream.getValue());
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endsAlready) {
            // Ctrl+C was pressed: the hook ends the run.
        }
    }

    private static int run(String[] arguments) {
        var options = new HashMap<String, String>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        if (!options.keySet().containsAll(List.of("--tenant", "--client", "--certificate"))) {
            System.err.println("error: --tenant, --client and --certificate are needed");
            return RUN_FAILED;
        }
        if (EXRUN.exrun_abi_version() != ABI_VERSION) {
            System.err.println("error: this program speaks version " + ABI_VERSION + " of the ABI, the library "
                + EXRUN.exrun_abi_version());
            return RUN_FAILED;
        }
        try {
            long client = newClient(options);
            try {
                return report(client, System.out);
            } finally {
                EXRUN.exrun_client_free(client);
            }
        } catch (ExRunException failure) {
            System.err.println("error: " + failure.getMessage());
            if (failure.hint() != null) {
                System.err.println("hint: " + failure.hint());
            }
        } catch (IOException failure) {
            System.err.println("error: " + failure.getMessage());
        }
        return RUN_FAILED;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }
}
