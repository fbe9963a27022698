function Get-VisibleConnection {
    <#
    .SYNOPSIS
        The connections that commands of this runspace may name, by name: its own, and else those of the process.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    # A copy: another runspace may connect or disconnect meanwhile.
    $visible = (Get-ConnectionTable).Clone()
    $own = Get-OwnConnection
    foreach ($name in $own.Failed.Keys) { $visible.Remove($name) }
    foreach ($name in $own.Connections.Keys) {
        if (-not $own.Failed.ContainsKey($name)) { $visible[$name] = $own.Connections[$name] }
    }
    return $visible
}
