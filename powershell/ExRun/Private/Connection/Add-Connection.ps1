function Add-Connection {
    <#
    .SYNOPSIS
        Makes a session the connection of that name of this runspace, and of the process.
    .DESCRIPTION
        Notes where a name changes hands from one tenant to another: who has not connected it itself then no longer
        knows whose it is, and Assert-ConnectionKept refuses it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [psobject] $Session
    )

    $own = Get-OwnConnection
    $Session.Name = $Name
    $Session.ConnectedAt = [datetime]::Now
    $Session.Runspace = $own.Runspace
    # What commands that are under way here took this name for.
    $before = $own.Last[$Name]
    if ($null -eq $before) { $before = (Get-ConnectionTable)[$Name] }
    $own.Number += 1
    $Session.Number = $own.Number
    $Session.Before = if ($null -ne $before -and -not (Test-SameTenant -One $before -Other $Session)) { Format-Tenant -Session $before }
    $own.Failed.Remove($Name)
    $own.Unbound = @(Find-UnboundConnect)

    $table = Get-ConnectionTable
    $log = Get-TenantLog
    $replaced = $own.Connections[$Name]
    [System.Threading.Monitor]::Enter($table.SyncRoot)
    try {
        $known = $log[$Name]
        if ($null -eq $known -or -not (Test-SameTenant -One $known.Session -Other $Session)) {
            $change = @{ Session = $Session; Before = $null; SeenBy = 0; IsContested = $false }
            if ($null -ne $known) {
                $change.Before = Format-Tenant -Session $known.Session
                # Runspaces that are there now began when the name was the other tenant's; later ones have higher ids.
                foreach ($runspace in Microsoft.PowerShell.Utility\Get-Runspace) { $change.SeenBy = [Math]::Max($change.SeenBy, $runspace.Id) }
                # Two runspaces that live mean two tenants by one name: nobody else can know which is meant.
                $change.IsContested = $known.Session.Runspace.Id -ne $own.Runspace.Id -and
                    [string] $known.Session.Runspace.RunspaceStateInfo.State -eq 'Opened'
            }
            $log[$Name] = $change
        } else {
            $known.Session = $Session
        }
        $shared = $table[$Name]
        $table[$Name] = $Session
        $own.Connections[$Name] = $Session
        $own.Last[$Name] = $Session
    } finally {
        [System.Threading.Monitor]::Exit($table.SyncRoot)
    }
    foreach ($old in $replaced, $shared) { if ($null -ne $old) { Clear-Session -Session $old } }
    Clear-EndedRunspace
}
