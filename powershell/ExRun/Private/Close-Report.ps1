function Close-Report {
    <#
    .SYNOPSIS
        Frees a report's stream, which cancels what still runs, and its client where it is the report's own.
    .DESCRIPTION
        Safe in a finally block of a pipeline that is being stopped: it writes nothing and calls no command.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Report)

    if ($Report.Stream -ne 0) { [void] $Report.Native::exrun_stream_free($Report.Stream) }
    $Report.Stream = 0
    if (-not $Report.Session.Shared -and $Report.Session.Client -ne 0) {
        [void] $Report.Native::exrun_client_free($Report.Session.Client)
        $Report.Session.Client = 0
    }
    $script:OpenReports.Remove($Report)
}
