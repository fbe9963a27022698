function Remove-Connection {
    <#
    .SYNOPSIS
        Takes a session away from every runspace and name that has it, and frees its client.
    .DESCRIPTION
        Safe in a finally block of a pipeline that is being stopped: it writes nothing and calls no cmdlet.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $table = Get-ConnectionTable
    [System.Threading.Monitor]::Enter($table.SyncRoot)
    try {
        foreach ($name in @($table.Keys)) { if ([object]::ReferenceEquals($table[$name], $Session)) { $table.Remove($name) } }
        foreach ($own in (Get-RunspaceTable).Clone().Values) {
            foreach ($name in @($own.Connections.Keys)) {
                if ([object]::ReferenceEquals($own.Connections[$name], $Session)) { $own.Connections.Remove($name) }
            }
        }
    } finally {
        [System.Threading.Monitor]::Exit($table.SyncRoot)
    }
    Clear-Session -Session $Session
}
