function Stop-Run {
    <#
    .SYNOPSIS
        Frees a run and ends its command with what the library reported for the whole run.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [int] $Status,
        [Parameter(Mandatory = $true)] [long] $ErrorHandle
    )

    try { Assert-NativeStatus -Status $Status -ErrorHandle $ErrorHandle } catch { $failure = New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $_ }
    Close-Run -Run $Run -Outcome 'Failed'
    $Run.Cmdlet.ThrowTerminatingError($failure)
}
