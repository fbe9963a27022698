function Stop-Report {
    <#
    .SYNOPSIS
        Frees a report and ends its command with what the library reported for the whole run.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [Parameter(Mandatory = $true)] [int] $Status,
        [Parameter(Mandatory = $true)] [long] $ErrorHandle
    )

    try { Assert-NativeStatus -Status $Status -ErrorHandle $ErrorHandle } catch { $failure = New-ErrorRecord -Cmdlet $Report.Cmdlet -Failure $_ }
    Close-Report -Report $Report
    $Report.Cmdlet.ThrowTerminatingError($failure)
}
