// The mailbox settings of every mailbox of a tenant, as CSV on standard output, through the C ABI. .NET 8 or newer.
//
//   EXRUN_LIBRARY=/path/to/libexrun.so dotnet run -- --tenant contoso.com --client <appId> \
//       --certificate app.pfx --password-env PFX_PASSWORD > report.csv
//
// Ends with 0 when every mailbox could be read, with 2 when some could not (their rows are there, without settings),
// with 1 when the run itself failed, with 130 after Ctrl+C.
#nullable enable

using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading;

/// <summary>The functions of include/exrun.h that this program needs.</summary>
internal static class ExRun
{
    private const string Library = "exrun";
    internal const int AbiVersion = 1, Ok = 0, End = 2;

    static ExRun() => NativeLibrary.SetDllImportResolver(typeof(ExRun).Assembly, (name, assembly, search) =>
        Environment.GetEnvironmentVariable("EXRUN_LIBRARY") is { Length: > 0 } file && name == Library ? NativeLibrary.Load(file) : IntPtr.Zero);

    [DllImport(Library)] internal static extern int exrun_abi_version();
    [DllImport(Library)] internal static extern int exrun_bytes_free(IntPtr data);
    [DllImport(Library)] internal static extern int exrun_error_json(long error, out IntPtr data, out long len);
    [DllImport(Library)] internal static extern int exrun_error_free(long error);
    [DllImport(Library)] internal static extern int exrun_secret_new(byte[] data, long len, out long secret, out long error);
    [DllImport(Library)] internal static extern int exrun_secret_free(long secret);
    [DllImport(Library)] internal static extern int exrun_client_new(byte[] options, long len, out long client, out long error);
    [DllImport(Library)] internal static extern int exrun_client_free(long client);
    [DllImport(Library)] internal static extern int exrun_mailbox_settings_report(long client, byte[] request, long len, out long stream, out long error);
    [DllImport(Library)] internal static extern int exrun_stream_next(long stream, int timeoutMs, int maxRows, out IntPtr data, out long len, out int rows, out long error);
    [DllImport(Library)] internal static extern int exrun_stream_progress(long stream, out IntPtr data, out long len, out long error);
    [DllImport(Library)] internal static extern int exrun_stream_free(long stream);

    /// <summary>Copies bytes of the library, and gives them back.</summary>
    internal static byte[] Taken(IntPtr data, long len)
    {
        var bytes = new byte[len];
        Marshal.Copy(data, bytes, 0, bytes.Length);
        exrun_bytes_free(data);
        return bytes;
    }

    /// <summary>The status of a call; throws what it reported.</summary>
    internal static int Checked(int status, long error)
    {
        if (status >= 0)
        {
            return status;
        }
        if (exrun_error_json(error, out var data, out var len) != Ok)
        {
            throw new ExRunException($"status {status}", null, default);
        }
        exrun_error_free(error);
        using var json = JsonDocument.Parse(Taken(data, len));
        var detail = json.RootElement.Clone();
        throw new ExRunException(detail.GetProperty("message").GetString()!, detail.GetProperty("hint").GetString(), detail);
    }
}

/// <summary>What the library reported, with every member of its JSON.</summary>
public sealed class ExRunException : Exception
{
    public ExRunException(string message, string? hint, JsonElement detail) : base(message)
    {
        Hint = hint;
        Detail = detail;
    }

    public string? Hint { get; }

    public JsonElement Detail { get; }
}

public static class Report
{
    private const int AllRead = 0, RunFailed = 1, SomeFailed = 2, Interrupted = 130;

    private static long NewClient(Dictionary<string, string> options)
    {
        var credential = new Dictionary<string, object> { ["certificateFile"] = options["--certificate"] };
        long secret = 0, error;
        if (options.TryGetValue("--password-env", out var variable))
        {
            // A secret never stands in the JSON: the JSON names its handle.
            var value = Environment.GetEnvironmentVariable(variable) ?? throw new IOException($"the environment variable {variable} is not set");
            var password = Encoding.UTF8.GetBytes(value);
            ExRun.Checked(ExRun.exrun_secret_new(password, password.Length, out secret, out error), error);
            Array.Clear(password, 0, password.Length);
            credential["passwordSecret"] = secret;
        }
        var text = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["tenantId"] = options["--tenant"],
            ["clientId"] = options["--client"],
            ["credential"] = credential,
        });
        try
        {
            ExRun.Checked(ExRun.exrun_client_new(text, text.Length, out var client, out error), error);
            return client;
        }
        finally
        {
            // The client has its own reference. A handle of 0 is never valid, and freeing it says so without harm.
            ExRun.exrun_secret_free(secret);
        }
    }

    private static int Run(long client, Stream output, CancellationToken stop)
    {
        var request = Encoding.UTF8.GetBytes("{\"source\":{\"all\":true},\"format\":\"csv\"}");
        ExRun.Checked(ExRun.exrun_mailbox_settings_report(client, request, request.Length, out var stream, out var error), error);
        try
        {
            for (var status = ExRun.Ok; status != ExRun.End;)
            {
                stop.ThrowIfCancellationRequested();
                status = ExRun.Checked(ExRun.exrun_stream_next(stream, 250, 0, out var rows, out var size, out _, out error), error);
                if (status == ExRun.Ok)
                {
                    output.Write(ExRun.Taken(rows, size));
                }
            }
            output.Flush();
            ExRun.Checked(ExRun.exrun_stream_progress(stream, out var data, out var len, out error), error);
            using var progress = JsonDocument.Parse(ExRun.Taken(data, len));
            var failed = progress.RootElement.GetProperty("failed").GetInt64();
            Console.Error.WriteLine($"{progress.RootElement.GetProperty("delivered").GetInt64()} rows, {failed} failed");
            return failed > 0 ? SomeFailed : AllRead;
        }
        finally
        {
            // What still runs is cancelled by that.
            ExRun.exrun_stream_free(stream);
        }
    }

    public static int Main(string[] arguments)
    {
        var options = new Dictionary<string, string>();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            options[arguments[i]] = arguments[i + 1];
        }
        if (!options.ContainsKey("--tenant") || !options.ContainsKey("--client") || !options.ContainsKey("--certificate"))
        {
            Console.Error.WriteLine("error: --tenant, --client and --certificate are needed");
            return RunFailed;
        }
        if (ExRun.exrun_abi_version() != ExRun.AbiVersion)
        {
            Console.Error.WriteLine($"error: this program speaks version {ExRun.AbiVersion} of the ABI, the library {ExRun.exrun_abi_version()}");
            return RunFailed;
        }

        using var stop = new CancellationTokenSource();
        ConsoleCancelEventHandler interrupt = (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        Console.CancelKeyPress += interrupt;
        try
        {
            var client = NewClient(options);
            try
            {
                using var output = Console.OpenStandardOutput();
                return Run(client, output, stop.Token);
            }
            finally
            {
                ExRun.exrun_client_free(client);
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped by Ctrl+C");
            return Interrupted;
        }
        catch (ExRunException failure)
        {
            Console.Error.WriteLine($"error: {failure.Message}");
            if (failure.Hint is not null)
            {
                Console.Error.WriteLine($"hint: {failure.Hint}");
            }
            return RunFailed;
        }
        catch (IOException failure)
        {
            Console.Error.WriteLine($"error: {failure.Message}");
            return RunFailed;
        }
        finally
        {
            Console.CancelKeyPress -= interrupt;
        }
    }
}
