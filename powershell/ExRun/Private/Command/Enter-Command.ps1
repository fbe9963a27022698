function Enter-Command {
    <#
    .SYNOPSIS
        What every command does first: loads what it is made of, frees what was left behind, notes since when it is under way, and refuses a
        credential or name that is given and blank.
    .DESCRIPTION
        A command whose parameters come by the pipeline calls Assert-ParameterGiven for each of its objects, too.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet)

    Import-PrivateFunction
    Clear-AbandonedRun
    $script:CommandStarts.Add($Cmdlet, (Get-OwnConnection).Number)
    Assert-ParameterGiven -Cmdlet $Cmdlet
}
