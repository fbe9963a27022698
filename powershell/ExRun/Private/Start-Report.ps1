function Start-Report {
    <#
    .SYNOPSIS
        Opens the stream of a mailbox settings report, after it has made sure that there is a token.
    .DESCRIPTION
        The token comes first, so that a refused one stops the command before its input is read.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [psobject] $Session,
        [int] $MaxConcurrency,
        [switch] $IncludeError
    )

    $native = Get-Native
    $request = @{ format = 'clixml'; idlePauseMs = 2000 }
    if ($MaxConcurrency -gt 0) { $request['maxConcurrency'] = $MaxConcurrency }
    if ($IncludeError) { $request['includeError'] = $true }
    $bytes = ConvertTo-NativeRequest -Request $request
    [long] $stream = 0
    [long] $errorHandle = 0
    try {
        Confirm-Token -Session $Session
        $status = $native::exrun_mailbox_settings_report($Session.Client, $bytes, $bytes.Length, [ref] $stream, [ref] $errorHandle)
        Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    } finally {
        if ($stream -eq 0 -and -not $Session.Shared) { [void] $native::exrun_client_free($Session.Client) }
    }

    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $report = [pscustomobject] @{
        Cmdlet       = $Cmdlet
        Native       = $native
        Session      = $Session
        Stream       = $stream
        # Values of the command's parameter that have not been handed over, and the lines made of them.
        Waiting      = [System.Collections.Generic.List[object]]::new()
        Buffer       = [System.Text.StringBuilder]::new()
        Delivered    = 0
        Clock        = $clock
        # When what waits goes over even if it is little.
        NextPush     = 0
        # When progress is shown next; never, where nobody sees it.
        NextProgress = if ([string] $Cmdlet.SessionState.PSVariable.GetValue('ProgressPreference') -in 'SilentlyContinue', 'Ignore') { [long]::MaxValue } else { 500 }
        HasProgress  = $false
    }
    [void] $script:OpenReports.Add($report)
    return $report
}
