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

    $attempt = Invoke-Attempt { Assert-NativeStatus -Status $Status -ErrorHandle $ErrorHandle }
    Close-Run -Run $Run -Outcome 'Failed'
    Write-RunSummary -Run $Run
    $Run.Cmdlet.ThrowTerminatingError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $attempt.Record))
}
