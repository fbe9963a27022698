function Assert-RunConnection {
    <#
    .SYNOPSIS
        Ends a run whose connection this runspace has made another tenant's since: what comes now may be meant for that
        one. Nothing more is handed over.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    if (-not $Run.Session.Shared) { return }
    $own = Get-OwnConnection
    if ($own.Number -eq $Run.KnownChange) { return }
    $attempt = Invoke-Attempt {
        $now = Get-Connection -Cmdlet $Run.Cmdlet -Name $Run.Cmdlet.MyInvocation.BoundParameters['Connection']
        if ($null -ne $now -and -not (Test-SameTenant -One $now -Other $Run.Session)) {
            Stop-Attempt (New-ExRunException -Name 'ConnectionChanged' -Target $now.Name -Message (
                'this command began with the tenant {0}, and the connection that applies now is of the tenant {1}: nothing more is done; connect before the pipeline begins, or give each tenant''s connection a name' -f
                (Format-Tenant -Session $Run.Session), (Format-Tenant -Session $now)))
        }
        $Run.KnownChange = $own.Number
    }
    if ($null -eq $attempt.Failure) { return }
    Close-Run -Run $Run -Outcome 'Failed'
    $Run.Cmdlet.ThrowTerminatingError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $attempt.Record))
}
