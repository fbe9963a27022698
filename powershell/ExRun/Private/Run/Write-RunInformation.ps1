function Write-RunInformation {
    <#
    .SYNOPSIS
        Says what a run is about, or was, as an information record of its command: for -InformationVariable, and for who
        wants to see it by -InformationAction.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [string] $Text
    )

    $InformationPreference = $Run.Preferences.Information
    $Run.Cmdlet.WriteInformation($Text, [string[]] @('ExRun'))
}
