function Clear-Session {
    <#
    .SYNOPSIS
        Frees the client of a connection that no runspace and no name has any more.
    .DESCRIPTION
        Safe in a finally block of a pipeline that is being stopped: it writes nothing and calls no cmdlet.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    foreach ($kept in (Get-ConnectionTable).Clone().Values) { if ([object]::ReferenceEquals($kept, $Session)) { return } }
    foreach ($own in (Get-RunspaceTable).Clone().Values) {
        foreach ($kept in @($own.Connections.Values)) { if ([object]::ReferenceEquals($kept, $Session)) { return } }
    }
    Close-Session -Session $Session -Shared
}
