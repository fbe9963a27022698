function Get-ConnectionTable {
    <#
    .SYNOPSIS
        The connections of this process by name; every runspace sees the same ones.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    return Get-ProcessValue -Name 'ExRun.Connections' -Create { [hashtable]::Synchronized(@{}) }
}
