# What the last run of this session did: its command, and the library's counts as the bytes of a JSON.
$script:LastRun = $null

function Close-Run {
    <#
    .SYNOPSIS
        Frees a run's stream, which cancels what still runs, and its client where it is the run's own. Its counts are
        kept for Get-ExRunLastRun.
    .DESCRIPTION
        Safe in a finally block of a pipeline that is being stopped: it writes nothing and calls no cmdlet.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        # How it ended.
        [string] $Outcome = 'Stopped'
    )

    # A comparison or a list of a vault is no run over mailboxes: the one before it stays the last. So it does where the
    # run is one of another runspace.
    if ($Run.Stream -ne 0 -and $Run.OverMailboxes -and [object]::ReferenceEquals($Run.Owner, $script:RunOwner)) {
        [System.IntPtr] $pointer = [System.IntPtr]::Zero
        [long] $length = 0
        [long] $errorHandle = 0
        if ($Run.Native::exrun_stream_progress($Run.Stream, [ref] $pointer, [ref] $length, [ref] $errorHandle) -eq 0) {
            $counts = [byte[]]::new($length)
            [System.Runtime.InteropServices.Marshal]::Copy($pointer, $counts, 0, $counts.Length)
            [void] $Run.Native::exrun_bytes_free($pointer)
            $script:LastRun = @{ Command = $Run.Command; Tenant = Format-Tenant -Session $Run.Session; Outcome = $Outcome; StartedAt = $Run.StartedAt; Counts = $counts }
        }
    }
    if ($Run.Stream -ne 0) { [void] $Run.Native::exrun_stream_free($Run.Stream) }
    $Run.Stream = 0
    foreach ($file in $Run.TemporaryFiles) { [System.IO.File]::Delete($file) }
    if ($null -ne $Run.Session -and -not $Run.Session.Shared -and $Run.Session.Client -ne 0) {
        [void] $Run.Native::exrun_client_free($Run.Session.Client)
        $Run.Session.Client = 0
    }
    $script:OpenRuns.Remove($Run)
}
