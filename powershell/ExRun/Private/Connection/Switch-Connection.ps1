function Switch-Connection {
    <#
    .SYNOPSIS
        Puts a session in the place of another, wherever that one is a connection; the other is freed.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Old,
        [Parameter(Mandatory = $true)] [psobject] $New
    )

    foreach ($member in 'Name', 'Domain', 'Runspace', 'Number', 'Before', 'ExpectTenant') { $New.$member = $Old.$member }
    $New.ConnectedAt = [datetime]::Now
    $New.Shared = $true
    $table = Get-ConnectionTable
    [System.Threading.Monitor]::Enter($table.SyncRoot)
    try {
        $places = [System.Collections.Generic.List[hashtable]]::new()
        $places.Add($table)
        foreach ($own in (Get-RunspaceTable).Clone().Values) { $places.Add($own.Connections) }
        foreach ($place in $places) {
            foreach ($name in @($place.Keys)) { if ([object]::ReferenceEquals($place[$name], $Old)) { $place[$name] = $New } }
        }
    } finally {
        [System.Threading.Monitor]::Exit($table.SyncRoot)
    }
    Clear-Session -Session $Old
}
