function Assert-ConnectionKept {
    <#
    .SYNOPSIS
        Throws where a connection is another tenant's than the one that its name stood for when the command, or the
        runspace that did not connect it, began.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # What Get-OwnConnection gave.
        [Parameter(Mandatory = $true)] [psobject] $Own,
        # How many changes this runspace had made when the command began.
        [int] $Since
    )

    $name = $Session.Name
    $now = Format-Tenant -Session $Session
    $mine = $Own.Connections[$name]
    if ([object]::ReferenceEquals($mine, $Session)) {
        if ($Session.Before -and $Session.Number -gt $Since) {
            Stop-Attempt (New-ExRunException -Name 'ConnectionChanged' -Target $name -Message (
                'the connection {0} was of the tenant {1} when this command began, and is of the tenant {2} now: nothing more is done; connect before the pipeline begins, or give each tenant''s connection a name' -f $name, $Session.Before, $now))
        }
        return
    }
    $change = (Get-TenantLog)[$name]
    if ($null -eq $change -or -not $change.Before) { return }
    if ($change.IsContested -or $Own.Runspace.Id -le $change.SeenBy) {
        Stop-Attempt (New-ExRunException -Name 'ConnectionChanged' -Target $name -Message (
            'the connection {0} was of the tenant {1}, and another runspace made it one of the tenant {2}: which one is meant here cannot be known; connect in this runspace with Connect-ExRun, or give each tenant''s connection a name and say it with -Connection' -f $name, $change.Before, $now))
    }
}
