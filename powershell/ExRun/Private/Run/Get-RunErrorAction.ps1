function Get-RunErrorAction {
    <#
    .SYNOPSIS
        The error preference of a run where -ErrorAction is not given: the caller's, but never Stop unless asked to.
    .DESCRIPTION
        A script of the first module that sets $ErrorActionPreference to Stop still gets a row for every mailbox.
        Commands that scripts of today were written for heed Stop.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [switch] $HeedStop
    )

    $preference = [string] $Cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference')
    if ($preference -eq 'SilentlyContinue' -or $preference -eq 'Ignore') { return 'SilentlyContinue' }
    if ($HeedStop -and $preference -eq 'Stop') { return 'Stop' }
    return 'Continue'
}
