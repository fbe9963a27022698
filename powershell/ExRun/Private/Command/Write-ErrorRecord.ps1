function Write-ErrorRecord {
    <#
    .SYNOPSIS
        Writes an error of a command, heeding the preference of whoever called it.
    .DESCRIPTION
        A module sees the preferences of the global scope only; those of a script or function count here as well.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [System.Management.Automation.ErrorRecord] $Record
    )

    if (-not $Cmdlet.MyInvocation.BoundParameters.ContainsKey('ErrorAction')) {
        $ErrorActionPreference = Get-RunErrorAction -Cmdlet $Cmdlet -HeedStop
    }
    $Cmdlet.WriteError($Record)
}
