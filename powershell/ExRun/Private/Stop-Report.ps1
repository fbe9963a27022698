function Stop-Report {
    <#
    .SYNOPSIS
        Ends a report's command with what the library reported for the whole run.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [Parameter(Mandatory = $true)] [int] $Status,
        [Parameter(Mandatory = $true)] [long] $ErrorHandle
    )

    try { Assert-NativeStatus -Status $Status -ErrorHandle $ErrorHandle } catch { $failure = New-ErrorRecord -Failure $_ }
    $Report.Cmdlet.ThrowTerminatingError($failure)
}
