function Get-ConnectionTable {
    <#
    .SYNOPSIS
        The connections of this process by name: of each name the one that was made last. Who asks for a connection asks
        Get-Connection, for a runspace's own come first.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    return Get-ProcessValue -Name 'ExRun.Connections' -Create { [hashtable]::Synchronized(@{}) }
}
