function Find-UnboundConnect {
    <#
    .SYNOPSIS
        The errors of this runspace for calls of Connect-ExRun and Connect-EXRMailbox that PowerShell itself refused: two
        values where one is wanted, text for a SecureString, a parameter that there is not.
    .DESCRIPTION
        Such a call fails before the command begins, so that it cannot take the earlier connection away itself.
    #>
    [CmdletBinding()]
    param()

    foreach ($noted in @($global:Error)) {
        if ($noted -isnot [System.Management.Automation.ErrorRecord]) { continue }
        if ($noted.Exception -isnot [System.Management.Automation.ParameterBindingException]) { continue }
        if ($null -eq $noted.InvocationInfo -or $null -eq $noted.InvocationInfo.MyCommand) { continue }
        if ($noted.InvocationInfo.MyCommand.Name -in 'Connect-ExRun', 'Connect-EXRMailbox') { $noted }
    }
}
