function Clear-EndedRunspace {
    <#
    .SYNOPSIS
        Forgets what runspaces that are closed had as their own, and frees what has no name in the process.
    #>
    [CmdletBinding()]
    param()

    $all = Get-RunspaceTable
    foreach ($own in $all.Clone().Values) {
        if ([string] $own.Runspace.RunspaceStateInfo.State -notin 'Closed', 'Broken') { continue }
        $all.Remove($own.Runspace.Id)
        foreach ($session in @($own.Connections.Values)) { Clear-Session -Session $session }
    }
}
