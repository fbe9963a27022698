function Confirm-Run {
    <#
    .SYNOPSIS
        Asks whether a run may do what it is about to, naming as whom and in which tenant. Returns the session for it;
        nothing where it may not, or where only that is said.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # How many mailboxes were given.
        [Parameter(Mandatory = $true)] [int] $Count,
        # What is to be done.
        [Parameter(Mandatory = $true)] [string] $Action
    )

    $session = $null
    $failure = $null
    try { $session = Open-RunSession -Cmdlet $Cmdlet -Bound $Bound } catch { $failure = New-ErrorRecord -Cmdlet $Cmdlet -Failure $_ }
    if ($null -ne $failure) { $Cmdlet.ThrowTerminatingError($failure) }
    $target = Get-RunTarget -Cmdlet $Cmdlet -Bound $Bound -Count $Count -Session $session
    $isAgreed = $false
    try {
        $isAgreed = $Cmdlet.ShouldProcess($target, $Action)
    } finally {
        if (-not $isAgreed -and -not $session.Shared) { [void] $session.Native::exrun_client_free($session.Client) }
    }
    if ($isAgreed) { return $session }
}
