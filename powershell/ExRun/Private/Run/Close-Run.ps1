# What the last run of this session did: its command, its files, and the library's counts as the bytes of a JSON.
$script:LastRun = $null
# How long a run that is cut is waited for: what it wrote last is to be in its journal when a script ends.
# The library gives what it has sent five seconds to land.
$script:LandingMs = 5500

function Close-Run {
    <#
    .SYNOPSIS
        Ends a run: starts nothing more, and frees its stream, and its client where it is the run's own. Its counts are
        kept for Get-ExRunLastRun.
    .DESCRIPTION
        What is in flight is waited for, though not for long. Safe in a finally block of a pipeline that is being
        stopped: it writes nothing and calls no cmdlet.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        # How it ended.
        [string] $Outcome = 'Stopped'
    )

    # A comparison or a list of a vault is no run over mailboxes: the one before it stays the last.
    if ($Run.Stream -ne 0 -and $Run.OverMailboxes) {
        [System.IntPtr] $pointer = [System.IntPtr]::Zero
        [long] $length = 0
        [long] $errorHandle = 0
        # Before it is counted: what is counted then is all that was ever sent.
        [void] $Run.Native::exrun_stream_cancel($Run.Stream, [ref] $errorHandle)
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $counts = $null
        while ($Run.Native::exrun_stream_progress($Run.Stream, [ref] $pointer, [ref] $length, [ref] $errorHandle) -eq 0) {
            $counts = [byte[]]::new($length)
            [System.Runtime.InteropServices.Marshal]::Copy($pointer, $counts, 0, $counts.Length)
            [void] $Run.Native::exrun_bytes_free($pointer)
            if ($clock.ElapsedMilliseconds -ge $script:LandingMs) { break }
            if ([System.Text.Encoding]::UTF8.GetString($counts).Contains('"ended":true')) { break }
            [System.Threading.Thread]::Sleep(5)
        }
        if ($null -ne $counts) { $Run.Counts = [System.Text.Encoding]::UTF8.GetString($counts) }
        # A run of another runspace is none of this session's.
        if ($null -ne $counts -and [object]::ReferenceEquals($Run.Owner, $script:RunOwner)) {
            $script:LastRun = @{ Command = $Run.Command; Tenant = Format-Tenant -Session $Run.Session; Outcome = $Outcome; StartedAt = $Run.StartedAt; Counts = $counts; Files = $Run.Files }
        }
    }
    if ($Run.Stream -ne 0) { [void] $Run.Native::exrun_stream_free($Run.Stream) }
    $Run.Stream = 0
    foreach ($file in $Run.TemporaryFiles) { Remove-TemporaryPlan -Path $file }
    Close-Session -Session $Run.Session
    $script:OpenRuns.Remove($Run)
}
