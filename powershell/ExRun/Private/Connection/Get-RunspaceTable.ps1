function Get-RunspaceTable {
    <#
    .SYNOPSIS
        What each runspace of this process connected, by the runspace's id.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()

    return Get-ProcessValue -Name 'ExRun.Runspaces' -Create { [hashtable]::Synchronized(@{}) }
}
