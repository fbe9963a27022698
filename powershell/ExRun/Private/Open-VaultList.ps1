function Open-VaultList {
    <#
    .SYNOPSIS
        Opens a list of a vault as a report, whose rows Receive-ReportRow emits.
    .DESCRIPTION
        Ends the command with the reason where it cannot be opened.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # vault, collection, versionsOf, deleted, as docs/abi.md has them.
        [Parameter(Mandatory = $true)] [hashtable] $Request
    )

    $native = Get-Native
    $bytes = ConvertTo-NativeRequest -Request (@{ format = 'clixml' } + $Request)
    [long] $stream = 0
    [long] $errorHandle = 0
    $status = $native::exrun_vault_list($Session.Client, $bytes, $bytes.Length, [ref] $stream, [ref] $errorHandle)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle

    $report = [pscustomobject] @{
        Cmdlet       = $Cmdlet
        Native       = $native
        Session      = $Session
        Stream       = $stream
        Waiting      = [System.Collections.Generic.List[object]]::new()
        Buffer       = [System.Text.StringBuilder]::new()
        Delivered    = 0
        Clock        = [System.Diagnostics.Stopwatch]::StartNew()
        NextPush     = 0
        NextProgress = [long]::MaxValue
        HasProgress  = $false
    }
    [void] $script:OpenReports.Add($report)
    return $report
}
