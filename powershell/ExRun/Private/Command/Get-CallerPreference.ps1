function Get-CallerPreference {
    <#
    .SYNOPSIS
        What the caller of a command wants to be told: as the call says, else as the preference of the caller's scope.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [Parameter(Mandatory = $true)] [ValidateSet('Verbose', 'Warning', 'Information')] [string] $Name
    )

    $given = if ($Name -eq 'Verbose') { 'Verbose' } else { $Name + 'Action' }
    # Of a parameter that is given PowerShell makes the command's own preference, which its functions see.
    if ($Cmdlet.MyInvocation.BoundParameters.ContainsKey($given)) {
        return @{ Verbose = $VerbosePreference; Warning = $WarningPreference; Information = $InformationPreference }[$Name]
    }
    return $Cmdlet.SessionState.PSVariable.GetValue($Name + 'Preference', 'SilentlyContinue')
}
