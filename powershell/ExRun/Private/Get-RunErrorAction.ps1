function Get-RunErrorAction {
    <#
    .SYNOPSIS
        The error preference of a run that must not stop for one mailbox: the caller's, but never Stop.
    .DESCRIPTION
        Applies where -ErrorAction is not given. A script of the first module that sets $ErrorActionPreference to
        Stop still gets a row for every mailbox.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)

    $preference = [string] $Cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference')
    if ($preference -eq 'SilentlyContinue' -or $preference -eq 'Ignore') { return 'SilentlyContinue' }
    return 'Continue'
}
