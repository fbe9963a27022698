function Undo-Connection {
    <#
    .SYNOPSIS
        Ends an attempt to connect that failed: frees its client, and takes away the connection of that name that this
        runspace made before. Returns a sentence on what was taken away, if anything was.
    .DESCRIPTION
        Safe in a finally block of a pipeline that is being stopped: it calls no cmdlet.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        # The session that did not become a connection.
        [AllowNull()] [psobject] $Session
    )

    Close-Session -Session $Session
    $own = Get-OwnConnection
    $taken = $own.Connections[$Name]
    $shared = (Get-ConnectionTable)[$Name]
    if ($null -ne $shared -and $shared.Runspace.Id -ne $own.Runspace.Id) { $shared = $null }
    if ($null -eq $taken) { $taken = $shared }
    foreach ($old in $taken, $shared) { if ($null -ne $old) { Remove-Connection -Session $old } }
    if ($null -eq $taken) { return }
    return 'the earlier connection {0}, of the tenant {1}, was taken away' -f $Name, (Format-Tenant -Session $taken)
}
