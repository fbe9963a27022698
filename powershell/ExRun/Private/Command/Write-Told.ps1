function Write-Told {
    <#
    .SYNOPSIS
        Tells the person at the command that is under way something: as a warning of that command, or as what to do now.
    .DESCRIPTION
        Within an attempt Write-Warning would not reach the command's -WarningVariable.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'Warning')] [string] $Warning,
        [Parameter(Mandatory = $true, ParameterSetName = 'Prompt')] [string] $Prompt
    )

    $command = $script:AttemptCmdlet
    if ($Warning) {
        if ($null -ne $command) { $command.WriteWarning($Warning) } else { Write-Warning $Warning }
    } elseif ($null -ne $command) {
        # As Write-Host does it.
        $command.WriteInformation([System.Management.Automation.HostInformationMessage] @{ Message = $Prompt }, [string[]] @('PSHOST'))
    } else {
        Microsoft.PowerShell.Utility\Write-Host $Prompt
    }
}
